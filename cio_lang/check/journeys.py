"""Journeys: one journey in, problems with its parts and steps out.

Afterwards it has one entry, at most one of each part that can be there once, and every name,
condition, duration and step in it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cio_lang import ast
from cio_lang.check import conditions, contradictions, durations, flow, names, placeholders
from cio_lang.check.conditions import Scope
from cio_lang.check.depth import steps_depth
from cio_lang.problem import Problem, Report
from cio_lang.schema import Schema
from cio_lang.source import Span
from cio_lang.steps import kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
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


Once = Literal["entry", "only", "goal", "re-entry", "topic"]
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
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedPart(Problem):
    """A journey has a second entry, goal, topic or other line that can be there only once."""

    code = "repeated-part"
    part: Once
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        what, why, way_out = _REPEATED[self.part]
        return Report(f"The journey {what}, in line {self.first.line}.", why, way_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToMatch(Problem):
    """`leave when they no longer match` in a journey that starts with an event."""

    code = "nothing-to-match"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "`leave when they no longer match` has nothing to go by.",
            "This journey starts when somebody does something, not when they match a condition.",
            "say the condition, as in `leave when plan is unknown`, or start the journey with "
            "`when someone matches …`",
        )


def check(journey: ast.Journey, schema: Schema) -> Iterator[Problem]:
    """Problems with one journey."""
    entry = next((part for part in journey.parts if isinstance(part, ast.Entry)), None)
    if entry is None:
        yield NoEntry(span=journey.title.span, journey=journey.title.text)
    yield from _repeated(journey)
    for part in journey.parts:
        yield from _part(part, entry, schema)
    yield from _nobody_enters(journey, schema)
    too_deep = steps_depth(journey.steps)
    if too_deep is not None:
        yield too_deep
        return
    yield from flow.check(journey.steps)
    yield from _steps(journey.steps, Scope("journey", entry), schema)


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
        case ast.OnEvent() | ast.OnMatch():
            return "entry"
        case ast.OnlyWhere():
            return "only"
        case ast.Goal():
            return "goal"
        case ast.Once() | ast.EveryTime() | ast.AgainAfter():
            return "re-entry"
        case ast.TopicOf():
            return "topic"
        case ast.LeaveOnEvent() | ast.LeaveWhenUnmatched() | ast.LeaveWhere():
            return None


def _part(part: ast.Part, entry: ast.Entry | None, schema: Schema) -> Iterator[Problem]:
    problem: Problem | None = None
    match part:
        case ast.OnEvent() | ast.LeaveOnEvent():
            yield from conditions.happening(part.event, part.where, schema)
        case ast.OnMatch():
            yield from conditions.check(part.condition, Scope("entry"), schema)
        case ast.OnlyWhere():
            yield from conditions.check(part.condition, Scope("only", entry), schema)
        case ast.LeaveWhere():
            yield from conditions.check(part.condition, Scope("journey", entry), schema)
        case ast.LeaveWhenUnmatched():
            if isinstance(entry, ast.OnEvent):
                problem = NothingToMatch(span=part.span)
        case ast.Goal():
            yield from conditions.happening(part.event, part.where, schema)
            if part.within is not None:
                problem = durations.duration(part.within, "goal")
        case ast.AgainAfter():
            problem = durations.duration(part.duration, "again")
        case ast.TopicOf():
            problem = names.topic(part.topic, schema)
        case ast.Once() | ast.EveryTime():
            return
    if problem is not None:
        yield problem


def _nobody_enters(journey: ast.Journey, schema: Schema) -> Iterator[Problem]:
    """The entry and `only people where` must hold together."""
    entries = [part for part in journey.parts if isinstance(part, ast.OnMatch)]
    filters = [part for part in journey.parts if isinstance(part, ast.OnlyWhere)]
    if len(entries) != 1 or len(filters) != 1:
        return
    entry, only = entries[0].condition, filters[0].condition
    if any(conditions.check(entry, Scope("entry"), schema)) or any(
        conditions.check(only, Scope("only", entries[0]), schema)
    ):
        return
    yield from contradictions.together(
        (*contradictions.conjuncts(entry), *contradictions.conjuncts(only))
    )


def _steps(steps: tuple[ast.Step, ...], scope: Scope, schema: Schema) -> Iterator[Problem]:
    for step in steps:
        match step:
            case ast.Wait():
                problem = durations.duration(step.duration, "wait")
                if problem is not None:
                    yield problem
            case ast.If():
                for arm in step.arms:
                    yield from conditions.check(arm.condition, scope, schema)
                    yield from _steps(arm.steps, scope, schema)
                if step.otherwise is not None:
                    yield from _steps(step.otherwise.steps, scope, schema)
            case ast.Leaf():
                yield from kind_of(step).check(step, schema)
                yield from placeholders.check(step, scope, schema)
            case ast.Leave():
                continue
