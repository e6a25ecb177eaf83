"""A scenario in, what of it did not come true out.  Pure: the clock is the scenario's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from cio_lang import ast, ir
from cio_lang.calendar_time import add_local, instant_of, iso, parse_duration
from cio_lang.check.scenarios import MORNING, ClockGoesBack
from cio_lang.problem import Problem
from cio_lang.reference import Story
from cio_lang.runtime.carried import not_carried
from cio_lang.scenario.by_engine import ByEngine
from cio_lang.scenario.by_reference import ByReference
from cio_lang.scenario.expecting import Expecting
from cio_lang.scenario.machine import Machine
from cio_lang.schema import Schema
from cio_lang.story import moment
from cio_lang.values import scalar

__all__ = ["Outcome", "machine_for", "run"]

_FIRST_MOMENT = datetime(2026, 1, 5, 9, 0)
"""Where a scenario without an `at` line begins: a Monday morning."""


@dataclass(frozen=True, slots=True)
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

    People of `given` lines are known, and the journeys in force, from one day before the first `at`
    line.  Without a machine, it is the one of `machine_for`.
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
        self.zone = zone
        moments = [line for line in scenario.lines if isinstance(line, ast.At)]
        first = _wall(moments[0]) if moments else _FIRST_MOMENT
        self.begin = instant_of(first, zone)
        self.machine = machine(graphs, self.begin - timedelta(days=1), zone)
        self.expecting = Expecting(self.machine, schema, zone)
        self.problems: list[Problem] = []
        self.failing: set[str] = set()

    def outcome(self) -> Outcome:
        """Carry out line by line; the first line that cannot be carried out ends it."""
        for line in self.scenario.lines:
            if not self._line(line):
                break
        timelines = {key: self.machine.timeline(key) for key in sorted(self.failing)}
        stories = tuple(self.machine.stories())
        return Outcome(self.scenario, tuple(self.problems), timelines, stories)

    def _line(self, line: ast.ScenarioLine) -> bool:
        """Carry out one line; no where the rest cannot be."""
        match line:
            case ast.Given():
                self._given(line)
            case ast.At():
                return self._at(line)
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
            case ast.ExpectMessage() | ast.ExpectRun() | ast.ExpectAttribute() | ast.ExpectMatch():
                self._settle()
                unmet = self.expecting.unmet(line)
                if unmet is not None:
                    self.problems.append(unmet)
                    self.failing.add(line.person.text)
        return True

    def _given(self, line: ast.Given) -> None:
        key, values, now = line.person.text, _values(line.attributes), self.machine.now
        if key in self.machine.people:  # given again: more is known of them
            for name, value in values.items():
                self.machine.becomes(key, name, value)
            return
        since = now if line.since is None else instant_of(_wall(line.since), self.zone)
        self.machine.add(key, values, min(since, now))

    def _at(self, line: ast.At) -> bool:
        instant = instant_of(_wall(line), self.zone)
        now = self.machine.now
        if instant < now:
            at, was = moment(instant, self.zone), moment(now, self.zone)
            self.problems.append(ClockGoesBack(span=line.span, at=at, was=was))
            return False
        self._walk(instant)
        return True

    def _settle(self) -> None:
        """Bring the clock to the beginning, if nothing has moved it yet."""
        if self.machine.now < self.begin:
            self._walk(self.begin)

    def _walk(self, until: datetime) -> None:
        self.expecting.clock_moves()
        self.machine.walk(until)


def _wall(at: ast.At) -> datetime:
    return datetime.combine(at.date.value, at.time.value if at.time else MORNING)


def _values(pairs: Sequence[tuple[ast.Name, ast.Value]]) -> dict[str, Any]:
    return {name.text: _stored(value) for name, value in pairs}


def _stored(value: ast.Value) -> object:
    """A value as the store would give it back."""
    plain = scalar(value)
    if isinstance(plain, ir.Money):
        return {"amount": plain.amount, "currency": plain.currency}
    return plain
