"""A shop's people and events, made by DuckDB: the same every time, a few very active, most not.

`fill` writes them straight into the tables of an empty store, sorted so that the indexes grow at
their ends; 1 M people and 20 M events take some minutes in SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cio_lang.store.database import Database

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

END = 1_764_547_200_000_000  # 2025-12-01, in microseconds
DAYS = 400
NAMES = {
    "page_viewed": 0.42,
    "logged_in": 0.22,
    "cart_updated": 0.12,
    "order_placed": 0.08,
    "feature_used": 0.08,
    "message_opened": 0.06,
    "plan_upgraded": 0.01,
    "ticket_opened": 0.01,
}
"""Each event with its share of all."""


def people(count: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """(id, key, attributes, created at), by id."""
    with _duckdb() as duck:
        duck.execute(_people(count))
        yield from _batches(duck)


def _people(count: int) -> str:
    return f"""SELECT i + 1, 'p' || i,
              '{{"plan":"' || ['free', 'free', 'trial', 'pro'][1 + CAST(floor(u(i, 1) * 4) AS INT)]
              || '","seats":' || CAST(1 + floor(u(i, 2) * 50) AS INT)
              || ',"country":"' || ['us', 'de', 'fr', 'br', 'in'][1 + CAST(floor(u(i, 3) * 5) AS
              INT)] || '","email":"p' || i || '@example.com"}}',
              {END} - CAST(floor({DAYS} * 86400000000.0 * u(i, 4)) AS BIGINT)
            FROM (SELECT range AS i FROM range({count})) ORDER BY i"""


def events(
    count: int, people: int, *, days: float = DAYS, end: int = END, first: int = 0
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """(person, uid, name, at, properties), by person and time; uids are numbered from `first`.

    They lie in the `days` before `end`, more of them towards it.
    """
    with _duckdb() as duck:
        duck.execute(_events(count, people, days, end, first))
        yield from _batches(duck)


def _events(count: int, people: int, days: float, end: int, first: int) -> str:
    names = []
    reached = 0.0
    for name, share in NAMES.items():
        reached += share
        names.append(f"WHEN r < {reached:.4f} THEN '{name}'")
    return f"""SELECT 1 + (CAST(floor({people} * pow(u(i, 1), 1.6)) AS BIGINT) * 7919) % {people},
              'e' || i, name,
              {end} - CAST(floor({days} * 86400000000.0 * pow(u(i, 3), 1.15)) AS BIGINT) AS "at",
              CASE name
              WHEN 'order_placed' THEN '{{"amount":'
                || CAST(CAST(5 + floor(u(i, 4) * 20000) / 100 AS DECIMAL(10, 2)) AS VARCHAR)
                || ',"items":' || CAST(1 + floor(u(i, 5) * 5) AS INT) || ',"category":"'
                || ['shoes', 'books', 'games', 'food'][1 + CAST(floor(u(i, 6) * 4) AS INT)] || '"}}'
              WHEN 'cart_updated' THEN '{{"items":' || CAST(1 + floor(u(i, 5) * 5) AS INT)
                || ',"cart_id":"c' || (i // 3) || '"}}'
              WHEN 'page_viewed' THEN '{{"path":"/p/' || CAST(floor(u(i, 4) * 500) AS INT) || '"}}'
              WHEN 'feature_used' THEN '{{"feature":"'
                || ['export', 'import', 'share', 'report'][1 + CAST(floor(u(i, 6) * 4) AS INT)]
                || '"}}'
              ELSE '{{}}' END
            FROM (SELECT i, CASE {" ".join(names)} ELSE 'ticket_opened' END AS name
              FROM (SELECT range AS i, u(range, 2) AS r FROM range({first}, {first + count})))
            ORDER BY 1, 4"""


@contextmanager
def in_duckdb(people_count: int, events_count: int) -> Iterator[DuckDBPyConnection]:
    """The same people and events in tables of DuckDB."""
    with _duckdb() as duck:
        duck.execute(
            f"""CREATE TABLE people AS SELECT *, NULL::TEXT AS timezone, NULL::TEXT AS folded,
            NULL::TEXT AS dates, '{{}}' AS changed
            FROM ({_people(people_count)}) AS t (id, key, attributes, created_at)"""
        )
        duck.execute(
            f"""CREATE TABLE events AS SELECT *, "at" AS received_at, NULL::TEXT AS folded,
            NULL::TEXT AS dates FROM ({_events(events_count, people_count, DAYS, END, 0)})
            AS t (person, uid, name, "at", properties)"""
        )
        yield duck


def fill(database: Database, people_count: int, events_count: int) -> None:
    """Fill an empty store."""
    marks = "INSERT INTO {} ({}) VALUES ({})"
    columns = {
        "people": ("id", "key", "attributes", "created_at", "updated_at"),
        "events": ("person", "uid", "name", "at", "received_at", "properties", "handled"),
    }

    def write(table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        names = columns[table]
        with database.transaction():
            if database.dialect == "sqlite":
                sql = marks.format(table, ", ".join(names), ", ".join("?" * len(names)))
                database.driver_many(sql, rows)
            else:
                database.copy(table, names, rows)

    for batch in people(people_count):
        write("people", [(*row, row[3]) for row in batch])
    for batch in events(events_count, people_count):
        write("events", [(*row[:4], row[3], row[4], 1) for row in batch])
    if database.dialect == "postgresql":
        database.driver(
            "SELECT setval(pg_get_serial_sequence('people', 'id'), (SELECT max(id) FROM people))"
        )
    database.driver("ANALYZE")


def fill_at_once(database: Database, people_count: int, events_count: int) -> None:
    """The same, the indexes made when all is there: what 20 M events need."""
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.schema import CreateIndex

    from cio_lang.store.tables import events as table

    of = sqlite.dialect() if database.dialect == "sqlite" else postgresql.dialect()  # type: ignore[no-untyped-call]
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    for index in indexes:
        database.driver(f"DROP INDEX {index.name}")
    if database.dialect == "sqlite":
        database.driver("PRAGMA synchronous = OFF")
    fill(database, people_count, events_count)
    for index in indexes:
        database.driver(str(CreateIndex(index).compile(dialect=of)))
    database.driver("ANALYZE")


def _duckdb() -> DuckDBPyConnection:
    import duckdb

    duck = duckdb.connect()
    duck.execute("SET threads = 2")
    duck.execute(
        "CREATE TEMP MACRO u(i, salt) AS"
        " (hash(CAST(i * 16 + salt AS BIGINT)) >> 11) / 9007199254740992.0"
    )
    return duck


def _batches(duck: DuckDBPyConnection) -> Iterator[Sequence[tuple[Any, ...]]]:
    while rows := duck.fetchmany(50_000):
        yield rows
