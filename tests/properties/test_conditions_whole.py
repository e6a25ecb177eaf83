"""The same promises as for the conditions of the slice, over every construct of the language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.calendar_time import SPANS, anniversary, earlier, later, start_of_day, zone
from cio_lang.conditions import Moment, holds, names, next_change
from cio_lang.conditions.values import instant, length
from tests.properties import histories, whole
from tests.properties.conftest import EXAMPLES
from tests.properties.histories import BERLIN, TICK, World
from tests.properties.sql_engines import SqlEngine, fill, matching, matching_among
from tests.properties.whole import worlds

SETTINGS = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(SETTINGS, max_examples=EXAMPLES)
@given(world=worlds())
def test_sql_over_all_people_equals_one_person_at_a_time(engine: SqlEngine, world: World) -> None:
    """The opposite is asked, too: a NULL in the SQL would leave people out of both answers."""
    fill(engine, world.people)
    for condition in (world.condition, ir.Not(world.condition)):
        wanted = {n for n, person in enumerate(world.people, 1) if holds(condition, person)}
        assert matching(engine, condition, world.people) == wanted
        odd = {number for number in wanted if number % 2}
        assert matching_among(engine, condition, world.people) == odd


@SETTINGS
@given(worlds(run=True, most_people=2))
def test_nothing_changes_before_the_next_change(world: World) -> None:
    for person in world.people:
        change = next_change(world.condition, person)
        assert change is None or change > person.now
        end = later(person.now, timedelta(days=800)) if change is None else change
        before = holds(world.condition, person)
        for at in turns(person, end):
            assert holds(world.condition, replace(person, now=at)) == before, at


@SETTINGS
@given(worlds(run=True, most_people=1), st.data())
def test_what_a_condition_does_not_name_does_not_matter(world: World, data: st.DataObject) -> None:
    (person,), condition = world.people, world.condition
    named = names(condition, person.segments)
    other = data.draw(whole.attribute_maps(world.now))
    attributes = {name: value for name, value in other.items() if name not in named.attributes}
    attributes |= {n: value for n, value in person.attributes.items() if n in named.attributes}
    changed = replace(
        person,
        attributes=attributes,
        timezone=zone(attributes.get("timezone"), BERLIN),
        events=tuple(e for e in person.events if named.any_event or e.name in named.events),
        changed={n: at for n, at in person.changed.items() if n in named.attributes},
        unsubscribed=person.unsubscribed if named.consent else frozenset(),
        reach=person.reach if named.consent else None,
        churn=person.churn if named.predictions else None,
        predictions=person.predictions if named.predictions else {},
        top=person.top if named.predictions else {},
        members=person.members & named.members,
    )
    assert holds(condition, changed) == holds(condition, person)


def turns(person: Moment, end: datetime) -> list[datetime]:
    """Instants from now until before `end` at which something could turn, and those beside them."""
    tz = person.timezone
    stored = list(person.attributes.values())
    for event in (*person.events, *([person.entry_event] if person.entry_event else [])):
        stored += event.properties.values()
    anchors = [at for at in (instant(value, tz) for value in stored) if at is not None]
    anchors += [event.at for event in person.events] + [person.known_since]
    anchors += person.changed.values()
    found = {end - TICK, person.now, person.now + (end - person.now) / 2}
    for long in (length(text) for text in (*histories.DURATIONS, "PT0S", "PT36H")):
        found |= {later(at, long) for at in anchors} | {earlier(at, long) for at in anchors}
    today = person.now.astimezone(tz).date()
    days = {today + timedelta(days=number) for number in range(40)}
    days |= {today.replace(day=1) + timedelta(days=31 * number) for number in range(26)}
    days |= {day.replace(day=1) for day in days} | {
        today.replace(year=today.year + 1, day=1, month=1)
    }
    for at in anchors:
        day = at.astimezone(tz).date()
        if 1900 < day.year < 2100:
            days |= {anniversary(day, today.year + number) for number in range(3)}
            days |= {day + timedelta(days=number) for number in (0, 1)}
    found |= {start_of_day(day, tz) for day in days}
    near = {beside for at in found for beside in (at - TICK, at, at + TICK)}
    return sorted(at for at in near if person.now <= at < end)


def test_each_span_of_the_calendar_is_drawn() -> None:
    assert len(SPANS) == 12
