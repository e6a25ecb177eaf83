"""Steps: a block of steps in, problems with each of them out.

Afterwards every wait ends, every date is there or says what else happens, every share is given out
and every message, name and condition holds.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from cio_lang import ast, names, text
from cio_lang.check import (
    addresses,
    clocks,
    conditions,
    durations,
    known,
    placeholders,
    shares,
    templates,
    types,
)
from cio_lang.check.blocks import Block
from cio_lang.check.empty import EmptyBlock
from cio_lang.check.scope import Scope, starts
from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.steps import kind_of
from cio_lang.steps.call import Call
from cio_lang.steps.send import Send


@record(kw_only=True)
class DateMayBeMissing(Problem):
    """A wait for a date that some people do not have, with nothing said for them."""

    code = "date-may-be-missing"
    attribute: str

    def report(self) -> Report:
        """What, why, one way out."""
        name = text.name(ast.Name(self.attribute))
        return Report(
            f"Some people may have no `{self.attribute}` to wait for.",
            "Nothing in this journey makes sure of it, and for them the journey would just stop.",
            f"add `otherwise` below with what they get, or a line "
            f"`only people where {name} is known`",
        )


@record(kw_only=True)
class WaitWithoutEnd(Problem):
    """A wait for something that may never come, with no limit."""

    code = "wait-without-end"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This wait may never end.",
            "Whoever it never comes for stays in the journey for good.",
            "say how long to wait at most, as in `…, up to 30 days`",
        )


@record(kw_only=True)
class OtherwiseNeverTaken(Problem):
    """An `otherwise` that nobody gets to."""

    code = "otherwise-never-taken"
    why: str
    way_out: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report("Nobody gets into this `otherwise`.", self.why, self.way_out)


@record(kw_only=True)
class TooFewRounds(Problem):
    """`repeat up to 1 time`: nothing is repeated."""

    code = "too-few-rounds"
    times: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`repeat up to {self.times} time{'' if self.times == 1 else 's'}` repeats nothing.",
            "The steps below it would be done once, as they are without it."
            if self.times == 1
            else "The steps below it would never be done.",
            "write at least `repeat up to 2 times`, or take the line out",
        )


@record(kw_only=True)
class NothingToCollect(Problem):
    """`collect` in a journey that no event starts."""

    code = "nothing-to-collect"
    starts: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "There is nothing to collect here.",
            "`collect` gathers the events that start a journey, "
            f"and this one starts {self.starts}.",
            "start the journey with `when someone does …`, or write `wait` instead",
        )


@record(kw_only=True)
class ThrottleOfZero(Problem):
    """`at most 0 per day`: nobody gets through."""

    code = "throttle-of-zero"
    per: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`at most 0 per {self.per}` lets nobody through.",
            "Nothing below this line would ever happen.",
            f"write `at most 1 per {self.per}`, or `leave` where the journey is to end",
        )

    def fix(self) -> Fix | None:
        """The least that lets somebody through."""
        return Fix(self.span, f"at most 1 per {self.per}")


@record(kw_only=True)
class NobodyToAsk(Problem):
    """`ask ""`: no name."""

    code = "nobody-to-ask"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "Nobody is asked here.",
            "Without a name nobody would know that an answer is theirs to give.",
            'write who it is, as in `ask "Growth team" to approve`',
        )


def check(
    steps: Block, scope: Scope, schema: Schema, has: frozenset[str]
) -> Generator[Problem, None, frozenset[str] | None]:
    """Problems with a block of steps; `has` are attributes that everybody has who gets there.

    Returns those that everybody has who gets past them; None where nobody does.
    """
    ended = False
    for step in steps:
        yield from _step(step, scope, schema, has)
        if isinstance(step, ast.Collect):
            scope = replace(scope, collects=True)
        ends: list[frozenset[str]] = []
        for block, inner in known.ways(step, has, schema):
            end = yield from check(block, scope, schema, inner)
            if end is not None:
                ends.append(end)
        if ends:
            has = frozenset.intersection(*ends)
        else:
            ended = True
    return None if ended else has


def _step(step: ast.Step, scope: Scope, schema: Schema, has: frozenset[str]) -> Iterator[Problem]:
    match step:
        case ast.Wait():
            yield from _maybe(durations.duration(step.duration, "wait"))
        case ast.WaitUntilMoment():
            yield from _moment(step, schema, has)
        case ast.WaitUntil():
            yield from _until(step, scope, schema)
        case ast.If():
            for arm in step.arms:
                yield from conditions.check(arm.condition, scope, schema)
        case ast.Split():
            yield from shares.split(step)
        case ast.Experiment():
            yield from shares.experiment(step, schema)
        case ast.Repeat():
            if step.times < 2:
                yield TooFewRounds(span=step.span, times=step.times)
            if not step.steps:
                yield EmptyBlock(
                    span=step.span, what="This `repeat`", way_out="write below it what is repeated"
                )
            if step.until is not None:
                yield from conditions.check(step.until, scope, schema)
        case ast.Ask():
            if not step.who.value.strip():
                yield NobodyToAsk(span=step.who.span)
            if step.at_most is not None:
                yield from _maybe(durations.duration(step.at_most, "up to"))
        case ast.Collect():
            yield from _maybe(durations.duration(step.duration, "collect"))
            if scope.entry is not None and not isinstance(scope.entry, ast.OnEvent):
                yield NothingToCollect(span=step.span, starts=starts(scope.entry))
        case ast.Throttle():
            if step.times < 1:
                yield ThrottleOfZero(span=step.span, per=step.per)
        case ast.Leave():
            return
        case ast.Leaf():
            yield from kind_of(step).check(step, schema)
            yield from _leaf(step, scope, schema)


def _leaf(leaf: ast.Leaf, scope: Scope, schema: Schema) -> Iterator[Problem]:
    """What depends on where the step stands, beyond what its own module checks."""
    match leaf:
        case Send():
            yield from placeholders.check(leaf.message, scope, schema)
            yield from templates.channel(leaf, schema)
        case Call():
            yield from addresses.check(leaf.address)
            yield from placeholders.words(leaf.address, scope, schema)
        case ast.Leaf():
            return


def _maybe(problem: Problem | None) -> Iterator[Problem]:
    if problem is not None:
        yield problem


def _moment(step: ast.WaitUntilMoment, schema: Schema, has: frozenset[str]) -> Iterator[Problem]:
    match step.moment:
        case ast.AtDate():
            date = step.moment
            found = tuple(date_of(date.attribute, date.offset, schema, _UNTIL_EVENT))
            yield from found
            if not found and step.otherwise is None and date.attribute.text not in has:
                yield DateMayBeMissing(span=date.attribute.span, attribute=date.attribute.text)
            return
        case ast.InSlot():
            slot = step.moment
            yield from clocks.between(slot.start, slot.end, slot.span, "slot")
        case ast.AtTime():
            pass
    if step.otherwise is not None:
        yield OtherwiseNeverTaken(
            span=step.otherwise.span,
            why="A time of day comes for everybody.",
            way_out="take the `otherwise` out, or wait until a date of the person's",
        )


_UNTIL_EVENT = "wait until they do {}, up to 3 days"


def date_of(
    attribute: ast.Name, offset: ast.Duration | None, schema: Schema, of_event: str
) -> Iterator[Problem]:
    """Problems with an attribute that a moment is measured from, and with how far it is away.

    `of_event` is how the moment of an event is said in its place.
    """
    unknown = names.attribute(attribute, schema)
    if unknown is not None:
        if isinstance(unknown, names.WrongKind):
            unknown = replace(unknown, instead=of_event.format(text.name(attribute)))
        yield unknown
        return
    yield from types.a_date(attribute, schema.attribute_type(attribute.text))
    if offset is not None:
        yield from _maybe(durations.duration(offset, "offset"))


def _until(step: ast.WaitUntil, scope: Scope, schema: Schema) -> Iterator[Problem]:
    if step.condition is None and not step.events:
        yield EmptyBlock(
            span=step.span,
            what="This `wait until`",
            way_out="write what to wait for, as in `wait until they do …, up to 3 days`",
        )
    if step.condition is not None:
        yield from conditions.check(step.condition, scope, schema)
    for pattern in step.events:
        yield from conditions.happening(pattern.event, pattern.where, schema)
    if step.at_most is not None:
        yield from _maybe(durations.duration(step.at_most, "up to"))
        return
    yield WaitWithoutEnd(span=step.span)
