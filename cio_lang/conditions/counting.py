"""Which events count, and what is made of them: their number, a total, an order."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Literal

from cio_lang import ir
from cio_lang.calendar_time import calendar_window, day_window, earlier
from cio_lang.conditions.moment import Moment
from cio_lang.conditions.values import Number, amount_in, is_missing, length

at_of = attrgetter("at")

Limit = tuple[Literal["at_least", "exactly", "fewer_than"], int]


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
    if window.since_date is not None:
        first_day = day_window(date.fromisoformat(window.since_date), moment.timezone)
        return bisect_left(events, first_day[0], key=at_of), last
    ends = window_ends(window, moment)
    if ends is None:
        return 0, last
    start, end = ends
    return bisect_left(events, start, key=at_of), min(last, bisect_left(events, end, key=at_of))


def window_ends(window: ir.Window, moment: Moment) -> tuple[datetime, datetime] | None:
    """[start, end) of a window with two ends; None for others."""
    if window.between_ago is not None:
        far, near = length(window.between_ago.far), length(window.between_ago.near)
        return earlier(moment.now, far), earlier(moment.now, near)
    if window.calendar is not None:
        return calendar_window(window.calendar, moment.now, moment.timezone)
    if window.between_dates is not None:
        first, last = (date.fromisoformat(day) for day in window.between_dates)
        return day_window(first, moment.timezone)[0], day_window(last, moment.timezone)[1]
    return None


def limit(times: ir.Times) -> Limit:
    """How often, said in one of three ways."""
    match times.op:
        case "at_least" | "exactly" | "fewer_than":
            return times.op, times.n
        case "more_than":
            return "at_least", times.n + 1
        case "at_most":
            return "fewer_than", times.n + 1


def is_key(value: Any, key: Any) -> bool:
    """Whether a value is that of a run's key: the same letter by letter, and never a missing one.

    Keys are ids: unlike text in comparisons, `ab` and `AB` are two.
    """
    if is_missing(value) or isinstance(value, bool) is not isinstance(key, bool):
        return False
    return bool(value == key)


def currency_of(value: ir.TestValue) -> str | None:
    """The currency that a comparison is in, or None where it is about plain numbers."""
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, ir.Money):
            return each.currency
    return None


def made_of(
    function: Literal["total", "average", "smallest", "largest", "latest", "first", "number"],
    values: Sequence[Any],
    currency: str | None,
) -> Any:
    """The value that a function makes of a property's values, in the order of their events.

    `latest` and `first` are one of the values as it is, missing ones among them.  The others are
    about numbers (and amounts: of `currency` alone, where the comparison has one); other values are
    left out.  Sums count in millionths, so that 0.1 and 0.2 are 0.3: they are exact up to nine
    billion.  Of none, total and number are 0, the rest None.
    """
    match function:
        case "number":
            return len(values)
        case "latest":
            return values[-1] if values else None
        case "first":
            return values[0] if values else None
        case "total":
            return _plain(_millionths(_numbers(values, currency)) / MILLION)
        case "average":
            numbers = list(_numbers(values, currency))
            return _plain(_millionths(numbers) / len(numbers) / MILLION) if numbers else None
        case "smallest":
            return min(_numbers(values, currency), default=None)
        case "largest":
            return max(_numbers(values, currency), default=None)


def _numbers(values: Iterable[Any], currency: str | None) -> Iterator[Number]:
    for value in values:
        number = amount_in(value, currency)
        if number is not None and math.isfinite(number):
            yield number


MILLION = 1e6


def _millionths(numbers: Iterable[Number]) -> float:
    """The sum of numbers in whole millionths, as a double: in any order, in any database."""
    return sum((float(math.floor(float(each) * MILLION + 0.5)) for each in numbers), 0.0)


def _plain(made: float) -> int | float:
    return int(made) if made.is_integer() else made
