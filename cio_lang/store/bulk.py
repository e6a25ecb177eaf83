"""Many rows at once, the fastest way that each database has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa

from cio_lang.store.database import Database, IntegrityError

FEW = 50
"""Up to so many rows, one statement each costs less than COPY into a table on the side."""


def insert_rows(
    database: Database,
    table: sa.Table,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    conflict: str = "",
) -> int:
    """Insert rows (JSON as text), inside a transaction; `conflict` is an `ON CONFLICT …`.

    Returns how many were written.
    """
    if not rows:
        return 0
    names = ", ".join(columns)
    into = f"INSERT INTO {table.name} ({names})"
    if database.dialect == "sqlite" or len(rows) <= FEW:
        marks = ", ".join("?" * len(columns))
        sql = database.marks(f"{into} VALUES ({marks}) {conflict}")
        return database.driver_many(sql, rows)
    fresh = _on_the_side(database, table, columns, rows)
    written = database.driver(f"{into} SELECT {names} FROM {fresh} {conflict}").changed
    database.driver(f"TRUNCATE {fresh}")
    return written


_repeating: WeakSet[Database] = WeakSet()
"""Those whose last rows were not all new: the next ones may not be either."""


def insert_new(
    database: Database,
    table: sa.Table,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    key: str,
) -> int:
    """Insert the rows whose `key` is not there yet, inside a transaction; returns how many.

    On PostgreSQL by COPY into the table itself, which takes half of the time of COPY to the side,
    and fails where one is there: then that way, until all rows of a call are new again.
    """
    if database.dialect == "postgresql" and len(rows) > FEW and database not in _repeating:
        database.driver("SAVEPOINT all_new")
        try:
            database.copy(table.name, columns, rows)
        except IntegrityError:
            database.driver("ROLLBACK TO SAVEPOINT all_new")
        else:
            database.driver("RELEASE SAVEPOINT all_new")
            return len(rows)
    written = insert_rows(database, table, columns, rows, f"ON CONFLICT ({key}) DO NOTHING")
    if written == len(rows):
        _repeating.discard(database)
    else:
        _repeating.add(database)
    return written


def insert_returning(
    database: Database,
    table: sa.Table,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    key: str,
    answer: str,
) -> dict[Any, Any]:
    """Insert rows that are not there yet; the `answer` of those that were written, by `key`.

    `key` is the first of the columns, and no two rows have the same.
    """
    conflict = f"ON CONFLICT ({key}) DO NOTHING"
    if database.dialect == "sqlite":
        # Nobody else writes inside of this transaction: what is missing is made here.
        insert_rows(database, table, columns, rows, conflict)
        return dict(
            database.driver(
                f"SELECT {key}, {answer} FROM {table.name} WHERE {key} {database.within}",
                (database.array(row[0] for row in rows),),
            )
        )
    names = ", ".join(columns)
    into = f"INSERT INTO {table.name} ({names})"
    if len(rows) <= FEW:
        one = "(" + ", ".join(["%s"] * len(columns)) + ")"
        values = ", ".join([one] * len(rows))
        flat = [value for row in rows for value in row]
        return dict(
            database.driver(f"{into} VALUES {values} {conflict} RETURNING {key}, {answer}", flat)
        )
    fresh = _on_the_side(database, table, columns, rows)
    made = database.driver(
        f"{into} SELECT {names} FROM {fresh} {conflict} RETURNING {key}, {answer}"
    )
    database.driver(f"TRUNCATE {fresh}")
    return dict(made)


def update_rows(
    database: Database, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Set `columns` of rows by their id; each row is the values and then the id."""
    if not rows:
        return
    if database.dialect == "sqlite" or len(rows) <= FEW:
        to = ", ".join(f"{name} = ?" for name in columns)
        sql = database.marks(f"UPDATE {table.name} SET {to} WHERE id = ?")
        database.driver_many(sql, rows)
        return
    fresh = _on_the_side(database, table, (*columns, "id"), rows)
    to = ", ".join(f"{name} = fresh.{name}" for name in columns)
    database.driver(
        f"UPDATE {table.name} SET {to} FROM {fresh} AS fresh WHERE {table.name}.id = fresh.id"
    )
    database.driver(f"TRUNCATE {fresh}")


def _on_the_side(
    database: Database, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> str:
    fresh = f"fresh_{table.name}"
    database.driver(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {fresh} ON COMMIT DELETE ROWS"
        f" AS SELECT * FROM {table.name} WITH NO DATA"
    )
    database.copy(fresh, columns, rows)
    return fresh
