"""Every condition of a workspace, and what is in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cio_lang import ast
from cio_lang.check import Checked
from cio_lang.check.blocks import every


def conditions(checked: Checked) -> Iterator[ast.Condition]:
    """Every condition about people, in the order of the text."""
    for file in checked.files:
        for declaration in file.declarations:
            match declaration:
                case ast.SegmentDeclaration():
                    yield from (line.condition for line in declaration.conditions)
                case ast.Journey():
                    yield from _of_parts(declaration.parts)
                    for step in every(declaration.steps):
                        yield from _of_step(step)
                case (
                    ast.EventDeclaration()
                    | ast.AttributeDeclaration()
                    | ast.TopicDeclaration()
                    | ast.TemplateDeclaration()
                    | ast.Policy()
                    | ast.Guarantee()
                    | ast.Scenario()
                ):
                    continue


def tests(condition: ast.Condition) -> Iterator[ast.Condition]:
    """The conditions without `and`, `or` and `not` that a condition is made of."""
    pending = [condition]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.And | ast.Or):
            pending.extend(reversed(part.parts))
        elif isinstance(part, ast.Not):
            pending.append(part.part)
        else:
            yield part


def _of_parts(parts: Iterable[ast.Part]) -> Iterator[ast.Condition]:
    for part in parts:
        match part:
            case ast.OnMatch() | ast.OnlyWhere() | ast.LeaveWhere():
                yield part.condition
            case ast.OnDate() | ast.OnSchedule() | ast.OnceFor():
                if part.audience is not None:
                    yield part.audience
            case (
                ast.OnEvent()
                | ast.OnSegment()
                | ast.OnStart()
                | ast.LeaveOnEvent()
                | ast.LeaveWhenUnmatched()
                | ast.Goal()
                | ast.Once()
                | ast.EveryTime()
                | ast.AgainAfter()
                | ast.Key()
                | ast.TopicOf()
                | ast.Quiet()
                | ast.Priority()
                | ast.ExemptFromCaps()
                | ast.SpreadOver()
            ):
                continue


def _of_step(step: ast.Step) -> Iterator[ast.Condition]:
    match step:
        case ast.If():
            yield from (arm.condition for arm in step.arms)
        case ast.WaitUntil():
            if step.condition is not None:
                yield step.condition
        case ast.Repeat():
            if step.until is not None:
                yield step.until
        case (
            ast.Wait()
            | ast.WaitUntilMoment()
            | ast.Split()
            | ast.Experiment()
            | ast.Ask()
            | ast.Collect()
            | ast.Throttle()
            | ast.Leave()
            | ast.Leaf()
        ):
            return
