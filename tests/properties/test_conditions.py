"""One meaning per condition: SQL over all people equals one person at a time, and time is known."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.calendar_time import parse_duration, zone
from cio_lang.conditions import holds, names
from tests.properties import histories
from tests.properties.conftest import EXAMPLES
from tests.properties.histories import BERLIN, World, worlds
from tests.properties.sql_engines import SqlEngine, fill, matching
from tests.properties.turns import assert_woken

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
        assert matching(engine, condition, world.people) == {
            number for number, person in enumerate(world.people, 1) if holds(condition, person)
        }


@SETTINGS
@given(worlds(run=True))
def test_waking_at_each_change_sees_every_change(world: World) -> None:
    for person in world.people[:30]:
        assert_woken(world.condition, person, wakes=4)


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


def test_the_durations_of_these_tests_are_durations() -> None:
    assert all(parse_duration(text) for text in histories.DURATIONS + histories.DAY_DURATIONS)
