"""What of a condition a database can answer for one person of many: tests in, SQL out.

A fact is 0 or 1 for the row `p` of `people`.  Here are those that ask when something was done and
no more; what asks for values of attributes and properties is left to `conditions`.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from cio_lang import ir
from cio_lang.conditions.counting import limit
from cio_lang.conditions.evaluate import OURS
from cio_lang.conditions.values import length
from cio_lang.store.segments.looking import Term

_TICK = timedelta(microseconds=1)


@lru_cache(maxsize=4096)
def fact(test: ir.EventTest | ir.SequenceTest | ir.InactiveTest) -> Term | None:
    """The test in SQL; None where it asks for values, or for days in the zone of the person."""
    match test:
        case ir.EventTest():
            return _counted(test)
        case ir.SequenceTest():
            return _sequence(test)
        case ir.InactiveTest():
            ticks = length(test.inactive) // _TICK
            return Term(
                "(p.created_at <= ? AND NOT EXISTS (SELECT 1 FROM events AS f WHERE f.person = p.id"
                f" AND f.at > ? AND f.at <= ? AND substr(f.name, 1, {len(OURS)}) <> '{OURS}'))",
                (-ticks, -ticks, 0),
            )


def member_of(segment: str) -> Term:
    """Whether the person is in a segment kept by hand."""
    sql = "EXISTS (SELECT 1 FROM memberships AS f WHERE f.segment = ? AND f.person = p.id)"
    return Term(sql, (segment,))


def _counted(test: ir.EventTest) -> Term | None:
    if test.where is not None or test.key is not None:
        return None
    source, at = "FROM events AS f WHERE f.person = p.id AND f.name = ?", [test.event]
    bounds: tuple[int, ...]
    window = test.window
    if window is None:
        source, bounds = f"{source} AND f.at <= ?", (0,)
    elif window.last is not None:
        source = f"{source} AND f.at > ? AND f.at <= ?"
        bounds = (-(length(window.last) // _TICK), 0)
    elif window.between_ago is not None:
        source = f"{source} AND f.at >= ? AND f.at < ? AND f.at <= ?"
        near, far = (length(each) // _TICK for each in _ends(window.between_ago))
        bounds = (-far, -near, 0)
    else:
        return None
    given: tuple[int | str, ...] = (*at, *bounds)
    op, n = limit(test.times)
    match op:
        case "at_least":
            return _at_least(source, given, n, "")
        case "fewer_than":
            return _at_least(source, given, n, "NOT ")
        case "exactly" if n == 0:
            return Term(f"NOT EXISTS (SELECT 1 {source})", given)
        case "exactly":
            return Term(
                f"((SELECT count(*) FROM (SELECT 1 {source} LIMIT {n + 1}) AS g) = {n})", given
            )


def _ends(window: ir.BetweenAgo) -> tuple[str, str]:
    return window.near, window.far


def _at_least(source: str, given: tuple[int | str, ...], n: int, negation: str) -> Term:
    if n <= 0:
        return Term("(1 = 1)" if not negation else "(1 = 0)", ())
    if n == 1:
        return Term(f"{negation}EXISTS (SELECT 1 {source})", given)
    # The newest are looked at first: they are on the pages that were just written.
    newest = f"SELECT 1 {source} ORDER BY f.at DESC LIMIT {n}"
    return Term(f"({negation}(SELECT count(*) FROM ({newest}) AS g) >= {n})", given)


def _sequence(test: ir.SequenceTest) -> Term | None:
    if test.first.where is not None or test.then.where is not None:
        return None
    ticks = length(test.within) // _TICK
    first, then = test.first.event, test.then.event
    source = "EXISTS (SELECT 1 FROM events AS f WHERE f.person = p.id AND f.name = ?"
    if test.missing:
        none = (
            "NOT EXISTS (SELECT 1 FROM events AS g WHERE g.person = p.id AND g.name = ?"
            f" AND g.at > f.at AND g.at <= f.at + {ticks})"
        )
        return Term(f"{source} AND f.at <= ? AND {none})", (first, -ticks, then))
    came = (
        "EXISTS (SELECT 1 FROM events AS g WHERE g.person = p.id AND g.name = ?"
        f" AND g.at < f.at AND g.at >= f.at - {ticks})"
    )
    return Term(f"{source} AND f.at <= ? AND {came})", (then, 0, first))
