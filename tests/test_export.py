"""What `cio export` writes, `cio import` makes again: the same people, events, ids and times."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang.conditions.reach import reach
from cio_lang.exporting import FORMATS, Format, export
from cio_lang.exporting import files as writing
from cio_lang.importing import export_mapping, import_file
from cio_lang.importing.cells import BadCell
from cio_lang.importing.coded import decode, decode_name, encode, encode_name
from cio_lang.importing.formats import look
from cio_lang.mistake import UserMistake
from cio_lang.schema import Schema
from cio_lang.store import Store, open_store
from cio_lang.store.archive.moving import move
from cio_lang.store.state import NewEvent
from tests.test_import_resume import everything

NOW = datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
OWN = export_mapping(Schema(), "cio")


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        yield opened


ODD = {
    "text": "plain",
    "looks like a number": "5",
    "zeros": "007",
    "looks like yes": "true",
    "null": "null",
    "nan": "NaN",
    "formula": "=1+1",
    "phone number": "+49 170 1234567",
    "minus": "-5",
    "quoted": '"quoted"',
    "brackets": "[1, 2]",
    "lines": "one\ntwo\r\nthree\u2028four",
    "blank around": "  x ",
    "comma;": "a,b;c\td",
    "unicode": "Grüße 🎉 \u200b",
    "path": "/a?b=c",
    "date": "2026-03-01",
    "time": "2026-03-01T10:00:00+01:00",
    "whole": 5,
    "negative": -5,
    "real": 0.1,
    "tiny": 1e-300,
    "large": 10**15,
    "yes": True,
    "no": False,
    "list": ["a", "b,c"],
    "numbers": [1, 2.5, None, "x"],
    "empty list": [],
    "object": {"amount": 5, "currency": "EUR"},
    "": "an empty name",
    "attributes.x": 1,
    "person": "somebody",
    "ünï,cödé": "x",
}


def fill(store: Store) -> None:
    """People with histories, other names, and odd values; events of all of them."""
    store.put_person("alice", ODD, NOW - 10 * DAY)
    store.put_person("alice", {"text": "newer", "whole": None}, NOW - 5 * DAY)
    store.put_person("alice", {"text": "late"}, NOW - 7 * DAY)
    store.put_person("12", {"email": "A@x.com", "phone": "+491701234567"}, NOW)
    store.put_person("=cmd", {"timezone": "Asia/Tokyo", "plan": "pro"}, NOW)
    store.put_person(" blank \n", {"real": 1, "yes": "or no"}, NOW)
    store.put_person("nobody", {}, NOW - timedelta(microseconds=1))
    store.put_person("merged", {"plan": "old"}, NOW - 3 * DAY)
    store.identify(store.the_person("alice").id, "device", "d-1", NOW)
    store.identify(store.the_person("alice").id, "anonymous", "an-1", NOW)
    store.identify(store.the_person("12").id, "alias", "twelve", NOW)
    store.put_events(
        NewEvent(
            person=person,
            name=name,
            at=NOW - n * DAY / 3,
            received_at=NOW - n * DAY / 4,
            properties={"n": n} | (ODD if n == 3 else {}),
            id=f"e{n}" if n % 2 else None,
        )
        for person in ("alice", "12", "=cmd", "merged")
        for n, name in enumerate(["viewed", "bought", "ünï cödé", "viewed", "x" * 100] * 8)
    )
    store.merge("nobody", "merged", NOW)


def again(tmp_path: Path, store: Store, form: Format, place: Path | str) -> list[Any]:
    """Everything of a store that was made from files that were made from another."""
    paths = [tmp_path / f"{what}.{form}" for what in ("people", "events")]
    export(store, "people", form, paths[0])
    export(store, "events", form, paths[1])
    with open_store(place, create=True) as other:
        for path in paths:
            found = look(path)
            assert found.format == "cio"
            result = import_file(
                other, path, OWN, now=NOW + DAY, currency="USD", received_as="event time"
            )
            assert result.rejected == 0, result.samples[0].reason
        return everything(other)


@pytest.mark.parametrize("form", FORMATS)
def test_a_store_is_made_again_from_its_files(
    tmp_path: Path, store: Store, form: Format, dialect: str
) -> None:
    from tests.stores import place_for

    fill(store)
    with place_for(dialect, tmp_path / "other") as place:
        (tmp_path / "other").mkdir()
        made = again(tmp_path, store, form, place)
    before = everything(store)
    assert made[1] == before[1]
    for one, other in zip(before[0], made[0], strict=True):
        assert one == other


def test_compressed_files_are_told_by_their_names(tmp_path: Path, store: Store) -> None:
    fill(store)
    for form in ("csv", "jsonl"):
        path = tmp_path / f"events.{form}.gz"
        export(store, "events", "csv" if form == "csv" else "jsonl", path)
        assert path.read_bytes()[:2] == b"\x1f\x8b"
        assert look(path).format == "cio"


def test_events_of_every_tier_are_exported_once(tmp_path: Path, store: Store) -> None:
    from cio_lang.store.archive.rules import Rules

    fill(store)
    store._database.driver("UPDATE events SET handled = 1")  # only those leave
    before = everything(store)
    store.keep_archive(tmp_path, Rules(hot_days=2))
    moved = move(store.archive, reach([]), NOW)
    assert moved.events > 100
    assert everything(store) == before
    # Two who had an event with the same id become one after their events were moved.
    store.merge("alice", "12", NOW)
    uids = [(each.person, each.id) for each in store.every_event(None, None)]
    assert len(uids) == len(set(uids))
    assert {uid for person, uid in uids if person == "alice"} == {
        each.id for each in store.events(store.the_person("alice").id)
    }
    made = again(tmp_path, store, "jsonl", tmp_path / "other.db")
    assert made[1] == everything(store)[1]
    chosen = [store.the_person("=cmd").id]
    found = list(store.every_event(chosen, ["bought"]))
    assert {(each.person, each.name) for each in found} == {("=cmd", "bought")}
    assert len(found) == 8


def test_received_times_are_of_the_import_unless_they_are_taken_over(
    tmp_path: Path, store: Store
) -> None:
    """Old events would start journeys if they came in as they did then."""
    fill(store)
    export(store, "events", "jsonl", path := tmp_path / "a.jsonl")
    with open_store(tmp_path / "b.db", create=True) as other:
        import_file(other, path, OWN, now=NOW + DAY, currency="USD")
        received = {each.received_at for each in other.every_event(None, None)}
    assert len(received) == 1


def test_a_table_has_the_types_that_its_values_have(tmp_path: Path, store: Store) -> None:
    fill(store)
    export(store, "people", "parquet", path := tmp_path / "a.parquet")
    schema = pq.read_schema(path)
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert types["known_since"] == "timestamp[us, tz=UTC]"
    assert types["attributes.real"] == "double"
    assert types["attributes.large"] == "int64"
    assert types["attributes.no"] == "bool"
    assert types["attributes.yes"] == "string"  # `true` for one, `or no` for another
    assert types["attributes.list"] == "list<element: string>"


def test_a_spreadsheet_gets_no_formulas(tmp_path: Path, store: Store) -> None:
    fill(store)
    for what in ("people", "events"):
        export(store, "people" if what == "people" else "events", "csv", path := tmp_path / "a.csv")
        with path.open(newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    number = cell[:1] in ("-", "") and cell[1:].replace(".", "").isdigit()
                    assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_too_many_columns_are_no_table(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cio_lang.exporting import run

    monkeypatch.setattr(run, "COLUMNS", 3)
    store.put_person("a", {str(n): n for n in range(4)}, NOW)
    with pytest.raises(UserMistake) as caught:
        export(store, "people", "csv", tmp_path / "a.csv")
    assert caught.value.problems[0].code == "export-too-many-columns"
    assert export(store, "people", "jsonl", io.BytesIO()) == 1
    assert list(tmp_path.glob("a.csv*")) == []


# files


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_there_whole_or_not_at_all(
    tmp_path: Path, store: Store, form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for a full disk: the system says so in the middle of writing."""
    fill(store)
    path = tmp_path / f"a.{form}"
    path.write_text("what was there")

    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    which = {"csv": "write_csv", "jsonl": "write_jsonl", "parquet": "write_parquet"}[form]
    from cio_lang.exporting import run

    def halfway(rows: Any, *rest: Any) -> int:
        out = rest[-1]
        if isinstance(out, Path):
            out.write_bytes(b"PAR1")
        else:
            out.write(b"half of it")
        return int(full())

    monkeypatch.setattr(run, which, halfway)
    with pytest.raises(UserMistake) as caught:
        export(store, "events", form, path)
    (problem,) = caught.value.problems
    assert problem.code == "export-not-written"
    assert "No space left on device" in problem.report().why
    assert path.read_text() == "what was there"
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".part"] == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, store: Store) -> None:
    with pytest.raises(UserMistake) as caught:
        export(store, "people", "jsonl", tmp_path / "no" / "a.jsonl")
    assert caught.value.problems[0].code == "export-not-written"


