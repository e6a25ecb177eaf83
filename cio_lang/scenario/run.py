"""A scenario in, what of it did not come true out.  Pure: the clock is the scenario's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from cio_lang import ast, ir
from cio_lang.calendar_time import add_local, instant_of, iso, parse_duration
from cio_lang.check import check_condition, check_statement
from cio_lang.lower import condition as lower_condition
from cio_lang.problem import Problem, nearest
from cio_lang.scenario import tree
from cio_lang.scenario.problems import (
    TimeGoesBack,
    UnknownJourney,
    UnknownScenarioPerson,
    Unmet,
)
from cio_lang.scenario.world import Person, World
from cio_lang.schema import Schema, slug
from cio_lang.store.state import OutboxRow, Run
from cio_lang.story import Happening, moment, tell
from cio_lang.values import assignable, scalar

__all__ = ["Outcome", "run"]

_FIRST_MOMENT = datetime(2026, 1, 5, 9, 0)
"""Where a scenario without an `at` line begins: a Monday morning."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one scenario; `timelines` are of the people whose expectations failed."""

    scenario: tree.Scenario
    problems: tuple[Problem, ...]
    timelines: Mapping[str, tuple[str, ...]]

    @property
    def passed(self) -> bool:
        """Whether everything came true."""
        return not self.problems


def run(
    scenario: tree.Scenario, graphs: Sequence[ir.Graph], schema: Schema, zone: tzinfo
) -> Outcome:
    """Carry out a scenario against compiled journeys.

    People of `given` lines are known, and the journeys in force, from one day before the first `at`
    line.  Each message is expected once: an `expect` line takes the first that fits, and
    `expect no …` looks at those that no line took.  In the same way `did not enter` looks at
    entries that no line above was about, by their journey or by a message.
    """
    wrong = tuple(_checked(scenario, schema))
    if wrong:
        return Outcome(scenario, wrong, {})
    return _Run(scenario, graphs, schema, zone).outcome()


def _checked(scenario: tree.Scenario, schema: Schema) -> list[Problem]:
    problems: list[Problem] = []
    for line in scenario.lines:
        match line:
            case tree.Given():
                for name, value in line.attributes:
                    problems += assignable(name, value, schema)
            case tree.Happens() | tree.Becomes():
                problems += check_statement(line.fact, schema)
            case tree.ExpectMatch():
                problems += check_condition(line.condition, schema)
            case tree.ExpectJourney():
                names = {slug(title): title for title in schema.journeys}
                if slug(line.journey) not in names:
                    meant = nearest(line.journey, schema.journeys)
                    problems.append(
                        UnknownJourney(
                            span=line.journey_span, journey=line.journey, suggestion=meant
                        )
                    )
            case tree.At() | tree.After() | tree.ExpectMessage():
                pass
    return problems


