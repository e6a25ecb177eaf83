"""One SQLite file: opening it, bringing its tables up to date, transactions, and what goes wrong.

Write-ahead logging lets readers go on while one process writes.  `synchronous=NORMAL` (the default)
loses nothing when a process dies, at any instant; after a power cut the last transactions may be
gone, the file is whole.  `durable=True` sets `FULL`, which waits for the disk at each commit.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from cio_lang.mistake import UserMistake, place
from cio_lang.store.problems import (
    DiskFull,
    NotAStore,
    StoreDamaged,
    StoreLocked,
    StoreMissing,
    StoreNewer,
    StoreReadOnly,
)

APPLICATION_ID = 0x63696F31  # "cio1", so that a store is told from any other SQLite file

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR}

_T = TypeVar("_T")


def migrations() -> tuple[str, ...]:
    """The numbered SQL files in order; the first makes version 1."""
    folder = resources.files("cio_lang.store") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return tuple(file.read_text(encoding="utf-8") for file in files)


class Cursor(sqlite3.Cursor):
    """A cursor that says what went wrong while reading in the user's words."""

    connection: Connection

    def fetchall(self) -> list[Any]:
        """All rows."""
        try:
            return super().fetchall()
        except sqlite3.DatabaseError as error:
            raise self.connection.mistake(error) from error

    def fetchone(self) -> Any:
        """The next row or None."""
        try:
            return super().fetchone()
        except sqlite3.DatabaseError as error:
            raise self.connection.mistake(error) from error


class Connection(sqlite3.Connection):
    """A connection that raises `UserMistake` for what is wrong with the file.

    Errors of our own making (a bad statement, a broken constraint) stay `sqlite3` errors.
    One thread at a time: `lock` is held for the length of a transaction.
    """

    path: Path
    wait: float
    lock: threading.RLock

    def cursor(self, factory: Any = None) -> Any:
        """A new cursor."""
        return super().cursor(factory or Cursor)

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        """Run one statement."""
        try:
            return super().execute(sql, parameters)  # type: ignore[return-value]
        except sqlite3.DatabaseError as error:
            raise self.mistake(error) from error

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """Run one statement for each row."""
        try:
            return super().executemany(sql, parameters)  # type: ignore[return-value]
        except sqlite3.DatabaseError as error:
            raise self.mistake(error) from error

    def mistake(self, error: sqlite3.DatabaseError) -> Exception:
        """The user's mistake behind `error`, or `error` itself where it is ours."""
        path, span = str(self.path), place(self.path)
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _BUSY:
            return UserMistake(StoreLocked(span=span, path=path, waited=self.wait))
        if code in _READ_ONLY:
            return UserMistake(StoreReadOnly(span=span, path=path))
        if code == sqlite3.SQLITE_FULL:
            return UserMistake(DiskFull(span=span, path=path))
        if code in _DAMAGED:
            return UserMistake(StoreDamaged(span=span, path=path, detail=str(error)))
        if code == sqlite3.SQLITE_NOTADB:
            return UserMistake(NotAStore(span=span, path=path, found="not a database"))
        return error


def connect(
    path: Path,
    *,
    create: bool = False,
    wait: float = 10.0,
    durable: bool = False,
    steps: Sequence[str] | None = None,
) -> Connection:
    """A connection to the store at `path`, with its tables up to date.

    `wait` is how many seconds to wait for another process; `steps` are the migrations.
    Raises `UserMistake`: missing, locked, not a store, newer, read-only, damaged.
    """
    span = place(path)
    if path.is_dir():
        raise UserMistake(NotAStore(span=span, path=str(path), found="a folder"))
    if not create and not (path.exists() and path.stat().st_size > 0):
        raise UserMistake(StoreMissing(span=span, path=str(path)))
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        writable = os.access(path if path.exists() else path.parent, os.W_OK)
    except OSError as error:
        raise UserMistake(StoreReadOnly(span=span, path=str(path))) from error
    # SQLite opens a file that it cannot write without a word, and fails at the first statement.
    if not writable or not os.access(path.parent, os.W_OK):
        raise UserMistake(StoreReadOnly(span=span, path=str(path)))
    try:
        connection = sqlite3.connect(
            path, timeout=wait, isolation_level=None, check_same_thread=False, factory=Connection
        )
    except sqlite3.OperationalError as error:
        raise UserMistake(StoreReadOnly(span=span, path=str(path))) from error
    connection.path, connection.wait, connection.lock = path, wait, threading.RLock()
    try:
        _recognise(connection)
        _write_ahead(connection)
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -65536")
        # Bulk imports touch the same index pages again and again: copy them over less often.
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        _migrate(connection, migrations() if steps is None else steps)
    except BaseException:
        connection.close()
        raise
    return connection


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _recognise(connection: Connection) -> None:
    """Refuse the database of another program before anything is written to it."""
    # One look: between two, another process may make the tables of a new store.
    connection.execute("BEGIN")
    application = _pragma(connection, "application_id")
    version = _pragma(connection, "user_version")
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    connection.execute("COMMIT")
    if application != APPLICATION_ID and (tables or version or application):
        path = str(connection.path)
        found = "another program's database"
        raise UserMistake(NotAStore(span=place(path), path=path, found=found))


def _write_ahead(connection: Connection) -> None:
    """Turn the log on.  SQLite does not wait for others here, so this does."""
    deadline = time.monotonic() + connection.wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except UserMistake as mistake:
            if time.monotonic() > deadline or not isinstance(mistake.problems[0], StoreLocked):
                raise
        time.sleep(0.02)


def _migrate(connection: Connection, steps: Sequence[str]) -> None:
    """Bring the tables to the newest version: one transaction for each step."""
    while (version := _pragma(connection, "user_version")) != len(steps):
        if version > len(steps):
            path = str(connection.path)
            raise UserMistake(
                StoreNewer(span=place(path), path=path, version=version, known=len(steps))
            )
        with transaction(connection):
            # Another process may have taken this step while this one waited for its turn.
            if _pragma(connection, "user_version") != version:
                continue
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for statement in _statements(steps[version]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")


def _statements(script: str) -> Iterator[str]:
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """All or nothing; inside another transaction, a part of that one."""
    with connection.lock:
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def chunks(rows: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """The rows in lists of `size`, the last one shorter."""
    chunk: list[_T] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
