"""Journeys: one journey in, problems with its parts and steps out.

Afterwards it has one entry, at most one of each part that can be there once, and every name,
condition, duration and step in it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from cio_lang import ast, names
from cio_lang.check import (
    clocks,
    conditions,
    contradictions,
    durations,
    entering,
    flow,
    known,
    steps,
    topics,
)
from cio_lang.check.depth import steps_depth
from cio_lang.check.scope import Scope, starts
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span


@record(kw_only=True)
class NoEntry(Problem):
    """A journey does not say who enters it."""

    code = "no-entry"
    journey: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The journey `{self.journey}` does not say when it starts.",
            "Without that nobody would ever enter it.",
            "add a line `when someone does …` or `when someone matches …` above its steps",
        )


Once = Literal[
    "entry",
    "only",
    "goal",
    "re-entry",
    "key",
    "topic",
    "quiet",
    "priority",
    "caps",
    "spread",
]
"""The parts that a journey can have once."""

_REPEATED: dict[Once, tuple[str, str, str]] = {
    "entry": (
        "already says when it starts",
        "Each person enters in one way, so that what comes next is the same for all.",
        "join the two with `or` in one `when someone matches …`, or write a second journey",
    ),
    "only": (
        "already says who may enter",
        "With two lines it is not clear whether both must hold or one.",
        "join the two conditions in one line with `and` or `or`",
    ),
    "goal": (
        "already has a goal",
        "A journey is measured by one thing.",
        "keep the one that the journey is for",
    ),
    "re-entry": (
        "already says whether people come back",
        "The two lines cannot both be followed.",
        "keep one of `once ever`, `every time` and `again after …`",
    ),
    "topic": (
        "already has a topic",
        "Somebody who unsubscribes from one of them would still want the other.",
        "keep one topic, or write a second journey",
    ),
    "key": (
        "already has a key",
        "People enter it once for each value of one thing.",
        "keep one of the two",
    ),
    "quiet": (
        "already has quiet hours",
        "Messages are held once a day, until the quiet hours end.",
        "keep one of the two lines",
    ),
    "priority": (
        "already has a priority",
        "It can only go before others in one way.",
        "keep one of the two lines",
    ),
    "caps": (
        "is already exempt from caps",
        "Once is enough.",
        "take one of the two lines out",
    ),
    "spread": (
        "already says over how long its messages are spread",
        "The two lines cannot both be followed.",
        "keep one of the two lines",
    ),
}


@record(kw_only=True)
class RepeatedPart(Problem):
    """A journey has a second entry, goal, topic or other line that can be there only once."""

    code = "repeated-part"
    part: Once
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        what, why, way_out = _REPEATED[self.part]
        return Report(f"The journey {what}, in line {self.first.line}.", why, way_out)


@record(kw_only=True)
class NothingToMatch(Problem):
    """`leave when they no longer match` in a journey that does not start with a condition."""

    code = "nothing-to-match"
    starts: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "`leave when they no longer match` has nothing to go by.",
            f"This journey starts {self.starts}, not when they match a condition.",
            "say the condition, as in `leave when plan is unknown`, or start the journey with "
            "`when someone matches …`",
        )


@record(kw_only=True)
class KeyWithoutEvent(Problem):
    """A `key` in a journey that no event starts."""

    code = "key-without-event"
    key: str
    starts: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no event to take `{self.key}` from.",
            f"A key is something that the first event carries, and this journey starts "
            f"{self.starts}.",
            "take the line out, or start the journey with `when someone does …`",
        )


@record(kw_only=True)
class NoSuchDay(Problem):
    """`on day 32 of every month`."""

    code = "no-such-day"
    day: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"No month has a day {self.day}.",
            "Days of a month go from 1 to 31; in a shorter month the last one counts.",
            "write a day from 1 to 31",
        )


def check(journey: ast.Journey, schema: Schema) -> Iterator[Problem]:
    """Problems with one journey."""
    entry = next((part for part in journey.parts if isinstance(part, ast.Entry)), None)
    key = next((part.property for part in journey.parts if isinstance(part, ast.Key)), None)
    if entry is None:
        yield NoEntry(span=journey.title.span, journey=journey.title.text)
    yield from _repeated(journey)
    scope = Scope("journey", entry, key)
    digest = any(isinstance(step, ast.Collect) for step in journey.steps)
    for part in journey.parts:
        if digest and isinstance(part, ast.LeaveWhere):
            # It is asked at any time, so below `collect` too.
            yield from conditions.check(part.condition, replace(scope, collects=True), schema)
            continue
        yield from _part(part, scope, schema)
    yield from _nobody_enters(journey, schema)
    yield from _nobody_stays(journey, scope, schema)
    yield from topics.check(journey, schema)
    too_deep = steps_depth(journey.steps)
    if too_deep is not None:
        yield too_deep
        return
    yield from flow.check(journey.steps, schema, lasting=tuple(entering.carried(journey)))
    yield from steps.check(journey.steps, scope, schema, known.on_entering(journey, schema))


def _repeated(journey: ast.Journey) -> Iterator[RepeatedPart]:
    seen: dict[Once, Span] = {}
    for part in journey.parts:
        once = _once(part)
        if once is None:
            continue
        if once in seen:
            yield RepeatedPart(span=part.span, part=once, first=seen[once])
        seen.setdefault(once, part.span)


def _once(part: ast.Part) -> Once | None:
    match part:
        case (
            ast.OnEvent()
            | ast.OnMatch()
            | ast.OnSegment()
            | ast.OnDate()
            | ast.OnSchedule()
            | ast.OnceFor()
            | ast.OnStart()
        ):
            return "entry"
        case ast.OnlyWhere():
            return "only"
        case ast.Goal():
            return "goal"
        case ast.Once() | ast.EveryTime() | ast.AgainAfter():
            return "re-entry"
        case ast.Key():
            return "key"
        case ast.TopicOf():
            return "topic"
        case ast.Quiet():
            return "quiet"
        case ast.Priority():
            return "priority"
        case ast.ExemptFromCaps():
            return "caps"
        case ast.SpreadOver():
            return "spread"
        case ast.LeaveOnEvent() | ast.LeaveWhenUnmatched() | ast.LeaveWhere():
            return None


def _part(part: ast.Part, scope: Scope, schema: Schema) -> Iterator[Problem]:
    entry = scope.entry
    problem: Problem | None = None
    match part:
        case ast.OnEvent() | ast.LeaveOnEvent():
            yield from conditions.happening(part.event, part.where, schema)
        case ast.OnMatch():
            yield from conditions.check(part.condition, Scope("entry"), schema)
        case ast.OnSegment():
            problem = names.segment(part.segment, schema)
        case ast.OnDate():
            yield from steps.date_of(part.attribute, part.offset, schema, "when someone does {}")
            if part.audience is not None:
                yield from conditions.check(part.audience, Scope("entry"), schema)
        case ast.OnSchedule():
            if isinstance(part.every, int) and not 1 <= part.every <= 31:
                yield NoSuchDay(span=part.span, day=part.every)
            yield from conditions.check(part.audience, Scope("entry"), schema)
        case ast.OnceFor():
            yield from conditions.check(part.audience, Scope("entry"), schema)
        case ast.OnlyWhere():
            only = Scope("only", entry, scope.key)
            yield from conditions.check(part.condition, only, schema)
        case ast.LeaveWhere():
            yield from conditions.check(part.condition, scope, schema)
        case ast.LeaveWhenUnmatched():
            if entry is not None and _audience(entry) is None:
                problem = NothingToMatch(span=part.span, starts=starts(entry))
        case ast.Goal():
            yield from conditions.happening(part.event, part.where, schema)
            if part.within is not None:
                problem = durations.duration(part.within, "goal")
        case ast.AgainAfter():
            problem = durations.duration(part.duration, "again")
        case ast.Key():
            problem = _key(part, entry, schema)
        case ast.TopicOf():
            problem = names.topic(part.topic, schema)
        case ast.Quiet():
            yield from clocks.between(part.start, part.end, part.span, "quiet")
        case ast.SpreadOver():
            problem = durations.duration(part.duration, "spread")
        case ast.Once() | ast.EveryTime() | ast.OnStart() | ast.Priority() | ast.ExemptFromCaps():
            return
    if problem is not None:
        yield problem


def _key(part: ast.Key, entry: ast.Entry | None, schema: Schema) -> Problem | None:
    match entry:
        case None:
            return None
        case ast.OnEvent():
            return names.property_of(entry.event, part.property, schema)
        case (
            ast.OnMatch()
            | ast.OnSegment()
            | ast.OnDate()
            | ast.OnSchedule()
            | ast.OnceFor()
            | ast.OnStart()
        ):
            return KeyWithoutEvent(span=part.span, key=part.property.text, starts=starts(entry))


def _nobody_enters(journey: ast.Journey, schema: Schema) -> Iterator[Problem]:
    """The entry and `only people where` must hold together."""
    entries = [part for part in journey.parts if isinstance(part, ast.Entry)]
    filters = [part for part in journey.parts if isinstance(part, ast.OnlyWhere)]
    if len(entries) != 1 or len(filters) != 1:
        return
    entry, only = entries[0], filters[0].condition
    if isinstance(entry, ast.OnEvent):
        if not any(conditions.happening(entry.event, entry.where, schema)) and not any(
            conditions.check(only, Scope("only", entry), schema)
        ):
            yield from entering.check(entry, only, schema)
        return
    meets = _audience(entry)
    if meets is None:
        return
    if any(conditions.check(meets, Scope("entry"), schema)) or any(
        conditions.check(only, Scope("only", entry), schema)
    ):
        return
    yield from contradictions.check(ast.And((meets, only)), schema)


def _nobody_stays(journey: ast.Journey, scope: Scope, schema: Schema) -> Iterator[Problem]:
    """What everybody meets who enters must not be what they leave by."""
    entries = [part for part in journey.parts if isinstance(part, ast.Entry)]
    if len(entries) != 1:
        return
    audience = _audience(entries[0])
    meets = [] if audience is None else [audience]
    meets += [part.condition for part in journey.parts if isinstance(part, ast.OnlyWhere)]
    for part in journey.parts:
        if isinstance(part, ast.LeaveWhere) and not any(
            conditions.check(part.condition, scope, schema)
        ):
            yield from entering.leaving(entries[0], meets, part, schema)


def _audience(entry: ast.Entry) -> ast.Condition | None:
    """What everybody meets who enters."""
    match entry:
        case ast.OnMatch():
            return entry.condition
        case ast.OnSchedule() | ast.OnceFor() | ast.OnDate():
            return entry.audience
        case ast.OnSegment():
            return ast.InSegment(
                entry.segment, negated=entry.verb == "leaves", span=entry.segment.span
            )
        case ast.OnEvent() | ast.OnStart():
            return None
