"""What attributes were and since when; what is told late is history."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.conditions import Moment, holds
from cio_lang.store.attributes import line, past_of, same
from cio_lang.store.database import Database
from cio_lang.store.encoding import micros
from cio_lang.store.people import person, put_people, put_person, set_attributes
from cio_lang.store.people_writing import ids_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def history(database: Database, key: str, name: str) -> list[tuple[datetime, Any]]:
    found = person(database, ids_of(database, [key])[key])
    past = past_of(database, found.id).get(name, [])
    steps = [(datetime.fromtimestamp(at / 1e6, UTC), value) for at, value in past]
    return [*steps, (found.changed[name], found.attributes.get(name))]


def test_every_value_stays_with_its_instant(database: Database) -> None:
    put_person(database, "ann", {"plan": "free", "seats": 1}, NOW)
    put_person(database, "ann", {"plan": "trial"}, NOW + HOUR)
    put_person(database, "ann", {"plan": "trial", "seats": 1}, NOW + 2 * HOUR)
    put_person(database, "ann", {"plan": None}, NOW + 3 * HOUR)
    assert history(database, "ann", "plan") == [
        (NOW, "free"),
        (NOW + HOUR, "trial"),
        (NOW + 3 * HOUR, None),
    ]
    assert history(database, "ann", "seats") == [(NOW, 1)]


def test_what_is_told_late_is_history(database: Database) -> None:
    ann = put_person(database, "ann", {"plan": "Pro"}, NOW)
    put_person(database, "ann", {"plan": "trial"}, NOW - 2 * HOUR)
    put_person(database, "ann", {"plan": "free"}, NOW - 3 * HOUR)
    found = person(database, ann)
    assert found.attributes == {"plan": "Pro"}
    assert found.created_at == NOW - 3 * HOUR
    assert history(database, "ann", "plan") == [
        (NOW - 3 * HOUR, "free"),
        (NOW - 2 * HOUR, "trial"),
        (NOW, "Pro"),
    ]


def test_what_is_told_late_may_say_that_it_was_so_all_along(database: Database) -> None:
    ann = put_person(database, "ann", {"plan": "Pro"}, NOW)
    put_person(database, "ann", {"plan": "Pro"}, NOW - 9 * HOUR)
    assert person(database, ann).changed == {"plan": NOW - 9 * HOUR}
    assert history(database, "ann", "plan") == [(NOW - 9 * HOUR, "Pro")]
    put_person(database, "ann", {"plan": "free"}, NOW - 10 * HOUR)
    assert history(database, "ann", "plan") == [(NOW - 10 * HOUR, "free"), (NOW - 9 * HOUR, "Pro")]


def test_one_and_true_and_the_text_1_are_three_values() -> None:
    values = [1, True, "1", None, [1], {"n": 1}, 0, False]
    for one, other in itertools.combinations(values, 2):
        assert not same(one, other)
    assert all(same(value, value) for value in values)
    assert same(1, 1.0)
    assert same({"a": 1, "b": [2]}, {"b": [2], "a": 1})


def test_a_person_has_been_on_trial_for_a_week(database: Database) -> None:
    ann = put_person(database, "ann", {"plan": "trial", "seats": 1}, NOW)
    put_person(database, "ann", {"plan": "trial", "seats": 2}, NOW + 160 * HOUR)
    found = person(database, ann)
    been = ir.HeldTest("plan", "trial", "P7D")
    for hours, expected in ((167, False), (168, True)):
        moment = Moment(found.attributes, [], NOW + hours * HOUR, UTC, NOW, changed=found.changed)
        assert holds(been, moment) is expected


def test_the_engine_sets_attributes_by_id(database: Database) -> None:
    ann = put_person(database, "ann", {"plan": "free", "email": "a@x.com"}, NOW)
    later = micros(NOW + HOUR)
    steps = {"plan": ("Pro", later), "email": ("b@x.com", later)}
    set_attributes(database, {ann: steps}, later)
    assert history(database, "ann", "plan") == [(NOW, "free"), (NOW + HOUR, "Pro")]
    set_attributes(database, {ann: {"plan": ("none", micros(NOW))}}, later)
    assert person(database, ann).attributes["plan"] == "none"
    rows = database.driver("SELECT value FROM identities WHERE kind = 'email'")
    assert rows == [("b@x.com",)]


def test_steps_in_a_line_change_something_each() -> None:
    steps = [(3, "b"), (1, None), (2, "a"), (2, "b"), (5, "c"), (4, "c"), (6, None)]
    assert line(steps) == [(2, "b"), (4, "c"), (6, None)]
    assert line([(1, None)]) == [(1, None)]


@pytest.mark.parametrize("size", [1, 3])
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from("abcdefgh")),
        min_size=1,
        max_size=7,
        # What is told again at a later time is no change, and not remembered.
        unique_by=(lambda step: step[0], lambda step: step[1]),
    )
)
def test_the_store_keeps_one_line_however_it_is_told(
    database: Database, size: int, steps: list[tuple[int, str]]
) -> None:
    with database.transaction():
        database.driver("DELETE FROM people")
    rows = [("ann", {"x": value}, NOW + at * HOUR) for at, value in steps]
    for start in range(0, len(rows), size):
        put_people(database, rows[start : start + size])
    expected = [(NOW + at * HOUR, value) for at, value in sorted(steps)]
    assert history(database, "ann", "x") == expected
