"""People at the edges of a condition: those whom a slip by one microsecond or letter would move.

Chance seldom meets an edge, so they are worked out from the condition: for each thing that it asks
about, people just before, on and just after the point where the answer turns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from cio_lang import ir
from cio_lang.calendar_time import (
    calendar_window,
    day_ago,
    day_ahead,
    day_window,
    earlier,
    later,
    parse_duration,
)
from cio_lang.conditions import Event, Moment
from cio_lang.conditions.values import length

TICK = timedelta(microseconds=1)


def leaves(
    condition: ir.Condition, segments: Mapping[str, ir.Condition], inside: tuple[str, ...] = ()
) -> Iterator[ir.Condition]:
    """The tests that a condition is made of, those of its segments among them."""
    match condition:
        case ir.All():
            for part in condition.all:
                yield from leaves(part, segments, inside)
        case ir.Any_():
            for part in condition.any:
                yield from leaves(part, segments, inside)
        case ir.Not():
            yield from leaves(condition.not_, segments, inside)
        case ir.SegmentTest():
            if condition.segment in segments and condition.segment not in inside:
                yield from leaves(
                    segments[condition.segment], segments, (*inside, condition.segment)
                )
        case (
            ir.AttributeTest()
            | ir.PropertyTest()
            | ir.EntryTest()
            | ir.EventTest()
            | ir.InactiveTest()
        ):
            yield condition


def people_at_edges(condition: ir.Condition, person: Moment) -> Iterator[Moment]:
    """Copies of a person, each moved to one edge of one part of the condition."""
    for leaf in leaves(condition, person.segments):
        match leaf:
            case ir.AttributeTest():
                for stored in near(leaf.op, leaf.value, person):
                    yield replace(person, attributes={**person.attributes, leaf.attribute: stored})
            case ir.EntryTest():
                if person.entry_event is not None:
                    for stored in near(leaf.op, leaf.value, person):
                        entry = replace(person.entry_event, properties={leaf.entry: stored})
                        yield replace(person, entry_event=entry)
            case ir.EventTest():
                yield from _at_window_edges(leaf, person)
            case ir.InactiveTest():
                since = earlier(person.now, length(leaf.inactive))
                long_known = earlier(since, timedelta(days=1))
                for at in around(since):
                    yield replace(person, known_since=at, events=())
                    for name in ("visited", "message_opened"):
                        event, ours = (
                            Event(name, at, {}, "x"),
                            Event("message_sent", at + TICK, {}, "y"),
                        )
                        yield replace(person, known_since=long_known, events=(event,))
                        yield replace(person, known_since=long_known, events=(event, ours))
                for at in around(person.now):
                    event = Event("visited", at, {}, "x")
                    yield replace(person, known_since=long_known, events=(event,))
            case ir.PropertyTest() | ir.SegmentTest() | ir.All() | ir.Any_() | ir.Not():
                pass


def _at_window_edges(test: ir.EventTest, person: Moment) -> Iterator[Moment]:
    others = [event for event in person.events if event.name != test.event]
    choices = list(_properties(test.where, person))
    position = 0
    for edge, more in product(window_edges(test.window, person), (0, 1)):
        for at in around(edge):
            # All but the one at the edge are of now, or of the middle of the window.
            rest = [middle(test.window, person)] * max(0, test.times.n - 1 + more)
            made = []
            for time in [at, *rest]:
                made.append(Event(test.event, time, choices[position % len(choices)], "x"))
                position += 1
            events = sorted([*others, *made], key=lambda event: event.at)
            yield replace(person, events=tuple(events))


def _properties(where: ir.Condition | None, person: Moment) -> Iterator[Mapping[str, Any]]:
    if where is None:
        yield {}
        return
    asked = [leaf for leaf in leaves(where, {}) if isinstance(leaf, ir.PropertyTest)]
    yield {leaf.property: next(near(leaf.op, leaf.value, person)) for leaf in asked}
    for leaf in asked:
        for stored in near(leaf.op, leaf.value, person):
            yield {leaf.property: stored}


def window_edges(window: ir.Window | None, person: Moment) -> list[datetime]:
    """Where a window begins and ends."""
    now = person.now
    match window:
        case ir.Window(last=str() as last):
            return [earlier(now, length(last)), now]
        case ir.Window(between_ago=ir.BetweenAgo() as ago):
            return [earlier(now, length(ago.far)), earlier(now, length(ago.near))]
        case ir.Window(since="entering"):
            return [person.entered_at or now, now]
        case ir.Window(calendar=str() as word):
            return [*calendar_window(word, now, person.timezone), now]
    return [now]


def middle(window: ir.Window | None, person: Moment) -> datetime:
    """An instant well inside a window."""
    ends = window_edges(window, person)
    return ends[0] + (min(ends[1], person.now) - ends[0]) / 2 if len(ends) > 1 else ends[0]


def near(op: ir.Op, value: ir.TestValue, person: Moment) -> Iterator[Any]:
    """Stored values beside the point where a comparison turns; the first is on it."""
    now, tz = person.now, person.timezone
    match op:
        case "before" | "after":
            assert isinstance(value, str)
            yield value
            for edge in day_window(date.fromisoformat(value), tz):
                yield from (at.isoformat() for at in around(edge))
        case "in_next" | "in_last" | "more_than_ago" | "less_than_ago":
            assert isinstance(value, str)
            for edge in (later(now, length(value)), earlier(now, length(value)), now):
                yield from (at.isoformat() for at in around(edge))
        case "ago" | "ahead":
            assert isinstance(value, str)
            day = day_ago if op == "ago" else day_ahead
            for edge in day(now, parse_duration(value), tz):
                yield from (at.isoformat() for at in around(edge))
                yield edge.astimezone(tz).date().isoformat()
        case (
            "is"
            | "is_not"
            | "one_of"
            | "not_one_of"
            | "known"
            | "unknown"
            | "more_than"
            | "at_least"
            | "less_than"
            | "at_most"
            | "between"
            | "starts_with"
            | "ends_with"
            | "contains"
            | "does_not_contain"
            | "includes"
            | "does_not_include"
        ):
            for each in value if isinstance(value, tuple) else (value,):
                yield from _beside(each)
                yield [each] if not isinstance(each, ir.Money) else [each.amount]
            yield from ("", None, [], 0, False)


def _beside(value: ir.Scalar | None) -> Iterator[Any]:
    match value:
        case None:
            yield "x"
        case bool():
            yield from (value, not value, int(value), str(value))
        case str():
            yield from (value, value.upper(), value.lower(), value.swapcase(), f"x{value}x")
            yield from (f"{value}x", f"x{value}", f"{value}\n")
        case ir.Money():
            yield from _beside(value.amount)
            yield {"amount": value.amount, "currency": "USD"}
            yield {"amount": value.amount, "currency": "EUR"}
        case int() | float():
            yield from (value, value - 1, value + 1, str(value))
            yield {"amount": value, "currency": "USD"}
            if abs(value) < 1e308:
                yield math.nextafter(float(value), math.inf)
                yield math.nextafter(float(value), -math.inf)


def around(at: datetime) -> tuple[datetime, datetime, datetime]:
    """Just before, on, and just after."""
    return at, earlier(at, TICK), later(at, TICK)
