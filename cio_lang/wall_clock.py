"""Times of day: when the clock next shows one, when a slot opens, the moment of a person's date.

All in the zone that is passed in.  Where the clock goes forward over a time, it is the instant at
which it does; where a time comes twice, it is the first.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo

from cio_lang import ir
from cio_lang.calendar_time import (
    Period,
    add_days,
    anniversary,
    days_back,
    days_on,
    earlier_by_seconds,
    instant_of,
    later_by_seconds,
    local_day,
    parse_duration,
)
from cio_lang.conditions.values import instant

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def next_time(now: datetime, clock: ir.Clock, weekday: str | None, tz: tzinfo) -> datetime:
    """The first instant at or after `now` at which it is that time (on that weekday)."""
    return _first(now, clock, tz, lambda day: weekday in (None, WEEKDAYS[day.weekday()]))


def slot_opens(now: datetime, slot: ir.WaitSlot, tz: tzinfo) -> datetime:
    """`now` inside a slot, else when it opens next; one over midnight is of its first day."""
    for opens, closes in _stretches(now, slot.start, slot.end, tz):
        on_time = not slot.weekdays or local_day(opens, tz).weekday() < 5
        if on_time and closes > now:
            return max(now, opens)
    return now


def quiet_until(now: datetime, quiet: ir.Quiet, tz: tzinfo) -> datetime:
    """When quiet hours end that have begun, or `now` where it is not quiet."""
    for opens, closes in _stretches(now, quiet.start, quiet.end, tz):
        if opens <= now < closes:
            return closes
    return now


def next_scheduled(after: datetime, schedule: ir.Schedule, tz: tzinfo) -> datetime:
    """The first instant of a schedule that is later than `after`."""

    def on(day: date) -> bool:
        every = schedule.every
        if isinstance(every, int):
            return day.day == min(every, monthrange(day.year, day.month)[1])
        if every == "weekday":
            return day.weekday() < 5
        return every in ("day", WEEKDAYS[day.weekday()])

    return _first(after + timedelta(microseconds=1), schedule.at, tz, on)


def date_moment(stored: object, about: ir.DateMoment, tz: tzinfo, now: datetime) -> datetime | None:
    """The moment measured from a stored date, past or not; of a yearly one the first from `now` on.

    None where there is no date.
    """
    at = instant(stored, tz)
    if at is None:
        return None
    wall = at.astimezone(tz)
    day, clock = wall.date(), wall.time() if about.at is None else time.fromisoformat(about.at)
    if not about.yearly:
        return _moved(day, clock, about.offset, tz)
    this_year = local_day(now, tz).year
    moments = (
        _moved(anniversary(day, year), clock, about.offset, tz)
        for year in range(this_year - 2, this_year + 4)
    )
    return min((moment for moment in moments if moment >= now), default=None)


def _moved(day: date, clock: time, offset: ir.IsoDuration, tz: tzinfo) -> datetime:
    """That time of a day, moved by a signed length: days by the calendar, hours exactly."""
    before, period = offset.startswith("-"), parse_duration(offset.removeprefix("-"))
    day = (days_back if before else days_on)(day, period)
    at = instant_of(datetime.combine(day, clock), tz)
    rest = Period(seconds=period.seconds)
    return (earlier_by_seconds if before else later_by_seconds)(at, rest)


def _first(now: datetime, clock: ir.Clock, tz: tzinfo, on: Callable[[date], bool]) -> datetime:
    today, at = local_day(now, tz), time.fromisoformat(clock)
    for number in range(-1, 64):
        day = add_days(today, number)
        found = instant_of(datetime.combine(day, at), tz)
        if found >= now and on(day):
            return found
    return now


def _stretches(
    now: datetime, start: ir.Clock, end: ir.Clock, tz: tzinfo
) -> list[tuple[datetime, datetime]]:
    """[start, end) of the days around now; over midnight where `end` is not later."""
    opens, closes = time.fromisoformat(start), time.fromisoformat(end)
    over = int(closes <= opens)
    today = local_day(now, tz)
    return [
        (
            instant_of(datetime.combine(day, opens), tz),
            instant_of(datetime.combine(add_days(day, over), closes), tz),
        )
        for day in (add_days(today, number) for number in range(-2, 9))
    ]
