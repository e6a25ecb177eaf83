"""How deep conditions and steps are nested, measured without recursion.

Afterwards every later pass can walk a tree by recursion.
"""

from __future__ import annotations

from collections.abc import Iterable

from cio_lang import ast
from cio_lang.check.blocks import blocks
from cio_lang.problem import Problem, Report
from cio_lang.record import record

DEEPEST = 60
"""How many levels a tree can have; the grammar stops at fewer, trees built by code stop here."""


@record(kw_only=True)
class TooManyLevels(Problem):
    """Parentheses in parentheses, or branches in branches, past any reading."""

    code = "too-many-levels"
    steps: bool

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This is nested more than {DEEPEST} levels deep.",
            "Nobody could tell any more who gets what.",
            "move the inner branches into a journey of their own"
            if self.steps
            else "declare a part of it as a segment, and write `in segment …`",
        )


def condition_depth(condition: ast.Condition) -> TooManyLevels | None:
    """The problem with a condition that is nested too deep."""
    pending: list[tuple[ast.Condition, int]] = [(condition, 1)]
    while pending:
        part, depth = pending.pop()
        if depth > DEEPEST:
            return TooManyLevels(span=part.span, steps=False)
        pending.extend((inner, depth + 1) for inner in _inner(part))
    return None


def steps_depth(steps: Iterable[ast.Step]) -> TooManyLevels | None:
    """The problem with steps that are nested too deep."""
    pending = [(step, 1) for step in steps]
    while pending:
        step, depth = pending.pop()
        if depth > DEEPEST:
            return TooManyLevels(span=step.span, steps=True)
        pending.extend((inner, depth + 1) for block in blocks(step) for inner in block)
    return None


def _inner(condition: ast.Condition) -> tuple[ast.Condition, ...]:
    match condition:
        case ast.And() | ast.Or():
            return condition.parts
        case ast.Not():
            return (condition.part,)
        case ast.Did() | ast.DidNot() | ast.Never():
            return () if condition.where is None else (condition.where,)
        case ast.Sequence():
            wheres = (condition.first_where, condition.second_where)
            return tuple(where for where in wheres if where is not None)
        case ast.Comparison():
            about = condition.subject
            where = about.where if isinstance(about, ast.Aggregate) else None
            return () if where is None else (where,)
        case (
            ast.Inactive()
            | ast.MessageTest()
            | ast.InSegment()
            | ast.Subscribed()
            | ast.CanReceive()
            | ast.ChurnRisk()
            | ast.Likely()
            | ast.TopLikely()
            | ast.InDraw()
        ):
            return ()
