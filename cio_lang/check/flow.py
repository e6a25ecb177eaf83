"""The order of steps: steps in, problems out.

Afterwards every step can be reached, and every branch can be taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cio_lang import ast
from cio_lang.check.wording import words
from cio_lang.problem import Problem, Report
from cio_lang.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreachableStep(Problem):
    """A step below a `leave`, or below branches that all leave."""

    code = "unreachable-step"
    after: Span
    branches: bool

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "Nobody gets to this step.",
            f"Every branch of the `if` in line {self.after.line} leaves the journey."
            if self.branches
            else f"Everybody has left the journey in line {self.after.line}.",
            "take a `leave` out, or take out what is below it"
            if self.branches
            else "take the `leave` out, or take out what is below it",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchNeverTaken(Problem):
    """An `otherwise if` asks what a branch above it has asked already."""

    code = "branch-never-taken"
    condition: str
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "Nobody gets into this branch.",
            f"Who meets `{self.condition}` has taken the branch in line {self.first.line}.",
            "change the condition, or take the branch out",
        )


def check(steps: Sequence[ast.Step]) -> Iterator[Problem]:
    """Problems with a block of steps and the blocks below them."""
    for step, following in pairwise(steps):
        if leaves(step):
            yield UnreachableStep(
                span=following.span, after=step.span, branches=isinstance(step, ast.If)
            )
            break
    for step in steps:
        if isinstance(step, ast.If):
            yield from _branches(step)


def leaves(step: ast.Step) -> bool:
    """Whether nobody gets past the step."""
    match step:
        case ast.Leave():
            return True
        case ast.If():
            if step.otherwise is None:
                return False
            blocks = (*(arm.steps for arm in step.arms), step.otherwise.steps)
            return all(any(leaves(inner) for inner in block) for block in blocks)
        case ast.Wait() | ast.Leaf():
            return False


def _branches(step: ast.If) -> Iterator[Problem]:
    for index, arm in enumerate(step.arms):
        first = next((e for e in step.arms[:index] if e.condition == arm.condition), None)
        if first is not None:
            yield BranchNeverTaken(
                span=arm.condition.span, condition=words(arm.condition), first=first.span
            )
        yield from check(arm.steps)
    if step.otherwise is not None:
        yield from check(step.otherwise.steps)
