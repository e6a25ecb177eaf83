"""What a driver says went wrong, in the user's words: driver's error in, mistake out.

Errors of our own making (a bad statement, a broken constraint) are not among them.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem
from cio_lang.store.problems import (
    DiskFull,
    NotAStore,
    StoreDamaged,
    StoreLocked,
    StoreReadOnly,
    StoreUnreachable,
)

if TYPE_CHECKING:
    import psycopg

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_WAITED_TOO_LONG = {"55P03", "40P01", "40001"}
_NO_RIGHT = {"25006", "42501"}
_NOT_WHOLE = {"XX001", "XX002", "58030"}
_AWAY = {"57P01", "57P02", "57P03", "53300", "3D000"}


def of_sqlite(error: sqlite3.Error, path: str, waited: float) -> UserMistake | None:
    """The user's mistake behind an error of SQLite, or None where it is ours."""
    if not isinstance(error, sqlite3.DatabaseError):
        return None
    span = place(path)
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    found: Problem
    if code in _BUSY:
        found = StoreLocked(span=span, path=path, waited=waited)
    elif code in _READ_ONLY:
        found = StoreReadOnly(span=span, path=path)
    elif code == sqlite3.SQLITE_FULL:
        found = DiskFull(span=span, path=path)
    elif code in _DAMAGED:
        found = StoreDamaged(span=span, path=path, detail=str(error))
    elif code == sqlite3.SQLITE_NOTADB:
        found = NotAStore(span=span, path=path, found="not a database")
    else:
        return None
    return UserMistake(found)


def of_postgresql(error: psycopg.Error, path: str, waited: float) -> UserMistake | None:
    """The user's mistake behind an error of PostgreSQL, or None where it is ours."""
    import psycopg

    span, code = place(path), error.sqlstate or ""
    said = error.diag.message_primary or " ".join(str(error).split())
    found: Problem
    if code in _WAITED_TOO_LONG:
        found = StoreLocked(span=span, path=path, waited=waited)
    elif code in _NO_RIGHT:
        found = StoreReadOnly(span=span, path=path)
    elif code == "53100":
        found = DiskFull(span=span, path=path)
    elif code in _NOT_WHOLE:
        found = StoreDamaged(span=span, path=path, detail=said)
    elif (
        code in _AWAY
        or code[:2] in ("08", "28")
        or (not code and isinstance(error, psycopg.OperationalError))
    ):
        found = StoreUnreachable(span=span, path=path, detail=said)
    else:
        return None
    return UserMistake(found)
