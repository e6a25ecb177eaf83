"""Events over 400 days moved to the archive (hot: 30 days), and one person's history read from it.

Printed beside what it is to be measured by: the time of the move beside copying the same rows to
one Parquet file with DuckDB; reads beside their aims; bytes of a million events beside those of the
same rows as JSON lines.  `python -m benchmarks.tiers [--full] [--keep FOLDER] [--laid]`.

With `--laid` nothing is moved: the files are put there as a move would leave them, and the hot
store keeps all (a move of 20 M events takes long); reads and bytes are those of the tiers.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import store_data
from benchmarks.beside import show
from cio_lang.conditions.reach import Reach
from cio_lang.store.archive.columns import schema_of
from cio_lang.store.archive.files import COLUMNS, by_month_and_bucket, quoted, write
from cio_lang.store.archive.location import Folder
from cio_lang.store.archive.manifest import MADE, Archive, make_known, put
from cio_lang.store.archive.moving import Moved, move
from cio_lang.store.archive.reading import events_of
from cio_lang.store.archive.rules import Rules
from cio_lang.store.database import Database, open_database
from cio_lang.store.encoding import instant, load, micros
from cio_lang.store.tables import events as table

if TYPE_CHECKING:
    from cio_lang.conditions import Event

SMALL, FULL = 200_000, 20_000_000
PEOPLE_PER = 20
READS = 200
NOW = instant(store_data.END)
RULES = Rules(hot_days=30, cold_days=90)
AIMS = {"hot": 10.0, "warm": 100.0, "cold": 1000.0}
"""Milliseconds for the history of one person."""


def moved(archive: Archive, total: int) -> None:
    """Move, and print how long it took; yardstick: DuckDB writes as many rows to one file."""
    last = [0.0]

    def tell(done: Moved) -> None:
        if time.perf_counter() - last[0] > 10:
            last[0] = time.perf_counter()
            print(f"    {done.events:,} moved", file=sys.stderr, flush=True)

    start, cpu = time.perf_counter(), time.process_time()
    done = move(archive, Reach(), NOW, tell)
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(f"  {done.events:,} of {total:,} events moved: {took:,.1f} s, {cpu:,.1f} s of CPU time")
    print(f"  {done.written:,} files written, {done.joined:,} of them joined or cooled down")
    with tempfile.TemporaryDirectory() as folder, store_data.in_duckdb(1, done.events) as duck:
        start = time.process_time()
        duck.execute(f"COPY events TO '{folder}/all.parquet' (COMPRESSION zstd)")
        bare = time.process_time() - start
    show("moved", done.events / cpu, "DuckDB's COPY to one file", done.events / bare, "events/s")


def lay(archive: Archive, count: int) -> None:
    """Put the files there as a move leaves them, without a move: one for each month and bucket."""
    end = micros(NOW - timedelta(days=RULES.hot_days))
    cold = NOW - timedelta(days=RULES.cold_days)
    listed = ", ".join(map(quoted, COLUMNS))
    with (
        store_data.in_duckdb(count // PEOPLE_PER, count) as duck,
        tempfile.TemporaryDirectory(dir=Path(archive.database.where).parent) as made,
    ):
        day = datetime(2024, 10, 1, tzinfo=UTC)
        while micros(day) < end:
            following = (day + timedelta(days=32)).replace(day=1)
            tier = "cold" if following <= cold else "warm"
            rows = duck.sql(
                f"""SELECT {listed} FROM events
                WHERE "at" >= {micros(day)} AND "at" < {min(micros(following), end)}"""
            ).to_arrow_table()
            for bucket, part in by_month_and_bucket(rows.cast(schema_of(COLUMNS))):
                written = write(part, Path(made) / MADE)
                make_known(archive.database, [put(archive, Path(made), bucket, written, tier)], NOW)
            day = following


def _hot(database: Database, person: int) -> list[tuple[object, ...]]:
    rows = database.driver(
        database.marks('SELECT uid, name, "at", properties FROM events WHERE person = ?'), (person,)
    )
    return [(row[0], row[1], instant(row[2]), load(row[3])) for row in rows]


def reads(archive: Archive, count: int) -> None:
    """Percentiles of one person's history, by tier; people are drawn evenly."""
    draw = random.Random(4)
    asked = [draw.randint(1, count) for _ in range(READS)]
    cooled = NOW - timedelta(days=RULES.cold_days + 31)  # files are of a month
    hot, old = NOW - timedelta(days=RULES.hot_days), instant(micros(NOW) - 400 * 86_400_000_000)

    def archived(since: datetime, until: datetime) -> Callable[[int], list[Event]]:
        return lambda person: events_of(archive, [person], since, until)

    works: dict[str, Callable[[int], object]] = {
        "hot": lambda person: _hot(archive.database, person),
        "warm": archived(cooled, hot),
        "cold": archived(old, cooled),
        "all": lambda person: (_hot(archive.database, person), events_of(archive, [person])),
    }
    for tier, work in works.items():
        taken = []
        for person in asked:
            start = time.perf_counter()
            work(person)
            taken.append((time.perf_counter() - start) * 1e3)
        taken.sort()
        middle, late = taken[READS // 2], taken[READS * 99 // 100]
        aim = AIMS.get(tier, AIMS["cold"])
        mark = "" if late < aim else "  above the aim"
        print(f"  {tier:<6} p50 {middle:>9,.2f} ms  p99 {late:>9,.2f} ms  aim {aim:,.0f} ms{mark}")


def sizes(archive: Archive) -> None:
    """Bytes of a million events: in the hot store with its indexes, and in each tier's files."""
    database = archive.database
    if database.dialect == "sqlite":
        pages, free, size, hot = (
            int(database.driver(sql)[0][0])
            for sql in (
                "PRAGMA page_count",
                "PRAGMA freelist_count",
                "PRAGMA page_size",
                "SELECT count(*) FROM events",
            )
        )
        each = (pages - free) * size / max(hot, 1)
        print(f"  hot    {hot:,} events, {each:,.1f} MB a million, people and indexes with them")
    rows = database.driver("SELECT tier, sum(rows), sum(bytes), count(*) FROM archives GROUP BY 1")
    for tier, number, size, files in rows:
        print(
            f"  {tier:<6} {number:,} events in {files} files,"
            f" {int(size) / int(number):,.1f} MB a million"
        )
    sample = database.driver(f"SELECT {', '.join(_JSON)} FROM events LIMIT 100000")
    lengths = [sum(len(str(value)) for value in row) + 70 for row in sample]  # 70: names, marks
    print(f"  as JSON lines: {sum(lengths) / len(lengths):,.1f} MB a million")


_JSON = ("person", "uid", "name", '"at"', "received_at", "properties")
assert {name.strip('"') for name in _JSON} <= set(table.c.keys())


def main(arguments: list[str]) -> int:
    """Measure in a store of its own, or in the one that is kept."""
    count = FULL if "--full" in arguments else SMALL
    with ExitStack() as stack:
        if "--keep" in arguments:
            folder = Path(arguments[arguments.index("--keep") + 1])
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = folder / f"tiers-{count}.db"
        if not place.exists():
            with open_database(place, create=True) as database:
                store_data.fill_at_once(database, count // PEOPLE_PER, count)
        database = stack.enter_context(open_database(place))
        warm, cold = Folder(folder / f"warm-{count}"), Folder(folder / f"cold-{count}")
        archive = Archive(database, warm, cold, RULES)
        print(f"  SQLite, {count // PEOPLE_PER:,} people, {count:,} events", flush=True)
        if "--laid" in arguments:
            lay(archive, count)
        else:
            moved(archive, count)
        reads(archive, count // PEOPLE_PER)
        sizes(archive)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
