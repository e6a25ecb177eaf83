"""24 hours of virtual time; yardstick: the bare loop over the same events, with the rules by hand.

`python -m benchmarks.simulate [PEOPLE] [EVENTS A PERSON]`.  The yardstick reads the same rows from
the same file, and walks through each person with a dozen lines that know this one journey: no
records, no decisions, no templates.  Both have to come to the same number of messages.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, timedelta
from itertools import groupby
from pathlib import Path

from benchmarks import store_data
from benchmarks.beside import show
from cio_lang import ir
from cio_lang.channels import Email, EmailSettings
from cio_lang.compiler import compile_sources
from cio_lang.schema import Settings
from cio_lang.simulate import Figures, Setting, simulate
from cio_lang.source import Source
from cio_lang.store import open_store
from cio_lang.store.database import Database, open_database
from cio_lang.store.encoding import instant

HOUR = 3_600_000_000  # microseconds
WORDS = """
event page_viewed
event order_placed
attribute plan: text

journey "Browsed and left"
  when someone does page_viewed
  leave when they do order_placed
  once ever

  wait 2 hours
  if plan is "pro"
    email "Did you find what you looked for, {{ person.plan }}?"
"""


def main(people: int = 100_000, events: int = 3) -> None:
    """Print people a second of both."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "cio.db"
        with open_database(place, create=True) as database:
            fill(database, people, people * events)
        started = time.perf_counter()
        with open_store(place, read_only=True) as store:
            done = simulate(store, setting())
        simulated = time.perf_counter() - started
        started = time.perf_counter()
        looked_at, messages = bare(place)
        by_hand = time.perf_counter() - started
    assert (looked_at, messages) == (done.people, done.messages), (looked_at, messages, done)
    told(done, people, people * events, simulated)
    show(
        "simulated, people who could enter",
        done.people / simulated,
        "the bare loop by hand",
        done.people / by_hand,
        "people/s",
    )


def told(done: Figures, people: int, events: int, seconds: float) -> None:
    """What was simulated."""
    print(
        f"  24 hours, {people:,} people and {events:,} events stored; {done.people:,} could enter, "
        f"{done.entered:,} did, {done.messages:,} messages: {seconds:.1f} s"
    )


def setting() -> Setting:
    """The journey over the last 24 hours of the data."""
    compiled = compile_sources((Source("a.journey", WORDS),), Settings())
    (graph,) = [each for each in compiled.graphs if isinstance(each, ir.JourneyGraph)]
    end = instant(store_data.END)
    email = Email(EmailSettings("Shop <hi@shop.example>"))
    return Setting(graph, [], {}, [email], end - timedelta(hours=24), end, UTC)


def fill(database: Database, people: int, events: int) -> None:
    """People who have been known for long, and one day of events."""
    with database.transaction():
        for batch in store_data.people(people):
            database.driver_many(
                "INSERT INTO people (id, key, attributes, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, ?)",
                [(*row[:3], store_data.END - 48 * HOUR, row[3]) for row in batch],
            )
        for rows in store_data.events(events, people, days=1):
            database.driver_many(
                "INSERT INTO events (person, uid, name, at, received_at, properties, handled)"
                " VALUES (?, ?, ?, ?, ?, ?, 1)",
                [(*row[:4], row[3], row[4]) for row in rows],
            )
    database.driver("ANALYZE")


def bare(place: Path) -> tuple[int, int]:
    """How many people could enter, and how many messages they would have got."""
    start, end = store_data.END - 24 * HOUR, store_data.END
    people = messages = 0
    with sqlite3.connect(place) as store:
        for attributes, events in _read(store, start, end):
            viewed = next((at for name, at in events if name == "page_viewed"), None)
            if viewed is None:
                continue
            people += 1
            due = viewed + 2 * HOUR
            ordered = any(name == "order_placed" and viewed < at <= due for name, at in events)
            if due <= end and not ordered and json.loads(attributes).get("plan") == "pro":
                messages += 1
    return people, messages


def _read(
    store: sqlite3.Connection, start: int, end: int
) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    rows = store.execute(
        "SELECT p.id, p.attributes, e.name, e.at, e.properties FROM people p"
        " JOIN events e ON e.person = p.id WHERE e.name IN ('page_viewed', 'order_placed')"
        " AND e.at BETWEEN ? AND ? ORDER BY p.id, e.at, e.uid",
        (start, end),
    )
    for _, group in groupby(rows, key=lambda row: row[0]):
        each = list(group)
        for row in each:
            json.loads(row[4])
        yield each[0][1], [(row[2], row[3]) for row in each]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
