"""The promises about conditions, one test each; docs/semantics.md says them in words."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
import sqlglot
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from cio_lang import ir
from cio_lang.calendar_time import zone
from cio_lang.conditions import Event, Moment, Names, holds, matches_event, names, next_change
from cio_lang.store.condition_sql import Dialect, Question, people_sql
from cio_lang.store.tables import metadata

BERLIN = zone("Europe/Berlin", UTC)
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)  # a Tuesday
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
ABSENT = object()


def person(**attributes: Any) -> Moment:
    return Moment(attributes, (), NOW, UTC, NOW - 1_000 * DAY)


def passes(op: ir.Op, stored: object, value: ir.TestValue = None, **moment: Any) -> bool:
    attributes = {} if stored is ABSENT else {"x": stored}
    return holds(ir.AttributeTest("x", op, value), replace(person(**attributes), **moment))


def did(*ago: timedelta, name: str = "order_placed", **properties: Any) -> Moment:
    times = sorted(NOW - each for each in ago)
    events = tuple(Event(name, at, properties, f"e{n}") for n, at in enumerate(times))
    return replace(person(), events=events)


MISSING = [ABSENT, None, "", []]
VALUES: dict[str, ir.TestValue] = {
    "one_of": ("a",),
    "not_one_of": ("a",),
    "known": None,
    "unknown": None,
    "more_than": 1,
    "at_least": 1,
    "less_than": 1,
    "at_most": 1,
    "between": (0, 1),
    "before": "2026-12-01",
    "after": "2020-12-01",
    "in_next": "P1D",
    "in_last": "P1D",
    "more_than_ago": "P1D",
    "less_than_ago": "P1D",
    "ago": "P1D",
    "ahead": "P1D",
}
OPEN = {"is_not", "not_one_of", "unknown", "does_not_contain", "does_not_include"}


@pytest.mark.parametrize("op", get_args(ir.Op))
@pytest.mark.parametrize("stored", MISSING, ids=["absent", "null", "empty text", "empty list"])
def test_missing_is_a_value_of_its_own(op: ir.Op, stored: object) -> None:
    assert passes(op, stored, VALUES.get(op, "a")) == (op in OPEN)


def test_zero_and_no_are_not_missing() -> None:
    assert passes("known", 0) and passes("known", False) and passes("known", {})


@pytest.mark.parametrize(
    ("stored", "value", "same"),
    [
        ("pro", "Pro", True),
        ("STRASSE", "straße", True),
        ("Pro ", "Pro", False),
        ("5", 5, False),
        (5, "5", False),
        (5.0, 5, True),
        (Decimal("0.5"), 0.5, True),
        (True, 1, False),
        (1, True, False),
        (True, True, True),
        ("yes", True, False),
        (["Pro"], "Pro", False),
        (50, ir.Money(50, "USD"), True),
        ({"amount": 50, "currency": "USD"}, ir.Money(50, "USD"), True),
        ({"amount": 50, "currency": "EUR"}, ir.Money(50, "USD"), False),
        ({"amount": "50", "currency": "USD"}, ir.Money(50, "USD"), False),
        ({"amount": 50}, ir.Money(50, "USD"), False),
        ({"amount": 50, "currency": "EUR"}, 50, True),
    ],
)
def test_what_is_equal(stored: object, value: ir.Scalar, same: bool) -> None:
    assert passes("is", stored, value) is same
    assert passes("is_not", stored, value) is not same
    assert passes("one_of", stored, ("other", value)) is same
    assert passes("not_one_of", stored, ("other", value)) is not same


def test_numbers_are_compared_and_nothing_else() -> None:
    assert passes("more_than", 6, 5) and not passes("more_than", 5, 5)
    assert passes("at_least", 5, 5) and passes("at_most", 5, 5)
    assert passes("less_than", 4.9, 5) and not passes("less_than", 5, 5)
    assert passes("between", 5, (5, 9)) and passes("between", 9, (5, 9))
    assert not passes("between", 9.1, (5, 9))
    for stored in ("6", True, [6], {"amount": "6", "currency": "USD"}):
        assert not passes("at_least", stored, 0)


def test_another_currency_is_never_more_or_less() -> None:
    stored = {"amount": 50, "currency": "EUR"}
    for op in ("more_than", "at_least", "less_than", "at_most"):
        assert not passes(op, stored, ir.Money(10, "USD"))
    assert passes("is_not", stored, ir.Money(50, "USD"))


def test_text_is_searched_without_letter_case() -> None:
    assert passes("contains", "The STRASSE", "straße") and passes("starts_with", "Éa", "é")
    assert passes("ends_with", "a@ACME.com", "@acme.com")
    assert not passes("contains", ["pro"], "pro") and passes("does_not_contain", ["pro"], "pro")
    assert not passes("contains", 55, "5") and passes("does_not_contain", 55, "5")


def test_a_list_includes_what_equals_one_of_its_values() -> None:
    assert passes("includes", ["VIP", 5], "vip") and passes("includes", ["VIP", 5], 5)
    assert not passes("includes", "vip", "vip") and passes("does_not_include", "vip", "vip")


@pytest.mark.parametrize(
    ("stored", "instant"),
    [
        ("2026-03-10", "2026-03-09T23:00:00Z"),  # midnight of their zone
        ("2026-03-10T09:00", "2026-03-10T08:00:00Z"),  # their zone
        ("2026-03-10T09:00:00Z", "2026-03-10T09:00:00Z"),
        ("2026-03-10T09:00:00+05:00", "2026-03-10T04:00:00Z"),
        (1773133200, "2026-03-10T09:00:00Z"),
        ("2026-03-29T02:30", "2026-03-29T01:00:00Z"),  # does not exist in Berlin
    ],
)
def test_a_stored_date_is_an_instant_in_their_zone(stored: object, instant: str) -> None:
    at = datetime.fromisoformat(instant)
    assert passes("in_last", stored, "PT1S", now=at, timezone=BERLIN)
    assert not passes("in_last", stored, "PT1S", now=at - TICK, timezone=BERLIN)


@pytest.mark.parametrize(
    "stored", ["tomorrow", "2026-02-30", "1773133200", True, ["2026-03-10"], 1e300, float("nan")]
)
def test_what_is_no_date_is_excluded(stored: object) -> None:
    for op in ("in_next", "in_last", "more_than_ago", "less_than_ago", "ago", "ahead"):
        assert not passes(op, stored, "P9999Y")
    assert not passes("before", stored, "9000-01-01") and not passes("after", stored, "0002-01-01")


def test_before_and_after_leave_the_day_itself_out() -> None:
    assert passes("before", "2026-11-30T23:59", "2026-12-01")
    assert not passes("before", "2026-12-01", "2026-12-01")
    assert not passes("after", "2026-12-01T23:59:59", "2026-12-01")
    assert passes("after", "2026-12-02", "2026-12-01")


def edge(op: ir.Op, value: str, stored: datetime) -> list[bool]:
    return [passes(op, (stored + step).isoformat(), value) for step in (-TICK, 0 * TICK, TICK)]


def test_spans_of_dates_are_half_open_and_leave_no_gap() -> None:
    two = 2 * DAY
    assert edge("in_next", "P2D", NOW) == [False, False, True]
    assert edge("in_next", "P2D", NOW + two) == [True, True, False]
    assert edge("in_last", "P2D", NOW) == [True, True, False]
    assert edge("in_last", "P2D", NOW - two) == [False, False, True]
    assert edge("less_than_ago", "P2D", NOW - two) == [False, False, True]
    assert edge("more_than_ago", "P2D", NOW - two) == [True, True, False]


def test_ago_and_ahead_are_that_calendar_day_of_theirs() -> None:
    day = datetime(2026, 3, 3, tzinfo=BERLIN)
    berlin = {"timezone": BERLIN}
    assert passes("ago", day.isoformat(), "P7D", **berlin)
    assert passes("ago", "2026-03-03", "P7D", **berlin)
    assert not passes("ago", (day - TICK).isoformat(), "P7D", **berlin)
    assert not passes("ago", "2026-03-04", "P7D", **berlin)
    assert passes("ahead", "2026-03-17T23:59", "P7D", **berlin)
    assert not passes("ahead", "2026-03-18", "P7D", **berlin)


def test_the_last_31_days_of_march_have_one_day_a_month_before_them() -> None:
    for day in (28, 29, 30, 31):
        now = datetime(2026, 3, day, 12, tzinfo=UTC)
        assert passes("ago", "2026-02-28", "P1M", now=now)


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        (None, [0 * DAY, 999 * DAY], [-TICK]),
        (ir.Window(last="P1D"), [0 * DAY, DAY - TICK], [DAY, -TICK]),
        (
            ir.Window(between_ago=ir.BetweenAgo("P1D", "P2D")),
            [2 * DAY, DAY + TICK],
            [DAY, 2 * DAY + TICK],
        ),
        (ir.Window(calendar="today"), [0 * DAY, DAY / 2], [DAY / 2 + TICK, -TICK]),
        (ir.Window(calendar="yesterday"), [DAY / 2 + TICK, DAY * 1.5], [DAY / 2, DAY * 1.5 + TICK]),
        (ir.Window(calendar="this_week"), [DAY * 1.5], [DAY * 1.5 + TICK]),
        (ir.Window(calendar="this_month"), [DAY * 9.5], [DAY * 9.5 + TICK]),
    ],
    ids=["ever", "last", "between", "today", "yesterday", "this week", "this month"],
)
def test_windows_are_half_open(
    window: ir.Window | None, inside: list[timedelta], outside: list[timedelta]
) -> None:
    condition = ir.EventTest("order_placed", window=window)
    assert [holds(condition, did(ago)) for ago in inside] == [True] * len(inside)
    assert [holds(condition, did(ago)) for ago in outside] == [False] * len(outside)


def test_since_entering_begins_after_the_entry() -> None:
    condition = ir.EventTest("order_placed", window=ir.Window(since="entering"))
    entered = {"entered_at": NOW - DAY}
    assert holds(condition, replace(did(DAY - TICK), **entered))
    assert not holds(condition, replace(did(DAY), **entered))
    assert not holds(condition, did(DAY))  # nobody entered


@pytest.mark.parametrize(
    ("times", "counts"),
    [
        (ir.Times("at_least", 2), [False, False, True, True]),
        (ir.Times("exactly", 2), [False, False, True, False]),
        (ir.Times("fewer_than", 2), [True, True, False, False]),
        (ir.NOT_ONCE, [True, False, False, False]),
        (ir.Times("at_least", 0), [True] * 4),
        (ir.Times("fewer_than", 0), [False] * 4),
    ],
)
def test_how_often(times: ir.Times, counts: list[bool]) -> None:
    condition = ir.EventTest("order_placed", times=times)
    assert [holds(condition, did(*[DAY] * count)) for count in range(4)] == counts


def test_only_events_that_pass_the_where_count() -> None:
    large = ir.PropertyTest("amount", "more_than", ir.Money(50, "USD"))
    condition = ir.EventTest("order_placed", where=large)
    assert holds(condition, did(DAY, amount=51)) and not holds(condition, did(DAY, amount=50))
    assert not holds(condition, did(DAY)) and not holds(large, did(DAY, amount=51))


def test_one_event_passes_a_where_at_its_own_time() -> None:
    event = Event("booked", NOW, {"for": "2026-03-12"}, "e")
    assert matches_event(None, event)
    assert matches_event(ir.PropertyTest("for", "in_next", "P2D"), event)
    assert not matches_event(
        ir.PropertyTest("for", "in_next", "P2D"), event, now=NOW + 2 * DAY, timezone=BERLIN
    )


def test_an_entry_property_is_missing_without_an_entry_event() -> None:
    condition = ir.EntryTest("amount", "at_least", 5)
    entry = Event("order_placed", NOW, {"amount": 5}, "e")
    assert holds(condition, replace(person(), entry_event=entry))
    assert not holds(condition, person())
    assert holds(ir.EntryTest("amount", "unknown"), person())


def test_nobody_is_inactive_who_was_not_known_so_long() -> None:
    condition = ir.InactiveTest("P30D")
    assert holds(condition, replace(person(), known_since=NOW - 30 * DAY))
    assert not holds(condition, replace(person(), known_since=NOW - 30 * DAY + TICK))


def test_what_we_send_is_not_their_activity() -> None:
    condition = ir.InactiveTest("P30D")
    assert not holds(condition, did(DAY)) and holds(condition, did(30 * DAY))
    assert holds(condition, did(DAY, name="message_sent"))
    assert not holds(condition, did(DAY, name="messaged_support"))


def test_a_segment_is_its_condition() -> None:
    segments = {"pro": ir.AttributeTest("plan", "is", "Pro")}
    condition = ir.SegmentTest("pro")
    assert holds(condition, replace(person(plan="pro"), segments=segments))
    assert not holds(condition, replace(person(plan="free"), segments=segments))
    assert not holds(ir.SegmentTest("gone"), person())


def test_a_segment_inside_itself_has_nobody_in_it() -> None:
    segments = {"a": ir.SegmentTest("b"), "b": ir.Any_((ir.SegmentTest("a"),))}
    circular = replace(person(), segments=segments)
    assert not holds(ir.SegmentTest("a"), circular)
    assert next_change(ir.SegmentTest("a"), circular) is None
    found = names(ir.SegmentTest("a"), segments)
    assert replace(found, members=frozenset()) == Names()


def test_nothing_joined_by_and_holds_and_by_or_does_not() -> None:
    assert holds(ir.All(()), person()) and not holds(ir.Any_(()), person())


ONE_DAY = ir.Window(last="P1D")


@pytest.mark.parametrize(
    ("condition", "moment", "change"),
    [
        (ir.AttributeTest("x", "is", "a"), person(x="a"), None),
        (ir.EventTest("order_placed"), did(DAY), None),
        (ir.EventTest("order_placed"), did(-DAY), NOW + DAY),
        (ir.EventTest("order_placed", window=ONE_DAY), did(DAY / 4), NOW + DAY * 0.75),
        (ir.EventTest("order_placed", window=ONE_DAY), did(DAY / 4, DAY / 2), NOW + DAY * 0.75),
        (
            ir.EventTest("order_placed", times=ir.Times("exactly", 2), window=ONE_DAY),
            did(DAY / 4, DAY / 2),
            NOW + DAY / 2,
        ),
        (
            ir.EventTest("order_placed", window=ir.Window(between_ago=ir.BetweenAgo("P1D", "P2D"))),
            did(DAY / 2),
            NOW + DAY / 2 + TICK,
        ),
        (ir.EventTest("order_placed", window=ir.Window(calendar="today")), did(), None),
        (
            ir.EventTest("order_placed", window=ir.Window(calendar="today")),
            did(DAY / 4),
            NOW + DAY / 2,
        ),
        (
            ir.EventTest("order_placed", window=ir.Window(calendar="this_week")),
            did(DAY / 4),
            NOW + DAY * 5.5,
        ),
        (ir.AttributeTest("x", "in_next", "P1D"), person(x="2026-03-12T12:00"), NOW + DAY),
        (ir.AttributeTest("x", "in_next", "P3D"), person(x="2026-03-12T12:00"), NOW + 2 * DAY),
        (ir.AttributeTest("x", "more_than_ago", "P3D"), person(x="2026-03-08T12:00"), NOW + DAY),
        (ir.AttributeTest("x", "ago", "P7D"), person(x="2026-03-04T18:00"), NOW + DAY / 2),
        (ir.AttributeTest("x", "ago", "P7D"), person(x="2026-03-03"), NOW + DAY / 2),
        (ir.AttributeTest("x", "ago", "P7D"), person(x="2026-03-02"), None),
        (ir.AttributeTest("x", "before", "2026-04-01"), person(x="2026-03-02"), None),
        (ir.InactiveTest("P30D"), did(29 * DAY), NOW + DAY),
        (ir.InactiveTest("P30D"), did(31 * DAY), None),
    ],
)
def test_the_next_change(condition: ir.Condition, moment: Moment, change: datetime | None) -> None:
    assert next_change(condition, moment) == change
    assert next_change(ir.Not(condition), moment) == change
    segment = replace(moment, segments={"s": condition})
    assert next_change(ir.All((ir.SegmentTest("s"),)), segment) == change


def test_names_reach_into_segments_and_wheres() -> None:
    segments = {"s": ir.EventTest("viewed", window=ir.Window(calendar="today"))}
    where = ir.PropertyTest("due", "in_next", "P1D")
    assert names(
        ir.All((ir.SegmentTest("s"), ir.Not(ir.AttributeTest("plan", "is", "Pro")))), segments
    ) == Names(frozenset({"viewed"}), frozenset({"plan", "timezone"}))
    assert names(ir.EventTest("bought", where), {}) == Names(
        frozenset({"bought"}), frozenset({"timezone"})
    )
    assert names(ir.InactiveTest("P1D"), {}) == Names(any_event=True)


@pytest.mark.parametrize(
    "condition",
    [
        ir.EntryTest("amount", "is", 5),
        ir.EventTest("order_placed", window=ir.Window(since="entering")),
        ir.Not(ir.All((ir.EntryTest("amount", "is", 5),))),
    ],
)
def test_all_people_at_once_are_in_no_run(condition: ir.Condition) -> None:
    with pytest.raises(ValueError, match="outside of a run"):
        people_sql(condition, Question("sqlite", NOW, UTC))


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        (ir.EventTest("bought", window=ONE_DAY), "(name=? AND at>? AND at<?)"),
        (ir.EventTest("bought", window=ir.Window(calendar="today")), "(name=? AND at>? AND at<?)"),
        (ir.EventTest("bought", times=ir.NOT_ONCE), "(name=? AND at<?)"),
    ],
)
def test_events_are_found_by_index(condition: ir.Condition, index: str) -> None:
    connection = sqlite3.connect(":memory:")
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
        for each in table.indexes:
            connection.execute(str(CreateIndex(each).compile(dialect=sqlite.dialect())))
    sql = people_sql(condition, Question("sqlite", NOW, UTC))
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    connection.close()
    assert any(index in step for step in plan)
    assert not any(step.startswith("SCAN e") for step in plan)


BOUGHT = ir.EventTest("bought", window=ONE_DAY)
TWICE = ir.EventTest("bought", times=ir.Times("at_least", 2), window=ONE_DAY)
TOTAL = ir.AggregateTest(
    ir.Aggregate("total", "bought", "amount", window=ONE_DAY), "more_than", 200
)
SEEN = ir.EventTest("seen", window=ONE_DAY)


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "duckdb", "clickhouse"])
@pytest.mark.parametrize(
    ("condition", "tables"),
    [
        (BOUGHT, ["events"]),
        (ir.All((TWICE, TOTAL)), ["events"]),
        (ir.All((BOUGHT, ir.Not(SEEN))), ["events", "events"]),
        (ir.Not(ir.Any_((SEEN, ir.Not(BOUGHT)))), ["events", "events"]),
        (ir.All((ir.SegmentTest("buyers"), ir.SegmentTest("by-hand"))), ["events", "memberships"]),
        (ir.Not(BOUGHT), ["events", "people"]),
        (ir.All((BOUGHT, ir.AttributeTest("plan", "is", "pro"))), ["events", "people"]),
    ],
)
def test_people_are_read_only_where_nothing_says_what_they_did(
    dialect: Dialect, condition: ir.Condition, tables: list[str]
) -> None:
    sql = people_sql(condition, Question(dialect, NOW, UTC, {"buyers": TWICE}))
    read = sqlglot.parse_one(sql, dialect=dialect).find_all(sqlglot.exp.Table)
    assert sorted(table.name for table in read) == tables


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "duckdb", "clickhouse"])
def test_text_from_outside_is_a_text_in_the_sql(dialect: Dialect) -> None:
    """Whatever is written, another reader of SQL sees one statement that selects."""
    odd = "x'\"\\'; DROP TABLE people; --"
    condition = ir.All(
        (
            ir.AttributeTest(odd, "is", odd),
            ir.EventTest(odd, ir.PropertyTest(odd, "contains", odd), window=ONE_DAY),
            ir.SegmentTest(odd),
        )
    )
    sql = people_sql(condition, Question(dialect, NOW, UTC))
    (statement,) = sqlglot.parse(sql, dialect=dialect)
    assert isinstance(statement, sqlglot.exp.Select)
    assert not list(statement.find_all(sqlglot.exp.Drop))
    texts = {each.this for each in statement.find_all(sqlglot.exp.Literal) if each.is_string}
    assert odd.casefold() in texts
