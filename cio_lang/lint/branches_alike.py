"""Branches between which nothing differs."""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast
from cio_lang.check import Checked
from cio_lang.check.blocks import every
from cio_lang.lint.rule import Rule, journeys
from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class BranchesAlike(Problem):
    """Two branches, one right after the other, do the same.

    Whoever takes the one gets what those get who take the other, so the condition decides nothing:
    one of the two was to say something else, or they are one.  The same goes for shares of a
    `split`, all of which do the same; in an `experiment`, two arms that are the same test nothing.
    """

    code = "branches-alike"
    severity = "warning"
    first: int
    what: str

    def report(self) -> Report:
        """What, why, one way out."""
        if self.what == "otherwise":
            return Report(
                f"`otherwise` does the same as the branch in line {self.first}.",
                "Whether the condition above it holds makes no difference.",
                "change one of the two, or take the branch out and leave its steps as they are",
            )
        if self.what == "branch":
            return Report(
                f"This branch does the same as the one in line {self.first}.",
                "Which of the two somebody takes makes no difference.",
                "change one of the two, or join their conditions with `or`",
            )
        return Report(
            f"This {self.what} does the same as the one in line {self.first}.",
            "Which of them somebody is drawn into makes no difference.",
            f"change one of them, or make them one {self.what}",
        )


def find(checked: Checked) -> Iterator[BranchesAlike]:
    """Branches, shares and arms that do the same as another."""
    for journey in journeys(checked):
        for step in every(journey.steps):
            match step:
                case ast.If():
                    yield from _branches(step)
                case ast.Split():
                    if len({share.steps for share in step.shares}) == 1:
                        yield from _shares(step.shares[0], step.shares[-1], "share")
                case ast.Experiment():
                    for number, share in enumerate(step.shares):
                        same = [one for one in step.shares[:number] if one.steps == share.steps]
                        if same:
                            yield from _shares(same[0], share, "arm")
                case (
                    ast.Wait()
                    | ast.WaitUntilMoment()
                    | ast.WaitUntil()
                    | ast.Repeat()
                    | ast.Ask()
                    | ast.Collect()
                    | ast.Throttle()
                    | ast.Leave()
                    | ast.Leaf()
                ):
                    continue


def _branches(step: ast.If) -> Iterator[BranchesAlike]:
    for arm, after in zip(step.arms, step.arms[1:], strict=False):
        if arm.steps and arm.steps == after.steps:
            yield BranchesAlike(span=after.condition.span, first=arm.span.line, what="branch")
    otherwise = step.otherwise
    for last in step.arms[-1:]:
        if otherwise is not None and last.steps and last.steps == otherwise.steps:
            yield BranchesAlike(span=otherwise.span, first=last.span.line, what="otherwise")


def _shares(first: ast.Share, share: ast.Share, what: str) -> Iterator[BranchesAlike]:
    yield BranchesAlike(span=share.label.span, first=first.span.line, what=what)


BAD = """\
journey "Upgrade"
  when someone does signed_up

  wait 3 days
  if plan is "Pro"
    email "There is more to try."
  otherwise
    email "There is more to try."
"""

RULE = Rule(
    problem=BranchesAlike,
    bad=BAD,
    good=BAD.replace('  otherwise\n    email "There', '  otherwise\n    email "With Pro, there'),
    fix="Let the branches differ, or leave only the steps.",
    find=find,
)
