"""Events with 50 segments kept live, in micro-batches on one core.

Yardsticks: the same events where there are no segments, and all segments worked out anew after each
batch.  `python -m benchmarks.segment_upkeep [people] [events] [sqlite|postgresql]`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import store_data
from benchmarks.beside import show
from benchmarks.store_writes import places
from cio_lang import ir
from cio_lang.compiler import compile_sources
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.store import documents
from cio_lang.store.database import Database, chunks, open_database
from cio_lang.store.encoding import instant
from cio_lang.store.events import put_event_rows
from cio_lang.store.segments import refresh
from cio_lang.store.segments.defining import recompute
from cio_lang.store.segments.live import plan_in_force

BATCH = 1_000
NEW = 60_000
LINES = (
    "did order_placed in the last 30 days",
    "did order_placed in the last 90 days",
    "did order_placed at least 3 times in the last 90 days",
    "did order_placed at least 5 times",
    "did order_placed where amount is more than 100",
    "did order_placed where category is \"books\" in the last 60 days",
    "total amount of order_placed in the last 90 days is more than 200",
    "total amount of order_placed is more than 1000",
    "average amount of order_placed is more than 120",
    "largest amount of order_placed in the last 30 days is more than 180",
    "number of order_placed in the last 7 days is at least 2",
    "did not do order_placed in the last 30 days",
    "never did order_placed",
    "did cart_updated in the last 1 day and did not do order_placed in the last 1 day",
    "did cart_updated then order_placed within 7 days",
    "did cart_updated and then did not do order_placed within 1 day",
    "did cart_updated at least 3 times in the last 7 days",
    "did cart_updated where items is more than 3 in the last 14 days",
    "did cart_updated in the last 30 days and plan is \"free\"",
    "never did cart_updated",
    "did logged_in in the last 1 day",
    "did logged_in in the last 7 days",
    "did logged_in in the last 30 days",
    "did logged_in at least 5 times in the last 7 days",
    "did logged_in at least 20 times in the last 30 days",
    "did logged_in fewer than 3 times in the last 30 days",
    "did not do logged_in in the last 14 days",
    "did not do logged_in in the last 30 days and plan is \"pro\"",
    "did logged_in in the last 7 days and did not do feature_used in the last 7 days",
    "did page_viewed in the last 1 day",
    "did page_viewed at least 10 times in the last 7 days",
    "did page_viewed at least 50 times in the last 30 days",
    "did page_viewed where path is \"/p/7\"",
    "did page_viewed then order_placed within 1 day",
    "did page_viewed in the last 7 days and never did order_placed",
    "did page_viewed exactly 1 time in the last 7 days",
    "did feature_used in the last 7 days",
    "did feature_used where feature is \"export\" at least 2 times in the last 30 days",
    "did feature_used at least 10 times",
    "did not do feature_used in the last 30 days and plan is \"trial\"",
    "did message_opened in the last 30 days",
    "did message_opened at least 3 times in the last 30 days",
    "did not do message_opened in the last 90 days",
    "did plan_upgraded",
    "did plan_upgraded in the last 30 days and seats is more than 10",
    "did ticket_opened in the last 7 days",
    "did ticket_opened at least 2 times in the last 30 days and plan is \"pro\"",
    "plan is \"pro\" and seats is at least 20",
    "country is one of \"us\", \"de\" and did order_placed in the last 365 days",
    "in segment \"Segment 1\" and not in segment \"Segment 23\"",
)  # fmt: skip


def segments() -> list[ir.Graph]:
    """The fifty, compiled from what a marketer would write."""
    text = "\n".join(f'segment "Segment {n}"\n  {line}\n' for n, line in enumerate(LINES, 1))
    compiled = compile_sources([Source("journeys/fifty.journey", text)], Settings())
    assert not compiled.failed, [problem.report() for problem in compiled.problems]
    return list(compiled.graphs)


def new_events(people: int, first: int) -> list[tuple[str, str, str, int, int, str]]:
    """An hour's events, in the order of time, as the import encodes them."""
    end = store_data.END + 3_600_000_000
    found = [
        (f"p{person - 1}", uid, name, at, at, properties)
        for batch in store_data.events(NEW, people, days=1 / 24, end=end, first=first)
        for person, uid, name, at, properties in batch
    ]
    found.sort(key=lambda row: row[3])
    return found


def _put(database: Database, rows: list[tuple[str, str, str, int, int, str]]) -> tuple[int, float]:
    """Events a second of one core's time: that of this process, and on PostgreSQL the wall's."""
    clock = time.process_time if database.dialect == "sqlite" else time.perf_counter
    start = clock()
    for chunk in chunks(rows, BATCH):
        put_event_rows(database, chunk)
    return len(rows), clock() - start


def measure(dialect: str, place: Path | str, people: int, events: int) -> None:
    """Print the figures of one database."""
    with open_database(place, create=True) as database:
        store_data.fill(database, people, events)
        rows = new_events(people, events)
        third = len(rows) // 3
        count, took = _put(database, rows[:third])
        without = count / took
        now = instant(store_data.END + 1_200_000_000)
        start = time.perf_counter()
        documents.deploy(database, segments(), {}, now, "", "")
        defined = time.perf_counter() - start
        _put(database, rows[third : third + 5 * BATCH])  # caches are warm in a process that serves
        count, took = _put(database, rows[third + 5 * BATCH :])
        live = count / took
        print(f"  {dialect}, {people:,} people, {events:,} events, {len(LINES)} segments")
        show("events with segments kept live", live, "without segments", without, "events/s")
        plan = plan_in_force(database)
        start = time.perf_counter()
        with database.transaction():
            for segment in plan.kept:
                recompute(database, plan, segment, rows[-1][3])
        anew = BATCH / (time.perf_counter() - start)
        show("the same", live, f"all anew after each {BATCH:,}", anew, "events/s")
        print(f"  {'50 segments defined at once':<58} {defined:>12,.1f} s")
        start = time.perf_counter()
        due = refresh(database, store_data.END + 86_400_000_000)
        took = time.perf_counter() - start
        print(f"  {f'a day passes: {due:,} pairs were due':<58} {due / took:>12,.1f} pairs/s")


def main(arguments: list[str]) -> int:
    """Measure on each database that is there, or on the one that is named."""
    people = int(arguments[0]) if arguments else 20_000
    events = int(arguments[1]) if len(arguments) > 1 else people * 20
    wanted = arguments[2:] or ["SQLite", "PostgreSQL"]
    chosen = [name.casefold() for name in wanted]
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder,
        places(Path(folder)) as found,
    ):
        for dialect, place in found.items():
            if dialect.casefold() in chosen:
                measure(dialect, place(), people, events)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
