"""When a condition could turn: worked out from its lengths of time, without asking the code."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

from cio_lang import ir
from cio_lang.calendar_time import earlier, later, start_of_day
from cio_lang.conditions import Moment, holds, next_change
from cio_lang.conditions.values import DATE_OPS, instant, length
from tests.properties.edges import leaves
from tests.properties.histories import TICK

HALF_DAY_MORE = timedelta(hours=36)


def assert_woken(condition: ir.Condition, person: Moment, wakes: int) -> None:
    """Whoever asks again at each change, so often, has missed no turn until the last one."""
    now = person.now
    for _ in range(wakes):
        change = next_change(condition, replace(person, now=now))
        assert change is None or change > now
        end = later(now, timedelta(days=800)) if change is None else change
        before = holds(condition, replace(person, now=now))
        for at in turns(condition, replace(person, now=now), end):
            assert holds(condition, replace(person, now=at)) == before, (condition, person, at)
        if change is None:
            return
        now = change


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
