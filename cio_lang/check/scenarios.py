"""Scenarios: a story about people in, problems with what it names out.

Afterwards everything that is given, done and expected can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, tzinfo

from cio_lang import ast, names, text
from cio_lang.calendar_time import add_local, instant_of, iso, parse_duration, zone
from cio_lang.check import conditions, durations
from cio_lang.check.empty import EmptyBlock
from cio_lang.check.scope import Scope
from cio_lang.problem import Fix, Problem, Report, nearest
from cio_lang.record import record
from cio_lang.schema import Schema, message_ref
from cio_lang.steps import membership
from cio_lang.steps.send import UnknownTemplate
from cio_lang.values import assignable, carried

_EXPECT = ast.ExpectMessage | ast.ExpectRun | ast.ExpectAttribute | ast.ExpectMatch
_SCOPE = Scope("statement")

MORNING = time(9)
"""The time of an `at` line that names none."""

_FIRST_MOMENT = datetime(2026, 1, 5, 9, 0)
"""Where a scenario without an `at` line begins: a Monday morning."""


@record(kw_only=True)
class NotInScenario(Problem):
    """A scenario expects something of somebody who is not in it."""

    code = "not-in-scenario"
    person: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is nobody called `{self.person}` in this scenario.",
            "What becomes of them cannot be told: nothing has been said of them.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"add a line `given {text.name(ast.Name(self.person))}` above it",
        )

    def fix(self) -> Fix | None:
        """The person who was probably meant."""
        return None if self.suggestion is None else Fix(self.span, self.suggestion)


@record(kw_only=True)
class ClockGoesBack(Problem):
    """A scenario goes to an earlier time than it is at."""

    code = "clock-goes-back"
    at: str
    was: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"It is {self.was} already, so it cannot become {self.at}.",
            "The clock of a scenario only goes on.",
            "put the lines in the order in which things happen",
        )


@record(kw_only=True)
class NothingExpected(Problem):
    """A scenario that expects nothing."""

    code = "nothing-expected"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This scenario expects nothing.",
            "Whatever happens in it, it would pass.",
            'add what must come of it, as in `expect email "welcome" to alice`',
        )


@record(kw_only=True)
class DuplicateAttribute(Problem):
    """A person of a scenario is given one attribute twice."""

    code = "duplicate-attribute"
    attribute: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.attribute}` is given twice.",
            "A person has one value for each attribute.",
            "take one of the two out",
        )


def check(scenario: ast.Scenario, schema: Schema) -> Iterator[Problem]:
    """Problems with one scenario."""
    if not scenario.lines:
        yield EmptyBlock(
            span=scenario.span,
            what="This scenario",
            way_out="write below it what happens, as in `when alice does signed_up`",
        )
    elif not any(isinstance(line, _EXPECT) for line in scenario.lines):
        yield NothingExpected(span=scenario.span)
    people: set[str] = set()
    for line in scenario.lines:
        yield from _line(line, people, schema)
    yield from _clock(scenario, zone(schema.settings.timezone, UTC))


def _clock(scenario: ast.Scenario, where: tzinfo) -> Iterator[ClockGoesBack]:
    """Lines that would put the clock back; it goes on from where it was."""
    now = begin(scenario, where)
    for line in scenario.lines:
        if isinstance(line, ast.After):
            if durations.duration(line.duration, "after") is not None:
                return
            now = add_local(now, parse_duration(iso(line.duration)), where)
        elif isinstance(line, ast.At):
            at = instant_of(wall(line), where)
            if at < now:
                was = _moment(now.astimezone(where))
                yield ClockGoesBack(span=line.span, at=_moment(wall(line)), was=was)
            now = max(now, at)


def begin(scenario: ast.Scenario, where: tzinfo) -> datetime:
    """The instant at which the clock of a scenario begins."""
    moments = (line for line in scenario.lines if isinstance(line, ast.At))
    first = next(moments, None)
    return instant_of(_FIRST_MOMENT if first is None else wall(first), where)


def wall(at: ast.At) -> datetime:
    """The time on the clock that a line says."""
    return datetime.combine(at.date.value, at.time.value if at.time else MORNING)


def _line(line: ast.ScenarioLine, people: set[str], schema: Schema) -> Iterator[Problem]:
    match line:
        case ast.Given():
            people.add(line.person.text)
            yield from _given(line, schema)
        case ast.When():
            people.add(line.person.text)
            yield from carried(line.event, line.properties, schema)
        case ast.WhenSet():
            people.add(line.person.text)
            yield from assignable(line.attribute, line.value, schema)
        case ast.GivenIn():
            people.add(line.person.text)
            yield from membership.by_hand(line.segment, "add", schema)
        case ast.WhenMoved():
            people.add(line.person.text)
            change: membership.Change = "add" if line.inside else "remove"
            yield from membership.by_hand(line.segment, change, schema)
        case ast.WhenAnswered():
            yield from _person(line.person, people)
            unknown = names.journey(line.journey, schema)
            if unknown is not None:
                yield unknown
        case ast.WhenWon():
            return  # what there is to win is known of all journeys together: `answers`
        case ast.After():
            problem = durations.duration(line.duration, "after")
            if problem is not None:
                yield problem
        case ast.ExpectMessage():
            yield from _person(line.person, people)
            if line.message is not None:
                yield from _message(line.message, schema)
        case ast.ExpectRun():
            yield from _person(line.person, people)
            unknown = names.journey(line.journey, schema)
            if unknown is not None:
                yield unknown
        case ast.ExpectAttribute():
            yield from _person(line.person, people)
            yield from assignable(line.attribute, line.value, schema)
        case ast.ExpectMatch():
            yield from _person(line.person, people)
            yield from conditions.check(line.condition, _SCOPE, schema)
        case ast.At():
            return


def _given(line: ast.Given, schema: Schema) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, value in line.attributes:
        if name.text in seen:
            yield DuplicateAttribute(span=name.span, attribute=name.text)
        seen.add(name.text)
        yield from assignable(name, value, schema)


def _person(person: ast.PersonRef, people: set[str]) -> Iterator[NotInScenario]:
    if person.text not in people:
        yield NotInScenario(
            span=person.span, person=person.text, suggestion=nearest(person.text, people)
        )


def _message(message: ast.Text, schema: Schema) -> Iterator[UnknownTemplate]:
    ref = message_ref(message, schema.settings.templates)
    if ref.kind == "missing":
        suggestion = nearest(ref.text, schema.settings.templates)
        yield UnknownTemplate(span=message.span, template=ref.text, suggestion=suggestion)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
