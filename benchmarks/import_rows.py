"""Importing the CDNOW purchases; yardstick: a bare `executemany` of the same rows, same indexes."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from pathlib import Path

from benchmarks.beside import seconds, show
from cio_lang.demo import example
from cio_lang.demo.purchases import read
from cio_lang.store import open_store


def main() -> None:
    """Print both in rows a second, median of 3."""
    customers = list(read(example.folder() / "cdnow.csv.gz"))
    events = [order for customer in customers for order in customer.orders]
    rows = [
        (e.person, e.id, e.name, int(e.at.timestamp() * 1e6), 0, json.dumps(dict(e.properties)), 0)
        for e in events
    ]
    with tempfile.TemporaryDirectory() as folder:
        counter = iter(range(100))

        def importing() -> None:
            store = open_store(Path(folder) / f"{next(counter)}.db", create=True)
            assert store.put_events(events) == len(events)
            store.close()

        def bare() -> None:
            database = sqlite3.connect(Path(folder) / f"{next(counter)}.db")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.executescript(
                "CREATE TABLE events (id INTEGER PRIMARY KEY, person, uid, name, at, received_at,"
                " properties, handled, UNIQUE (person, uid));"
                "CREATE INDEX of_person ON events (person, name, at);"
                "CREATE INDEX of_name ON events (name, at);"
                "CREATE INDEX to_handle ON events (person, at) WHERE handled = 0;"
            )
            with database:
                database.executemany(
                    "INSERT INTO events (person, uid, name, at, received_at, properties, handled)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    rows,
                )
            database.close()

        figure = len(rows) / seconds(importing, 3)
        beside = len(rows) / seconds(bare, 3)
    show(f"store.put_events, {len(rows):,} rows", figure, "bare executemany", beside, "rows/s")


if __name__ == "__main__":
    main()
