"""A test in, the region of the values that pass it (or that do not) out.

Where nothing certain can be said of a test, the region is everything.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Literal

from cio_lang import ast, text
from cio_lang.check import spans
from cio_lang.check.durations import seconds
from cio_lang.check.regions import (
    DATES,
    EVERYTHING,
    KNOWN,
    MISSING,
    NOTHING,
    PLAIN,
    Region,
    Texts,
    only_numbers,
    only_texts,
    without_numbers,
)
from cio_lang.check.spans import Spans
from cio_lang.values import plain_number

_DAY = 86_400
_SLACK = Decimal(2 * _DAY)
"""More than clocks are ever changed by, and a day for where in the day the two instants lie."""

_YEARS = range(1900, 2200)
"""Days in these years are on everybody's calendar."""


def needs_a_value(test: ast.Test) -> bool:
    """Whether nothing that is missing passes."""
    match test:
        case ast.Compare():
            return test.op not in ("is_not", "does_not_contain", "does_not_include")
        case ast.OneOf() | ast.Known():
            return not test.negated
        case ast.Between() | ast.Within() | ast.During() | ast.HasBeen():
            return True


def region(test: ast.Test, passing: bool = True) -> Region:
    """The values that pass a test, or those that do not: at least all of them."""
    match test:
        case ast.Compare():
            return _compare(test.op, test.value, passing)
        case ast.OneOf():
            return _one_of(test.values, passing is not test.negated)
        case ast.Known():
            return KNOWN if passing is not test.negated else MISSING
        case ast.Between():
            return _between(test, passing)
        case ast.Within():
            return _within(test, passing)
        case ast.During():
            return _during(test, passing)
        case ast.HasBeen():
            return _one_of((test.value,), True) if passing else EVERYTHING


def amount(value: ast.Number | ast.Money) -> tuple[Decimal, str | None]:
    """A number as the runtime compares it, and its currency."""
    if isinstance(value, ast.Money):
        return Decimal(plain_number(value.amount)), value.currency
    return Decimal(plain_number(value.value)), None


def _compare(op: ast.CompareOp, value: ast.Value, passing: bool) -> Region:
    match op:
        case "is" | "is_not":
            return _one_of((value,), passing is (op == "is"))
        case "more_than" | "at_least" | "less_than" | "at_most":
            if not isinstance(value, ast.Number | ast.Money):
                return EVERYTHING
            number, currency = amount(value)
            half = _half(op, number)
            return only_numbers(half, currency) if passing else without_numbers(half, currency)
        case "starts_with" | "ends_with" | "contains":
            return _like(op, value, passing)
        case "does_not_contain":
            return _like("contains", value, not passing)
        case "includes" | "does_not_include":
            key = frozenset({_key(value)})
            if passing is (op == "includes"):
                return replace(NOTHING, lists=True, includes=key)
            return Region(excludes=key)
        case "before" | "after":
            if not isinstance(value, ast.Date) or value.value.year not in _YEARS:
                return DATES if passing else EVERYTHING
            day = Decimal(value.value.toordinal())
            half = spans.below(day) if op == "before" else spans.above(day + 1, itself=True)
            return _dated({"date": half}, passing)


def _half(op: Literal["more_than", "at_least", "less_than", "at_most"], number: Decimal) -> Spans:
    match op:
        case "more_than":
            return spans.above(number)
        case "at_least":
            return spans.above(number, itself=True)
        case "less_than":
            return spans.below(number)
        case "at_most":
            return spans.below(number, itself=True)


def _like(op: str, value: ast.Value, passing: bool) -> Region:
    if not isinstance(value, ast.Text):
        return EVERYTHING
    test = frozenset({(op, value.value.casefold())})
    return only_texts(Texts(has=test)) if passing else Region(texts=Texts(lacks=test))


def _key(value: ast.Value) -> object:
    return type(value), _folded(value) or value


def _folded(value: ast.Value) -> str | None:
    """The text that a value is stored as; None for numbers and yes or no."""
    match value:
        case ast.Text():
            return value.value.casefold()
        case ast.Date() | ast.Time():
            return text.value(value).casefold()
        case ast.Number() | ast.Money() | ast.YesNo():
            return None


def _one_of(values: tuple[ast.Value, ...], passing: bool) -> Region:
    texts = frozenset(folded for value in values if (folded := _folded(value)) is not None)
    answers = frozenset(value.value for value in values if isinstance(value, ast.YesNo))
    numbers: dict[str | None, set[Decimal]] = {None: set()}
    for value in values:
        if isinstance(value, ast.Number | ast.Money):
            number, currency = amount(value)
            numbers.setdefault(currency, set()).add(number)
    anywhere = numbers[None]
    plain = spans.points(number for some in numbers.values() for number in some)
    amounts = {
        currency or PLAIN: spans.points(anywhere | some) if currency else plain
        for currency, some in numbers.items()
    }
    elsewhere = spans.points(anywhere)
    if passing:
        axes = _days(values)
        return replace(
            NOTHING,
            texts=Texts(only=texts),
            amounts=amounts,
            elsewhere=elsewhere,
            answers=answers,
            axes=axes,
        )
    return Region(
        texts=Texts(without=texts),
        amounts={currency: spans.outside(some) for currency, some in amounts.items()},
        elsewhere=spans.outside(elsewhere),
        answers=frozenset({True, False}) - answers,
    )


