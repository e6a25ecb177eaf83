"""The database under a store: a SQLite file, or a schema of a PostgreSQL database.

SQLite: write-ahead logging lets readers go on while one process writes.  `synchronous=NORMAL` (the
default) loses nothing when a process dies, at any instant; after a power cut the last transactions
may be gone, the file is whole.  `durable=True` sets `FULL`, which waits for the disk at each
commit.  PostgreSQL always waits.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql, sqlite

from cio_lang.mistake import UserMistake, place
from cio_lang.store.address import Address, file_address, resolved, server_address
from cio_lang.store.driver_errors import of_postgresql, of_sqlite
from cio_lang.store.problems import NotAStore, StoreLocked, StoreMissing, StoreReadOnly

if TYPE_CHECKING:
    from sqlalchemy.sql.base import Executable

__all__ = ["Database", "IntegrityError", "Rows", "chunks", "open_database"]

IntegrityError = exc.IntegrityError
"""What a broken constraint raises, on every database."""

Dialect = Literal["sqlite", "postgresql"]

_T = TypeVar("_T")


class Rows(list[Any]):
    """The rows of an answer; `changed` is how many rows were written."""

    __slots__ = ("changed",)

    def __init__(self, rows: Iterable[Any] = (), changed: int = 0) -> None:
        super().__init__(rows)
        self.changed = changed


class Database:
    """One connection to a store's database.

    One thread at a time: `lock` is held for the length of a transaction.  What is wrong with the
    file or the server is raised as `UserMistake`; errors of our own making stay those of
    SQLAlchemy.
    """

    def __init__(self, address: Address, engine: sa.Engine, wait: float) -> None:
        self.dialect: Dialect = "sqlite" if address.path else "postgresql"
        self.where = address.shown
        """What may be shown: the file, or the address without its password."""
        self.path = address.path
        """The file; None where the store is in PostgreSQL."""
        self.schema = address.schema
        self.wait = wait
        self.lock = threading.RLock()
        self._engine = engine
        self._inside = False
        self._at_end: dict[str, Callable[[], None]] = {}
        self._wrote = False  # in the transaction that is open
        self._own = 0  # how often this connection has added to the count of writes
        self._connect()

    def _connect(self) -> None:
        try:
            self._connection = self._engine.connect()
            # Transactions are ours to begin and to end; SQLAlchemy and Alembic see one all along.
            self._connection.begin()
        except exc.DBAPIError as error:
            raise self.mistake(error) from error
        raw = self._connection.connection.driver_connection
        assert raw is not None
        self.raw: Any = raw
        """The driver's own connection (`sqlite3` or `psycopg`)."""

    def close(self) -> None:
        """Give the file or the connection back."""
        self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def execute(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] = (),
    ) -> Rows:
        """Run a statement of SQLAlchemy Core; once for each mapping where there are many."""
        with self.lock:
            self._again()
            try:
                result = self._connection.execute(statement, parameters or None)
                self._wrote = self._wrote or not statement.is_select
                if result.returns_rows:
                    return Rows(result.fetchall(), result.rowcount)
                return Rows((), result.rowcount)
            except exc.DBAPIError as error:
                raise self.mistake(error) from error

    def stream(self, statement: sa.Select[Any], size: int = 50_000) -> Generator[Sequence[Any]]:
        """The rows of a question, `size` at a time, as they were when it was asked."""
        with self.reading():
            try:
                result = self._connection.execute(
                    statement, execution_options={"yield_per": size, "stream_results": True}
                )
                try:
                    yield from result.partitions()
                finally:
                    result.close()
            except exc.DBAPIError as error:
                raise self.mistake(error) from error

    def driver(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Rows:
        """Run SQL that is written for this driver (`?` or `%s`); rows are plain tuples."""
        with self.lock:
            self._again()
            try:
                # Without parameters psycopg takes `%` as it stands, and many statements at once.
                cursor = self.raw.execute(sql, parameters) if parameters else self.raw.execute(sql)
                rows = cursor.fetchall() if cursor.description is not None else ()
                if self.dialect == "postgresql" and cursor.rowcount > 0:
                    self._wrote = self._wrote or not cursor.statusmessage.startswith("SELECT")
                return Rows(rows, cursor.rowcount)
            except self._errors as error:
                raise self.mistake(error, sql) from error

    def driver_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run SQL that is written for this driver once for each row; how many rows it wrote."""
        with self.lock:
            self._again()
            try:
                cursor = self.raw.cursor()
                cursor.executemany(sql, rows if isinstance(rows, list) else list(rows))
                self._wrote = True
                return max(int(cursor.rowcount), 0)
            except self._errors as error:
                raise self.mistake(error, sql) from error

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Fill a table of PostgreSQL by COPY, the fastest way into it."""
        assert self.dialect == "postgresql"
        sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with self.lock:
            self._again()
            try:
                with self.raw.cursor().copy(sql) as copy:
                    for row in rows:
                        copy.write_row(row)
                self._wrote = True
            except self._errors as error:
                raise self.mistake(error, sql) from error

    def marks(self, sql: str) -> str:
        """SQL whose `?` stand for parameters, with the marks of this driver."""
        if self.dialect == "sqlite":
            return sql
        return sql.replace("%", "%%").replace("?", "%s")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another transaction, a part of that one.

        On SQLite other writers wait until it ends (`BEGIN IMMEDIATE`).  On PostgreSQL it is
        `READ COMMITTED`, and others wait where they write the same rows.
        """
        with self.lock:
            if self._inside:
                yield
                return
            on_file = self.dialect == "sqlite"
            self.driver("BEGIN IMMEDIATE" if on_file else "BEGIN")
            self._inside, self._wrote = True, False
            try:
                yield
                while self._at_end:
                    self._at_end.pop(next(iter(self._at_end)))()
                self._commit()
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._inside = False
                self._at_end.clear()

    def at_end(self, name: str, action: Callable[[], None]) -> None:
        """Have `action` done once before the open transaction commits; the last of a name is."""
        assert self._inside
        self._at_end[name] = action

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What is read inside is true at one instant; nothing may be written inside.

        Inside a transaction, a part of that one.
        """
        with self.lock:
            if self._inside:
                yield
                return
            on_file = self.dialect == "sqlite"
            self.driver("BEGIN" if on_file else "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            self._inside = True
            try:
                yield
            finally:
                self._inside = False
                self._roll_back()

    def awaits(self, name: str) -> bool:
        """Whether something of that name is to be done at the end of the transaction."""
        return name in self._at_end

    @property
    def in_transaction(self) -> bool:
        """Whether `transaction` is open."""
        return self._inside

    def upsert(self, table: sa.Table) -> Any:
        """An `insert` of this dialect, which has `on_conflict_do_update` and `…_do_nothing`."""
        return sqlite.insert(table) if self.dialect == "sqlite" else postgresql.insert(table)

    def among(self, column: sa.ColumnElement[Any], values: Iterable[Any]) -> sa.ColumnElement[bool]:
        """That a column is one of any number of values: one parameter, one plan."""
        if self.dialect == "sqlite":
            items = sa.func.json_each(json.dumps(list(values))).table_valued("value")
            return column.in_(sa.select(items.c.value))
        given = sa.literal(list(values), postgresql.ARRAY(column.type))
        return column == sa.any_(given)

    def ordered(self, column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
        """Text in the order of its code points, on every database."""
        return column if self.dialect == "sqlite" else sa.collate(column, "C")

    @property
    def within(self) -> str:
        """The same for hand-written SQL: `f"id {database.within}"` takes `database.array(ids)`."""
        sqlite_form = "IN (SELECT value FROM json_each(?))"
        return sqlite_form if self.dialect == "sqlite" else "= ANY(%s)"

    def array(self, values: Iterable[Any]) -> Any:
        """Any number of values as the one parameter of `within`."""
        return json.dumps(list(values)) if self.dialect == "sqlite" else list(values)

    def data_version(self) -> int:
        """A number that changes whenever another process has written."""
        if self.dialect == "sqlite":
            return int(self.driver("PRAGMA data_version")[0][0])
        # A sequence and not NOTIFY, under which all who commit wait for each other's disk.
        rows = self.driver("SELECT last_value + is_called::int FROM writes")
        return int(rows[0][0]) - self._own

    def setting(self, name: str) -> str | None:
        """A value of the table `meta`, which every store has one of for itself."""
        rows = self.driver(self.marks("SELECT value FROM meta WHERE name = ?"), (name,))
        return str(rows[0][0]) if rows else None

    def keep_setting(self, name: str, value: str) -> None:
        """Write a value of the table `meta`."""
        self.driver(
            self.marks(
                "INSERT INTO meta (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            ),
            (name, value),
        )

    def connection(self) -> sa.Connection:
        """The connection of SQLAlchemy, for migrations and what it can reflect."""
        return self._connection

    def mistake(self, error: BaseException, sql: str | None = None) -> Exception:
        """The user's mistake behind an error, or SQLAlchemy's own where it is ours."""
        driver_error = error.orig if isinstance(error, exc.DBAPIError) else error
        found: UserMistake | None = None
        if isinstance(driver_error, sqlite3.Error):
            found = of_sqlite(driver_error, self.where, self.wait)
        elif self.dialect == "postgresql":
            import psycopg

            if isinstance(driver_error, psycopg.Error):
                found = of_postgresql(driver_error, self.where, self.wait)
        if found is not None:
            return found
        if isinstance(error, exc.DBAPIError):
            return error
        if isinstance(error, self._errors):
            named = exc.DBAPIError.instance(sql, None, error, self._errors)
            assert isinstance(named, Exception)
            return named
        assert isinstance(error, Exception)
        return error

    @property
    def _errors(self) -> type[Exception]:
        """What every error of this driver is."""
        if self.dialect == "sqlite":
            return sqlite3.Error
        import psycopg

        return psycopg.Error

    def _again(self) -> None:
        """A server that was away may be back."""
        if self.dialect == "postgresql" and self.raw.closed and not self._inside:
            self._connection.invalidate()
            self._connection.close()
            self._connect()
            self._own -= 1  # whatever was written meanwhile

    def _commit(self) -> None:
        if self.dialect == "sqlite" or not self._wrote:
            self.driver("COMMIT")
            return
        # Counted only when it is there to be seen, without another trip to the server.
        self.driver("COMMIT; SELECT nextval('writes')")
        self._own += 1

    def _roll_back(self) -> None:
        if self.dialect == "sqlite":
            if self.raw.in_transaction:
                self.driver("ROLLBACK")
        elif not self.raw.closed:
            self.driver("ROLLBACK")


def open_database(
    where: Path | str,
    *,
    create: bool = False,
    wait: float = 10.0,
    durable: bool = False,
    read_only: bool = False,
) -> Database:
    """The database at `where`, its tables up to date.

    A file, or `postgresql://user:password@host/database?schema=name`, or `env:NAME` for either.

    `wait` is how many seconds to wait for another process.  With `read_only` the database refuses
    every write, and the tables have to be up to date already.
    Raises `UserMistake`: missing, locked, not a store, newer, read-only, damaged, out of reach.
    """
    from cio_lang.store import upgrade

    where = resolved(where)
    if isinstance(where, str):
        address = server_address(where)
        engine = _server_engine(address, wait, read_only)
    else:
        address = file_address(where)
        _look_at_file(where, create, read_only)
        engine = _file_engine(where, wait)
    try:
        database = Database(address, engine, wait)
    except BaseException:
        engine.dispose()
        raise
    try:
        upgrade.recognise(database, create)
        if database.dialect == "sqlite" and read_only:
            database.driver("PRAGMA query_only = ON")
        elif database.dialect == "sqlite":
            _write_ahead(database)
            database.driver(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            database.driver("PRAGMA foreign_keys = ON")
            database.driver("PRAGMA temp_store = MEMORY")
            database.driver("PRAGMA cache_size = -65536")
            # Bulk imports touch the same index pages again and again: copy them over less often.
            database.driver("PRAGMA wal_autocheckpoint = 4000")
        if read_only:
            upgrade.is_newest(database)
        else:
            upgrade.bring_up(database)
    except BaseException:
        database.close()
        raise
    return database


def _look_at_file(path: Path, create: bool, read_only: bool) -> None:
    """Refuse what cannot be a store before SQLite is asked, which says less."""
    span, shown = place(path), str(path)
    if path.is_dir():
        raise UserMistake(NotAStore(span=span, path=shown, found="a folder"))
    if not create and not (path.exists() and path.stat().st_size > 0):
        raise UserMistake(StoreMissing(span=span, path=shown))
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        writable = os.access(path if path.exists() else path.parent, os.W_OK)
    except OSError as error:
        raise UserMistake(StoreReadOnly(span=span, path=shown)) from error
    # SQLite opens a file that it cannot write without a word, and fails at the first statement.
    if not read_only and (not writable or not os.access(path.parent, os.W_OK)):
        raise UserMistake(StoreReadOnly(span=span, path=shown))


def _file_engine(path: Path, wait: float) -> sa.Engine:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            path,
            timeout=wait,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=1024,  # each live segment has statements of its own
        )

    return sa.create_engine(
        "sqlite://", creator=connect, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT"
    )


def _server_engine(address: Address, wait: float, read_only: bool = False) -> sa.Engine:
    assert address.url is not None
    given = address.url.query.get("options", "")
    options = f"{given} -c search_path={address.schema} -c lock_timeout={int(wait * 1000)}"
    if read_only:
        options += " -c default_transaction_read_only=on"
    return sa.create_engine(
        address.url,
        poolclass=sa.NullPool,
        isolation_level="AUTOCOMMIT",
        use_native_hstore=False,
        # JSON goes in and comes out as text, as on SQLite.
        json_serializer=str,
        json_deserializer=_text,
        connect_args={
            "options": options,
            "connect_timeout": max(2, int(wait)),
            "application_name": "cio",
        },
    )


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else bytes(data).decode()


def _write_ahead(database: Database) -> None:
    """Turn the log on.  SQLite does not wait for others here, so this does."""
    deadline = time.monotonic() + database.wait
    while True:
        try:
            database.driver("PRAGMA journal_mode = WAL")
            return
        except UserMistake as mistake:
            if time.monotonic() > deadline or not isinstance(mistake.problems[0], StoreLocked):
                raise
        time.sleep(0.02)


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
