"""Sets of numbers as spans from here to there, for telling what nothing can be.

A cut lies just below a number (`(n, 0)`) or just above it (`(n, 1)`); a span is everything between
two cuts.  Spans of one set are in order and do not touch.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

Cut = tuple[Decimal, int]
Spans = tuple[tuple[Cut, Cut], ...]

_LOWEST: Cut = (Decimal("-Infinity"), 0)
_HIGHEST: Cut = (Decimal("Infinity"), 1)

ALL: Spans = ((_LOWEST, _HIGHEST),)
NONE: Spans = ()


def points(numbers: Iterable[Decimal]) -> Spans:
    """These numbers and no others."""
    return tuple(((n, 0), (n, 1)) for n in sorted(set(numbers)))


def above(number: Decimal, *, itself: bool = False) -> Spans:
    """Everything above a number."""
    return (((number, 0 if itself else 1), _HIGHEST),)


def below(number: Decimal, *, itself: bool = False) -> Spans:
    """Everything below a number."""
    return ((_LOWEST, (number, 1 if itself else 0)),)


def outside(spans: Spans) -> Spans:
    """Everything that is not in the set."""
    found = []
    start = _LOWEST
    for low, high in spans:
        if start < low:
            found.append((start, low))
        start = high
    if start < _HIGHEST:
        found.append((start, _HIGHEST))
    return tuple(found)


def meet(one: Spans, other: Spans) -> Spans:
    """What is in both sets."""
    if one is ALL:
        return other
    if other is ALL:
        return one
    found = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if low < high:
            found.append((low, high))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)
