"""Where a store is: a file, or a schema of a PostgreSQL database."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cio_lang.mistake import UserMistake, place
from cio_lang.record import record
from cio_lang.store.problems import StoreNotNamed, StoreUnreachable

if TYPE_CHECKING:
    from sqlalchemy import URL

SCHEMA = "cio"
"""The schema of an address that names none."""

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,58}")


@record
class Address:
    """`shown` has no password; `path` is for files, `url` and `schema` are for servers."""

    shown: str
    path: Path | None = None
    url: URL | None = None
    schema: str = ""


def resolved(where: Path | str) -> Path | str:
    """A file, or the address of a server; `env:NAME` is what the environment says.

    Raises `UserMistake` where it says nothing.
    """
    if isinstance(where, Path):
        return where
    if where.startswith("env:"):
        name = where.removeprefix("env:").strip()
        where = os.environ.get(name, "")
        if not where:
            raise UserMistake(StoreNotNamed(span=place(f"env:{name}"), variable=name))
    return where if where.startswith(("postgresql:", "postgres:")) else Path(where)


def shown(where: Path | str) -> str:
    """A place as it may be shown: an address has no password, `env:NAME` stays as it is."""
    if isinstance(where, str) and where.startswith(("postgresql:", "postgres:")):
        return server_address(where).shown
    return str(where)


def file_address(path: Path) -> Address:
    """The address of a file."""
    return Address(str(path), path)


def server_address(text: str) -> Address:
    """The address in `postgresql://user:password@host/database?schema=name`.

    Raises `UserMistake` where it cannot be read; the text may hold a password and is never shown.
    """
    from sqlalchemy import exc, make_url

    try:
        url = make_url(re.sub("^postgres:", "postgresql:", text))
        query = dict(url.query)
    except (exc.ArgumentError, ValueError):
        raise _unreadable("postgresql://…", "the address cannot be read") from None
    schema = query.pop("schema", SCHEMA)
    shown = url.set(drivername="postgresql", password=None, query={"schema": schema})
    if not isinstance(schema, str) or not _NAME.fullmatch(schema):
        raise _unreadable(
            shown.render_as_string(), "a schema is up to 59 small letters, digits and `_`"
        )
    return Address(
        shown.render_as_string(),
        url=url.set(drivername="postgresql+psycopg", query=query),
        schema=schema,
    )


def _unreadable(shown: str, detail: str) -> UserMistake:
    return UserMistake(StoreUnreachable(span=place(shown), path=shown, detail=detail))
