"""Strategies: every condition of the language, with totals, orders, consent and predictions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.calendar_time import SPANS, zone
from cio_lang.conditions import Event, Moment
from cio_lang.draw import lot
from tests.properties import histories
from tests.properties.histories import (
    ATTRIBUTES,
    BERLIN,
    DURATIONS,
    EVENTS,
    PROPERTIES,
    World,
    instants,
    joined,
    scalars,
)

LENGTHS = st.sampled_from(DURATIONS)
NAMES = st.sampled_from(EVENTS)
OPS = st.sampled_from(["at_least", "exactly", "fewer_than", "more_than", "at_most"])


@st.composite
def comparisons(draw: st.DrawFn, now: datetime) -> tuple[ir.Op, ir.TestValue]:
    """Comparisons of the slice and of the whole."""
    match draw(st.integers(0, 5)):
        case 0:
            spans = st.sampled_from(sorted(SPANS))
            return draw(st.sampled_from(["during", "during_yearly"])), draw(spans)
        case 1:
            return "more_than_ahead", draw(LENGTHS)
    return draw(histories.comparisons(now))


@st.composite
def windows(draw: st.DrawFn, now: datetime) -> ir.Window | None:
    """Windows that need no run."""
    days = instants(now).map(lambda at: at.date().isoformat())
    match draw(st.integers(0, 4)):
        case 0:
            return ir.Window(calendar=draw(st.sampled_from(get_args(ir.CalendarWord))))
        case 1:
            return ir.Window(since_date=draw(days))
        case 2:
            first, last = sorted([draw(days), draw(days)])
            return ir.Window(between_dates=(first, last))
        case 3:
            return draw(histories.windows(False))
    return None


@st.composite
def wheres(draw: st.DrawFn, now: datetime) -> ir.Condition | None:
    """What narrows an event."""
    parts: list[ir.Condition] = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        op, value = draw(comparisons(now))
        if draw(st.integers(0, 3)):
            parts.append(ir.PropertyTest(draw(st.sampled_from(PROPERTIES)), op, value))
        else:
            parts.append(ir.AttributeTest(draw(st.sampled_from(ATTRIBUTES)), op, value))
    if len(parts) < 2:
        return parts[0] if parts else None
    return ir.Not(ir.Any_(tuple(parts))) if draw(st.booleans()) else ir.All(tuple(parts))


@st.composite
def aggregates(draw: st.DrawFn, now: datetime) -> ir.Aggregate:
    """Totals and the like."""
    function = draw(st.sampled_from(get_args(get_type_hints(ir.Aggregate)["function"])))
    name = None if function == "number" else draw(st.sampled_from(PROPERTIES))
    return ir.Aggregate(function, draw(NAMES), name, draw(wheres(now)), draw(windows(now)))


@st.composite
def leaves(draw: st.DrawFn, now: datetime, run: bool) -> ir.Condition:
    """One test of any kind."""
    match draw(st.integers(0, 15)):
        case 0:
            return ir.AttributeTest(draw(st.sampled_from(ATTRIBUTES)), *draw(comparisons(now)))
        case 1 | 2:
            times = ir.Times(draw(OPS), draw(st.integers(0, 3)))
            key = draw(st.sampled_from([None, "sku"])) if run else None
            return ir.EventTest(draw(NAMES), draw(wheres(now)), times, draw(windows(now)), key)
        case 3 | 4 | 5 | 6:
            return ir.AggregateTest(draw(aggregates(now)), *draw(comparisons(now)))
        case 7 | 8 | 9:
            first = ir.EventMatch(draw(NAMES), draw(wheres(now)))
            then = ir.EventMatch(draw(NAMES), draw(wheres(now)))
            return ir.SequenceTest(first, then, draw(LENGTHS), draw(st.booleans()))
        case 10:
            return ir.HeldTest(draw(st.sampled_from(ATTRIBUTES)), draw(scalars), draw(LENGTHS))
        case 11:
            return ir.SubscribedTest(draw(st.sampled_from(["tips", "news"])))
        case 12:
            return ir.ReachTest(draw(st.sampled_from(get_args(ir.Channel))))
        case 13:
            op = draw(st.sampled_from(["more_than", "at_least", "less_than", "at_most"]))
            return draw(
                st.sampled_from(
                    [
                        ir.ChurnTest(op, 29),
                        ir.ChurnTest(op, 70.5),
                        ir.LikelyTest(draw(NAMES), draw(st.sampled_from(["P7D", "P30D", "P1Y"]))),
                        ir.TopTest(10, draw(NAMES)),
                    ]
                )
            )
        case 14:
            ends = draw(st.lists(st.sampled_from([0, 2.5, 40, 70, 100]), min_size=2, max_size=2))
            name = draw(st.sampled_from(["a", "b", "c", "holdout 2026"]))
            return ir.DrawTest(name, max(ends), min(ends))
    return ir.SegmentTest(draw(st.sampled_from(["a", "b", "by-hand"])))


def conditions(now: datetime, *, run: bool = False) -> st.SearchStrategy[ir.Condition]:
    """Every condition that can be written."""
    leaf = leaves(now, run)
    return st.one_of(leaf, leaf, joined(leaf, 4))


def attribute_maps(now: datetime) -> st.SearchStrategy[dict[str, Any]]:
    """Attributes, among them addresses and consent."""
    addresses = st.sampled_from(["a@example.com", "", None, 5, "-x"])
    more = st.fixed_dictionaries(
        {},
        optional={
            "email": addresses,
            "phone": addresses,
            "unsubscribed": st.sampled_from([True, False, "true", 1, None]),
        },
    )
    return st.builds(lambda a, b: {**a, **b}, histories.attribute_maps(now), more)


def chances(names: tuple[str, ...], most: int) -> st.SearchStrategy[dict[str, float]]:
    """Predictions for some of the names."""
    values = st.sampled_from([0, 0.01, 0.29, 0.5, 0.7, 1]).map(lambda part: part * most)
    return st.dictionaries(st.sampled_from(names), values)


forecasts = st.dictionaries(
    st.sampled_from([timedelta(days=days) for days in (7, 30, 90)]),
    st.sampled_from([0.0, 0.29, 0.5, 1.0]),
    max_size=2,
)
"""Chances of an event, by the length of time that they are for."""


@st.composite
def worlds(draw: st.DrawFn, *, run: bool = False, most_people: int = 3) -> World:
    """People who share an instant, segments and a condition; with `run`, all that a run knows."""
    now = draw(histories.nows)
    segments = {"a": draw(conditions(now)), "b": draw(conditions(now))}
    people = []
    for number in range(draw(st.integers(1, most_people))):
        attributes = draw(attribute_maps(now))
        person = Moment(
            attributes=attributes,
            events=draw(histories.histories(now)),
            now=now,
            timezone=zone(attributes.get("timezone"), BERLIN),
            known_since=now - timedelta(days=draw(st.sampled_from([0, 1, 400]))),
            segments=segments,
            lot=lot(f"p{number + 1}"),
            changed=draw(st.dictionaries(st.sampled_from(ATTRIBUTES), instants(now))),
            members=draw(st.sampled_from([frozenset(), frozenset({"by-hand"})])),
        )
        people.append(draw(_inside_a_run(person)) if run else person)
    return World(now, tuple(people), draw(conditions(now, run=run)))


@st.composite
def _inside_a_run(draw: st.DrawFn, person: Moment) -> Moment:
    now = person.now
    entry: Event = draw(histories.events(now))
    return replace(
        person,
        entered_at=min(now, draw(instants(now))),
        entry_event=entry,
        key=("sku", entry.properties["sku"]) if "sku" in entry.properties else None,
        unsubscribed=draw(st.frozensets(st.sampled_from(["tips", "news"]))),
        reach=draw(st.one_of(st.none(), st.frozensets(st.sampled_from(get_args(ir.Channel))))),
        churn=draw(st.none() | st.sampled_from([0.0, 0.29, 0.5, 1.0])),
        predictions=draw(st.dictionaries(st.sampled_from(EVENTS), forecasts, max_size=2)),
        top=draw(chances(EVENTS, 100)),
    )
