"""Waits that quiet hours make nothing of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cio_lang import ast, text
from cio_lang.check import Checked
from cio_lang.check.blocks import blocks
from cio_lang.lint.rule import Rule, declared, is_transactional, journeys, parts, seconds
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.steps.send import Send

DAY = 86_400


@record(kw_only=True)
class WaitWithinQuiet(Problem):
    """A wait between two messages is shorter than the quiet hours.

    Who gets to the first of the two as the quiet hours begin gets both in the same minute, when
    they end: the wait has passed in the night.  Only where both messages can come at any time of
    day; after a `wait until 09:00`, or in a journey that starts at a time of day, it is left alone.
    """

    code = "wait-within-quiet-hours"
    severity = "warning"
    wait: str
    quiet: str
    hours: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`wait {self.wait}` is shorter than the quiet hours, which last {self.hours}.",
            f"With `{self.quiet}`, who gets to the message above it as they begin gets both at "
            "once when they end.",
            f"wait longer than {self.hours}, or put a `wait until` with a time of day in its place",
        )


def find(checked: Checked) -> Iterator[WaitWithinQuiet]:
    """Waits between messages that can pass within quiet hours."""
    general = next((p.quiet for p in declared(checked, ast.Policy) if p.quiet is not None), None)
    for journey in journeys(checked):
        own = next(parts(journey, ast.Quiet), None)
        exempt = is_transactional(journey, checked) or any(parts(journey, ast.ExemptFromCaps))
        quiets = [quiet for quiet in (own, None if exempt else general) if quiet is not None]
        at_a_time = any(parts(journey, ast.OnSchedule)) or any(parts(journey, ast.OnDate))
        if quiets and not at_a_time:
            yield from _walk(journey.steps, max(quiets, key=_length), False)


def _walk(steps: Sequence[ast.Step], quiet: ast.Quiet, fixed: bool) -> Iterator[WaitWithinQuiet]:
    """`fixed`: whether runs come here at some time of day that the journey says."""
    sent = False
    wait: ast.Wait | None = None
    for step in steps:
        match step:
            case Send():
                short = wait is not None and seconds(wait.duration) < _length(quiet)
                if sent and wait is not None and short and not fixed:
                    yield _found(wait, quiet)
                sent, wait = not step.best_time, None
            case ast.Wait():
                sent, wait = sent and wait is None, step
            case ast.WaitUntilMoment():
                fixed, sent = True, False
                for block in blocks(step):
                    yield from _walk(block, quiet, fixed)
            case (
                ast.WaitUntil()
                | ast.If()
                | ast.Split()
                | ast.Experiment()
                | ast.Repeat()
                | ast.Ask()
            ):
                for block in blocks(step):
                    yield from _walk(block, quiet, fixed)
                sent = False
                fixed = fixed or _fixes(step)
            case ast.Collect() | ast.Leave():
                sent = False
            case ast.Throttle() | ast.Leaf():
                continue


def _fixes(step: ast.Step) -> bool:
    """Whether somewhere in it a time of day is waited for."""
    return isinstance(step, ast.WaitUntilMoment) or any(
        _fixes(inner) for block in blocks(step) for inner in block
    )


def _found(wait: ast.Wait, quiet: ast.Quiet) -> WaitWithinQuiet:
    minutes = _length(quiet) // 60
    hours = text.duration(ast.Duration(minutes // 60, "hour"))
    if minutes % 60:
        rest = text.duration(ast.Duration(minutes % 60, "minute"))
        hours = rest if minutes < 60 else f"{hours} and {rest}"
    return WaitWithinQuiet(
        span=wait.duration.span,
        wait=text.duration(wait.duration),
        quiet=f"quiet from {text.clock(quiet.start.time)} to {text.clock(quiet.end.time)}",
        hours=hours,
    )


def _length(quiet: ast.Quiet) -> int:
    start, end = (at.time.value for at in (quiet.start, quiet.end))
    long = (end.hour - start.hour) * 3600 + (end.minute - start.minute) * 60
    return (long + end.second - start.second) % DAY or DAY


BAD = """\
policy
  quiet from 21:00 to 08:00 their time

journey "Cart"
  when someone does cart_updated

  email "You left something behind."
  wait 2 hours
  email "It is still there."
"""

RULE = Rule(
    problem=WaitWithinQuiet,
    bad=BAD,
    good=BAD.replace("wait 2 hours", "wait 1 day"),
    fix="Wait longer than the quiet hours, or until a time of day.",
    find=find,
)
