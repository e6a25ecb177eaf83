"""Two messages for one thing that somebody did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cio_lang import ast, text
from cio_lang.check import Checked
from cio_lang.lint.rule import Rule, journeys
from cio_lang.problem import Problem, Report
from cio_lang.source import Span
from cio_lang.steps.send import Send


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoJourneysOneEvent(Problem):
    """Two journeys start with the same event and both send at once.

    Whoever does it gets two messages in the same moment, usually because two people each wrote a
    journey.  Only pairs that are sure to meet count: one of the two takes everybody, or both take
    the same people, both send before they wait or branch, and neither is about a transactional
    topic (a receipt may well come beside a welcome).
    """

    code = "two-journeys-one-event"
    severity = "warning"
    event: str
    journey: str
    other: str
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.journey}` and `{self.other}` both send as soon as someone does "
            f"`{self.event}`.",
            "Those people would get two messages in the same moment.",
            "put a `wait` before the message of one of them, or make them one journey",
        )


@dataclass(frozen=True, slots=True)
class _Start:
    journey: ast.Journey
    event: str
    narrowed_by: tuple[ast.Condition | None, ast.Condition | None]

    def meets(self, other: _Start) -> bool:
        """Whether somebody is sure to enter both at once."""
        everybody = (None, None)
        return self.event == other.event and (
            everybody in (self.narrowed_by, other.narrowed_by)
            or self.narrowed_by == other.narrowed_by
        )


def find(checked: Checked) -> Iterator[TwoJourneysOneEvent]:
    """Journeys that send at once on an event on which an earlier journey does."""
    starts: list[_Start] = []
    for journey in journeys(checked):
        start = _start(journey)
        send = _first_send(journey)
        if start is None or send is None or _is_transactional(journey, checked):
            continue
        other = next((earlier for earlier in starts if earlier.meets(start)), None)
        if other is not None:
            yield TwoJourneysOneEvent(
                span=send.span,
                event=text.name(ast.Name(start.event)),
                journey=journey.title.text,
                other=other.journey.title.text,
                first=other.journey.title.span,
            )
        starts.append(start)


def _start(journey: ast.Journey) -> _Start | None:
    only = [part.condition for part in journey.parts if isinstance(part, ast.OnlyWhere)]
    for part in journey.parts:
        if isinstance(part, ast.OnEvent):
            narrowed_by = (part.where, only[0] if only else None)
            return _Start(journey, part.event.text, narrowed_by)
    return None


def _first_send(journey: ast.Journey) -> Send | None:
    """The message that everybody gets at once."""
    for step in journey.steps:
        match step:
            case Send():
                return step
            case (
                ast.Wait()
                | ast.WaitUntilMoment()
                | ast.WaitUntil()
                | ast.If()
                | ast.Split()
                | ast.Experiment()
                | ast.Repeat()
                | ast.Ask()
                | ast.Collect()
                | ast.Throttle()
                | ast.Leave()
            ):
                return None
            case ast.Leaf():
                continue
    return None


def _is_transactional(journey: ast.Journey, checked: Checked) -> bool:
    return any(
        topic.transactional
        for part in journey.parts
        if isinstance(part, ast.TopicOf)
        and (topic := checked.schema.topics.get(part.topic.text)) is not None
    )


BAD = """\
journey "Welcome"
  when someone does signed_up

  email "Good to have you here."

journey "First steps"
  when someone does signed_up

  email "Here is how to get started."
"""

RULE = Rule(
    problem=TwoJourneysOneEvent,
    bad=BAD,
    good=BAD.replace('  email "Here', '  wait 1 day\n  email "Here'),
    fix="Let one of the two wait, or put both messages into one journey.",
    find=find,
)
