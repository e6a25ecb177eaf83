"""Until when who is in a segment can stay so, in SQL: a condition in, instants out.

For each test that time can change, the earliest instant at which it may: never late, and mostly
exact.  It is early where a test narrows events by their properties and looks at a sliding window:
there every event that leaves the window is looked at.  What is about dates and attributes alone is
asked of `next_change`, person by person; a condition that asks for dates in properties of events is
none for this module, and is judged one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Literal

from cio_lang import ir
from cio_lang.calendar_time import Span
from cio_lang.conditions.counting import limit
from cio_lang.conditions.evaluate import OURS
from cio_lang.conditions.reach import CALENDAR
from cio_lang.conditions.timing import PERIOD
from cio_lang.conditions.values import DATE_OPS, length
from cio_lang.record import record

FAR = 2**63 - 1
"""Stands for never."""

_MOVING = DATE_OPS - {"before", "after"}
"""The comparisons with a date whose answer changes as time passes."""

_TICK = timedelta(microseconds=1)
_OF = "FROM events AS l WHERE l.person = p.id"

Dialect = Literal["sqlite", "postgresql"]


@record
class Term:
    """A scalar in SQL: an instant or NULL.  `at` is what each `?` is, relative to now, or text."""

    sql: str
    at: tuple[int | str, ...]


@record
class Turn:
    """A window of the calendar: where `sql` is true, its period's end in their zone is an instant.

    `sql` is wide: it also takes in those whose window has just begun.
    """

    period: Span
    term: Term


@record
class Looking:
    """What has to be asked: `terms` and `turns` in SQL, `tests` of each person's attributes."""

    terms: tuple[Term, ...]
    turns: tuple[Turn, ...]
    tests: tuple[ir.Condition, ...]

    def sql(self, dialect: Dialect) -> str:
        """The earliest of the terms, `FAR` for never."""
        parts = [f"coalesce({term.sql}, {FAR})" for term in self.terms]
        if not parts:
            return str(FAR)
        return parts[0] if len(parts) == 1 else f"{_LEAST[dialect]}({', '.join(parts)})"

    def values(self, now: int) -> list[object]:
        """What stands for the `?` of `sql` at an instant."""
        return [value for term in self.terms for value in values_at(term, now)]


_LEAST: Mapping[Dialect, str] = {"sqlite": "min", "postgresql": "least"}


def values_at(term: Term, now: int) -> Iterator[object]:
    """What stands for the `?` of a term."""
    for each in term.at:
        yield now + each if isinstance(each, int) else each


class _OneByOne(Exception):
    """A condition that this module does not take."""


def looking(condition: ir.Condition, segments: Mapping[str, ir.Condition]) -> Looking | None:
    """What to ask for a condition; None where each person has to be judged alone."""
    try:
        found = list(dict.fromkeys(_parts(condition, segments, ())))
    except _OneByOne:
        return None
    return Looking(
        tuple(part for part in found if isinstance(part, Term)),
        tuple(part for part in found if isinstance(part, Turn)),
        tuple(part for part in found if not isinstance(part, Term | Turn)),
    )


_Part = Term | Turn | ir.Condition


def _parts(
    condition: ir.Condition, segments: Mapping[str, ir.Condition], inside: tuple[str, ...]
) -> Iterator[_Part]:
    match condition:
        case ir.AttributeTest():
            if condition.op in _MOVING:
                yield condition
        case ir.HeldTest():
            yield condition
        case ir.EventTest():
            if condition.key is not None:
                raise _OneByOne
            yield from _history(condition.event, condition.where, condition.window, condition.times)
        case ir.AggregateTest():
            if condition.op in _MOVING:
                raise _OneByOne
            of = condition.of
            yield from _history(of.event, of.where, of.window, None)
        case ir.SequenceTest():
            yield from _sequence(condition)
        case ir.InactiveTest():
            yield from _inactive(condition)
        case ir.SegmentTest():
            slug = condition.segment
            if slug not in inside and slug in segments:
                yield from _parts(segments[slug], segments, (*inside, slug))
        case ir.All():
            for part in condition.all:
                yield from _parts(part, segments, inside)
        case ir.Any_():
            for part in condition.any:
                yield from _parts(part, segments, inside)
        case ir.Not():
            yield from _parts(condition.not_, segments, inside)
        case (
            ir.PropertyTest() | ir.EntryTest() | ir.SubscribedTest() | ir.ReachTest()
            | ir.ChurnTest() | ir.LikelyTest() | ir.TopTest() | ir.DrawTest()
        ):  # fmt: skip
            return


