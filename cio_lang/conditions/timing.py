"""When can time alone change a condition: condition and moment in, the earliest such instant out.

Never late: strictly between `now` and the answer the condition stays as it is, unless the person
does something or an attribute changes.  It may be early: asking again at the answer is always
right.  None means that time alone never changes it.  Instants are whole microseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from cio_lang import ir
from cio_lang.calendar_time import (
    Period,
    Span,
    add_days,
    anniversary,
    calendar_window,
    days_back,
    days_on,
    days_seeing,
    earlier,
    later,
    local_day,
    parse_duration,
    start_of_day,
)
from cio_lang.conditions.counting import at_of, limit, window_slice
from cio_lang.conditions.evaluate import OURS, aggregate, counted, in_run
from cio_lang.conditions.moment import Event, Moment
from cio_lang.conditions.values import equal, instant, length, span
from cio_lang.record import record

_TICK = timedelta(microseconds=1)


def next_change(condition: ir.Condition, moment: Moment) -> datetime | None:
    """The earliest instant after `moment.now` at which time alone could change the condition.

    Events of the moment that lie in the future count as time: they come without anybody's doing.
    """
    return min(
        (at for at in _changes(condition, moment, None, ()) if at > moment.now), default=None
    )


def _changes(
    condition: ir.Condition, moment: Moment, event: Event | None, inside: tuple[str, ...]
) -> Iterator[datetime]:
    """Instants, some of them past, among which the next change is."""
    match condition:
        case ir.AttributeTest():
            stored = moment.attributes.get(condition.attribute)
            yield from _date_changes(condition.op, stored, condition.value, moment)
        case ir.EventTest():
            if condition.key is None or moment.key is not None:
                yield from _history_changes(_History.of(condition), moment, inside)
        case ir.All():
            for part in condition.all:
                yield from _changes(part, moment, event, inside)
        case ir.Any_():
            for part in condition.any:
                yield from _changes(part, moment, event, inside)
        case ir.Not():
            yield from _changes(condition.not_, moment, event, inside)
        case ir.PropertyTest():
            stored = None if event is None else event.properties.get(condition.property)
            yield from _date_changes(condition.op, stored, condition.value, moment)
        case ir.EntryTest():
            entry = moment.entry_event
            stored = None if entry is None else entry.properties.get(condition.entry)
            yield from _date_changes(condition.op, stored, condition.value, moment)
        case ir.AggregateTest():
            yield from _history_changes(_History.of(condition.of), moment, inside)
            made = aggregate(condition, moment, inside)
            yield from _date_changes(condition.op, made, condition.value, moment)
        case ir.HeldTest():
            since = moment.changed.get(condition.attribute)
            stored = moment.attributes.get(condition.attribute)
            if since is not None and equal(stored, condition.held):
                yield later(since, length(condition.for_))
        case ir.SequenceTest():
            yield from _sequence_changes(condition, moment, inside)
        case ir.SubscribedTest() | ir.ReachTest():
            return
        case ir.ChurnTest() | ir.LikelyTest() | ir.TopTest() | ir.DrawTest():
            return
        case ir.SegmentTest():
            slug = condition.segment
            segment = None if slug in inside else moment.segments.get(slug)
            if segment is not None:
                yield from _changes(segment, moment, None, (*inside, slug))
        case ir.InactiveTest():
            yield from _inactive_changes(condition, moment)


def _date_changes(
    op: ir.Op, stored: object, value: ir.TestValue, moment: Moment
) -> Iterator[datetime]:
    match op:
        case (
            "in_next"
            | "in_last"
            | "less_than_ago"
            | "more_than_ago"
            | "more_than_ahead"
            | "ago"
            | "ahead"
            | "during"
            | "during_yearly"
        ):
            at = instant(stored, moment.timezone)
            if at is None or not isinstance(value, str):
                return
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
            | "before"
            | "after"
        ):
            return
    match op:
        case "in_next":
            yield earlier(at, length(value))
            yield at
        case "in_last" | "less_than_ago":
            yield at
            yield later(at, length(value))
        case "more_than_ago":
            yield later(at, length(value))
        case "more_than_ahead":
            yield earlier(at, length(value))
        case "ago":
            yield from _day_changes(at, parse_duration(value), 1, moment)
        case "ahead":
            yield from _day_changes(at, parse_duration(value), -1, moment)
        case "during":
            yield from _span_changes(value, local_day(at, moment.timezone), moment)
        case "during_yearly":
            day, today = (local_day(each, moment.timezone) for each in (at, moment.now))
            for year in range(today.year - 1, today.year + 3):
                yield from _span_changes(value, anniversary(day, year), moment)


def _span_changes(value: str, day: date, moment: Moment) -> Iterator[datetime]:
    """When the day comes into a calendar span, and when it goes out."""
    word = span(value)
    if word is not None:
        for edge in days_seeing(word, day):
            yield start_of_day(edge, moment.timezone)


def _day_changes(at: datetime, period: Period, sign: int, moment: Moment) -> Iterator[datetime]:
    """When the day a period before (sign 1) or after (-1) now begins or ceases to be that of `at`.

    Several days can have the same day a month before them (28 to 31 March have 28 February), so
    with months the days around the one that the plain sum gives are all tried.
    """
    tz = moment.timezone
    target = local_day(at, tz)
    middle = (days_on if sign > 0 else days_back)(target, period)
    for step in range(-8, 10) if period.months else range(2):
        day = add_days(middle, step)
        if _reaches(day, period, sign, target) != _reaches(add_days(day, -1), period, sign, target):
            exact_part = timedelta(seconds=period.seconds) * sign
            yield start_of_day(day, tz) + exact_part


def _reaches(day: date, period: Period, sign: int, target: date) -> bool:
    return (days_back if sign > 0 else days_on)(day, period) == target


@record
class _History:
    """Which events a test looks at; with `times`, it asks how often, else what they are."""

    event: str
    where: ir.Condition | None
    window: ir.Window | None
    times: ir.Times | None = None
    key: str | None = None

    @staticmethod
    def of(test: ir.EventTest | ir.Aggregate) -> _History:
        """What a test looks at."""
        if isinstance(test, ir.Aggregate):
            return _History(test.event, test.where, test.window)
        return _History(test.event, test.where, test.window, test.times, test.key)


def _history_changes(test: _History, moment: Moment, inside: tuple[str, ...]) -> Iterator[datetime]:
    events, name, where = moment.events, test.event, test.where
    begun = bisect_right(events, moment.now, key=at_of)
    yield from _first_of(name, moment, begun)
    yield from _where_changes(name, where, moment, inside)
    window = test.window
    if window is None:
        return
    if window.between_ago is not None:
        near, far = length(window.between_ago.near), length(window.between_ago.far)
        entering = bisect_left(events, earlier(moment.now, near), key=at_of)
        for at in _first_of(name, moment, entering):
            yield later(at, near + _TICK)
        leaving = bisect_left(events, earlier(moment.now, far), key=at_of)
        for at in _first_of(name, moment, leaving):
            yield later(at, far + _TICK)
    elif window.last is not None:
        found = [
            event.at
            for event in counted(name, where, window, moment, inside)
            if test.key is None or in_run(event, test.key, moment)
        ]
        decisive = _decisive(test.times, len(found))
        if decisive is not None:
            yield later(found[decisive], length(window.last))
    elif window.calendar is not None:
        # When the period turns, that of today becomes the last one: its events, too, decide then.
        first, _ = window_slice(window, moment)
        if any(events[position].name == name for position in range(first, begun)):
            yield calendar_window(PERIOD[window.calendar], moment.now, moment.timezone)[1]


PERIOD: dict[ir.CalendarWord, Span] = {
    "today": "today",
    "yesterday": "today",
    "this_week": "this_week",
    "last_week": "this_week",
    "this_month": "this_month",
    "last_month": "this_month",
    "this_year": "this_year",
    "last_year": "this_year",
}
"""The period at whose end a window of the calendar becomes another one."""


def _where_changes(
    name: str, where: ir.Condition | None, moment: Moment, inside: tuple[str, ...]
) -> Iterator[datetime]:
    """When a `where` could change for an event that has happened."""
    if where is not None:
        for position in range(bisect_right(moment.events, moment.now, key=at_of)):
            event = moment.events[position]
            if event.name == name:
                yield from _changes(where, moment, event, inside)


def _first_of(name: str, moment: Moment, position: int) -> Iterator[datetime]:
    """The time of the first event with that name from a position on, if there is one."""
    for later_position in range(position, len(moment.events)):
        if moment.events[later_position].name == name:
            yield moment.events[later_position].at
            return


def _decisive(times: ir.Times | None, count: int) -> int | None:
    """Which of `count` events, in order of time, changes the answer by leaving the window."""
    if times is None:
        return 0 if count else None
    op, n = limit(times)
    match op:
        case "at_least" | "fewer_than":
            return count - n if 0 < n <= count else None
        case "exactly":
            if count > n:
                return count - n - 1
            return 0 if count == n > 0 else None


def _sequence_changes(
    condition: ir.SequenceTest, moment: Moment, inside: tuple[str, ...]
) -> Iterator[datetime]:
    events = moment.events
    begun = bisect_right(events, moment.now, key=at_of)
    for match_ in (condition.first, condition.then):
        yield from _first_of(match_.event, moment, begun)
        yield from _where_changes(match_.event, match_.where, moment, inside)
    if condition.missing:
        within = length(condition.within)
        open_ = bisect_right(events, earlier(moment.now, within), key=at_of)
        for event in events[open_:begun]:
            if event.name == condition.first.event:
                yield later(event.at, within)


def _inactive_changes(condition: ir.InactiveTest, moment: Moment) -> Iterator[datetime]:
    events, long = moment.events, length(condition.inactive)
    begun = bisect_right(events, moment.now, key=at_of)
    yield later(moment.known_since, long)
    for position in range(begun - 1, -1, -1):
        if not events[position].name.startswith(OURS):
            yield later(events[position].at, long)
            break
    for position in range(begun, len(events)):
        if not events[position].name.startswith(OURS):
            yield events[position].at
            break
