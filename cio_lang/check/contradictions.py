"""Conditions that nobody can meet, and conditions that everybody meets.

A condition in, problems out.  Only what two of its parts say by themselves is found, and only what
is certain.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from cio_lang import ast
from cio_lang.check import exclusion
from cio_lang.check.wording import words
from cio_lang.problem import Problem, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverHolds(Problem):
    """Two conditions joined by `and` that rule each other out."""

    code = "never-holds"
    first: str
    second: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.first}` and `{self.second}` cannot both be true.",
            "Each rules the other out, so the whole condition never holds.",
            "join them with `or`, or take one of them out",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlwaysHolds(Problem):
    """Two conditions joined by `or` of which one is always true."""

    code = "always-holds"
    first: str
    second: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.first}` or `{self.second}` is always true.",
            "Where one of them does not hold the other does, so nobody is left out.",
            "take one of them out",
        )


def check(condition: ast.Condition) -> Iterator[Problem]:
    """Contradictions in a condition of a person, or in a `where`."""
    match condition:
        case ast.And():
            parts = conjuncts(condition)
            yield from together(parts)
            for part in parts:
                yield from check(part)
        case ast.Or():
            parts = tuple(_alternatives(condition))
            for first, second in _pairs(parts, exclusion.complete):
                yield AlwaysHolds(span=second.span, first=words(first), second=words(second))
            for part in parts:
                yield from check(part)
        case ast.Not():
            yield from check(condition.part)
        case ast.Comparison() | ast.Did() | ast.DidNot() | ast.Never():
            return
        case ast.Inactive() | ast.InSegment():
            return


def together(parts: Sequence[ast.Condition]) -> Iterator[NeverHolds]:
    """Contradictions between conditions that must all hold."""
    for first, second in _pairs(parts, exclusion.exclude):
        yield NeverHolds(span=second.span, first=words(first), second=words(second))


def conjuncts(condition: ast.Condition) -> tuple[ast.Condition, ...]:
    """The conditions that must all hold for `condition` to hold."""
    if not isinstance(condition, ast.And):
        return (condition,)
    return tuple(inner for part in condition.parts for inner in conjuncts(part))


def _alternatives(condition: ast.Condition) -> Iterator[ast.Condition]:
    if isinstance(condition, ast.Or):
        for part in condition.parts:
            yield from _alternatives(part)
    else:
        yield condition


def _pairs(
    parts: Sequence[ast.Condition], clash: Callable[[ast.Condition, ast.Condition], bool]
) -> Iterator[tuple[ast.Condition, ast.Condition]]:
    """Each part that clashes with an earlier one, with the first such."""
    groups: dict[Hashable, list[ast.Condition]] = {}
    for part in parts:
        group = groups.setdefault(exclusion.about(part), [])
        first = next((earlier for earlier in group if clash(earlier, part)), None)
        if first is not None:
            yield first, part
        group.append(part)
