"""Journeys, their parts and steps in, canonical text out."""

from __future__ import annotations

from collections.abc import Iterable

from cio_lang import ast, text
from cio_lang.format.conditions import condition, where_all
from cio_lang.format.layout import laid_out
from cio_lang.steps import kind_of


def journey(written: ast.Journey) -> list[str]:
    """The rows of a journey: English, parts, an empty line, steps."""
    head = [f"> {line}".rstrip() for line in written.english]
    for index, line in enumerate(written.parts):
        head += laid_out(line.trivia, part(line), [], first=not (index or head))
    body = steps(written.steps)
    if head and body:
        body = ["", *body]
    row = f"journey {text.quoted(written.title.text)}"
    return laid_out(written.trivia, row, head + body, first=True)


def part(written: ast.Part) -> str:
    """A line above the steps."""
    match written:
        case ast.OnEvent():
            return f"when someone does {text.name(written.event)}{where_all(written.where)}"
        case ast.OnMatch():
            existing = " including people who match already" if written.existing else ""
            return f"when someone matches {condition(written.condition)}{existing}"
        case ast.OnlyWhere():
            return f"only people where {condition(written.condition)}"
        case ast.LeaveOnEvent():
            return f"leave when they do {text.name(written.event)}{where_all(written.where)}"
        case ast.LeaveWhenUnmatched():
            return "leave when they no longer match"
        case ast.LeaveWhere():
            return f"leave when {condition(written.condition)}"
        case ast.Goal():
            within = "" if written.within is None else f" within {text.duration(written.within)}"
            leave = " then leave" if written.then_leave else ""
            return f"goal {text.name(written.event)}{where_all(written.where)}{within}{leave}"
        case ast.Once():
            return "once ever"
        case ast.EveryTime():
            return "every time"
        case ast.AgainAfter():
            return f"again after {text.duration(written.duration)}"
        case ast.TopicOf():
            return f"topic {text.quoted(written.topic.text)}"


def steps(written: Iterable[ast.Step]) -> list[str]:
    """The rows of steps on one level, the first without an empty line above."""
    rows: list[str] = []
    for one in written:
        rows += _step(one, first=not rows)
    return rows


def step(written: ast.Step) -> str:
    """One step with all that is below it."""
    return "\n".join(_step(written, first=True))


def _step(written: ast.Step, *, first: bool) -> list[str]:
    match written:
        case ast.Wait():
            row = f"wait {text.duration(written.duration)}"
            return laid_out(written.trivia, row, [], first=first)
        case ast.Leave():
            return laid_out(written.trivia, "leave", [], first=first)
        case ast.Leaf():
            return laid_out(written.trivia, kind_of(written).format(written), [], first=first)
        case ast.If():
            return _branches(written, first=first)


def _branches(written: ast.If, *, first: bool) -> list[str]:
    rows: list[str] = []
    for index, arm in enumerate(written.arms):
        row = f"{'otherwise ' if index else ''}if {condition(arm.condition)}"
        rows += laid_out(arm.trivia, row, steps(arm.steps), first=first and not index)
    if written.otherwise is not None:
        rows += laid_out(written.otherwise.trivia, "otherwise", steps(written.otherwise.steps))
    return rows
