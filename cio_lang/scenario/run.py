"""A scenario in, what of it did not come true out.  Pure: the clock is the scenario's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import islice, takewhile
from typing import Any

from cio_lang import ast, ir
from cio_lang.calendar_time import add_local, instant_of, iso, parse_duration
from cio_lang.check.scenarios import begin, wall
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.reference import Story
from cio_lang.runtime.carried import not_carried
from cio_lang.scenario.by_engine import ByEngine
from cio_lang.scenario.by_reference import ByReference
from cio_lang.scenario.expecting import Expecting
from cio_lang.scenario.machine import Machine
from cio_lang.scenario.problems import Unmet
from cio_lang.schema import Schema, slug
from cio_lang.values import scalar

__all__ = ["Outcome", "machine_for", "run"]


@record
class Outcome:
    """What became of one scenario.

    `timelines` are of the people whose expectations failed; `stories` is what the reference told,
    where it was the machine.
    """

    scenario: ast.Scenario
    problems: tuple[Problem, ...]
    timelines: Mapping[str, tuple[str, ...]]
    stories: tuple[Story, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came true."""
        return not self.problems


def machine_for(graphs: Sequence[ir.Graph]) -> type[Machine]:
    """What carries out these journeys: the engine where it can, else the reference."""
    return ByReference if not_carried(graphs) else ByEngine


def run(
    scenario: ast.Scenario,
    graphs: Sequence[ir.Graph],
    schema: Schema,
    zone: tzinfo,
    machine: type[Machine] | None = None,
) -> Outcome:
    """Carry out a checked scenario against compiled journeys.

    People of `given` lines above the first `at` line or right below it are known, and the journeys
    in force, from one day before it; whom a later line gives is new then.  Without a machine, it is
    the one of `machine_for`.
    """
    return _Run(scenario, machine or machine_for(graphs), graphs, schema, zone).outcome()


class _Run:
    def __init__(
        self,
        scenario: ast.Scenario,
        machine: type[Machine],
        graphs: Sequence[ir.Graph],
        schema: Schema,
        zone: tzinfo,
    ) -> None:
        self.scenario = scenario
        self.lines = _in_order(scenario.lines)
        self.zone = zone
        self.begin = begin(scenario, zone)
        self.machine = machine(graphs, self.begin - timedelta(days=1), zone)
        self.expecting = Expecting(self.machine, schema, zone)
        self.problems: list[Problem] = []
        self.failing: set[str] = set()
        self.position = 0  # of the line that is carried out
        self.taken: set[int] = set()  # positions of lines that were carried out ahead

    def outcome(self) -> Outcome:
        """Carry out line by line."""
        for position, line in enumerate(self.lines):
            self.position = position
            self._line(line)
        timelines = {key: self.machine.timeline(key) for key in sorted(self.failing)}
        stories = tuple(self.machine.stories())
        return Outcome(self.scenario, tuple(self.problems), timelines, stories)

    def _line(self, line: ast.ScenarioLine) -> None:
        """Carry out one line."""
        match line:
            case ast.Given():
                self._given(line)
            case ast.At():
                self._walk(max(instant_of(wall(line), self.zone), self.machine.now))
            case ast.After():
                self._settle()
                now = self.machine.now
                self._walk(add_local(now, parse_duration(iso(line.duration)), self.zone))
            case ast.When():
                self._settle()
                self.machine.happens(line.person.text, line.event.text, _values(line.properties))
                self.machine.walk(self.machine.now)
            case ast.WhenSet():
                self._settle()
                value = _stored(line.value)
                self.machine.becomes(line.person.text, line.attribute.text, value)
                self.machine.walk(self.machine.now)
            case ast.GivenIn():
                if line.person.text not in self.machine.people:
                    self._add(line.person.text, {}, self.machine.now)
                elif self.position not in self.taken:
                    self.machine.moves(line.person.text, slug(line.segment.text), True)
            case ast.WhenMoved():
                self._settle()
                self.machine.moves(line.person.text, slug(line.segment.text), line.inside)
                self.machine.walk(self.machine.now)
            case ast.WhenAnswered():
                self._settle()
                self._answered(line)
            case ast.WhenWon():
                self._settle()
                self.machine.wins(line.experiment.text, line.arm.value)
            case ast.ExpectMessage() | ast.ExpectRun() | ast.ExpectAttribute() | ast.ExpectMatch():
                self._settle()
                unmet = self.expecting.unmet(line)
                if unmet is not None:
                    self.problems.append(unmet)
                    self.failing.add(line.person.text)

    def _answered(self, line: ast.WhenAnswered) -> None:
        """An answer that nobody waits for would come to nothing: it is told, as an expectation."""
        who, key, journey = line.who.text, line.person.text, line.journey.text
        if self.machine.answers(key, slug(journey), who, line.approved):
            self.machine.walk(self.machine.now)
            return
        self.failing.add(key)
        self.problems.append(
            Unmet(
                span=line.span,
                what=f"`{who}` is not asked to approve anything for {key} now.",
                instead=(f"No run of {key} in `{journey}` waits for that answer.",),
                help="see the timeline below for where the journey went",
            )
        )

    def _given(self, line: ast.Given) -> None:
        key, values, now = line.person.text, _values(line.attributes), self.machine.now
        if key in self.machine.people:  # given again: more is known of them
            for name, value in values.items():
                self.machine.becomes(key, name, value)
            return
        since = now if line.since is None else instant_of(wall(line.since), self.zone)
        self._add(key, values, min(since, now))

    def _add(self, key: str, values: Mapping[str, Any], since: datetime) -> None:
        """Somebody new, who is in the segments already that `given` lines on the way name."""
        given = takewhile(
            lambda each: isinstance(each[1], ast.Given | ast.GivenIn),
            islice(enumerate(self.lines), self.position, None),
        )
        inside = {
            position: slug(line.segment.text)
            for position, line in given
            if isinstance(line, ast.GivenIn) and line.person.text == key
        }
        self.taken |= inside.keys()
        self.machine.add(key, values, since, list(inside.values()))

    def _settle(self) -> None:
        """Bring the clock to the beginning, if nothing has moved it yet."""
        if self.machine.now < self.begin:
            self._walk(self.begin)

    def _walk(self, until: datetime) -> None:
        self.expecting.clock_moves()
        self.machine.walk(until)


def _in_order(lines: Sequence[ast.ScenarioLine]) -> list[ast.ScenarioLine]:
    """The `given` lines that follow the first `at` at once go before it: these people are known."""
    known = ast.Given | ast.GivenIn
    above = list(takewhile(lambda line: isinstance(line, known), lines))
    rest = list(lines[len(above) :])
    first = rest[:1] if rest and isinstance(rest[0], ast.At) else []
    below = list(takewhile(lambda line: isinstance(line, known), rest[len(first) :]))
    return [*above, *below, *first, *rest[len(first) + len(below) :]]


def _values(pairs: Sequence[tuple[ast.Name, ast.Value]]) -> dict[str, Any]:
    return {name.text: _stored(value) for name, value in pairs}


def _stored(value: ast.Value) -> object:
    """A value as the store would give it back."""
    plain = scalar(value)
    if isinstance(plain, ir.Money):
        return {"amount": plain.amount, "currency": plain.currency}
    return plain
