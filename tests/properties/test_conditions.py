"""One meaning per condition: SQL over all people equals one person at a time, and time is known."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.calendar_time import earlier, later, parse_duration, start_of_day, zone
from cio_lang.conditions import Moment, holds, names, next_change
from cio_lang.conditions.values import DATE_OPS, instant, length
from cio_lang.store.condition_sql import people_sql, register
from cio_lang.store.database import migrations
from tests.properties import histories
from tests.properties.edges import leaves
from tests.properties.histories import BERLIN, TICK, World, worlds

HALF_DAY_MORE = timedelta(hours=36)

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
    """The opposite is asked, too: a NULL in the SQL would leave people out of both answers."""
    histories.fill(store, world.people)
    for condition in (world.condition, ir.Not(world.condition)):
        sql, parameters = people_sql(condition, world.now, BERLIN, world.people[0].segments)
        assert {row[0] for row in store.execute(sql, parameters)} == {
            number for number, person in enumerate(world.people, 1) if holds(condition, person)
        }


@SETTINGS
@given(worlds(run=True))
def test_nothing_changes_before_the_next_change(world: World) -> None:
    for person in world.people:
        change = next_change(world.condition, person)
        assert change is None or change > person.now
        end = later(person.now, timedelta(days=800)) if change is None else change
        before = holds(world.condition, person)
        for at in turns(world.condition, person, end):
            assert holds(world.condition, replace(person, now=at)) == before, at


@SETTINGS
@given(worlds(run=True))
def test_waking_at_each_change_sees_every_change(world: World) -> None:
    for person in world.people[:20]:
        wakes = [person.now]
        while len(wakes) < 8:
            change = next_change(world.condition, replace(person, now=wakes[-1]))
            if change is None:
                break
            wakes.append(change)
        seen = [holds(world.condition, replace(person, now=at)) for at in wakes]
        for at in turns(world.condition, person, wakes[-1]):
            last = bisect_right(wakes, at) - 1
            assert holds(world.condition, replace(person, now=at)) == seen[last], at


@SETTINGS
@given(worlds(run=True), st.data())
def test_what_a_condition_does_not_name_does_not_matter(world: World, data: st.DataObject) -> None:
    condition = world.condition
    named = names(condition, world.people[0].segments)
    other = data.draw(histories.attribute_maps(world.now))
    strange = {name: value for name, value in other.items() if name not in named.attributes}
    for person in world.people:
        own = {name: v for name, v in person.attributes.items() if name in named.attributes}
        attributes = {**strange, **own}
        changed = replace(
            person,
            attributes=attributes,
            timezone=zone(attributes.get("timezone"), BERLIN),
            events=tuple(
                event for event in person.events if named.any_event or event.name in named.events
            ),
        )
        assert holds(condition, changed) == holds(condition, person)


def turns(condition: ir.Condition, person: Moment, end: datetime) -> list[datetime]:
    """Instants from now until before `end` at which the condition could turn, and beside them."""
    stored = list(person.attributes.values())
    for event in (*person.events, *([person.entry_event] if person.entry_event else [])):
        stored += event.properties.values()
    read = [instant(value, person.timezone) for value in stored]
    anchors = [at for at in read if at is not None]
    anchors += [event.at for event in person.events] + [person.known_since]
    found = {end - TICK, person.now + (end - person.now) / 2}
    for at, duration in product(anchors, (length(text) for text in durations(condition, person))):
        found |= {later(at, duration), earlier(at, duration)}
    for at in list(found):
        day = at.astimezone(person.timezone).date()
        found |= {start_of_day(day + timedelta(days=step), person.timezone) for step in (0, 1)}
    first = person.now.astimezone(person.timezone).date()
    for number in range(min((end - person.now).days + 3, 40)):
        start = start_of_day(first + timedelta(days=number), person.timezone)
        found |= {start, start + HALF_DAY_MORE, start - HALF_DAY_MORE}
    near = {beside for at in found for beside in (at - TICK, at, at + TICK)}
    return sorted(at for at in near if person.now <= at < end)


def durations(condition: ir.Condition, person: Moment) -> set[str]:
    """The lengths of time that a condition names, and none at all."""
    found = {"PT0S"}
    for leaf in leaves(condition, person.segments):
        for part in [
            leaf,
            *(leaves(leaf.where, {}) if isinstance(leaf, ir.EventTest) and leaf.where else []),
        ]:
            match part:
                case ir.AttributeTest() | ir.PropertyTest() | ir.EntryTest():
                    if part.op in DATE_OPS - {"before", "after"}:
                        found.add(str(part.value))
                case ir.InactiveTest():
                    found.add(part.inactive)
                case ir.EventTest(window=ir.Window() as window):
                    found |= {window.last or "PT0S"}
                    if window.between_ago is not None:
                        found |= {window.between_ago.near, window.between_ago.far}
                case ir.EventTest() | ir.SegmentTest() | ir.All() | ir.Any_() | ir.Not():
                    pass
    return found


def test_the_durations_of_these_tests_are_durations() -> None:
    assert all(parse_duration(text) for text in histories.DURATIONS + histories.DAY_DURATIONS)
