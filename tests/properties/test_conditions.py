"""One meaning per condition: SQL over all people equals one person at a time, and time is known."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.calendar_time import earlier, later, parse_duration, start_of_day
from cio_lang.conditions import Moment, holds, names, next_change
from cio_lang.conditions.values import instant, length
from cio_lang.store.condition_sql import people_sql, register
from cio_lang.store.database import migrations
from tests.properties import histories
from tests.properties.histories import BERLIN, TICK, World, worlds

SETTINGS = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def store() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    for script in migrations():
        connection.executescript(script)
    register(connection)
    yield connection
    connection.close()


@SETTINGS
@given(worlds())
def test_sql_over_all_people_equals_one_person_at_a_time(
    store: sqlite3.Connection, world: World
) -> None:
    histories.fill(store, world.people)
    sql, parameters = people_sql(world.condition, world.now, BERLIN, world.people[0].segments)
    found = {row[0] for row in store.execute(sql, parameters)}
    assert found == {
        number for number, person in enumerate(world.people, 1) if holds(world.condition, person)
    }


@SETTINGS
@given(worlds())
def test_each_part_in_sql_is_one_or_zero(store: sqlite3.Connection, world: World) -> None:
    histories.fill(store, world.people)
    segments = world.people[0].segments
    both = []
    for condition in (world.condition, ir.Not(world.condition)):
        sql, parameters = people_sql(condition, world.now, BERLIN, segments)
        both += [row[0] for row in store.execute(sql, parameters)]
    assert sorted(both) == list(range(1, len(world.people) + 1))


@SETTINGS
@given(worlds(run=True, most_people=1))
def test_nothing_changes_before_the_next_change(world: World) -> None:
    person, condition = world.people[0], world.condition
    change = next_change(condition, person)
    assert change is None or change > person.now
    end = later(person.now, timedelta(days=800)) if change is None else change
    before = holds(condition, person)
    for at in sorted(edges(person, end)):
        assert holds(condition, replace(person, now=at)) == before, at


@SETTINGS
@given(worlds(run=True, most_people=1))
def test_waking_at_each_change_sees_every_change(world: World) -> None:
    person, condition = world.people[0], world.condition
    wakes = [person.now]
    while len(wakes) < 40:
        change = next_change(condition, replace(person, now=wakes[-1]))
        if change is None:
            break
        assert change > wakes[-1]
        wakes.append(change)
    seen = [holds(condition, replace(person, now=at)) for at in wakes]
    for at in edges(person, wakes[-1]):
        last = max(number for number, wake in enumerate(wakes) if wake <= at)
        assert holds(condition, replace(person, now=at)) == seen[last], at


@SETTINGS
@given(worlds(run=True, most_people=1), st.data())
def test_what_a_condition_does_not_name_does_not_matter(world: World, data: st.DataObject) -> None:
    person, condition = world.people[0], world.condition
    named = names(condition, person.segments)
    other = data.draw(histories.attribute_maps(world.now))
    attributes = {
        **{name: value for name, value in other.items() if name not in named.attributes},
        **{name: v for name, v in person.attributes.items() if name in named.attributes},
    }
    timezone = histories.zone(attributes.get("timezone"), BERLIN)
    events = tuple(
        event for event in person.events if named.any_event or event.name in named.events
    )
    changed = replace(person, attributes=attributes, events=events, timezone=timezone)
    assert holds(condition, changed) == holds(condition, person)


def edges(person: Moment, end: datetime) -> set[datetime]:
    """Instants from now until before `end` at which some window could begin or end."""
    stored = list(person.attributes.values())
    for event in (*person.events, *([person.entry_event] if person.entry_event else [])):
        stored += event.properties.values()
    read = [instant(value, person.timezone) for value in stored]
    anchors = [at for at in read if at is not None]
    anchors += [event.at for event in person.events] + [person.known_since]
    found = {end - TICK, person.now + (end - person.now) / 2}
    durations = [length(text) for text in (*histories.DURATIONS, "PT0S")]
    for at in anchors:
        found |= {later(at, duration) for duration in durations}
        found |= {earlier(at, duration) for duration in durations}
    found |= {midnight for midnight in midnights(person, end)}
    return {near for at in found for near in (at - TICK, at, at + TICK) if person.now <= near < end}


def midnights(person: Moment, end: datetime) -> Iterator[datetime]:
    days = min((end - person.now).days + 3, 500)
    first: date = person.now.date()
    shift = length("PT36H")
    for number in range(days):
        start = start_of_day(first + timedelta(days=number), person.timezone)
        yield start
        yield later(start, shift)
        yield earlier(start, shift)


def test_the_durations_of_these_tests_are_durations() -> None:
    assert all(parse_duration(text) for text in histories.DURATIONS + histories.DAY_DURATIONS)
