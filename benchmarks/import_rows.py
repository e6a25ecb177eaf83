"""Importing the CDNOW purchases; yardstick: a bare `executemany` of the same rows, same indexes.

`put_events` gets events that are in memory; `cio import` reads and checks every cell of a file of
CSV, JSON Lines or Parquet, and keeps in the store how far it is.  Exporting them all is beside it.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.beside import seconds, show
from cio_lang.demo import example
from cio_lang.demo.purchases import read
from cio_lang.exporting import export
from cio_lang.importing import EventMapping, import_file
from cio_lang.store import open_store
from cio_lang.store.state import NewEvent

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print each in rows a second, median of 3."""
    customers = list(read(example.folder() / "cdnow.csv.gz"))
    events = [order for customer in customers for order in customer.orders]
    rows = [
        (e.person, e.id, e.name, int(e.at.timestamp() * 1e6), 0, json.dumps(dict(e.properties)), 0)
        for e in events
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        counter = iter(range(100))
        files = _files(folder, events)

        def putting() -> None:
            with open_store(folder / f"{next(counter)}.db", create=True) as store:
                assert store.put_events(events) == len(events)

        def bare() -> None:
            database = sqlite3.connect(folder / f"{next(counter)}.db")
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

        def importing(path: Path) -> Callable[[], None]:
            def once() -> None:
                how = EventMapping("order_placed", "person", "at", id="id")
                with open_store(folder / f"{next(counter)}.db", create=True) as store:
                    result = import_file(store, path, how, now=NOW, currency="USD")
                assert (result.stored, result.rejected) == (len(events), 0)

            return once

        def exporting() -> None:
            assert export(full, "events", "jsonl", folder / "out.jsonl") == len(events)

        beside = len(rows) / seconds(bare, 3)
        count = f"{len(rows):,} rows"
        figure = len(rows) / seconds(putting, 3)
        show(f"store.put_events, {count}", figure, "bare executemany", beside, "rows/s")
        for path in files:
            figure = len(rows) / seconds(importing(path), 3)
            what = f"cio import, {path.suffix[1:]}, {count}"
            show(what, figure, "bare executemany", beside, "rows/s")
        with open_store(folder / "full.db", create=True) as full:
            full.put_events(events)
            figure = len(rows) / seconds(exporting, 3)
        show(f"cio export, jsonl, {count}", figure, "bare executemany", beside, "rows/s")


def _files(folder: Path, events: list[NewEvent]) -> list[Path]:
    """The events as a file in each format."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {"person": e.person, "id": e.id, "at": e.at.isoformat()} | dict(e.properties)
        for e in events
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    paths = [folder / "rows.csv", folder / "rows.jsonl", folder / "rows.parquet"]
    paths[0].write_text(text.getvalue())
    paths[1].write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    pq.write_table(pa.Table.from_pylist(rows), paths[2])
    return paths


if __name__ == "__main__":
    main()
