"""The order of steps: steps in, problems out.

Afterwards every step can be reached, every branch can be taken and every loop goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal as OneOf

from cio_lang import ast
from cio_lang.check.blocks import blocks
from cio_lang.check.contradictions import stated
from cio_lang.check.exclusion import Literal, Together, literals
from cio_lang.check.looping import rounds, through
from cio_lang.check.steps import OtherwiseNeverTaken
from cio_lang.check.wording import words
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span

Fork = OneOf["if", "split", "experiment", "wait until", "repeat"]


@record(kw_only=True)
class UnreachableStep(Problem):
    """A step below a `leave`, or below branches that all leave."""

    code = "unreachable-step"
    after: Span
    fork: Fork | None

    def report(self) -> Report:
        """What, why, one way out."""
        if self.fork is None:
            return Report(
                "Nobody gets to this step.",
                f"Everybody has left the journey in line {self.after.line}.",
                "take the `leave` out, or take out what is below it",
            )
        ways = "way through" if self.fork in ("wait until", "repeat") else "branch of"
        return Report(
            "Nobody gets to this step.",
            f"Every {ways} the `{self.fork}` in line {self.after.line} leaves the journey.",
            "take a `leave` out, or take out what is below it",
        )


@record(kw_only=True)
class BranchNeverTaken(Problem):
    """A branch asks what a branch above it has asked already, or what cannot be there any more.

    `first` is the branch that takes those people before, None where it takes several; `given` is
    what everybody meets who gets there at all.
    """

    code = "branch-never-taken"
    condition: str
    first: Span | None
    given: str | None = None

    def report(self) -> Report:
        """What, why, one way out."""
        if self.given is not None:
            why = f"Everybody who gets here meets `{self.given}`, and nobody meets both."
        elif self.first is not None:
            why = f"Who meets `{self.condition}` has taken the branch in line {self.first.line}."
        else:
            why = f"Who meets `{self.condition}` has taken one of the branches above."
        return Report(
            "Nobody gets into this branch.",
            why,
            "change the condition, or take the branch out",
        )


def check(
    steps: Sequence[ast.Step],
    schema: Schema,
    given: Sequence[Literal] = (),
    lasting: Sequence[Literal] = (),
) -> Iterator[Problem]:
    """Problems with a block of steps and the blocks below them.

    `given` is what everybody meets when they come to the first of them, `lasting` what they meet
    all the way.
    """
    reported = False
    for index, step in enumerate(steps):
        if isinstance(step, ast.If):
            yield from _branches(step, schema, given if index == 0 else (), lasting)
        else:
            for block in blocks(step):
                yield from check(block, schema, lasting=lasting)
        if isinstance(step, ast.Repeat):
            yield from rounds(step)
        if not reported and index + 1 < len(steps) and leaves(step):
            reported = True
            following = steps[index + 1]
            yield UnreachableStep(span=following.span, after=step.span, fork=_fork(step))


def leaves(step: ast.Step) -> bool:
    """Whether nobody gets past the step."""
    if not blocks(step):
        return isinstance(step, ast.Leave)
    return not through((step,), lambda _: None)


def _fork(step: ast.Step) -> Fork | None:
    match step:
        case ast.If():
            return "if"
        case ast.Split():
            return "split"
        case ast.Experiment():
            return "experiment"
        case ast.WaitUntil() | ast.WaitUntilMoment():
            return "wait until"
        case ast.Repeat():
            return "repeat"
        case ast.Wait() | ast.Ask() | ast.Collect() | ast.Throttle() | ast.Leave() | ast.Leaf():
            return None


def _branches(
    step: ast.If, schema: Schema, given: Sequence[Literal], lasting: Sequence[Literal]
) -> Iterator[Problem]:
    """Each branch after those above it: who comes to it has met none of them."""
    taken: dict[Literal, Span] = {}
    asked: list[ast.Arm] = []
    certain = True
    for arm in step.arms:
        own = tuple(literals(arm.condition))
        sound = _clash(own, (), schema) is None
        alike = next((each for each in asked if each.condition == arm.condition), None)
        if alike is not None:
            yield _never_taken(arm, alike.span)
        elif sound and (given or taken or lasting):
            clash = _clash(own, (*lasting, *given, *taken), schema)
            if clash:
                yield _ruled_out(arm, clash, taken)
        asked.append(arm)
        inner = (*given, *taken, *own) if sound else ()
        yield from check(arm.steps, schema, inner, lasting)
        failed = tuple(literals(ast.Not(arm.condition)))
        certain = certain and sound and bool(failed)
        taken.update(dict.fromkeys(failed, arm.span))
    if step.otherwise is not None:
        ruled_out = _clash(tuple(taken), lasting, schema) if certain else None
        if certain and _clash(tuple(taken), (), schema) is not None:
            yield OtherwiseNeverTaken(
                span=step.otherwise.span,
                why="Everybody has taken one of the branches above.",
                way_out="take the `otherwise` out, or change a condition above it",
            )
            yield from check(step.otherwise.steps, schema, lasting=lasting)
        elif ruled_out:
            yield OtherwiseNeverTaken(
                span=step.otherwise.span,
                why=f"Everybody who is in this journey meets `{stated(ruled_out[0])}`, and so one "
                "of the conditions above.",
                way_out="take the `otherwise` out, or change a condition above it",
            )
            yield from check(step.otherwise.steps, schema, lasting=lasting)
        else:
            yield from check(step.otherwise.steps, schema, (*given, *taken), lasting)


def _clash(
    own: Sequence[Literal], around: Sequence[Literal], schema: Schema
) -> tuple[Literal, ...] | None:
    """What of `around` rules out what is asked; None where nothing does."""
    together = Together(schema)
    for literal in around:
        together.add(literal)
    for literal in own:
        clash = together.add(literal)
        if clash is not None:
            return tuple(each for each in clash if each in around) if around else clash
    return None


def _ruled_out(
    arm: ast.Arm, clash: Sequence[Literal], taken: dict[Literal, Span]
) -> BranchNeverTaken:
    outside = [literal for literal in clash if literal not in taken]
    if outside:
        return BranchNeverTaken(
            span=arm.condition.span,
            condition=words(arm.condition),
            first=None,
            given=stated(outside[0]),
        )
    lines = {taken[literal] for literal in clash}
    return _never_taken(arm, lines.pop() if len(lines) == 1 else None)


def _never_taken(arm: ast.Arm, first: Span | None) -> BranchNeverTaken:
    return BranchNeverTaken(span=arm.condition.span, condition=words(arm.condition), first=first)
