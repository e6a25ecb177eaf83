"""Importing real files: every case of `tests/cases/import`, bytes that are no text, and crashes."""

from __future__ import annotations

import csv
import gzip
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang.grammar import parse
from cio_lang.importing import (
    EventMapping,
    ImportMapping,
    ImportResult,
    PeopleMapping,
    event_mapping,
    import_file,
    people_mapping,
)
from cio_lang.importing.problems import FileMissing, UndeclaredImport, UnreadableFile
from cio_lang.ir import EventTest
from cio_lang.mistake import UserMistake
from cio_lang.schema import Schema, Settings, collect
from cio_lang.source import Source
from cio_lang.store import Store, open_store

CASES = Path(__file__).parent / "cases" / "import"
OPTIONS: dict[str, dict[str, Any]] = tomllib.loads((CASES / "options.toml").read_text())
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)

VOCABULARY = """
event order_placed
  amount: money
  items: number
  gift: yes/no
  size: one of "small", "large"

attribute plan: one of "free", "Pro"
attribute seats: number
attribute tags: list
"""


def schema() -> Schema:
    file, problems = parse(Source("vocabulary.journey", VOCABULARY))
    assert problems == ()
    return collect([file], Settings(currency="USD", timezone="Europe/Berlin"))


def mapping(case: str) -> ImportMapping:
    options = dict(OPTIONS.get(case, {}))
    if options.pop("people", False):
        return people_mapping(schema(), "customer", **options)
    return event_mapping(schema(), "order_placed", "customer", "at", **options)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "cio.db", create=True) as opened:
        yield opened


def bring(store: Store, path: Path, how: ImportMapping, **options: Any) -> ImportResult:
    """From the first row; `test_import_resume.py` has the tests of going on."""
    options = {"again": True} | options
    return import_file(store, path, how, now=NOW, currency="USD", **options)


def told(store: Store, result: ImportResult) -> str:
    """What became of a file, as the goldens hold it."""
    lines = [
        f"read {result.read}, stored {result.stored}, people {result.people},"
        f" duplicates {result.duplicates}, rejected {result.rejected}"
    ]
    if result.ignored:
        lines.append(f"ignored: {', '.join(result.ignored)}")
    if result.rejected_file is not None:
        lines += ["", *result.rejected_file.read_text().splitlines()]
    for person_id in range(1, store.people_count() + 1):
        person = store.person(person_id)
        attributes = f" {person.attributes}" if person.attributes else ""
        lines += ["", f"{person.key}{attributes}"]
        lines += [f"  {e.at:%Y-%m-%d %H:%M} {dict(e.properties)}" for e in store.events(person_id)]
    return "\n".join(lines) + "\n"


def golden(path: Path, text: str) -> None:
    if os.environ.get("UPDATE_CASES"):
        path.write_text(text)
    assert text == path.read_text()


GOOD = sorted(p for p in CASES.iterdir() if p.suffix in {".csv", ".jsonl"})
BAD = sorted(p for p in (CASES / "bad").iterdir() if p.suffix in {".csv", ".jsonl"})


@pytest.mark.parametrize("case", GOOD, ids=lambda path: path.name)
def test_case(case: Path, tmp_path: Path, store: Store) -> None:
    path = tmp_path / case.name
    shutil.copy(case, path)
    result = bring(store, path, mapping(case.stem))
    assert result.read == result.stored + result.duplicates + result.rejected
    assert result.exit_code == (1 if result.rejected else 0)
    assert len(result.samples) == min(result.rejected, 10)
    golden(case.with_suffix(".txt"), told(store, result))
    again = bring(store, path, mapping(case.stem))
    assert (again.stored, again.people, again.rejected) == (0, 0, result.rejected)