def _history(
    event: str, where: ir.Condition | None, window: ir.Window | None, times: ir.Times | None
) -> Iterator[_Part]:
    _still(where)
    yield _first_ahead(event)
    if window is None:
        return
    if window.last is not None:
        yield from _sliding(event, _ticks(window.last), None if where is not None else times)
    elif window.between_ago is not None:
        for edge in (window.between_ago.near, window.between_ago.far):
            ticks = _ticks(edge)
            sql = f"(SELECT min(l.at) + {ticks + 1} {_OF} AND l.name = ? AND l.at >= ?)"
            yield Term(sql, (event, -ticks))
    elif window.calendar is not None:
        wide = CALENDAR[window.calendar] // _TICK
        sql = f"EXISTS (SELECT 1 {_OF} AND l.name = ? AND l.at > ? AND l.at <= ?)"
        yield Turn(PERIOD[window.calendar], Term(sql, (event, -wide, 0)))
    elif window.since is not None:
        raise _OneByOne


def _sliding(event: str, ticks: int, times: ir.Times | None) -> Iterator[Term]:
    """Which event changes the answer by leaving the window of that length."""
    within = f"{_OF} AND l.name = ? AND l.at > ? AND l.at <= ?"
    at: tuple[int | str, ...] = (event, -ticks, 0)
    if times is None:
        yield Term(f"(SELECT min(l.at) + {ticks} {within})", at)
        return
    op, n = limit(times)
    match op:
        case "at_least" | "fewer_than":
            if n > 0:
                yield _newest(within, ticks, n, at)
        case "exactly":
            if n == 0:
                yield _newest(within, ticks, 1, at)
                return
            more, same = _newest(within, ticks, n + 1, at), _newest(within, ticks, n, at)
            yield Term(f"coalesce({more.sql}, {same.sql})", more.at + same.at)


def _newest(within: str, ticks: int, n: int, at: tuple[int | str, ...]) -> Term:
    """When the n-th newest leaves the window."""
    if n == 1:
        return Term(f"(SELECT max(l.at) + {ticks} {within})", at)
    return Term(f"(SELECT l.at + {ticks} {within} ORDER BY l.at DESC LIMIT 1 OFFSET {n - 1})", at)


def _first_ahead(event: str) -> Term:
    return Term(f"(SELECT min(l.at) {_OF} AND l.name = ? AND l.at > ?)", (event, 0))


def _sequence(test: ir.SequenceTest) -> Iterator[Term]:
    for match_ in (test.first, test.then):
        _still(match_.where)
        yield _first_ahead(match_.event)
    if test.missing:
        ticks = _ticks(test.within)
        sql = f"(SELECT min(l.at) + {ticks} {_OF} AND l.name = ? AND l.at > ? AND l.at <= ?)"
        yield Term(sql, (test.first.event, -ticks, 0))


def _inactive(test: ir.InactiveTest) -> Iterator[Term]:
    ticks = _ticks(test.inactive)
    theirs = f"substr(l.name, 1, {len(OURS)}) <> '{OURS}'"
    yield Term(f"CASE WHEN p.created_at > ? THEN p.created_at + {ticks} END", (-ticks,))
    sql = f"(SELECT max(l.at) + {ticks} {_OF} AND l.at > ? AND l.at <= ? AND {theirs})"
    yield Term(sql, (-ticks, 0))
    yield Term(f"(SELECT min(l.at) {_OF} AND l.at > ? AND {theirs})", (0,))


def _still(where: ir.Condition | None) -> None:
    """Raise unless time cannot change whether an event passes."""
    parts: Sequence[ir.Condition] = ()
    match where:
        case None:
            return
        case ir.PropertyTest() | ir.AttributeTest():
            if where.op not in _MOVING:
                return
            raise _OneByOne
        case ir.All():
            parts = where.all
        case ir.Any_():
            parts = where.any
        case ir.Not():
            parts = (where.not_,)
        case (
            ir.EntryTest() | ir.EventTest() | ir.AggregateTest() | ir.SequenceTest()
            | ir.HeldTest() | ir.InactiveTest() | ir.SegmentTest() | ir.SubscribedTest()
            | ir.ReachTest() | ir.ChurnTest() | ir.LikelyTest() | ir.TopTest() | ir.DrawTest()
        ):  # fmt: skip
            raise _OneByOne
    for part in parts:
        _still(part)


@lru_cache(maxsize=256)
def _ticks(duration: str) -> int:
    return length(duration) // _TICK