def test_what_is_written_meanwhile_is_not_in_the_file(
    tmp_path: Path, store_place: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(store_place, create=True) as store, open_store(store_place) as other:
        fill(store)
        kinds_of = writing.kinds_of

        def meanwhile(what: Any) -> Any:
            found = kinds_of(what)
            other.put_person("newcomer", {"another": 1}, NOW)
            return found

        from cio_lang.exporting import run

        monkeypatch.setattr(run, "kinds_of", meanwhile)
        before = store.people_count()
        assert export(store, "people", "csv", tmp_path / "a.csv") == before
        assert store.people_count() == before + 1


# cells


values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(values)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_cell_gives_back_its_value(value: Any) -> None:
    cell = encode(value)
    back = decode(cell)
    assert back == value and type(back) is type(value)
    assert "\n" not in cell and "\r" not in cell
    assert not cell.startswith(("=", "+", "@")) and (cell[:1] != "-" or cell == "-0.0" or value < 0)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@settings(max_examples=200, deadline=None)
def test_a_cell_gives_back_its_name(name: str) -> None:
    assert decode_name(encode_name(name)) == name
    assert not encode_name(name).startswith(("=", "+", "-", "@"))


def test_cells_of_others_are_read_as_they_stand() -> None:
    assert (decode("5"), decode("x y"), decode(" 5"), decode("-x")) == (5, "x y", 5, "-x")
    for broken in ('"x', "[1", "{"):
        with pytest.raises(BadCell):
            decode(broken)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"event": "e"}, "`person` is empty"),
        ({"event": "e", "person": "a", "id": "1", "at": "x"}, "`at`: `x` is no time"),
        ({"person": "a", "known_since": None}, "`known_since`: the cell is empty"),
        ({"x": 1}, "it is neither a person nor an event"),
        ({"known_since": "2026-01-01", "person": "a", "history": {"x": 5}}, "no list of steps"),
        ({"known_since": "2026-01-01", "person": "a", "names": {"x": []}}, "no kind of name"),
        ({"known_since": "2026-01-01", "person": "a", "names": 5}, "`names` is no object"),
        ({"known_since": "2026-01-01", "person": "a", "names": "{"}, "`names` is not JSON"),
    ],
)
def test_a_row_that_was_changed_by_hand_is_set_aside(
    tmp_path: Path, row: dict[str, Any], reason: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row))
    with open_store(tmp_path / "cio.db", create=True) as store:
        result = import_file(store, path, OWN, now=NOW, currency="USD")
    assert reason in result.samples[0].reason


def test_a_row_of_a_person_by_hand_needs_no_history(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("person,known_since,attributes.plan,attributes.seats\nann,2026-01-01,pro,5\n")
    with open_store(tmp_path / "cio.db", create=True) as store:
        import_file(store, path, OWN, now=NOW, currency="USD")
        ann = store.the_person("ann")
        assert ann.attributes == {"plan": "pro", "seats": 5}
        assert ann.created_at == datetime(2026, 1, 1, tzinfo=UTC)