@pytest.mark.parametrize("case", BAD, ids=lambda path: path.name)
def test_bad_case(case: Path, store: Store) -> None:
    with pytest.raises(UserMistake) as caught:
        bring(store, case, mapping(case.stem))
    lines = []
    for problem in caught.value.problems:
        report = problem.report()
        lines += [f"{problem.code} in line {problem.span.line}"]
        lines += [report.what, report.why, f"help: {report.help}", ""]
    golden(case.with_suffix(".txt"), "\n".join(lines).replace(str(case), case.name))
    assert store.people_count() == 0
    assert not case.with_name(case.name + ".rejected.csv").exists()


# bytes


ROWS = "customer,at,amount\nann,2026-03-01,5\nbob,2026-03-01,6\n"


def refused(store: Store, path: Path) -> Any:
    with pytest.raises(UserMistake) as caught:
        bring(store, path, mapping(""))
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"\n \n", "it is empty"),
        (gzip.compress(b"", mtime=0), "it is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is not in UTF-8"),
        (b"PK\x03\x04\x14\0\x06\0", "it is not text"),
        (ROWS.encode("utf-16"), "it is written in UTF-16"),
        ("kundé,at\n".encode("latin-1"), "it is not in UTF-8"),
        (b"\x1f\x8b broken", "its compression is damaged"),
        (b"x" * (1 << 20), "its first line does not name columns"),
        (b"x" * (1 << 24), "its first line has no end"),
        (b"a\rb\rc\r", "its lines end as on an old Mac"),
        (",".join(f"c{n}" for n in range(10**6)).encode(), "1,000,000 columns"),
        (b'customer,"at\n', "its first line is not CSV"),
    ],
)
def test_what_is_no_table_is_refused(
    tmp_path: Path, store: Store, content: bytes, reason: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    problem = refused(store, path)
    assert isinstance(problem, UnreadableFile)
    assert reason in problem.reason


def test_a_folder_is_no_table(tmp_path: Path, store: Store) -> None:
    assert refused(store, tmp_path).reason == "it is a folder"


def test_a_missing_file_is_suggested_one_that_is_there(tmp_path: Path, store: Store) -> None:
    (tmp_path / "orders.csv").write_text(ROWS)
    problem = refused(store, tmp_path / "order.csv")
    assert isinstance(problem, FileMissing)
    assert problem.suggestion == str(tmp_path / "orders.csv")
    assert refused(store, tmp_path / "no" / "such" / "folder.csv").suggestion is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"c\0arol,2026-03-01,7\n", "the line holds a null byte"),
        ("café,2026-03-01,7\n".encode("latin-1"), "the line is not in UTF-8"),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_a_bad_line_costs_itself(
    tmp_path: Path, store: Store, row: bytes, reason: str, ending: str
) -> None:
    head, first, second = ROWS.encode().splitlines(keepends=True)
    content = head + first + row + second
    path = tmp_path / f"a.{ending}"
    path.write_bytes(gzip.compress(content) if ending == "csv.gz" else content)
    result = bring(store, path, mapping(""))
    assert (result.stored, result.rejected) == (2, 1)
    assert (result.samples[0].line, result.samples[0].reason) == (3, reason)
    assert result.samples[0].code == "import-row-rejected"
    assert result.rejected_file == tmp_path / f"a.{ending}.rejected.csv"


def test_marks_and_windows_line_ends_are_no_part_of_a_name(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + ROWS.replace("\n", "\r\n").encode())
    assert bring(store, path, mapping("")).stored == 2
    ann = store.the_person("ann")
    assert [event.properties for event in store.events(ann.id)] == [{"amount": 5}]


