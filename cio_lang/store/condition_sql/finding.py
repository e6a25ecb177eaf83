"""All for whom a condition holds, found among events alone where that is enough.

Whoever did something is in `people`, too: the tables say so.  So a condition that somebody must
have done something for is asked without `people`, as long as it is about nothing else than events
and other segments: those who did one thing, and another, less those who did a third.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cio_lang import ir
from cio_lang.store.condition_sql.asking import (
    Found,
    Question,
    Scope,
    expression,
    members,
    merged,
    segment,
    whole,
)


def people_sql(condition: ir.Condition, question: Question) -> str:
    """SQL that selects the ids of the people for whom the condition holds, each of them once.

    Raises ValueError where the condition asks about a run (`since entering`, a property of the
    entry event): all people at once are in no run.
    """
    scope = whole(question)
    found = None if question.among is not None else _found(condition, scope, True)
    inside = [each for each in merged(found or ()) if each.holds]
    if found is not None and inside:
        return _together(inside, [each for each in merged(found) if not each.holds], scope)
    only = "" if question.among is None else f" AND p.id IN ({question.among})"
    return f"SELECT p.id FROM people AS p WHERE ({expression(condition, question)}){only}"


def _together(inside: list[Found], outside: list[Found], scope: Scope) -> str:
    """Those who are in each of the first, and in none of the others."""
    if len(inside) == 1 and not outside:
        return inside[0].sql(once=True)
    engine = scope.engine
    both = engine.both.join(each.sql() for each in inside)
    return engine.less.join([both, *(each.sql() for each in outside)])


def _found(condition: ir.Condition, scope: Scope, so: bool) -> list[Found] | None:
    """Whom the parts find that all must hold (or, unless `so`, none); None if one finds nobody."""
    if isinstance(condition, ir.Not):
        return _found(condition.not_, scope, not so)
    if isinstance(condition, ir.All) and so:
        return _each(condition.all, scope, so)
    if isinstance(condition, ir.Any_) and not so:
        return _each(condition.any, scope, so)
    if isinstance(condition, ir.SegmentTest):
        inner = segment(condition.segment, scope)
        if inner is not None:
            return _found(*inner, so)
    found = members(condition, scope)
    if found is None:
        return None
    return [found if so else replace(found, holds=not found.holds)]


def _each(parts: Iterable[ir.Condition], scope: Scope, so: bool) -> list[Found] | None:
    every = list[Found]()
    for part in parts:
        found = _found(part, scope, so)
        if found is None:
            return None
        every += found
    return every
