"""Does a condition hold: condition and moment in, yes or no out.

Total: for a condition that the schema of graphs admits it never raises, whatever is stored.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, tzinfo
from operator import attrgetter

from cio_lang import ir
from cio_lang.calendar_time import calendar_window, earlier
from cio_lang.conditions.moment import Event, Moment
from cio_lang.conditions.values import length, passes

OURS = "message_"
"""How the names of events begin that messages cause; they are no activity of the person."""

at_of = attrgetter("at")


def holds(condition: ir.Condition, moment: Moment) -> bool:
    """Whether the condition holds for the person at `moment.now`."""
    return test(condition, moment, None, ())


def matches_event(
    where: ir.Condition | None, event: Event, now: datetime | None = None, timezone: tzinfo = UTC
) -> bool:
    """Whether one event passes a `where`; dates in it are seen from `now`, else its own time."""
    if where is None:
        return True
    at = event.at if now is None else now
    return test(where, Moment({}, (), at, timezone, at), event, ())


def test(
    condition: ir.Condition, moment: Moment, event: Event | None, inside: tuple[str, ...]
) -> bool:
    """Whether it holds: `event` is the one a `where` is about, `inside` the segments around it."""
    match condition:
        case ir.AttributeTest():
            stored = moment.attributes.get(condition.attribute)
            return passes(condition.op, stored, condition.value, moment.now, moment.timezone)
        case ir.EventTest():
            return _count_passes(condition, moment, inside)
        case ir.All():
            return all(test(part, moment, event, inside) for part in condition.all)
        case ir.Any_():
            return any(test(part, moment, event, inside) for part in condition.any)
        case ir.Not():
            return not test(condition.not_, moment, event, inside)
        case ir.PropertyTest():
            stored = None if event is None else event.properties.get(condition.property)
            return passes(condition.op, stored, condition.value, moment.now, moment.timezone)
        case ir.EntryTest():
            entry = moment.entry_event
            stored = None if entry is None else entry.properties.get(condition.entry)
            return passes(condition.op, stored, condition.value, moment.now, moment.timezone)
        case ir.SegmentTest():
            slug = condition.segment
            segment = None if slug in inside else moment.segments.get(slug)
            return segment is not None and test(segment, moment, None, (*inside, slug))
        case ir.InactiveTest():
            return _is_inactive(condition, moment)


def window_slice(window: ir.Window | None, moment: Moment) -> tuple[int, int]:
    """The positions [first, last) of the events in a window, of any name."""
    events, now = moment.events, moment.now
    last = bisect_right(events, now, key=at_of)
    if window is None:
        return 0, last
    if window.last is not None:
        return bisect_right(events, earlier(now, length(window.last)), key=at_of), last
    if window.since is not None:
        entered = moment.entered_at
        return (last if entered is None else bisect_right(events, entered, key=at_of)), last
    if window.between_ago is not None:
        start = earlier(now, length(window.between_ago.far))
        end = earlier(now, length(window.between_ago.near))
    elif window.calendar is not None:
        start, end = calendar_window(window.calendar, now, moment.timezone)
    else:
        return 0, last
    return bisect_left(events, start, key=at_of), min(last, bisect_left(events, end, key=at_of))


def _count_passes(condition: ir.EventTest, moment: Moment, inside: tuple[str, ...]) -> bool:
    first, last = window_slice(condition.window, moment)
    name, where, times = condition.event, condition.where, condition.times
    enough = times.n + 1 if times.op == "exactly" else times.n
    count = 0
    for position in range(first, last):
        if count >= enough:
            break
        event = moment.events[position]
        if event.name == name and (where is None or test(where, moment, event, inside)):
            count += 1
    match times.op:
        case "at_least":
            return count >= times.n
        case "exactly":
            return count == times.n
        case "fewer_than":
            return count < times.n


def _is_inactive(condition: ir.InactiveTest, moment: Moment) -> bool:
    since = earlier(moment.now, length(condition.inactive))
    if moment.known_since > since:
        return False
    first, last = window_slice(ir.Window(last=condition.inactive), moment)
    return all(moment.events[position].name.startswith(OURS) for position in range(first, last))
