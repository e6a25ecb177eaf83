"""How often something can have happened: bounds on counts of events, and which lie in which."""

from __future__ import annotations

import math
from collections.abc import Hashable

from cio_lang import ast
from cio_lang.check.durations import SECONDS, seconds
from cio_lang.record import record

_DAY = 86_400


@record
class Bound:
    """Events of one kind, narrowed and in a window, happened from `low` to `high` times."""

    narrowed: frozenset[Hashable]
    window: ast.Window | None
    low: float
    high: float

    def clashes(self, other: Bound) -> bool:
        """Whether the two cannot both be so."""
        return _more_than(self, other) or _more_than(other, self)


def _more_than(inner: Bound, outer: Bound) -> bool:
    """Whether more happened in a part than can have happened in the whole."""
    return (
        inner.low > outer.high
        and outer.narrowed <= inner.narrowed
        and lies_in(inner.window, outer.window)
    )


def bounds(count: ast.Count | None, holding: bool) -> tuple[float, float] | None:
    """From how often to how often; None where the times are not in one piece."""
    if count is None:
        return (1, math.inf) if holding else (0, 0)
    times = count.times
    match count.op:
        case "at_least":
            return (times, math.inf) if holding else (0, times - 1)
        case "more_than":
            return (times + 1, math.inf) if holding else (0, times)
        case "fewer_than":
            return (0, times - 1) if holding else (times, math.inf)
        case "at_most":
            return (0, times) if holding else (times + 1, math.inf)
        case "exactly":
            if holding:
                return times, times
            return (1, math.inf) if times == 0 else None


def lies_in(inner: ast.Window | None, outer: ast.Window | None) -> bool:
    """Whether everything in one window is in the other as well, at every instant."""
    if outer is None or inner == outer:
        return True
    match inner, outer:
        case ast.Last(), ast.Last():
            return seconds(inner.duration) <= seconds(outer.duration)
        case ast.BetweenAgo(), ast.Last():
            return inner.far * SECONDS[inner.unit] < seconds(outer.duration)
        case ast.BetweenAgo(), ast.BetweenAgo():
            near, far = (n * SECONDS[inner.unit] for n in (inner.near, inner.far))
            unit = SECONDS[outer.unit]
            return outer.near * unit <= near and far <= outer.far * unit
        case ast.Calendar(), ast.Calendar():
            return outer.word in _AROUND.get(inner.word, ())
        case ast.Calendar(), ast.Last():
            return _DAYS_BACK[inner.word] * _DAY <= seconds(outer.duration)
        case ast.SinceDate(), ast.SinceDate():
            return inner.date.value >= outer.date.value
        case ast.BetweenDates(), ast.SinceDate():
            return inner.first.value >= outer.date.value
        case ast.BetweenDates(), ast.BetweenDates():
            return outer.first.value <= inner.first.value and inner.last.value <= outer.last.value
        case _, (
            ast.Last()
            | ast.Calendar()
            | ast.BetweenAgo()
            | ast.SinceDate()
            | ast.BetweenDates()
            | ast.SinceEntering()
        ):
            return False


_AROUND: dict[str, tuple[str, ...]] = {
    "today": ("this week", "this month", "this year"),
    "this month": ("this year",),
}

_DAYS_BACK: dict[str, int] = {
    "today": 3,
    "yesterday": 4,
    "this week": 10,
    "last week": 17,
    "this month": 34,
    "last month": 65,
    "this year": 369,
    "last year": 735,
}
"""How many days ago each began at the earliest, with days to spare for changes of the clock."""
