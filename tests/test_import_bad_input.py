"""Files that are not what they should be: a reason for a row or for all, and nothing by half."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang.importing import EventMapping, ImportResult, export_mapping, import_file
from cio_lang.importing.formats import look
from cio_lang.importing.lines import LONGEST_LINE
from cio_lang.mistake import UserMistake
from cio_lang.schema import Schema
from cio_lang.store import Store, open_store
from cio_lang.store.database import open_database

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EVENTS = EventMapping("bought", "customer", "at")
SEGMENT = export_mapping(Schema(), "segment")


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        yield opened


def bring(store: Store, path: Path, how: Any = EVENTS, **options: Any) -> ImportResult:
    return import_file(store, path, how, now=NOW, currency="USD", **options)


def refused(store: Store, path: Path, how: Any = EVENTS) -> str:
    with pytest.raises(UserMistake) as caught:
        bring(store, path, how)
    (problem,) = caught.value.problems
    assert problem.report().help
    assert store.people_count() == 0
    return problem.report().what


def reasons(result: ImportResult) -> list[str]:
    return [row.reason for row in result.samples]


# single rows, whose neighbours are stored


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{"customer": "x\\u0000", "at": "2026-03-01"}', "its key has a null byte"),
        ('{"customer": "\\ud800", "at": "2026-03-01"}', "its key has half a character"),
        ('{"customer": "a", "at": "2026-03-01", "x": "\\ud800"}', "have half a character"),
        ('{"customer": "a", "at": "2026-03-01", "x": "\\u0000"}', "have a null byte"),
        ('{"customer": "a", "at": "2026-03-01", "x": 1e400}', "`inf` is no number"),
        ('{"customer": "a", "at": "2026-03-01", "x": 12345678901234567}', "number beyond"),
        (f'{{"customer": "a", "at": "2026-03-01", "x": {"9" * 5000}}}', "not JSON"),
        ('{"customer": "a", "at": "2026-03-01", "x": NaN}', "`NaN` is no number"),
        (f'{{"customer": "{"k" * 600}", "at": "2026-03-01"}}', "its key is 600 bytes long"),
        (f'{{"customer": "a", "at": "2026-03-01", "x": "{"v" * 300_000}"}}', "256 KiB"),
        (f'{{"customer": "a", "at": "2026-03-01", "x": {"[" * 100_000}', "nested too deep"),
        ('{"customer": "a", "at": "20260-03-01"}', "is no time"),
        ('{"customer": "a", "at": "0001-01-01T00:00+14:00"}', "years are 1 to 9999"),
        ('{"customer": "a", "at": "9999-12-31T23:59-12:00"}', "years are 1 to 9999"),
        ('{"customer": "a", "at": 1e30}', "is no time"),
        ('{"customer": ["a"], "at": "2026-03-01"}', "the cell is empty"),
        ('{"customer": true, "at": "2026-03-01"}', "the cell is empty"),
        ('{"customer": "a", "customer": "b"}', "a key stands in it twice"),
        (json.dumps({str(n): n for n in range(20_000)}), "20,000 keys"),
        (
            json.dumps({"customer": "a", "at": "2026-03-01"} | {f"c{n}": n for n in range(1_500)}),
            "1,500 properties, and 1,000 fit",
        ),
        ("null", "not a JSON object"),
        ("{", "is the line cut off?"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_row_of_json_costs_itself(tmp_path: Path, store: Store, row: str, reason: str) -> None:
    good = '{"customer": "%s", "at": "2026-03-01", "x": "y"}'
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join([good % "first", row, good % "last"]))
    result = bring(store, path)
    assert (result.stored, result.rejected) == (2, 1)
    assert reason in reasons(result)[0]
    assert result.samples[0].line == 2
    assert store.people_count() == 2


@pytest.mark.parametrize(
    "row",
    [
        {"userId": "u\0", "type": "track", "event": "x"},
        {"anonymousId": "\ud800", "type": "track", "event": "x"},
        {"userId": {"a": 1}, "type": "track", "event": "x"},
        {"userId": "u", "type": "track", "event": ""},
        {"userId": "u", "type": "track", "event": "e" * 600},
        {"userId": "u", "type": "track", "event": "x", "messageId": "m" * 600},
        {"userId": "u", "type": "track", "event": "x", "timestamp": "yesterday"},
        {"userId": "u", "type": "track", "event": "x", "timestamp": 5},
        {"userId": "u", "type": "track", "event": "x", "properties": [1]},
        {"userId": "u", "type": "identify", "traits": {"a" * 2: "\0"}},
        {"userId": "u", "type": "alias", "previousId": "p" * 600},
        {"userId": "u", "type": "alias"},
        {"userId": "u", "type": "group"},
        {"userId": "u", "type": ["track"]},
        {"userId": "u"},
    ],
)
def test_a_call_costs_itself(tmp_path: Path, store: Store, row: dict[str, Any]) -> None:
    good = {"type": "track", "event": "x", "timestamp": "2026-03-01T00:00Z"}
    rows = [good | {"userId": "a"}, {"timestamp": good["timestamp"]} | row, good | {"userId": "b"}]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    result = bring(store, path, SEGMENT)
    assert (result.stored, result.rejected, result.samples[0].line) == (2, 1, 2)
    assert store.people_count() == 2


def test_a_line_without_an_end_costs_itself(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    huge = b"x," + b"9" * (LONGEST_LINE * 2) + b",1\n"
    path.write_bytes(b"customer,at,n\na,2026-03-01,1\n" + huge + b"b,2026-03-01,1\n")
    result = bring(store, path)
    assert (result.stored, result.rejected) == (2, 1)
    assert reasons(result) == ["the line is longer than 16 MiB"]
    assert result.rejected_file is not None and result.rejected_file.stat().st_size < 10_000


def test_a_cell_over_the_limit_of_the_csv_reader_is_read(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'customer,at,note\na,2026-03-01,"{"x" * 200_000}"\n')
    assert bring(store, path).rejected == 0


def test_a_file_may_begin_with_a_mark_and_end_lines_as_windows_does(
    tmp_path: Path, store: Store
) -> None:
    rows = [f'{{"customer": "{n}", "at": "2026-03-01"}}' for n in range(3)]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    assert bring(store, path).stored == 3


def test_headers_that_stand_twice_matter_where_they_are_used(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_text("customer,at,x,x\na,2026-03-01,1,2\n")
    assert refused(store, path) == "There are two columns called `x`."
    path.write_text("customer,at,,\na,2026-03-01,1,2\n")
    assert bring(store, path).stored == 1


def test_keys_without_end_are_not_columns_without_end(tmp_path: Path, store: Store) -> None:
    """Objects that have others keys each time: rows with too many are set aside, in little time."""
    path = tmp_path / "a.jsonl"
    with path.open("w") as file:
        for n in range(300):
            more = {f"k{n}-{m}": 1 for m in range(100)}
            file.write(
                json.dumps({"customer": "a", "at": f"2026-03-01T{n // 60:02}:{n % 60:02}"} | more)
            )
            file.write("\n")
    started = time.monotonic()
    result = bring(store, path)
    assert time.monotonic() - started < 60
    assert result.stored == 99
    assert "more than 10,000 columns" in reasons(result)[0]


# lists


@pytest.mark.parametrize(
    ("text", "stored", "reason"),
    [
        ("[]", 0, None),
        ('[{"userId": "a", %s}, {"userId": "b", %s}]', 2, None),
        ('{"batch": [{"userId": "a", %s},\n\n{"userId": "b", %s}\n]}', 2, None),
        ('[{"userId": "a", %s}, {"userId": "b", %s}', 2, "the list has no end"),
        ('[{"userId": "a", %s}, {"userId": "b", %s', 1, "the list is not JSON from here on"),
        ('[{"userId": "a", %s}, 5, {"userId": "b", %s}]', 2, "this is not a JSON object"),
        ('[{"userId": "a", %s}, {"userId": NaN}, {"userId": "b", %s}]', 1, "`NaN` is no number"),
    ],
)
def test_a_list_is_read_as_far_as_it_goes(
    tmp_path: Path, store: Store, text: str, stored: int, reason: str | None
) -> None:
    call = '"type": "track", "event": "x", "timestamp": "2026-03-01"'
    path = tmp_path / "a.json"
    path.write_text(text.replace("%s", call))
    result = bring(store, path, SEGMENT)
    assert result.stored == stored
    assert [reason in found for found in reasons(result) if reason] == ([True] if reason else [])


def test_a_long_list_in_one_line_is_read_in_little_time(tmp_path: Path, store: Store) -> None:
    call = {"type": "track", "event": "x", "timestamp": "2026-03-01", "userId": "u"}
    path = tmp_path / "a.json"
    path.write_text(json.dumps([call | {"messageId": str(n)} for n in range(30_000)]))
    started = time.monotonic()
    assert bring(store, path, SEGMENT).stored == 30_000
    assert time.monotonic() - started < 90


# whole files


def test_what_is_no_file_of_rows_is_refused(tmp_path: Path, store: Store) -> None:
    assert "it is a folder" in refused(store, tmp_path)
    assert "There is no file" in refused(store, tmp_path / "a.csv")
    assert "the system says" in refused(store, tmp_path / ("x" * 300))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "no file that can be read twice" in refused(store, pipe)
    one = tmp_path / "one.json"
    one.write_text('{\n "a": 1\n}')
    assert "one JSON value and no list" in refused(store, one)
    assert "one JSON value and no list" in refused(store, one, SEGMENT)


def test_utf_16_is_told(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_text("customer,at\na,2026-03-01\n", encoding="utf-16")
    assert "it is written in UTF-16" in refused(store, path)


def parquet(path: Path, rows: int = 30_000) -> Path:
    numbers = random.Random(1)
    table = pa.table(
        {
            "customer": [f"p{n % 700}" for n in range(rows)],
            "at": [f"2026-03-{n % 28 + 1:02}" for n in range(rows)],
            "n": [numbers.randrange(10**9) for n in range(rows)],
        }
    )
    pq.write_table(table, path, row_group_size=6_000, write_page_checksum=True)
    return path


def test_parquet_that_was_cut_off_is_refused(tmp_path: Path, store: Store) -> None:
    path = parquet(tmp_path / "a.parquet")
    content = path.read_bytes()
    for size in (4, 100, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:size])
        assert "it is no Parquet file that is whole" in refused(store, path)


def test_parquet_that_is_damaged_gives_what_is_before_it(tmp_path: Path, store: Store) -> None:
    path = parquet(tmp_path / "a.parquet")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    result = bring(store, path)
    assert result.rejected == 1 and "the file is damaged from here on" in reasons(result)[0]
    assert 0 < result.stored < 30_000
    parquet(path)
    again = bring(store, path)
    assert (again.rejected, again.stored) == (0, 30_000 - result.stored)


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_refused_or_read(tmp_path_factory: Any, data: st.DataObject) -> None:
    """Bytes of all kinds, and good files with a few bytes changed: never anything but a reason."""
    folder = tmp_path_factory.mktemp("bytes")
    path = folder / data.draw(st.sampled_from(["a.csv", "a.jsonl", "a.parquet", "a.csv.gz", "a"]))
    good = {
        "csv": b'customer,at,x\na,2026-03-01,"1"\nb,2026-03-01,2\n',
        "json": b'{"customer":"a","at":"2026-03-01"}\n{"customer":"b","at":"2026-03-01"}\n',
        "list": b'[{"customer":"a","at":"2026-03-01"},\n{"customer":"b","at":"2026-03-01"}]',
        "none": data.draw(st.binary(max_size=80)),
    }
    content = bytearray(good[data.draw(st.sampled_from(sorted(good)))])
    if data.draw(st.booleans()):
        content = bytearray(gzip.compress(bytes(content), mtime=0))
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=4)
    ):
        if content:
            content[place % len(content)] = byte
    path.write_bytes(content)
    with open_store(folder / "cio.db", create=True) as store:
        for how in (EVENTS, SEGMENT, export_mapping(Schema(), "customerio")):
            try:
                look(path)
                result = bring(store, path, how, again=True)
            except UserMistake as mistake:
                assert all(problem.report().help for problem in mistake.problems)
            else:
                assert result.read == result.stored + result.duplicates + result.rejected


# disks


def full(folder: Path) -> Iterator[None]:
    """A file system of 3 MB; skips where none can be made."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True
    )
    if made.returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    for _ in full(folder):
        yield folder


