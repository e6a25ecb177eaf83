"""Pairs of conditions: when two can never hold together, and when one of two always holds.

Only what is certain from the two conditions alone; a pair that is not sure counts as neither.
"""

from __future__ import annotations

from collections.abc import Hashable

from cio_lang import ast
from cio_lang.check import comparisons
from cio_lang.check.durations import seconds


def exclude(one: ast.Condition, other: ast.Condition) -> bool:
    """Whether the two can never hold together."""
    return _excludes(one, other) or _excludes(other, one)


def complete(one: ast.Condition, other: ast.Condition) -> bool:
    """Whether one of the two always holds."""
    return _completes(one, other) or _completes(other, one)


def about(condition: ast.Condition) -> Hashable:
    """What a condition is about; conditions about different things never exclude one another."""
    match condition:
        case ast.Comparison():
            return type(condition.subject), condition.subject.name.text
        case ast.Did() | ast.DidNot() | ast.Never():
            return "event", condition.event.text
        case ast.InSegment():
            return "segment", condition.segment.text
        case ast.Not():
            return about(condition.part)
        case ast.And() | ast.Or() | ast.Inactive():
            return "other"


def _excludes(one: ast.Condition, other: ast.Condition) -> bool:
    if isinstance(other, ast.Not):
        return one == other.part
    match one, other:
        case ast.Comparison(), ast.Comparison():
            return one.subject == other.subject and comparisons.exclude(one.test, other.test)
        case ast.Did(), ast.DidNot() | ast.Never():
            return one.event == other.event and _did_excludes(one, other)
        case ast.Did(), ast.Did():
            same = (one.event, one.where, one.window) == (other.event, other.where, other.window)
            return same and _counts_exclude(one.count, other.count)
        case ast.InSegment(), ast.InSegment():
            return one.segment == other.segment and one.negated != other.negated
        case _, (
            ast.Comparison()
            | ast.Did()
            | ast.DidNot()
            | ast.Never()
            | ast.Inactive()
            | ast.InSegment()
            | ast.And()
            | ast.Or()
        ):
            return False


def _completes(one: ast.Condition, other: ast.Condition) -> bool:
    if isinstance(other, ast.Not):
        return one == other.part
    match one, other:
        case ast.Comparison(), ast.Comparison():
            return one.subject == other.subject and comparisons.negate(one.test, other.test)
        case ast.Did(), ast.DidNot() | ast.Never():
            window = other.window if isinstance(other, ast.DidNot) else None
            plain = one.count is None or (one.count.op == "at_least" and one.count.times == 1)
            return plain and (one.event, one.where, one.window) == (
                other.event,
                other.where,
                window,
            )
        case ast.InSegment(), ast.InSegment():
            return one.segment == other.segment and one.negated != other.negated
        case _, (
            ast.Comparison()
            | ast.Did()
            | ast.DidNot()
            | ast.Never()
            | ast.Inactive()
            | ast.InSegment()
            | ast.And()
            | ast.Or()
        ):
            return False


def _did_excludes(did: ast.Did, absent: ast.DidNot | ast.Never) -> bool:
    """Doing it some times in a window that the other keeps free of it."""
    if did.count is not None and (did.count.op == "fewer_than" or did.count.times < 1):
        return False
    if absent.where is not None and absent.where != did.where:
        return False
    window = absent.window if isinstance(absent, ast.DidNot) else None
    return window is None or _lies_in(did.window, window)


def _lies_in(inner: ast.Window | None, outer: ast.Window) -> bool:
    match inner, outer:
        case ast.Last(), ast.Last():
            return seconds(inner.duration) <= seconds(outer.duration)
        case _, (ast.Last() | ast.Calendar() | ast.BetweenAgo() | ast.SinceEntering()):
            return inner == outer


def _counts_exclude(one: ast.Count | None, other: ast.Count | None) -> bool:
    (low, high), (other_low, other_high) = _times(one), _times(other)
    return low > other_high or other_low > high


def _times(count: ast.Count | None) -> tuple[float, float]:
    if count is None:
        return 1, float("inf")
    match count.op:
        case "at_least":
            return count.times, float("inf")
        case "exactly":
            return count.times, count.times
        case "fewer_than":
            return 0, count.times - 1
