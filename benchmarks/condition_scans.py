"""Ten conditions over all people, as `condition_sql` asks them and as written by hand.

The yardstick is the fastest of two to four queries that somebody who knows the data would write
for that engine, over the same tables and indexes; both must find the same number of people.  Each
query runs `RUNS` times by turns and its fastest run counts: CPU time of this process for SQLite and
DuckDB, the clock's for PostgreSQL (a server of its own).  `python -m benchmarks.condition_scans
[--full | EVENTS] [--keep FOLDER] [sqlite|postgresql|duckdb …]`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from benchmarks import store_data
from benchmarks.hand_written import CONDITIONS, OTHERS, forms
from cio_lang import ir
from cio_lang.compiler import compile_sources
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.store.condition_sql import Dialect, Question, people_sql
from cio_lang.store.database import open_database
from cio_lang.store.encoding import instant

SMALL, FULL = 100_000, 20_000_000
PEOPLE_PER = 20
RUNS = 3
AIM = 1.2

Count = Callable[[str], int]
"""Runs a query that selects people; how many there are."""


def conditions() -> tuple[list[ir.Condition], dict[str, ir.Condition]]:
    """The ten, and the segments that they name."""
    lines = [*OTHERS, *CONDITIONS]
    text = "\n".join(f'segment "Segment {n}"\n  {line}\n' for n, line in enumerate(lines, 1))
    compiled = compile_sources([Source("journeys/ten.journey", text)], Settings())
    assert not compiled.failed, [problem.report() for problem in compiled.problems]
    found = {
        graph.name: graph.where
        for graph in compiled.graphs
        if isinstance(graph, ir.SegmentGraph) and graph.where is not None
    }
    return [found[f"segment-{n}"] for n in range(len(OTHERS) + 1, len(lines) + 1)], found


@contextmanager
def on_sqlite(events: int, folder: Path) -> Iterator[Count]:
    """A store in a file."""
    place = folder / f"scans-{events}.db"
    if not place.exists():
        with open_database(place, create=True) as database:
            store_data.fill_at_once(database, events // PEOPLE_PER, events)
    with open_database(place) as database:
        yield lambda sql: int(database.driver(f"SELECT count(*) FROM ({sql})")[0][0])


@contextmanager
def on_postgresql(events: int, folder: Path) -> Iterator[Count]:
    """A store in a schema of a server that the tests start, too."""
    from benchmarks.store_writes import places

    with places(folder) as found, open_database(found["PostgreSQL"](), create=True) as database:
        store_data.fill_at_once(database, events // PEOPLE_PER, events)
        for table in ("people", "events"):
            database.driver(f"VACUUM (ANALYZE) {table}")
        database.driver("SET work_mem = '256MB'")
        yield lambda sql: int(database.driver(f"SELECT count(*) FROM ({sql}) AS x")[0][0])


@contextmanager
def on_duckdb(events: int, folder: Path) -> Iterator[Count]:
    """Tables of DuckDB's own with the columns of the store, sorted by person and time."""
    with store_data.in_duckdb(events // PEOPLE_PER, events) as duck:

        def count(sql: str) -> int:
            row = duck.execute(f"SELECT count(*) FROM ({sql})").fetchone()
            return int(row[0]) if row else 0

        yield count


ENGINES: dict[str, tuple[Dialect, Any, Callable[[], float]]] = {
    "sqlite": ("sqlite", on_sqlite, time.process_time),
    "postgresql": ("postgres", on_postgresql, time.perf_counter),
    "duckdb": ("duckdb", on_duckdb, time.process_time),
}


def fastest(count: Count, queries: list[str], clock: Callable[[], float]) -> list[float]:
    """The fastest run of each query, in seconds; a query far behind is not asked again."""
    best = [float("inf")] * len(queries)
    found: set[int] = set()
    for turn in range(RUNS):
        for number, query in enumerate(queries):
            if turn and number and best[number] > 2 * min(best[1:]):
                continue
            start = clock()
            found.add(count(query))
            best[number] = min(best[number], clock() - start)
    assert len(found) == 1, f"not the same people: {found}"
    return best


def measure(engine: str, events: int, folder: Path) -> None:
    """Print a row for each condition."""
    dialect, opened, clock = ENGINES[engine]
    asked, segments = conditions()
    question = Question(dialect, instant(store_data.END), UTC, segments)
    with opened(events, folder) as count:
        print(f"  {engine}, {events // PEOPLE_PER:,} people, {events:,} events", flush=True)
        print(f"  {'condition':<96} {'ours ms':>9} {'hand ms':>9} {'ratio':>6}")
        for line, condition in zip(CONDITIONS, asked, strict=True):
            queries = [people_sql(condition, question), *forms(line, dialect)]
            ours, *hand = fastest(count, queries, clock)
            ratio = ours / min(hand)
            mark = "" if ratio <= AIM else "  above the aim"
            figures = f"{ours * 1e3:>9,.1f} {min(hand) * 1e3:>9,.1f} {ratio:>6.2f}"
            print(f"  {line[:96]:<96} {figures}{mark}", flush=True)


def main(arguments: list[str]) -> int:
    """Measure on each engine, or on those that are named."""
    sizes = [int(each) for each in arguments if each.isdigit()]
    events = sizes[0] if sizes else FULL if "--full" in arguments else SMALL
    with ExitStack() as stack:
        if "--keep" in arguments:
            at = arguments.index("--keep")
            folder = Path(arguments[at + 1])
            del arguments[at : at + 2]
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wanted = [each for each in arguments if each in ENGINES] or list(ENGINES)
        for engine in wanted:
            measure(engine, events, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
