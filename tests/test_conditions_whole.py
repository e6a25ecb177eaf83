"""What each test of the language means, with people on both sides of each of its edges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cio_lang import ir
from cio_lang.calendar_time import zone
from cio_lang.conditions import Event, Moment, holds, names, next_change

BERLIN = zone("Europe/Berlin", UTC)
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)  # a Wednesday
TICK = timedelta(microseconds=1)


def ago(**length: float) -> datetime:
    """That long before now."""
    return NOW - timedelta(**length)


def did(name: str, at: datetime, **properties: Any) -> Event:
    """An event."""
    return Event(name, at, properties, f"{name} {at}")


def someone(*events: Event, **known: Any) -> Moment:
    """A person now."""
    past = tuple(sorted(events, key=lambda event: event.at))
    attributes: Mapping[str, Any] = known.pop("attributes", {})
    return Moment(attributes, past, NOW, BERLIN, ago(days=1000), **known)


# ── dates in calendar spans ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("op", "value", "stored", "expected"),
    [
        ("during", "next_month", "2026-07-01", True),
        ("during", "next_month", "2026-07-31T23:59", True),
        ("during", "next_month", "2026-08-01", False),
        ("during", "next_month", "2026-06-30T23:59", False),
        ("during", "today", "2026-06-03", True),
        ("during", "today", "2026-06-02T22:30+00:00", True),  # after midnight in Berlin
        ("during", "this_month", "1990-06-15", False),
        ("during_yearly", "this_month", "1990-06-15", True),
        ("during_yearly", "this_month", "2030-06-15", True),
        ("during_yearly", "next_week", "1985-06-08", True),
        ("during_yearly", "next_week", "1985-06-15", False),
        ("during_yearly", "this_month", None, False),
        ("during_yearly", "this_month", "soon", False),
        ("more_than_ahead", "P90D", "2026-09-01T12:00+00:00", False),  # 90 days to the second
        ("more_than_ahead", "P90D", "2026-09-01T12:00:01+00:00", True),
        ("more_than_ahead", "P90D", None, False),
    ],
)
def test_dates(op: ir.Op, value: str, stored: object, expected: bool) -> None:
    person = someone(attributes={"d": stored})
    assert holds(ir.AttributeTest("d", op, value), person) is expected


def test_a_birthday_on_29_february_is_on_the_28th_in_other_years() -> None:
    test = ir.AttributeTest("born", "during_yearly", "today")
    for year, day, expected in [(2027, 28, True), (2028, 28, False), (2028, 29, True)]:
        now = datetime(year, 2, day, 12, tzinfo=UTC)
        person = Moment({"born": "1996-02-29"}, (), now, BERLIN, now)
        assert holds(test, person) is expected


# ── windows ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("window", "at", "expected"),
    [
        (ir.Window(since_date="2026-06-01"), "2026-05-31T22:00+00:00", True),  # midnight in Berlin
        (ir.Window(since_date="2026-06-01"), "2026-05-31T21:59+00:00", False),
        (ir.Window(between_dates=("2026-05-01", "2026-05-15")), "2026-05-15T21:59+00:00", True),
        (ir.Window(between_dates=("2026-05-01", "2026-05-15")), "2026-05-15T22:00+00:00", False),
        (ir.Window(between_dates=("2026-05-01", "2026-12-31")), "2026-06-03T12:01+00:00", False),
        (ir.Window(calendar="last_week"), "2026-05-25T00:00+02:00", True),
        (ir.Window(calendar="last_week"), "2026-06-01T00:00+02:00", False),
        (ir.Window(calendar="last_month"), "2026-05-01T00:00+02:00", True),
        (ir.Window(calendar="this_year"), "2026-01-01T00:00+01:00", True),
        (ir.Window(calendar="last_year"), "2026-01-01T00:00+01:00", False),
    ],
)
def test_windows(window: ir.Window, at: str, expected: bool) -> None:
    person = someone(did("a", datetime.fromisoformat(at)))
    assert holds(ir.EventTest("a", window=window), person) is expected


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("at_least", True),
        ("exactly", True),
        ("fewer_than", False),
        ("more_than", False),
        ("at_most", True),
    ],
)
def test_two_times_against_two(op: Any, expected: bool) -> None:
    person = someone(did("a", ago(days=1)), did("a", ago(days=2)))
    assert holds(ir.EventTest("a", times=ir.Times(op, 2)), person) is expected


def test_only_events_with_the_key_of_the_run_count() -> None:
    test = ir.EventTest("a", key="cart")
    events = [did("a", ago(days=1), cart="ab"), did("a", ago(days=2))]
    assert holds(test, someone(*events, key=("cart", "ab")))
    assert not holds(test, someone(*events, key=("cart", "AB")))
    assert not holds(test, someone(*events, key=("cart", None)))
    assert not holds(test, someone(*events))
    assert holds(ir.EventTest("a", times=ir.NOT_ONCE, key="cart"), someone(*events))


# ── totals ───────────────────────────────────────────────────────────────────────────────────────


def aggregate(function: Any, op: ir.Op, value: ir.TestValue = None) -> ir.AggregateTest:
    """A test of the amounts of `a` in the last 30 days."""
    name = None if function == "number" else "amount"
    window = ir.Window(last="P30D")
    return ir.AggregateTest(ir.Aggregate(function, "a", name, window=window), op, value)


@pytest.mark.parametrize(
    ("function", "op", "value", "amounts", "expected"),
    [
        ("total", "is", 0.3, [0.1, 0.2], True),
        ("total", "is", 3, [1, "1", None, True, 2], True),
        ("total", "is", 0, [], True),
        ("total", "less_than", 1, [], True),
        ("total", "is", 9_000_000_000.3, [9_000_000_000, 0.1, 0.2], True),
        ("number", "is", 0, [], True),
        ("number", "at_least", 2, [None, "x"], True),
        ("average", "is", 1.5, [1, 2], True),
        ("average", "less_than", 1, [], False),
        ("average", "is_not", 1, [], True),
        ("average", "unknown", None, [], True),
        ("smallest", "is", 1, [3, 1, 2], True),
        ("largest", "is", 3, [3, 1, 2], True),
        ("largest", "known", None, ["x"], False),
        ("first", "is", "x", ["x", 2], True),
        ("latest", "is", 2, ["x", 2], True),
        ("latest", "unknown", None, ["x", None], True),
        ("latest", "is_not", "x", ["x", None], True),
        ("latest", "in_last", "P7D", ["2020-01-01", "2026-06-01"], True),
        ("total", "at_least", ir.Money(30, "USD"), [{"amount": 20, "currency": "USD"}, 10], True),
        ("total", "at_least", ir.Money(30, "USD"), [{"amount": 90, "currency": "EUR"}, 10], False),
        ("largest", "is", 90, [{"amount": 90, "currency": "EUR"}, 10], True),
    ],
)
def test_aggregates(
    function: str, op: ir.Op, value: ir.TestValue, amounts: list[Any], expected: bool
) -> None:
    events = [
        did("a", ago(days=20 - number), amount=amount) for number, amount in enumerate(amounts)
    ]
    outside = did("a", ago(days=30), amount=1000)
    assert holds(aggregate(function, op, value), someone(outside, *events)) is expected


def test_a_total_changes_when_an_event_leaves_its_window() -> None:
    person = someone(did("a", ago(days=29), amount=5), did("a", ago(days=1), amount=5))
    assert next_change(aggregate("total", "at_least", 6), person) == NOW + timedelta(days=1)


# ── sequences ────────────────────────────────────────────────────────────────────────────────────


def sequence(missing: bool = False) -> ir.SequenceTest:
    """`a` then `b` within 7 days."""
    return ir.SequenceTest(ir.EventMatch("a"), ir.EventMatch("b"), "P7D", missing)


@pytest.mark.parametrize(
    ("first", "then", "came", "missing"),
    [
        (ago(days=20), ago(days=13), True, False),  # after 7 days to the second
        (ago(days=20), ago(days=13) + TICK, False, True),
        (ago(days=20), ago(days=20), False, True),  # not at the same instant
        (ago(days=20), ago(days=21), False, True),
        (ago(days=20), None, False, True),
        (ago(days=7), None, False, True),  # the time is over
        (ago(days=7) + TICK, None, False, False),  # not yet
        (None, ago(days=1), False, False),
    ],
)
def test_sequences(
    first: datetime | None, then: datetime | None, came: bool, missing: bool
) -> None:
    events = [did(name, at) for name, at in (("a", first), ("b", then)) if at is not None]
    assert holds(sequence(), someone(*events)) is came
    assert holds(sequence(missing=True), someone(*events)) is missing


def test_one_first_without_the_second_is_enough() -> None:
    events = [did("a", ago(days=30)), did("a", ago(days=20)), did("b", ago(days=19))]
    assert holds(sequence(), someone(*events))
    assert holds(sequence(missing=True), someone(*events))


def test_when_a_missing_second_is_missed() -> None:
    person = someone(did("a", ago(days=3)))
    assert next_change(sequence(missing=True), person) == NOW + timedelta(days=4)
    assert next_change(sequence(), person) is None


# ── held, consent, reach, predictions, members ───────────────────────────────────────────────────


def test_held_counts_from_the_last_change() -> None:
    test = ir.HeldTest("plan", "trial", "P7D")
    plan = {"plan": "Trial"}
    assert holds(test, someone(attributes=plan, changed={"plan": ago(days=7)}))
    late = someone(attributes=plan, changed={"plan": ago(days=7) + TICK})
    assert not holds(test, late)
    assert next_change(test, late) == NOW + TICK
    assert not holds(test, someone(attributes=plan))
    other = someone(attributes={"plan": "Pro"}, changed={"plan": ago(days=9)})
    assert not holds(test, other)
    assert next_change(test, other) is None


def test_subscribed_unless_they_said_no() -> None:
    test = ir.SubscribedTest("tips")
    assert holds(test, someone())
    assert not holds(test, someone(unsubscribed=frozenset({"tips"})))
    assert holds(test, someone(unsubscribed=frozenset({"news"})))
    assert not holds(test, someone(attributes={"unsubscribed": True}))
    assert holds(test, someone(attributes={"unsubscribed": "yes"}))


@pytest.mark.parametrize(
    ("channel", "attributes", "reach", "expected"),
    [
        ("email", {"email": "a@example.com"}, None, True),
        ("email", {"email": ""}, None, False),
        ("email", {"email": 5}, None, False),
        ("sms", {"phone": "+49"}, None, True),
        ("whatsapp", {"phone": "+49"}, None, True),
        ("push", {"phone": "+49", "email": "a"}, None, False),
        ("push", {}, frozenset({"push"}), True),
        ("email", {"email": "a"}, frozenset({"push"}), False),
        ("email", {"email": "a", "unsubscribed": True}, None, False),
    ],
)
def test_reach(channel: Any, attributes: Any, reach: Any, expected: bool) -> None:
    assert holds(ir.ReachTest(channel), someone(attributes=attributes, reach=reach)) is expected


def test_predictions() -> None:
    person = someone(churn=0.29, predictions={"a": {timedelta(days=30): 0.5}}, top={"a": 10})
    assert holds(ir.ChurnTest("at_least", 29), person)
    assert not holds(ir.ChurnTest("more_than", 29), person)
    assert holds(ir.LikelyTest("a", "P30D"), person)
    assert not holds(ir.LikelyTest("b", "P30D"), person)
    assert holds(ir.TopTest(10, "a"), person)
    assert not holds(ir.TopTest(9.9, "a"), person)
    for test in (ir.ChurnTest("at_most", 100), ir.LikelyTest("a", "P30D"), ir.TopTest(100, "a")):
        assert not holds(test, someone())
        assert names(test, {}).predictions


@pytest.mark.parametrize(
    ("within", "likely"),
    [("P29D", False), ("P30D", True), ("P31D", True), ("P1M", True), ("PT720H", True)],
)
def test_what_is_likely_sooner_is_likely_by_then(within: str, likely: bool) -> None:
    month = {timedelta(days=30): 0.5}
    assert holds(ir.LikelyTest("a", within), someone(predictions={"a": month})) is likely
    week = {timedelta(days=7): 0.2, timedelta(days=90): 0.9}
    assert not holds(ir.LikelyTest("a", within), someone(predictions={"a": week}))
    assert holds(ir.LikelyTest("a", within), someone(predictions={"a": month | week})) is likely


def test_a_segment_kept_by_hand_has_whom_somebody_put_in() -> None:
    assert holds(ir.SegmentTest("vip"), someone(members=frozenset({"vip"})))
    assert not holds(ir.SegmentTest("vip"), someone())
    assert names(ir.SegmentTest("vip"), {}).members == {"vip"}
