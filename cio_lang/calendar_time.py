"""Lengths of time and calendar days, in a person's own zone.

Hours and shorter are exact.  Days, weeks, months and years are steps on the calendar of a zone: a
local time that does not exist (the clock went forward) becomes the next instant that does, one that
occurs twice becomes the first, and a day that the month does not have becomes the month's last.
Windows (`in the last 30 days`) are measured instead by `exact`: 24 h days.

All instants are aware datetimes; those returned are in UTC.  Nothing here reads a clock.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from cio_lang import ast
from cio_lang.record import record

EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
LATEST = datetime(9999, 12, 29, tzinfo=UTC)
"""Instants are held within these: two days short of what `datetime` has, so every zone fits."""

_MOST_DAYS = 4_000_000
_DURATION = re.compile(
    r"P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?"
)


@record
class Period:
    """A length of time: months and days are calendar steps, seconds are exact."""

    months: int = 0
    days: int = 0
    seconds: int = 0


@lru_cache(maxsize=4096)
def parse_duration(iso: str) -> Period:
    """ISO 8601 text as a period: `P1Y` is 12 months, `P2W` 14 days, `PT90M` 5400 seconds.

    Whole numbers only.  Anything else raises ValueError.
    """
    found = _DURATION.fullmatch(iso)
    if found is None or found.lastindex is None:
        raise ValueError(f"not an ISO 8601 duration: {iso!r}")
    years, months, weeks, days, hours, minutes, seconds = (
        int(part or 0) for part in found.groups()
    )
    return Period(years * 12 + months, weeks * 7 + days, hours * 3600 + minutes * 60 + seconds)


def iso(duration: ast.Duration) -> str:
    """A duration as ISO 8601 text: `P3D`, `PT1H`; weeks become days (`P14D`)."""
    match duration.unit:
        case "second":
            return f"PT{duration.count}S"
        case "minute":
            return f"PT{duration.count}M"
        case "hour":
            return f"PT{duration.count}H"
        case "day":
            return f"P{duration.count}D"
        case "week":
            return f"P{duration.count * 7}D"
        case "month":
            return f"P{duration.count}M"
        case "year":
            return f"P{duration.count}Y"


def exact(period: Period) -> timedelta:
    """The length of a period as a window has it: a day is 24 h, a month 30 days, a year 365."""
    years, months = divmod(period.months, 12)
    days = years * 365 + months * 30 + period.days + period.seconds // 86_400
    if days > _MOST_DAYS:
        return timedelta(days=_MOST_DAYS)
    return timedelta(days=days, seconds=period.seconds % 86_400)


def earlier(instant: datetime, length: timedelta) -> datetime:
    """`instant − length`, or `EARLIEST` where there is no such instant."""
    return EARLIEST if instant - EARLIEST <= length else instant - length


def later(instant: datetime, length: timedelta) -> datetime:
    """`instant + length`, or `LATEST` where there is no such instant."""
    return LATEST if LATEST - instant <= length else instant + length


def add_local(instant: datetime, period: Period, tz: tzinfo) -> datetime:
    """When a period is over that began at `instant`: calendar steps in `tz` first, then seconds."""
    reached = instant.astimezone(UTC)
    if period.months or period.days:
        wall = instant.astimezone(tz).replace(tzinfo=None)
        day = add_days(add_months(wall.date(), period.months), period.days)
        if day >= LATEST.date():
            return LATEST
        reached = instant_of(datetime.combine(day, wall.time()), tz)
    return later(reached, exact(Period(seconds=period.seconds)))


def add_months(day: date, months: int) -> date:
    """`day` so many months on (or back); a day that the month does not have becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > LATEST.year:
        return LATEST.date()
    if year < EARLIEST.year:
        return EARLIEST.date()
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """`day` so many days on (or back), within `EARLIEST` and `LATEST`."""
    first, last = EARLIEST.date().toordinal(), LATEST.date().toordinal()
    return date.fromordinal(max(first, min(last, day.toordinal() + days)))


