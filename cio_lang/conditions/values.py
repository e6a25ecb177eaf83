"""A stored value against one comparison: the meaning of every `ir.Op`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, TypeGuard, get_args

from cio_lang import ir
from cio_lang.calendar_time import (
    EARLIEST,
    LATEST,
    SPANS,
    Span,
    anniversary,
    calendar_days,
    calendar_window,
    day_ago,
    day_ahead,
    day_window,
    exact,
    instant_of,
    local_day,
    parse_duration,
)

Number = int | float | Decimal

DateOp = Literal[
    "before",
    "after",
    "in_next",
    "in_last",
    "more_than_ago",
    "less_than_ago",
    "more_than_ahead",
    "ago",
    "ahead",
    "during",
    "during_yearly",
]

DATE_OPS: frozenset[str] = frozenset(get_args(DateOp))
"""The comparisons that read the stored value as a date, in the person's zone."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZERO = timedelta(0)

SMALLEST_SECONDS = 1e8
"""A number that is smaller (or closer to 0) is a number and no date: 10⁸ s are 1973."""

FIRST_SECOND, LAST_SECOND = EARLIEST.timestamp(), LATEST.timestamp()


def passes(op: ir.Op, stored: object, value: ir.TestValue, now: datetime, tz: tzinfo) -> bool:
    """Whether a stored value (None where absent) passes a comparison."""
    match op:
        case "is":
            return equal(stored, value)
        case "is_not":
            return not equal(stored, value)
        case "one_of":
            return any(equal(stored, each) for each in _each(value))
        case "not_one_of":
            return not any(equal(stored, each) for each in _each(value))
        case "known":
            return not is_missing(stored)
        case "unknown":
            return is_missing(stored)
        case "more_than" | "at_least" | "less_than" | "at_most":
            return _ordered(op, stored, value)
        case "between":
            low, high = _each(value)
            return _ordered("at_least", stored, low) and _ordered("at_most", stored, high)
        case "starts_with":
            return is_text(stored) and stored.casefold().startswith(_folded(value))
        case "ends_with":
            return is_text(stored) and stored.casefold().endswith(_folded(value))
        case "contains":
            return is_text(stored) and _folded(value) in stored.casefold()
        case "does_not_contain":
            return not (is_text(stored) and _folded(value) in stored.casefold())
        case "includes":
            return _includes(stored, value)
        case "does_not_include":
            return not _includes(stored, value)
        case (
            "before"
            | "after"
            | "in_next"
            | "in_last"
            | "more_than_ago"
            | "less_than_ago"
            | "more_than_ahead"
            | "ago"
            | "ahead"
            | "during"
            | "during_yearly"
        ):
            at = instant(stored, tz)
            return at is not None and isinstance(value, str) and _dated(op, at, value, now, tz)


def is_missing(stored: object) -> bool:
    """Null, empty text and an empty list."""
    return stored is None or stored == "" or (isinstance(stored, list | tuple) and not stored)


def is_number(value: object) -> TypeGuard[Number]:
    """Numbers; yes and no are none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def equal(stored: object, value: object) -> bool:
    """Whether a stored value is the one in a graph; a missing one is none of them."""
    if isinstance(value, str):
        return is_text(stored) and stored.casefold() == value.casefold()
    if isinstance(value, bool):
        return stored is value
    pair = amounts(stored, value)
    return pair is not None and pair[0] == pair[1]


def amounts(stored: object, value: object) -> tuple[Number, Number] | None:
    """The two numbers to compare, or None where the two have no numbers to compare."""
    currency: str | None = None
    if isinstance(value, ir.Money):
        currency, value = value.currency, value.amount
    if not is_number(value):
        return None
    number = amount_in(stored, currency)
    return None if number is None else (number, value)


def amount_in(stored: object, currency: str | None) -> Number | None:
    """A stored value as a number: a plain one, or an amount (in `currency`, where there is one)."""
    if is_number(stored):
        return stored
    if isinstance(stored, Mapping):
        amount, unit = stored.get("amount"), stored.get("currency")
        if is_number(amount) and isinstance(unit, str) and currency in (None, unit):
            return amount
    return None


def instant(stored: object, tz: tzinfo) -> datetime | None:
    """A stored date as an instant, or None where it is no date."""
    if isinstance(stored, str):
        return _instant_of_text(stored, tz)
    if not is_number(stored):
        return None
    seconds = float(stored)
    if abs(seconds) < SMALLEST_SECONDS or not FIRST_SECOND < seconds < LAST_SECOND:
        return None
    return _EPOCH + timedelta(microseconds=math.floor(seconds * 1e6 + 0.5))


@lru_cache(maxsize=65536)
def _instant_of_text(text: str, tz: tzinfo) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
        at = instant_of(read, tz) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST < at < LATEST else None


@lru_cache(maxsize=4096)
def length(duration: str) -> timedelta:
    """The exact length of an ISO 8601 duration."""
    return exact(parse_duration(duration))


def _dated(op: DateOp, at: datetime, value: str, now: datetime, tz: tzinfo) -> bool:
    match op:
        case "before":
            edges = edges_of(value, tz)
            return edges is not None and at < edges[0]
        case "after":
            edges = edges_of(value, tz)
            return edges is not None and at >= edges[1]
        case "in_next":
            return _ZERO < at - now <= length(value)
        case "in_last" | "less_than_ago":
            return _ZERO <= now - at < length(value)
        case "more_than_ago":
            return now - at >= length(value)
        case "more_than_ahead":
            return at - now > length(value)
        case "ago":
            start, end = day_ago(now, parse_duration(value), tz)
            return start <= at < end
        case "ahead":
            start, end = day_ahead(now, parse_duration(value), tz)
            return start <= at < end
        case "during":
            word = span(value)
            if word is None:
                return False
            start, end = calendar_window(word, now, tz)
            return start <= at < end
        case "during_yearly":
            word = span(value)
            return word is not None and _comes_in(word, local_day(at, tz), local_day(now, tz))


def span(value: str) -> Span | None:
    """A calendar span of a graph, or None for a word that is none."""
    return value if _is_span(value) else None


def _is_span(value: str) -> TypeGuard[Span]:
    return value in SPANS


def _comes_in(word: Span, day: date, today: date) -> bool:
    """Whether the day comes round in the span, in whichever year."""
    first, after = calendar_days(word, today)
    return any(first <= anniversary(day, year) < after for year in {first.year, after.year})


@lru_cache(maxsize=4096)
def edges_of(value: str, tz: tzinfo) -> tuple[datetime, datetime] | None:
    """Where a date in a graph begins and where it is over (a day lasts, a time does not)."""
    try:
        return day_window(date.fromisoformat(value), tz)
    except ValueError:
        at = _instant_of_text(value, tz)
        return None if at is None else (at, at + timedelta(microseconds=1))


def _ordered(
    op: Literal["more_than", "at_least", "less_than", "at_most"], stored: object, value: object
) -> bool:
    pair = amounts(stored, value)
    if pair is None:
        return False
    left, right = pair
    match op:
        case "more_than":
            return left > right
        case "at_least":
            return left >= right
        case "less_than":
            return left < right
        case "at_most":
            return left <= right


def _includes(stored: object, value: object) -> bool:
    return isinstance(stored, list | tuple) and any(equal(each, value) for each in stored)


def is_text(stored: object) -> TypeGuard[str]:
    """Text that is not empty."""
    return isinstance(stored, str) and stored != ""


def _folded(value: ir.TestValue) -> str:
    return value.casefold() if isinstance(value, str) else str(value).casefold()


def _each(value: ir.TestValue) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