def _days(values: tuple[ast.Value, ...]) -> dict[str, Spans]:
    """Where dates lie, where all values are dates."""
    days = [value.value for value in values if isinstance(value, ast.Date)]
    if len(days) < len(values) or any(day.year not in _YEARS for day in days):
        return {}
    ordinals = sorted({Decimal(day.toordinal()) for day in days})
    return {"date": tuple(((day, 0), (day + 1, 0)) for day in ordinals)}


def _between(test: ast.Between, passing: bool) -> Region:
    low, high = test.low, test.high
    if isinstance(low, ast.Number | ast.Money) and isinstance(high, ast.Number | ast.Money):
        (least, currency), (most, other) = amount(low), amount(high)
        if not passing and currency != other:
            return EVERYTHING
        if not passing:
            both = spans.meet(_half("at_least", least), _half("at_most", most))
            return without_numbers(both, currency)
        return only_numbers(_half("at_least", least), currency).meet(
            only_numbers(_half("at_most", most), other)
        )
    if isinstance(low, ast.Date) and isinstance(high, ast.Date):
        return (
            _compare("before", low, False).meet(_compare("after", high, False)).meet(DATES)
            if passing
            else EVERYTHING
        )
    return EVERYTHING


def _dated(axes: dict[str, Spans], passing: bool) -> Region:
    """Dates on an axis; not passing, everything else: there is one axis then, and it is exact."""
    if passing:
        return replace(DATES, axes=axes)
    return Region(axes={axis: spans.outside(some) for axis, some in axes.items()})


def _within(test: ast.Within, passing: bool) -> Region:
    away, zero = Decimal(seconds(test.duration)), Decimal(0)
    match test.op:
        case "in_next":
            near = spans.meet(spans.above(zero), spans.below(away, itself=True))
        case "in_last" | "less_than_ago":
            near = spans.meet(spans.above(-away), spans.below(zero, itself=True))
        case "more_than_ago":
            near = spans.below(-away, itself=True)
        case "more_than_ahead":
            near = spans.above(away)
        case "ago":
            return _day(test.duration, -1, passing)
        case "ahead":
            return _day(test.duration, 1, passing)
    return _dated({"now": near}, passing)


def _day(duration: ast.Duration, side: int, passing: bool) -> Region:
    """The calendar day so long before or after this one."""
    away = Decimal(side * seconds(duration))
    rough = abs(away) / 10 + _SLACK
    near = spans.meet(spans.above(away - rough), spans.below(away + rough))
    if duration.unit not in ("day", "week"):
        return replace(DATES, axes={"now": near}) if passing else EVERYTHING
    days = {"day": spans.points([away / _DAY])}
    if not passing:
        return _dated(days, False)
    if away:
        zero = Decimal(0)
        near = spans.meet(near, spans.below(zero) if side < 0 else spans.above(zero))
    return _dated({**days, "now": near}, True)


_SHIFTS: dict[ast.CalendarSpan, tuple[str, int, int]] = {
    "yesterday": ("day", -1, 1),
    "today": ("day", 0, 1),
    "tomorrow": ("day", 1, 1),
    "last week": ("week", -1, 7),
    "this week": ("week", 0, 7),
    "next week": ("week", 1, 7),
    "last month": ("month", -1, 31),
    "this month": ("month", 0, 31),
    "next month": ("month", 1, 31),
    "last year": ("year", -1, 366),
    "this year": ("year", 0, 366),
    "next year": ("year", 1, 366),
}
"""What a span is counted in, how many of them it lies ahead, and how many days each has at most."""


def _during(test: ast.During, passing: bool) -> Region:
    if test.yearly:
        return DATES if passing else EVERYTHING
    axis, ahead, days = _SHIFTS[test.span_of]
    exact = {axis: spans.points([Decimal(ahead)])}
    if not passing:
        return _dated(exact, False)
    long, zero = Decimal(days * _DAY), Decimal(0)
    if ahead < 0:
        near = spans.meet(spans.above(-2 * long - _SLACK), spans.below(zero))
    elif ahead > 0:
        near = spans.meet(spans.above(zero), spans.below(2 * long + _SLACK))
    else:
        near = spans.meet(spans.above(-long - _SLACK), spans.below(long + _SLACK))
    return _dated({**exact, "now": near}, True)
