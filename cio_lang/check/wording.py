"""A single condition in the words of the language, short enough to stand in a message."""

from __future__ import annotations

from dataclasses import replace

from cio_lang import ast
from cio_lang.format import conditions as written


def words(condition: ast.Condition) -> str:
    """The condition as written, with longer parts left out."""
    match condition:
        case ast.Did() | ast.DidNot() | ast.Never():
            return _event(condition)
        case ast.Comparison():
            return f"{subject(condition.subject)} {written.test(condition.test)}"
        case ast.Not():
            inner = condition.part
            return "not (…)" if isinstance(inner, ast.And | ast.Or) else f"not ({words(inner)})"
        case ast.And() | ast.Or():
            return "(…)"
        case (
            ast.Sequence()
            | ast.Inactive()
            | ast.MessageTest()
            | ast.InSegment()
            | ast.Subscribed()
            | ast.CanReceive()
            | ast.ChurnRisk()
            | ast.Likely()
            | ast.TopLikely()
            | ast.InDraw()
        ):
            return written.condition(condition)


def subject(about: ast.Subject) -> str:
    """What a comparison is about."""
    match about:
        case ast.Aggregate() if about.where is not None:
            bare = written.subject(replace(about, where=None, window=None))
            when = "" if about.window is None else f" {written.window(about.window)}"
            return f"{bare} where …{when}"
        case ast.Attribute() | ast.Property() | ast.EntryProperty() | ast.Aggregate():
            return written.subject(about)


def count(times: ast.Count) -> str:
    """`at least 3 times`."""
    return f"{times.op.replace('_', ' ')} {times.times} {'time' if times.times == 1 else 'times'}"


def _event(condition: ast.Did | ast.DidNot | ast.Never) -> str:
    """`did order_placed where … at least 3 times`."""
    whole = written.condition(replace(condition, where=None))
    if condition.where is None:
        return whole
    head = written.condition(type(condition)(condition.event))
    return f"{head} where …{whole.removeprefix(head)}"
