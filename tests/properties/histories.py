"""Strategies: people with odd attributes, histories at the edges of windows, every condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.calendar_time import earlier, later, start_of_day, zone
from cio_lang.conditions import Event, Moment
from cio_lang.conditions.values import length
from tests.properties.edges import people_at_edges

TICK = timedelta(microseconds=1)
BERLIN = zone("Europe/Berlin", UTC)
DURATIONS = ("PT1S", "PT90M", "P1D", "P2D", "P7D", "P14D", "P1M", "P1Y")
DAY_DURATIONS = ("P1D", "P7D", "P1M", "P12M", "P1M3D", "PT36H")
ZONES = ("America/New_York", "Pacific/Apia", "Asia/Kathmandu", "Africa/Cairo", "America/Sao_Paulo")
EVENTS = ("order_placed", "visited", "message_opened")
ATTRIBUTES = ("plan", "seats", "tags", "due", "Straße", 'a"b')
PROPERTIES = ("amount", "sku", "ends_on")

nows = st.sampled_from(
    [
        datetime(2024, 3, 31, 0, 59, 59, 999_999, tzinfo=UTC),  # Berlin goes forward at 01:00
        datetime(2024, 3, 31, 21, 59, 59, 999_999, tzinfo=UTC),
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),  # Berlin goes back at 01:00
        datetime(2024, 11, 3, 5, 30, tzinfo=UTC),  # New York goes back at 06:00
        datetime(2024, 4, 25, 22, 0, tzinfo=UTC),  # Cairo has no midnight on the 26th
        datetime(2011, 12, 30, 9, 0, tzinfo=UTC),  # Apia skips the 30th
        datetime(2024, 2, 29, 12, 0, 0, 1, tzinfo=UTC),
        datetime(2024, 12, 31, 23, 0, tzinfo=UTC),
    ]
)

texts = st.one_of(
    st.sampled_from(["Pro", "pro", "PRO ", "free", "ß", "SS", "ſ", "s", "K", "k", "İ", "[]", "5"]),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=4),
)
numbers = st.one_of(
    st.integers(-3, 12),
    st.sampled_from(
        [0, -0.0, 0.1, 0.30000000000000004, 0.3, 19.99, 1e15, -1e15, 1e-9, 1e8, 99999999]
    ),
    st.integers(-(10**15), 10**15),
    # What the store takes: nothing beyond 10¹⁵.
    st.floats(-1e15, 1e15, allow_subnormal=False),
)
amounts = st.builds(ir.Money, st.sampled_from([0, 5, 19.99, 50]), st.sampled_from(["USD", "EUR"]))
scalars = st.one_of(texts, numbers, st.booleans(), amounts)


@cache
def dates(now: datetime) -> st.SearchStrategy[Any]:
    """Dates as they are stored, good and bad."""
    return st.one_of(
        instants(now).map(lambda at: at.isoformat()),
        instants(now).map(lambda at: at.astimezone(BERLIN).isoformat()),
        instants(now).map(lambda at: at.replace(tzinfo=None).isoformat()),
        instants(now).map(lambda at: at.date().isoformat()),
        instants(now).map(lambda at: at.timestamp()),
        instants(now).map(lambda at: int(at.timestamp())),
        st.sampled_from(["2024-02-30", "tomorrow", "0001-01-01", "9999-12-31", 1e15, -1e15]),
    )


@cache
def stored(now: datetime) -> st.SearchStrategy[Any]:
    """Any value that JSON can hold."""
    return st.one_of(
        st.none(),
        st.just(""),
        texts,
        numbers,
        st.booleans(),
        st.lists(st.one_of(texts, numbers, st.booleans(), st.none()), max_size=3),
        dates(now),
        st.fixed_dictionaries(
            {},
            optional={
                "amount": st.one_of(st.sampled_from([0, 5, 19.99, 50, "50", True]), st.none()),
                "currency": st.sampled_from(["USD", "EUR", "usd", 5]),
            },
        ),
    )


@cache
def instants(now: datetime) -> st.SearchStrategy[datetime]:
    """Instants around `now`, most of them at the edge of some window."""

    def at(duration: str | None, sign: int, ticks: int, midnight: bool, tz_name: str) -> datetime:
        tz = zone(tz_name, UTC)
        shift = timedelta(0) if duration is None else length(duration)
        found = later(now, shift) if sign > 0 else earlier(now, shift)
        if midnight:
            found = start_of_day(found.astimezone(tz).date(), tz)
        return found + ticks * TICK

    return st.one_of(
        st.builds(
            at,
            st.one_of(st.none(), st.sampled_from(DURATIONS)),
            st.sampled_from([-1, -1, 1]),
            st.sampled_from([-1, 0, 0, 1]),
            st.booleans(),
            st.sampled_from(["UTC", "Europe/Berlin", *ZONES]),
        ),
        st.integers(-40 * 86_400, 86_400).map(lambda seconds: now + timedelta(seconds=seconds)),
    )


@cache
def zones_of_people() -> st.SearchStrategy[Any]:
    """What people have as their `timezone`."""
    return st.sampled_from([*ZONES, "Europe/Berlin", "Mars/Olympus", "", None, 5, ["UTC"]])


@cache
def attribute_maps(now: datetime) -> st.SearchStrategy[dict[str, Any]]:
    """Attributes of a person."""
    return st.fixed_dictionaries(
        {}, optional={**dict.fromkeys(ATTRIBUTES, stored(now)), "timezone": zones_of_people()}
    )


@cache
def events(now: datetime) -> st.SearchStrategy[Event]:
    """One event."""
    return st.builds(
        Event,
        st.sampled_from(EVENTS),
        instants(now),
        st.fixed_dictionaries({}, optional=dict.fromkeys(PROPERTIES, stored(now))),
        st.just(""),
    )


@cache
def histories(now: datetime) -> st.SearchStrategy[tuple[Event, ...]]:
    """Events in order of time, some at one instant, some in the future."""
    return st.lists(events(now), max_size=7).map(
        lambda found: tuple(
            Event(event.name, event.at, event.properties, f"e{number}")
            for number, event in enumerate(sorted(found, key=lambda event: event.at))
        )
    )


@cache
def comparisons(now: datetime) -> st.SearchStrategy[tuple[ir.Op, ir.TestValue]]:
    """An op with a value that it can have."""

    def of(ops: Sequence[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.tuples(st.sampled_from(ops), values)

    return st.one_of(
        of(["is", "is_not"], scalars),
        of(["one_of", "not_one_of"], st.lists(scalars, min_size=1, max_size=3).map(tuple)),
        of(["known", "unknown"], st.none()),
        of(["more_than", "at_least", "less_than", "at_most"], st.one_of(numbers, amounts)),
        of(["between"], st.one_of(st.tuples(numbers, numbers), st.tuples(amounts, amounts))),
        of(["starts_with", "ends_with", "contains", "does_not_contain"], texts),
        of(["includes", "does_not_include"], scalars),
        of(["before", "after"], instants(now).map(lambda at: at.date().isoformat())),
        of(
            ["in_next", "in_last", "more_than_ago", "less_than_ago"],
            st.sampled_from([*DURATIONS, "P9999Y"]),
        ),
        of(["ago", "ahead"], st.sampled_from(DAY_DURATIONS)),
    )


@cache
def windows(run: bool) -> st.SearchStrategy[ir.Window | None]:
    """Windows; `since entering` only where there is a run."""
    words = st.sampled_from(["today", "yesterday", "this_week", "this_month"])
    kinds: list[st.SearchStrategy[ir.Window | None]] = [
        st.none(),
        st.sampled_from([*DURATIONS, "P9999Y"]).map(lambda last: ir.Window(last=last)),
        words.map(lambda word: ir.Window(calendar=word)),
        st.tuples(st.sampled_from(["PT0S", *DURATIONS]), st.sampled_from(DURATIONS)).map(
            lambda ends: ir.Window(between_ago=ir.BetweenAgo(*ends))
        ),
    ]
    if run:
        kinds.append(st.just(ir.Window(since="entering")))
    return st.one_of(kinds)


def joined(leaves: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[Any]:
    """Leaves under `and`, `or` and `not`."""
    return st.recursive(
        leaves,
        lambda parts: st.one_of(
            st.lists(parts, max_size=3).map(lambda found: ir.All(tuple(found))),
            st.lists(parts, max_size=3).map(lambda found: ir.Any_(tuple(found))),
            parts.map(ir.Not),
        ),
        max_leaves=most,
    )


@cache
def conditions(now: datetime, *, run: bool = False) -> st.SearchStrategy[ir.Condition]:
    """Every condition that can be written, and some that cannot."""
    tests = comparisons(now)
    property_tests = st.tuples(st.sampled_from(PROPERTIES), tests).map(
        lambda found: ir.PropertyTest(found[0], *found[1])
    )
    attribute_tests = st.tuples(st.sampled_from(ATTRIBUTES), tests).map(
        lambda found: ir.AttributeTest(found[0], *found[1])
    )
    times = st.builds(
        ir.Times, st.sampled_from(["at_least", "exactly", "fewer_than"]), st.integers(0, 3)
    )
    event_tests = st.builds(
        ir.EventTest,
        st.sampled_from(EVENTS),
        st.one_of(
            st.none(),
            st.none(),
            property_tests,
            joined(st.one_of(property_tests, attribute_tests), 3),
        ),
        st.one_of(st.just(ir.AT_LEAST_ONCE), times),
        windows(run),
    )
    leaves: list[st.SearchStrategy[Any]] = [
        attribute_tests,
        attribute_tests,
        event_tests,
        event_tests,
        property_tests,
        st.sampled_from(DURATIONS).map(ir.InactiveTest),
        st.sampled_from(["a", "b", "nowhere"]).map(ir.SegmentTest),
    ]
    if run:
        leaves.append(
            st.tuples(st.sampled_from(PROPERTIES), tests).map(
                lambda found: ir.EntryTest(found[0], *found[1])
            )
        )
    leaf = st.one_of(leaves)
    return st.one_of(leaf, leaf, joined(leaf, 5))


@dataclass(frozen=True)
class World:
    """People at an instant, some of them at the edges of the condition to ask of them."""

    now: datetime
    people: tuple[Moment, ...]
    condition: ir.Condition


@st.composite
def worlds(draw: st.DrawFn, *, run: bool = False) -> World:
    """People who share an instant, segments (which may stand in each other) and a condition."""
    now = draw(nows)
    segments: Mapping[str, ir.Condition] = {
        "a": draw(conditions(now)),
        "b": draw(conditions(now)),
    }
    people = []
    for _ in range(draw(st.integers(1, 2))):
        attributes = draw(attribute_maps(now))
        entered = draw(st.one_of(st.none(), instants(now).filter(lambda at: at <= now)))
        people.append(
            Moment(
                attributes=attributes,
                events=draw(histories(now)),
                now=now,
                timezone=zone(attributes.get("timezone"), BERLIN),
                known_since=draw(instants(now)),
                entered_at=entered if run else None,
                entry_event=draw(events(now)) if run and entered is not None else None,
                segments=segments,
            )
        )
    condition = draw(conditions(now, run=run))
    people += islice(people_at_edges(condition, people[0]), 60)
    return World(now, tuple(people), condition)
