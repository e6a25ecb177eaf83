"""Goals that the journey can do nothing for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cio_lang import ast, text
from cio_lang.check import Checked
from cio_lang.check.blocks import blocks, every
from cio_lang.lint.rule import Rule, journeys, parts, seconds
from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class GoalOutOfReach(Problem):
    """Nothing that a journey does can have to do with its goal.

    Either it does nothing at all: it only waits, branches and ends.  Or its goal counts for less
    time than passes before its first step that reaches anybody: whoever gets the message can no
    longer reach the goal, and whoever reaches it never got the message.
    """

    code = "goal-out-of-reach"
    severity = "warning"
    goal: str
    within: str | None
    first: int | None

    def report(self) -> Report:
        """What, why, one way out."""
        if self.within is None or self.first is None:
            return Report(
                f"No step of this journey can have to do with `{self.goal}`.",
                "The journey only waits, branches and ends; what it counts would happen without it "
                "too.",
                "add the message that is to bring it about, or take the goal out",
            )
        return Report(
            f"The goal counts for {self.within}, and by then nothing has been sent.",
            f"The first step that reaches anybody, in line {self.first}, comes later than that.",
            "let the goal count for longer, or send earlier",
        )


def find(checked: Checked) -> Iterator[GoalOutOfReach]:
    """Goals that no step can influence."""
    for journey in journeys(checked):
        for goal in parts(journey, ast.Goal):
            event = text.name(goal.event)
            doing = [step for step in every(journey.steps) if _does_something(step)]
            if not doing:
                if journey.steps:
                    yield GoalOutOfReach(span=goal.event.span, goal=event, within=None, first=None)
            elif goal.within is not None:
                first = _soonest(journey.steps)
                if first.done is not None and first.done[0] >= seconds(goal.within):
                    yield GoalOutOfReach(
                        span=goal.within.span,
                        goal=event,
                        within=text.duration(goal.within),
                        first=first.done[1].span.line,
                    )


def _does_something(step: ast.Step) -> bool:
    return isinstance(step, ast.Leaf | ast.Ask)


@record
class _Soonest:
    """The least seconds until something is done, and where; until all steps are passed by."""

    done: tuple[int, ast.Step] | None
    passed: int | None


def _soonest(steps: Sequence[ast.Step]) -> _Soonest:
    """All times are the least that they can be; a day has 24 hours and a month 30 days here."""
    after = 0
    done: tuple[int, ast.Step] | None = None
    for step in steps:
        if _does_something(step):
            return _Soonest(_sooner(done, (after, step)), after)
        match step:
            case ast.Wait() | ast.Collect():
                after += seconds(step.duration)
            case (
                ast.If() | ast.Split() | ast.Experiment() | ast.WaitUntil() | ast.WaitUntilMoment()
                | ast.Repeat()
            ):  # fmt: skip
                inside = [_soonest(block) for block in blocks(step)]
                for one in inside:
                    if one.done is not None:
                        done = _sooner(done, (after + one.done[0], one.done[1]))
                # Some way past it may take no time, so none is counted.
            case ast.Leave():
                return _Soonest(done, None)
            case ast.Throttle() | ast.Ask() | ast.Leaf():
                continue
    return _Soonest(done, after)


def _sooner(one: tuple[int, ast.Step] | None, other: tuple[int, ast.Step]) -> tuple[int, ast.Step]:
    return other if one is None or other[0] < one[0] else one


BAD = """\
journey "Trial"
  when someone does signed_up
  goal plan_upgraded within 3 days

  wait 1 week
  email "How is it going?"
"""

RULE = Rule(
    problem=GoalOutOfReach,
    bad=BAD,
    good=BAD.replace("within 3 days", "within 14 days"),
    fix="Let the goal count for longer, or do something sooner.",
    find=find,
)