class _Run:
    def __init__(
        self, scenario: tree.Scenario, graphs: Sequence[ir.Graph], schema: Schema, zone: tzinfo
    ) -> None:
        self.scenario = scenario
        self.schema = schema
        self.zone = zone
        moments = [line for line in scenario.lines if isinstance(line, tree.At)]
        first = datetime.combine(moments[0].day, moments[0].time) if moments else _FIRST_MOMENT
        self.begin = instant_of(first, zone)
        self.world = World(graphs, self.begin - timedelta(days=1), zone)
        self.taken: set[str] = set()  # messages and runs that a line was about
        self.problems: list[Problem] = []
        self.failing: set[str] = set()

    def outcome(self) -> Outcome:
        """Carry out line by line; the first line that cannot be carried out ends it."""
        for line in self.scenario.lines:
            if not self._line(line):
                break
        timelines = {
            key: tuple(self._timeline(self.world.people[key])) for key in sorted(self.failing)
        }
        return Outcome(self.scenario, tuple(self.problems), timelines)

    def _line(self, line: tree.Line) -> bool:
        """Carry out one line; no where the rest cannot be."""
        match line:
            case tree.Given():
                self._given(line)
            case tree.At():
                return self._at(line)
            case tree.After() | tree.Happens() | tree.Becomes():
                self._settle()
                self._happen(line)
            case tree.ExpectMessage() | tree.ExpectJourney() | tree.ExpectMatch():
                self._settle()
                self._expect(line)
        return True

    def _given(self, line: tree.Given) -> None:
        values = {name.text: _stored(value) for name, value in line.attributes}
        now = self.world.now
        since = now if line.since is None else instant_of(line.since, self.zone)
        self.world.add(line.person, values, min(since, now))

    def _at(self, line: tree.At) -> bool:
        instant = instant_of(datetime.combine(line.day, line.time), self.zone)
        if instant < self.world.now:
            now = moment(self.world.now, self.zone)
            self.problems.append(TimeGoesBack(span=line.span, now=now))
            return False
        self.world.walk(instant)
        return True

    def _happen(self, line: tree.After | tree.Happens | tree.Becomes) -> None:
        world = self.world
        match line:
            case tree.After():
                period = parse_duration(iso(line.duration))
                world.walk(add_local(world.now, period, self.zone))
            case tree.Happens():
                values = {name.text: _stored(value) for name, value in line.fact.properties}
                world.happens(line.fact.person.text, line.fact.event.text, values)
                world.walk(world.now)
            case tree.Becomes():
                value = _stored(line.fact.value)
                world.becomes(line.fact.person.text, line.fact.attribute.text, value)
                world.walk(world.now)

    def _settle(self) -> None:
        """Bring the clock to the beginning, if nothing has moved it yet."""
        if self.world.now < self.begin:
            self.world.walk(self.begin)

    def _expect(self, line: tree.Expectation) -> None:
        person = self.world.people.get(line.person)
        if person is None:
            meant = nearest(line.person, self.world.people)
            self.problems.append(
                UnknownScenarioPerson(span=line.span, person=line.person, suggestion=meant)
            )
            return
        match line:
            case tree.ExpectMessage():
                unmet = self._message(line, person)
            case tree.ExpectJourney():
                unmet = self._journey(line, person)
            case tree.ExpectMatch():
                unmet = self._match(line, person)
        if unmet is not None:
            self.problems.append(unmet)
            self.failing.add(line.person)

    def _message(self, line: tree.ExpectMessage, person: Person) -> Unmet | None:
        open_ = [row for row in person.messages if row.id not in self.taken]
        fitting = [row for row in open_ if row.status != "skipped" and _fits(line, row)]
        if line.negated:
            if not fitting:
                return None
            return Unmet(
                span=line.span,
                what=f"{person.row.key} did get a message that is not expected.",
                instead=("Sent, and expected by no line above:", *self._listed(fitting)),
                help="expect it in a line above, or change the journey so that it is not sent",
            )
        if fitting:
            self.taken |= {fitting[0].id, fitting[0].run}
            return None
        sent = [row for row in open_ if row.status != "skipped"]
        skipped = [row for row in open_ if row.status == "skipped" and _fits(line, row)]
        if skipped:
            instead = ("It was not sent:", *self._listed(skipped))
        elif sent:
            instead = ("Sent instead:", *self._listed(sent))
        else:
            instead = (f"Nothing was sent to {person.row.key} that no line above expects.",)
        what = line.channel or "message"
        named = "" if line.text is None else f' "{_short(line.text)}"'
        way = "see the timeline below for where the journey went"
        if skipped and any(row.reason == "no address" for row in skipped):
            way = f'give them an address: `given {person.row.key} with email "…"`'
        return Unmet(
            span=line.span,
            what=f"{person.row.key} did not get {_article(what)} {what}{named}.",
            instead=instead,
            help=way,
        )

    def _journey(self, line: tree.ExpectJourney, person: Person) -> Unmet | None:
        runs = [run for run in person.runs.values() if run.journey == slug(line.journey)]
        tests: dict[str, Callable[[], bool]] = {
            "entered": lambda: bool(runs),
            "did not enter": lambda: all(run.id in self.taken for run in runs),
            "is in": lambda: any(run.status == "live" for run in runs),
            "is not in": lambda: all(run.status != "live" for run in runs),
            "left": lambda: any(_left(run, line.because) for run in runs),
            "reached the goal of": lambda: any(run.goal_at is not None for run in runs),
        }
        came_true = tests[line.what]()
        self.taken |= {run.id for run in runs}
        if came_true:
            return None
        instead = [self._run_in_words(run) for run in runs]
        return Unmet(
            span=line.span,
            what=f'It is not so that {person.row.key} {line.what} "{line.journey}".',
            instead=tuple(instead) or (f'{person.row.key} never entered "{line.journey}".',),
            help="see the timeline below for what happened",
        )

    def _match(self, line: tree.ExpectMatch, person: Person) -> Unmet | None:
        if self.world.matches(person, lower_condition(line.condition, self.schema)):
            return None
        values = ", ".join(f"{name} {_said(v)}" for name, v in person.row.attributes.items())
        return Unmet(
            span=line.span,
            what=f"{person.row.key} does not match this.",
            instead=(f"Known of {person.row.key}: {values or 'nothing'}.",),
            help="see the timeline below for what happened",
        )

    def _listed(self, rows: Sequence[OutboxRow]) -> tuple[str, ...]:
        return tuple(
            f"  {moment(row.made_at, self.zone)}  {row.channel or row.channels[0]} "
            f'"{_short(row.template or row.text or "")}"'
            + (f" ({row.reason})" if row.reason else "")
            for row in rows
        )

    def _run_in_words(self, run: Run) -> str:
        text = f"Entered on {moment(run.entered_at, self.zone)}"
        if run.status == "live":
            return f"{text}, and is still in it."
        left = "" if run.finished_at is None else f" on {moment(run.finished_at, self.zone)}"
        return f'{text}, left{left} because "{run.reason}".'

    def _timeline(self, person: Person) -> list[str]:
        return tell(
            Happening(person.events, person.decisions, person.messages, self.world.titles),
            self.zone,
        )


def _stored(value: ast.Value) -> object:
    """A value as the store would give it back."""
    plain = scalar(value)
    if isinstance(plain, ir.Money):
        return {"amount": plain.amount, "currency": plain.currency}
    return plain


def _fits(line: tree.ExpectMessage, row: OutboxRow) -> bool:
    if line.channel is not None:
        channel = {"text": "sms"}.get(line.channel, line.channel)
        if channel != (row.channel or row.channels[0]):
            return False
    if line.text is None:
        return True
    if row.template is not None:
        return row.template == line.text
    words = (row.text or "").strip()
    return words == line.text.strip() or words.split("\n")[0].strip() == line.text.strip()


def _left(run: Run, because: str | None) -> bool:
    if run.status == "live":
        return False
    return because is None or because.casefold() in (run.reason or "").casefold()


def _said(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