def test_a_compressed_file_that_was_cut_off_gives_what_is_there(
    tmp_path: Path, store: Store
) -> None:
    numbers = random.Random(1)
    rows = [f"p{n},2026-03-01,{numbers.randrange(10**12)}\n" for n in range(20_000)]
    content = gzip.compress(("customer,at,amount\n" + "".join(rows)).encode())
    path = tmp_path / "a.csv.gz"
    path.write_bytes(content[: len(content) // 2])
    result = bring(store, path, mapping(""))
    assert 5_000 < result.stored < 15_000
    assert "ends in the middle" in result.samples[-1].reason
    path.write_bytes(content)
    again = bring(store, path, mapping(""))
    assert (again.rejected, again.stored) == (0, 20_000 - result.stored)
    assert again.rejected_file is None
    assert not (tmp_path / "a.csv.gz.rejected.csv").exists()


def test_quotation_marks_that_are_never_closed_cost_one_line_each(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{'' if n % 7 else chr(34)}p{n},2026-03-01,1\n" for n in range(3_000)]
    path.write_text("customer,at,amount\n" + "".join(rows))
    started = time.monotonic()
    result = bring(store, path, mapping(""))
    assert time.monotonic() - started < 20
    assert result.stored + result.rejected == 3_000
    assert result.stored == sum(1 for n in range(3_000) if n % 7)


# meaning


def test_rows_of_an_unknown_shape_are_read_as_they_look(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_text("customer,at,a,b,c,d,e\nann,2026-03-01,1.50,007,true,2026-03-01,\n")
    how = event_mapping(Schema(), "anything", "customer", "at")
    assert bring(store, path, how).ignored == ()
    (event,) = store.events(store.the_person("ann").id)
    assert event.properties == {"a": 1.5, "b": "007", "c": True, "d": "2026-03-01"}
    assert store.count_where(EventTest("anything"), NOW, UTC) == 1


def test_what_is_not_declared_is_not_imported() -> None:
    for wrong, kind, suggestion in [
        ({"event": "order_place"}, "event", "order_placed"),
        ({"event": "order_placed", "properties": "amount,itms=n"}, "property", "items"),
    ]:
        with pytest.raises(UserMistake) as caught:
            event_mapping(schema(), person="customer", time="at", **wrong)
        (problem,) = caught.value.problems
        assert isinstance(problem, UndeclaredImport)
        assert (problem.kind, problem.suggestion) == (kind, suggestion)
        assert problem.report().help == f"write `{suggestion}`"
    with pytest.raises(UserMistake) as caught:
        people_mapping(schema(), "customer", attributes="email,shoe")
    assert "attribute shoe: text" in caught.value.problems[0].report().help


def test_times_without_an_offset_are_in_the_zone_of_the_workspace(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "customer,at\n"
        "ann,2026-07-01T09:00\n"
        "ann,2026-01-01 09:00:00.5\n"
        "ann,2026-03-29T02:30\n"  # does not exist in Berlin
        "ann,2026-10-25T02:30\n"  # twice in Berlin: the first counts
        "ann,2026-07-01T09:00:00-05:00\n"
    )
    assert bring(store, path, mapping("")).stored == 5
    assert {f"{e.at:%m-%d %H:%M}" for e in store.events(store.the_person("ann").id)} == {
        "07-01 07:00",
        "01-01 08:00",
        "03-29 01:30",
        "10-25 00:30",
        "07-01 14:00",
    }


def test_old_events_are_history_unless_they_are_replayed(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_text("customer,at\nann,2020-01-01\n")
    bring(store, path, mapping(""))
    (state,) = store.load_batch([1])
    assert [history for _, history in state.new_events] == [True]
    with open_store(tmp_path / "other.db", create=True) as other:
        bring(other, path, mapping(""), received_as="event time")
        (state,) = other.load_batch([1])
    assert [history for _, history in state.new_events] == [False]


def test_people_are_known_since_a_column_or_since_now(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_text("customer,since\nann,2020-01-01T00:00Z\n")
    bring(store, path, PeopleMapping("customer"))
    assert store.person(1).created_at == NOW
    bring(store, path, PeopleMapping("customer", time="since"))
    assert store.person(1).created_at == datetime(2020, 1, 1, tzinfo=UTC)


def test_progress_is_told_for_each_batch(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_text("customer,at\n" + "".join(f"p{n},2026-03-01\n" for n in range(12_000)))
    seen: list[tuple[int, int, int]] = []
    bring(store, path, mapping(""), progress=lambda *figures: seen.append(figures))
    assert [rows for rows, _, _ in seen] == [5_000, 10_000, 12_000]
    assert seen[-1][1] == seen[-1][2] == path.stat().st_size


@given(
    st.lists(
        st.tuples(
            st.text(min_size=1).map(str.strip).filter(bool),
            st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
            st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False),
        ),
        max_size=20,
    )
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_row_is_stored_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, datetime, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    path = folder / "a.csv"
    with path.open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "at", "amount"])
        writer.writerows([name, at.isoformat(), amount] for name, at, amount in rows)
    how = EventMapping("bought", "customer", "at", repeats="each")
    with open_store(folder / "cio.db", create=True) as store:
        result = bring(store, path, how)
        assert result.read == result.stored + result.rejected
        clean = [row for row in rows if row[0].isprintable()]
        assert result.stored >= len(clean)
        for name, _, _ in clean:
            assert store.find_person(name) is not None
        assert bring(store, path, how).stored == 0


# crashes


IMPORTS = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from cio_lang.importing import EventMapping, import_file
from cio_lang.store import open_store
def tell(rows, *_):
    print(rows, flush=True)
    time.sleep(0.05)
import_file(
    open_store(Path(sys.argv[1]), create=True), Path(sys.argv[2]),
    EventMapping("bought", "customer", "at", repeats="each"),
    now=datetime.now(UTC), currency="USD", progress=tell,
)
"""


@pytest.mark.parametrize("batches", [1, 3])
def test_a_kill_loses_nothing_and_repeats_nothing(tmp_path: Path, batches: int) -> None:
    path, database = tmp_path / "a.csv", tmp_path / "cio.db"
    rows = [f"p{n % 997},2026-03-{n % 28 + 1:02},{n % 11}\n" for n in range(40_000)]
    path.write_text("customer,at,amount\n" + "".join(rows))
    with subprocess.Popen(
        [sys.executable, "-c", IMPORTS, str(database), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    ) as process:
        assert process.stdout is not None
        for _ in range(batches):
            process.stdout.readline()
        time.sleep(0.08)  # into the middle of the next batch
        process.send_signal(signal.SIGKILL)
    how = EventMapping("bought", "customer", "at", repeats="each")
    with open_store(database) as store:
        stored = sum(len(state.events) for state in store.load_batch(range(1, 998)))
        assert 5_000 * batches <= stored < 40_000 and stored % 5_000 == 0
        result = bring(store, path, how)
        assert (result.stored, result.duplicates) == (40_000 - stored, stored)
        states = store.load_batch(range(1, store.people_count() + 1))
    assert sum(len(state.events) for state in states) == 40_000
    assert {state.person.key for state in states} == {f"p{n}" for n in range(997)}


def test_a_store_that_is_held_stops_the_import_between_batches(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ROWS)
    database = tmp_path / "cio.db"
    with open_store(database, create=True) as holder, open_store(database, wait=0.1) as store:
        with holder.transaction(), pytest.raises(UserMistake) as caught:
            bring(store, path, mapping(""))
        assert caught.value.problems[0].code == "store-locked"
        assert bring(store, path, mapping("")).stored == 2


def test_the_rows_of_cdnow_are_all_there(tmp_path: Path, store: Store) -> None:
    source = Path(__file__).parent.parent / "examples" / "cdnow" / "cdnow.csv.gz"
    if not source.exists():
        pytest.skip("the example's data is not here")
    path = tmp_path / source.name
    shutil.copy(source, path)
    how = EventMapping("order_placed", "customer_id", "date", repeats="each")
    result = bring(store, path, how, received_as="event time")
    assert (result.stored, result.people, result.rejected) == (69_659, 23_570, 0)
    assert store.next_due() == datetime(1997, 1, 1, tzinfo=UTC)
    once = EventMapping("order_placed", "customer_id", "date")
    assert bring(store, path, once).duplicates == 69_659
    assert store.due_people(NOW - timedelta(days=365 * 50), 1) == []
