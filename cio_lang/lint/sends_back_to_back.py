"""Two messages with nothing between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cio_lang import ast
from cio_lang.check import Checked, flow
from cio_lang.check.blocks import blocks
from cio_lang.lint.rule import Rule, journeys
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.steps.send import Send


@record(kw_only=True)
class SendsBackToBack(Problem):
    """Two messages of one kind go to the same person with no wait between them.

    Both arrive in the same moment, and the second hides the first.  An `email` beside a `notify`
    can be meant, and is left alone.
    """

    code = "sends-back-to-back"
    severity = "warning"
    step: str
    line: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This `{self.step}` goes out in the same moment as the one in line {self.line}.",
            "Two messages at once are read as one, or not at all.",
            "put a `wait` between them, or make them one message",
        )


def find(checked: Checked) -> Iterator[SendsBackToBack]:
    """Messages that follow one of their kind at once."""
    for journey in journeys(checked):
        yield from _walk(journey.steps, ()).found


@record
class _Walked:
    found: tuple[SendsBackToBack, ...]
    fresh: tuple[Send, ...] | None
    """What everybody who gets past the steps was just sent; None where nobody gets past."""


def _walk(steps: Sequence[ast.Step], fresh: tuple[Send, ...]) -> _Walked:
    found: list[SendsBackToBack] = []
    for step in steps:
        match step:
            case Send():
                earlier = next((send for send in fresh if send.channel == step.channel), None)
                if earlier is not None:
                    line = earlier.span.line
                    found.append(SendsBackToBack(span=step.span, step=step.channel, line=line))
                fresh = (*(send for send in fresh if send.channel != step.channel), step)
            case ast.Wait() | ast.Collect():
                fresh = ()
            case ast.If() | ast.Split() | ast.Experiment():
                past = [walk.fresh for walk in _ways(step, fresh, found)]
                getting_past = [sent for sent in past if sent is not None]
                if not getting_past:
                    return _Walked(tuple(found), None)
                fresh = tuple(send for send in getting_past[0] if _in_all(send, getting_past))
            case ast.WaitUntilMoment() | ast.WaitUntil() | ast.Repeat() | ast.Ask():
                # Whether any time goes by is not certain.
                for block in blocks(step):
                    found.extend(_walk(block, ()).found)
                if flow.leaves(step):
                    return _Walked(tuple(found), None)
                fresh = ()
            case ast.Throttle():
                continue
            case ast.Leave():
                return _Walked(tuple(found), None)
            case ast.Leaf():
                continue
    return _Walked(tuple(found), fresh)


def _ways(
    step: ast.If | ast.Split | ast.Experiment,
    fresh: tuple[Send, ...],
    found: list[SendsBackToBack],
) -> list[_Walked]:
    """Every way through a fork; what is found on it is added to `found`."""
    ways = list(blocks(step))
    straight_on = isinstance(step, ast.If) and step.otherwise is None
    if straight_on or (isinstance(step, ast.Experiment) and step.hold_out is not None):
        ways.append(())
    walks = [_walk(block, fresh) for block in ways]
    found.extend(problem for walk in walks for problem in walk.found)
    return walks


def _in_all(send: Send, past: Sequence[tuple[Send, ...]]) -> bool:
    """Whether one of its kind was sent on every way."""
    return all(any(sent.channel == send.channel for sent in way) for way in past)


BAD = """\
journey "Welcome"
  when someone does signed_up

  email "Good to have you here."
  email "Here is how to get started."
"""

RULE = Rule(
    problem=SendsBackToBack,
    bad=BAD,
    good=BAD.replace('  email "Here', '  wait 1 day\n  email "Here'),
    fix="Put a `wait` between the two, or make them one message.",
    find=find,
)