def instant_of(wall: datetime, tz: tzinfo) -> datetime:
    """The instant at which clocks in `tz` show `wall` (naive).

    Of two the first; where there is none (the clock went forward over it) the next one there is,
    which is when the clock went forward.
    """
    if not EARLIEST.replace(tzinfo=None) <= wall <= LATEST.replace(tzinfo=None):
        return EARLIEST if wall.year <= EARLIEST.year else LATEST
    found = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
    if found.astimezone(tz).replace(tzinfo=None) == wall:
        return found
    # In a gap fold=1 reads `wall` with the offset after it and so lands before the change.
    before = wall.replace(tzinfo=tz, fold=1, microsecond=0).astimezone(UTC)
    offset = before.astimezone(tz).utcoffset()
    low, high = 0, int((found - before).total_seconds()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        probe = before + timedelta(seconds=middle)
        if probe.astimezone(tz).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


@lru_cache(maxsize=16384)
def start_of_day(day: date, tz: tzinfo) -> datetime:
    """The instant at which `day` begins in `tz`."""
    return instant_of(datetime(day.year, day.month, day.day), tz)


def local_day(instant: datetime, tz: tzinfo) -> date:
    """The day in `tz` to which an instant belongs: it has begun, and the next has not.

    This is the date on the clock, except where the clock went back over midnight: a day that has
    begun does not begin again.
    """
    day = instant.astimezone(tz).date()
    return add_days(day, 1) if start_of_day(add_days(day, 1), tz) <= instant else day


def day_window(day: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """[start, end) of a calendar day."""
    return start_of_day(day, tz), start_of_day(add_days(day, 1), tz)


Span = Literal[
    "today",
    "yesterday",
    "tomorrow",
    "this_week",
    "last_week",
    "next_week",
    "this_month",
    "last_month",
    "next_month",
    "this_year",
    "last_year",
    "next_year",
]
"""A stretch of the calendar as seen from today; weeks begin on Monday."""

SPANS: frozenset[str] = frozenset(get_args(Span))


def calendar_window(word: Span, now: datetime, tz: tzinfo) -> tuple[datetime, datetime]:
    """[start, end) of today, last week, next month, … in `tz`."""
    first, after = calendar_days(word, local_day(now, tz))
    return start_of_day(first, tz), start_of_day(after, tz)


def calendar_days(word: Span, today: date) -> tuple[date, date]:
    """The first day of a calendar span and the first day after it, where `today` is today."""
    match word:
        case "today" | "yesterday" | "tomorrow":
            first = add_days(today, shift_of(word))
            return first, add_days(first, 1)
        case "this_week" | "last_week" | "next_week":
            first = add_days(today, 7 * shift_of(word) - today.weekday())
            return first, add_days(first, 7)
        case "this_month" | "last_month" | "next_month":
            first = add_months(today.replace(day=1), shift_of(word))
            return first, add_months(first, 1)
        case "this_year" | "last_year" | "next_year":
            first = add_months(today.replace(month=1, day=1), 12 * shift_of(word))
            return first, add_months(first, 12)


def shift_of(word: Span) -> Literal[-1, 0, 1]:
    """Whether a span is the last, this or the next of its kind."""
    if word == "yesterday" or word.startswith("last"):
        return -1
    return 1 if word == "tomorrow" or word.startswith("next") else 0


def days_seeing(word: Span, day: date) -> tuple[date, date]:
    """The first today from which `day` lies in the span, and the first that sees it no more."""
    mirrored: dict[Span, Span] = {
        "yesterday": "tomorrow",
        "last_week": "next_week",
        "last_month": "next_month",
        "last_year": "next_year",
    }
    mirrored |= {after: before for before, after in mirrored.items()}
    return calendar_days(mirrored.get(word, word), day)


def anniversary(day: date, year: int) -> date:
    """The day in another year; 29 February is the 28th where there is none."""
    return add_months(day, 12 * (year - day.year))


def day_ago(now: datetime, period: Period, tz: tzinfo) -> tuple[datetime, datetime]:
    """[start, end) of the calendar day a period before now: `is 7 days ago`."""
    return day_window(days_back(local_day(earlier_by_seconds(now, period), tz), period), tz)


def day_ahead(now: datetime, period: Period, tz: tzinfo) -> tuple[datetime, datetime]:
    """[start, end) of the calendar day a period after now: `is 7 days ahead`."""
    return day_window(days_on(local_day(later_by_seconds(now, period), tz), period), tz)


def days_back(day: date, period: Period) -> date:
    """The day a period's calendar steps before `day`."""
    return add_days(add_months(day, -period.months), -period.days)


def days_on(day: date, period: Period) -> date:
    """The day a period's calendar steps after `day`."""
    return add_days(add_months(day, period.months), period.days)


def earlier_by_seconds(now: datetime, period: Period) -> datetime:
    """`now` less only the exact part of a period."""
    return earlier(now, exact(Period(seconds=period.seconds)))


def later_by_seconds(now: datetime, period: Period) -> datetime:
    """`now` and only the exact part of a period."""
    return later(now, exact(Period(seconds=period.seconds)))


def zone(name: object, default: tzinfo) -> tzinfo:
    """The zone with that IANA name (`Europe/Berlin`), or `default` where there is none."""
    return (_zone(name) or default) if isinstance(name, str) else default


@lru_cache(maxsize=1024)
def _zone(name: str) -> tzinfo | None:
    if name == "UTC":
        return UTC
    if name == "localtime":  # a file of the machine, not a zone: two machines would disagree
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
