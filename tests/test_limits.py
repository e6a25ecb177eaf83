"""What the store does not take, it refuses by row, before anything of it is written."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cio_lang import ir
from cio_lang.store.database import Database
from cio_lang.store.encoding import FIRST, LAST, instant
from cio_lang.store.events import EventRow, events, put_event_rows, put_events
from cio_lang.store.limits import DEPTH, ID_BYTES, NUMBER, ROW_BYTES, Refused
from cio_lang.store.people import people_count, person, put_people, put_person
from cio_lang.store.problems import RowRefused
from cio_lang.store.state import NewEvent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


BAD_VALUES = [
    ({"n": math.nan}, "infinite"),
    ({"n": math.inf}, "infinite"),
    ({"n": [1.0, -math.inf]}, "infinite"),
    ({"n": NUMBER + 1}, "beyond"),
    ({"n": {"of": [-(10**30)]}}, "beyond"),
    ({"n": 1e300}, "beyond"),
    ({"t": "a\x00b"}, "null byte"),
    ({"t": ["a", {"b": "\x00"}]}, "null byte"),
    ({"a\x00b": 1}, "null byte"),
    ({"t": "\ud800"}, "half a character"),
    ({"\udfff": "t"}, "half a character"),
    ({"t": nested(DEPTH + 1)}, "nested"),
    ({"t": nested(100_000)}, "nested"),
    ({"t": "x" * ROW_BYTES}, "KiB"),
    ({"t": "é" * (ROW_BYTES // 2)}, "KiB"),
    ({f"a{n}": 1 for n in range(1_001)}, "1,001"),
]

GOOD_VALUES: list[dict[str, Any]] = [
    {"n": NUMBER, "m": -NUMBER, "x": float(NUMBER), "y": 5e-324, "z": 0.1 + 0.2},
    {"t": "\\u0000 is text", "u": "\u2028 'é' 🙂", "id": "12345678901234567890", "hex": "12e4567"},
    {"t": nested(DEPTH)},
    {"t": "x" * (ROW_BYTES - 20)},
    {f"a{n}": n for n in range(1_000)},
]

BAD_NAMES = ["", "  ", "a\x00b", "x" * (ID_BYTES + 1), "é" * (ID_BYTES // 2 + 1), "\ud800"]


def fault(caught: pytest.ExceptionInfo[Refused]) -> str:
    (problem,) = caught.value.problems
    assert isinstance(problem, RowRefused)
    report = problem.report()
    assert report.what.endswith(".") and report.why.endswith(".") and report.help
    report.what.encode()  # it can be printed, whatever was in the row
    assert "\x00" not in report.what and len(report.what) < 250
    return problem.fault


@pytest.mark.parametrize(("values", "why"), BAD_VALUES, ids=range(len(BAD_VALUES)))
def test_values_that_cannot_be_stored(database: Database, values: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused) as caught:
        put_person(database, "ann", values, NOW)
    assert why in fault(caught)
    with pytest.raises(Refused) as caught:
        put_people(database, [("bob", {}, NOW), ("ann", values, NOW), ("cid", {}, NOW)])
    assert caught.value.problems[0].span.file == "ann"
    with pytest.raises(Refused):
        put_events(database, [NewEvent("bob", "did", NOW), NewEvent("ann", "did", NOW, values)])
    assert people_count(database) == 0


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: ascii(name)[:20])
def test_names_that_cannot_be_stored(database: Database, name: str) -> None:
    bad = [NewEvent(name, "did", NOW), NewEvent("ann", name, NOW)]
    if name:
        bad.append(NewEvent("ann", "did", NOW, id=name))
    for event in bad:
        with pytest.raises(Refused) as caught:
            put_events(database, [NewEvent("bob", "did", NOW), event])
        fault(caught)
    with pytest.raises(Refused) as caught:
        put_person(database, name, {}, NOW)
    fault(caught)
    assert people_count(database) == 0


@pytest.mark.parametrize("values", GOOD_VALUES, ids=range(len(GOOD_VALUES)))
def test_values_at_the_limit_come_back_as_they_were(
    database: Database, values: dict[str, Any]
) -> None:
    ann = put_person(database, "ann", values, NOW)
    assert person(database, ann).attributes == values
    put_events(database, [NewEvent("ann", "did", NOW, values, id="1")])
    (event,) = events(database, ann, None)
    assert event.properties == values


def test_a_name_of_512_bytes_can_be_stored(database: Database) -> None:
    name = "é" * (ID_BYTES // 2)
    put_events(database, [NewEvent(name, name, NOW, id=name)])
    assert put_people(database, [(name, {}, NOW)]) == 0


def test_money_and_dates_come_back_as_what_they_are_stored_as(database: Database) -> None:
    money = ir.Money(amount=5, currency="EUR")
    ann = put_person(database, "ann", {"budget": money, "since": NOW.date()}, NOW)
    put_person(database, "ann", {"budget": money, "since": NOW.date()}, NOW + timedelta(hours=1))
    found = person(database, ann)
    assert found.attributes == {
        "budget": {"amount": 5, "currency": "EUR"},
        "since": "2026-03-01",
    }
    assert set(found.changed.values()) == {NOW}


@pytest.mark.parametrize("at", [FIRST - 1, LAST + 1, 10**18])
def test_instants_outside_of_the_calendar(database: Database, at: int) -> None:
    for row in (("ann", "1", "did", at, 0, "{}"), ("ann", "1", "did", 0, at, "{}")):
        with pytest.raises(Refused) as caught:
            put_event_rows(database, [("bob", "1", "did", 0, 0, "{}"), row])
        assert "years 1 to 9999" in fault(caught)
    assert people_count(database) == 0


def test_the_first_and_the_last_instant_come_back(database: Database) -> None:
    rows: list[EventRow] = [
        ("ann", "1", "did", FIRST, FIRST, "{}"),
        ("ann", "2", "did", LAST, LAST, "{}"),
    ]
    assert put_event_rows(database, rows) == 2
    found = events(database, 1, None)
    assert [event.at for event in found] == [instant(FIRST), instant(LAST)]
    early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))
    with pytest.raises(Refused):
        put_events(database, [NewEvent("ann", "did", early)])


def test_encoded_rows_are_looked_at_too(database: Database) -> None:
    for row in (
        ("", "1", "did", 0, 0, "{}"),
        ("ann", "", "did", 0, 0, "{}"),
        ("ann", "1", "did", 0, 0, '{"n": 1e99}'),
        ("ann", "1", "did", 0, 0, '{"t": "\\u0000"}'),
        ("ann", "1", "did", 0, 0, f'{{"t": "{"x" * ROW_BYTES}"}}'),
        ("ann", "1", "did", 0, 0, json.dumps({f"p{n}": n for n in range(1_001)})),
        ("ann", "1", "did", 0, 0, '{"t": ' + "[" * 100_000 + "]" * 100_000 + "}"),
    ):
        with pytest.raises(Refused):
            put_event_rows(database, [row])


def test_the_others_of_a_batch_are_stored_where_refused_rows_are_told(database: Database) -> None:
    people = [(f"p{n}", {"n": math.nan if n in (0, 7) else n}, NOW) for n in range(12)]
    bad_people: list[tuple[str, str]] = []
    new = put_people(
        database,
        people,
        lambda row, refused: bad_people.append((row[0], refused.problems[0].code)),
    )
    assert new == people_count(database) == 10
    assert bad_people == [("p0", "row-refused"), ("p7", "row-refused")]
    did = [NewEvent(f"q{n}", "did", NOW, {"t": "\0" if n in (3, 11) else "t"}) for n in range(12)]
    bad_events: list[str] = []
    assert put_events(database, did, lambda event, _: bad_events.append(event.person)) == 10
    assert bad_events == ["q3", "q11"]
    assert people_count(database) == 20
    assert put_events(database, did[3:4], lambda event, _: bad_events.append(event.person)) == 0
    assert put_people(database, people[7:8], lambda row, _: bad_people.append((row[0], ""))) == 0
    assert (bad_events[-1], bad_people[-1]) == ("q3", ("p7", ""))


def test_a_batch_before_the_bad_row_is_stored_and_its_own_is_not(database: Database) -> None:
    rows = [(f"p{n}", {}, NOW) for n in range(5_010)]
    with pytest.raises(Refused):
        put_people(database, [*rows, ("bad", {"n": math.nan}, NOW)])
    assert people_count(database) == 5_000
