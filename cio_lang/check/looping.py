"""Loops: where steps are done again without any time going by.

Afterwards every round of a `repeat` waits, and journeys that start one another do so in time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cio_lang import ast
from cio_lang.check.blocks import every
from cio_lang.check.depth import steps_depth
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.steps.start import Start


@record(kw_only=True)
class RepeatWithoutWait(Problem):
    """A `repeat` of which a round can take no time at all."""

    code = "repeat-without-wait"
    waits: bool

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "A round of this `repeat` can take no time at all.",
            "There is a way through its steps without a wait, "
            "on which everything would be done again at once."
            if self.waits
            else "Without a wait, everything below it would be done several times at once.",
            "end each way through it with a wait, as in `wait 2 days`, or with `leave`"
            if self.waits
            else "add a wait below it, as in `wait 2 days`",
        )


@record(kw_only=True)
class RepeatNeverRepeats(Problem):
    """A `repeat` of which the first round always ends the journey."""

    code = "repeat-never-repeats"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "Nobody gets to a second round of this `repeat`.",
            "Every way through its steps leaves the journey.",
            "take the `repeat` out, or let some people go on",
        )


@record(kw_only=True)
class StartsItself(Problem):
    """Journeys that start one another in a circle, without any time going by."""

    code = "starts-itself"
    chain: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        through = " → ".join(f"`{title}`" for title in self.chain)
        return Report(
            "This journey starts itself."
            if len(self.chain) == 2
            else "This goes round in circles.",
            f"{through}: without a wait in between, it would never stop.",
            "add a wait before it, or take one of the `start journey` lines out",
        )


def rounds(step: ast.Repeat) -> Iterator[RepeatWithoutWait | RepeatNeverRepeats]:
    """Problems with the rounds of one `repeat`."""
    if not step.steps:
        return
    ways = through(step.steps, lambda _: None)
    if not ways:
        yield RepeatNeverRepeats(span=step.span)
    elif False in ways:
        waits = any(
            isinstance(inner, ast.Wait | ast.WaitUntilMoment | ast.WaitUntil | ast.Ask)
            for inner in every(step.steps)
        )
        yield RepeatWithoutWait(span=step.span, waits=waits)


def through(
    steps: Sequence[ast.Step], at_once: Callable[[ast.Step], None], waited: bool = False
) -> frozenset[bool]:
    """How one gets past the steps: having waited (True), at once (False), or not at all.

    `at_once` is told every step that can be come to without a wait.
    """
    ways = frozenset({waited})
    for step in steps:
        if not ways:
            break
        if False in ways:
            at_once(step)
        ways = frozenset(way for before in ways for way in _past(step, at_once, before))
    return ways


def _past(step: ast.Step, at_once: Callable[[ast.Step], None], waited: bool) -> frozenset[bool]:
    def block(steps: Sequence[ast.Step], after: bool) -> frozenset[bool]:
        return through(steps, at_once, after)

    def otherwise(written: ast.Otherwise | None, after: bool) -> frozenset[bool]:
        return frozenset({after}) if written is None else block(written.steps, after)

    match step:
        case ast.Wait() | ast.Collect():
            return frozenset({True})
        case ast.WaitUntilMoment():
            # A date that is past and hours that are open are no wait at all.
            takes_time = isinstance(step.moment, ast.AtTime)
            ways = frozenset({waited or takes_time})
            return ways if step.otherwise is None else ways | otherwise(step.otherwise, waited)
        case ast.WaitUntil():
            # It may have come already, since entering or in the round before.
            timed_out = frozenset() if step.at_most is None else otherwise(step.otherwise, True)
            return block(step.met, waited) | timed_out
        case ast.If():
            arms = (block(arm.steps, waited) for arm in step.arms)
            return otherwise(step.otherwise, waited).union(*arms)
        case ast.Split() | ast.Experiment():
            held = isinstance(step, ast.Experiment) and step.hold_out is not None
            none: frozenset[bool] = frozenset({waited}) if held or not step.shares else frozenset()
            return none.union(*(block(share.steps, waited) for share in step.shares))
        case ast.Repeat():
            once = block(step.steps, waited)
            return once if step.until is None else once | {waited}
        case ast.Ask():
            refused = frozenset() if step.otherwise is None else block(step.otherwise.steps, True)
            return frozenset({True}) | refused
        case ast.Leave():
            return frozenset()
        case ast.Throttle() | ast.Leaf():
            return frozenset({waited})


def circles(starts: Mapping[str, tuple[Start, ...]]) -> Iterator[StartsItself]:
    """Each circle once: `starts` are the journeys that each journey starts without a wait."""
    done: set[str] = set()
    for first in starts:
        path: list[str] = []
        pending: list[Iterator[Start]] = []
        if first not in done:
            path.append(first)
            pending.append(iter(starts[first]))
        while pending:
            step = next(pending[-1], None)
            if step is None:
                pending.pop()
                done.add(path.pop())
                continue
            title = step.journey.text
            if title in path:
                chain = (*path[path.index(title) :], title)
                yield StartsItself(span=step.span, chain=chain)
            elif title in starts and title not in done:
                path.append(title)
                pending.append(iter(starts[title]))


def started_at_once(
    journeys: Mapping[str, ast.Journey],
) -> dict[str, tuple[Start, ...]]:
    """By title, the journeys that each starts before any time has gone by.

    A journey that people do not come back to at once is left out: it ends every circle.
    """
    found: dict[str, tuple[Start, ...]] = {}
    for title, journey in journeys.items():
        if _entered_once(journey) or steps_depth(journey.steps) is not None:
            continue
        come_to: list[ast.Step] = []
        if any(isinstance(step, Start) for step in every(journey.steps)):
            through(journey.steps, come_to.append)
        found[title] = tuple(step for step in come_to if isinstance(step, Start))
    return found


def _entered_once(journey: ast.Journey) -> bool:
    """Whether nobody enters it again at once, however it is started."""
    if any(isinstance(part, ast.Once | ast.AgainAfter) for part in journey.parts):
        return True
    every_time = any(isinstance(part, ast.EveryTime) for part in journey.parts)
    return not every_time and any(
        isinstance(part, ast.OnMatch | ast.OnceFor) for part in journey.parts
    )
