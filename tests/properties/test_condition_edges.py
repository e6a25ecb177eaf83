"""Each kind of test at each of its edges: SQL equals one person, and changes are never late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from cio_lang import ir
from cio_lang.calendar_time import zone
from cio_lang.conditions import Event, Moment, holds
from tests.properties import histories
from tests.properties.edges import people_at_edges
from tests.properties.sql_engines import SqlEngine, fill, matching
from tests.properties.turns import assert_woken

TEXTS = ("Pro", "É", "straße", "a")
NUMBERS = (5, 19.99, 0.1, 10**15, 0, -3, ir.Money(50, "USD"), ir.Money(0.3, "USD"))
LENGTHS = ("PT90M", "P2D", "P1M")
WINDOWS = (
    None,
    *(ir.Window(last=length) for length in LENGTHS),
    ir.Window(calendar="today"),
    ir.Window(calendar="yesterday"),
    ir.Window(calendar="this_week"),
    ir.Window(calendar="this_month"),
    ir.Window(between_ago=ir.BetweenAgo("P1D", "P2D")),
    ir.Window(between_ago=ir.BetweenAgo("PT0S", "P1D")),
)
TIMES = (
    ir.AT_LEAST_ONCE,
    ir.NOT_ONCE,
    ir.Times("at_least", 2),
    ir.Times("at_least", 0),
    ir.Times("exactly", 1),
    ir.Times("exactly", 2),
    ir.Times("fewer_than", 2),
    ir.Times("fewer_than", 0),
)
WHERES = (
    ir.PropertyTest("amount", "at_least", 50),
    ir.PropertyTest("sku", "is", "É"),
    ir.PropertyTest("ends_on", "in_next", "P2D"),
    ir.All((ir.PropertyTest("amount", "is", 1), ir.AttributeTest("plan", "is_not", "Pro"))),
)


def attribute_tests() -> Iterator[ir.Condition]:
    """Each op with each kind of value it can have."""
    scalars: tuple[ir.Scalar, ...] = (*TEXTS, *NUMBERS, True, False)
    forms: list[tuple[tuple[ir.Op, ...], tuple[ir.TestValue, ...]]] = [
        (("is", "is_not", "includes", "does_not_include"), scalars),
        (("one_of", "not_one_of"), (TEXTS, NUMBERS, (True, "É", 5), ("",))),
        (("known", "unknown"), (None,)),
        (("more_than", "at_least", "less_than", "at_most"), NUMBERS),
        (("between",), ((0.1, 5), (5, 5), (ir.Money(5, "USD"), ir.Money(50, "USD")))),
        (("starts_with", "ends_with", "contains", "does_not_contain"), TEXTS),
        (("before", "after"), ("2024-03-31", "2024-11-03")),
        (("in_next", "in_last", "more_than_ago", "less_than_ago"), LENGTHS),
        (("ago", "ahead"), ("P1D", "P7D", "P1M", "P12M", "PT36H")),
    ]
    for ops, values in forms:
        for op, value in product(ops, values):
            yield ir.AttributeTest("plan", op, value)
            if value in ("Pro", 5, "P1M"):
                yield ir.AttributeTest('a"b', op, value)


def event_tests() -> Iterator[ir.Condition]:
    """Each window with each count, and some with a `where`."""
    for window, times in product(WINDOWS, TIMES):
        yield ir.EventTest("order_placed", None, times, window)
    for where, window, times in product(WHERES, WINDOWS, (TIMES[0], TIMES[5])):
        yield ir.EventTest("order_placed", where, times, window)
    yield from (ir.InactiveTest(length) for length in LENGTHS)


TESTS = [*attribute_tests(), *event_tests()]
NOWS = (
    datetime(2024, 3, 31, 21, 59, 59, 999_999, tzinfo=UTC),  # the end of a short day in Berlin
    datetime(2024, 11, 3, 5, 30, tzinfo=UTC),  # an hour that New York has twice
    datetime(2024, 4, 26, 9, 0, tzinfo=UTC),  # a day that has no midnight in Cairo
)


def people(condition: ir.Condition, now: datetime, tz: str) -> list[Moment]:
    person = Moment(
        attributes={"timezone": tz},
        events=(Event("visited", now - timedelta(days=1), {}, "v"),),
        now=now,
        timezone=zone(tz, histories.BERLIN),
        known_since=now - timedelta(days=400),
        entered_at=now - timedelta(days=2),
    )
    return [person, *people_at_edges(condition, person)]


@pytest.mark.parametrize("now", NOWS, ids=str)
@pytest.mark.parametrize("tz", ["Europe/Berlin", "America/New_York", "Africa/Cairo", "Mars"])
def test_sql_equals_one_person_at_each_edge(engine: SqlEngine, now: datetime, tz: str) -> None:
    # Writing takes the others a while: there a part of the conditions is asked, by turns.
    every = {"sqlite": 1, "postgres": 8, "duckdb": 8, "clickhouse": 24}[engine.dialect]
    for condition in TESTS[NOWS.index(now) % every :: every]:
        everybody = people(condition, now, tz)
        fill(engine, everybody)
        assert matching(engine, condition, everybody) == {
            number for number, person in enumerate(everybody, 1) if holds(condition, person)
        }, condition


@pytest.mark.parametrize(
    ("now", "tz"),
    list(zip(NOWS, ["Europe/Berlin", "America/New_York", "Africa/Cairo"], strict=True)),
)
def test_waking_at_each_change_sees_every_change_at_each_edge(now: datetime, tz: str) -> None:
    for condition in TESTS:
        for person in people(condition, now, tz):
            assert_woken(condition, person, wakes=2)


def test_the_answers_are_mixed() -> None:
    """A test of which all people at its edges have the same answer would show nothing."""
    one_sided = []
    for condition in TESTS:
        answers = {holds(condition, p) for now in NOWS for p in people(condition, now, "UTC")}
        if len(answers) == 1:
            one_sided.append(condition)
    assert [
        condition
        for condition in one_sided
        if not isinstance(condition, ir.EventTest) or condition.times.n > 0
    ] == [ir.AttributeTest("plan", op, ("",)) for op in ("one_of", "not_one_of")]
