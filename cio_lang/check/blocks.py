"""Steps within steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cio_lang import ast

Block = tuple[ast.Step, ...]


def blocks(step: ast.Step) -> tuple[Block, ...]:
    """The blocks of steps that are indented under a step and its `otherwise`."""
    match step:
        case ast.If():
            return (*(arm.steps for arm in step.arms), *_otherwise(step.otherwise))
        case ast.WaitUntil():
            return (step.met, *_otherwise(step.otherwise))
        case ast.WaitUntilMoment() | ast.Ask():
            return _otherwise(step.otherwise)
        case ast.Split() | ast.Experiment():
            return tuple(share.steps for share in step.shares)
        case ast.Repeat():
            return (step.steps,)
        case ast.Wait() | ast.Collect() | ast.Throttle() | ast.Leave() | ast.Leaf():
            return ()


def every(steps: Iterable[ast.Step]) -> Iterator[ast.Step]:
    """Every step of a block and of the blocks in it, in the order of the text."""
    pending = [iter(steps)]
    while pending:
        step = next(pending[-1], None)
        if step is None:
            pending.pop()
            continue
        yield step
        pending += (iter(block) for block in reversed(blocks(step)))


def _otherwise(otherwise: ast.Otherwise | None) -> tuple[Block, ...]:
    return () if otherwise is None else (otherwise.steps,)
