"""A last condition that decides nothing."""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast
from cio_lang.check import Checked
from cio_lang.check.blocks import every
from cio_lang.check.exclusion import complete
from cio_lang.check.wording import words
from cio_lang.lint.rule import Rule, journeys
from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record
from cio_lang.source import Span


@record(kw_only=True)
class LastBranchTakesTheRest(Problem):
    """The last `otherwise if` asks what holds for everybody who gets there.

    Who has not taken the branches above meets it in any case, so `otherwise` says the same, and
    goes on saying it when the conditions above are changed.
    """

    code = "last-branch-takes-the-rest"
    severity = "warning"
    condition: str
    place: Span | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"Everybody who gets here meets `{self.condition}`.",
            "The branches above have taken all others.",
            "write `otherwise`",
        )

    def fix(self) -> Fix | None:
        """`otherwise` in its place."""
        return None if self.place is None else Fix(self.place, "otherwise")


def find(checked: Checked) -> Iterator[LastBranchTakesTheRest]:
    """Last branches that take everybody who is left."""
    for journey in journeys(checked):
        for step in every(journey.steps):
            if not isinstance(step, ast.If) or step.otherwise is not None or len(step.arms) < 2:
                continue
            last = step.arms[-1]
            before = [arm.condition for arm in step.arms[:-1]]
            if complete(*before, schema=checked.schema):
                continue
            if complete(*before, last.condition, schema=checked.schema):
                yield _found(last)


def _found(last: ast.Arm) -> LastBranchTakesTheRest:
    span, condition = last.span, last.condition.span
    whole = Span(span.file, span.line, span.column, condition.end_line, condition.end_column)
    return LastBranchTakesTheRest(
        span=condition,
        condition=words(last.condition),
        place=whole if span.line == condition.end_line else None,
    )


BAD = """\
journey "Upgrade"
  when someone does signed_up

  wait 3 days
  if seats is known
    email "How is your team doing?"
  otherwise if seats is unknown
    email "Who works with you?"
"""

RULE = Rule(
    problem=LastBranchTakesTheRest,
    bad=BAD,
    good=BAD.replace("otherwise if seats is unknown", "otherwise"),
    fix="Write `otherwise`.",
    find=find,
)