def rows_of_a_day(path: Path, rows: int) -> Path:
    with path.open("w") as file:
        file.write("customer,at,note\n")
        for n in range(rows):
            file.write(f"p{n},2026-03-{n % 28 + 1:02},{'x' * 40}{n}\n")
    return path


def stops_whole(place: Path, path: Path, *, pages: int | None = None) -> None:
    with open_store(place, create=True) as store:
        if pages is not None:
            store._database.driver(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(UserMistake) as caught:
            bring(store, path)
        assert caught.value.problems[0].code == "disk-full"
        counted = len({each.person for each in store.every_event(None, None)})
        assert counted % 5_000 == 0 and counted < 60_000


def test_a_store_on_a_disk_that_is_full_has_whole_batches(small_disk: Path, tmp_path: Path) -> None:
    stops_whole(small_disk / "cio.db", rows_of_a_day(tmp_path / "a.csv", 60_000))


def test_a_store_that_may_not_grow_goes_on_when_it_may(tmp_path: Path) -> None:
    """A stand-in for a full disk: SQLite's own limit of pages."""
    path, place = rows_of_a_day(tmp_path / "a.csv", 60_000), tmp_path / "cio.db"
    stops_whole(place, path, pages=1_500)
    with open_store(place) as store:
        result = bring(store, path)
        assert result.before is not None and result.before.done > 0
        assert result.before.done + result.stored == 60_000


def test_rows_are_counted_where_they_cannot_be_set_aside(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_text("customer,at\na,never\n")
    result = bring(store, path, rejected_to=tmp_path / "no" / "such" / "folder.csv")
    assert (result.rejected, result.rejected_file) == (1, None)


def test_the_table_of_imports_counts_what_is_there(tmp_path: Path) -> None:
    path = rows_of_a_day(tmp_path / "a.csv", 12)
    with open_store(tmp_path / "cio.db", create=True) as store:
        bring(store, path)
    with open_database(tmp_path / "cio.db") as database:
        (row,) = database.driver("SELECT file, done, stored, rejected, finished FROM imports")
    assert row == (str(path), 12, 12, 0, 1)


def test_the_command_tells_what_is_wrong_and_exits_so(tmp_path: Path) -> None:
    (tmp_path / "cio.toml").write_text('name = "x"\n')
    (tmp_path / "a.csv").write_text("customer,at\na,never\n")
    command = [sys.executable, "-m", "cio_lang.cli", "import"]
    for more, code in (
        (["a.csv"], 2),
        (["a.csv", "--event", "x", "--person", "customer", "--time", "at"], 1),
        (["no.csv", "--format", "segment"], 2),
        (["a.csv", "--mapping", "no.toml"], 2),
    ):
        ran = subprocess.run([*command, *more], cwd=tmp_path, capture_output=True, text=True)
        assert ran.returncode == code, ran.stderr
        assert "Traceback" not in ran.stderr
