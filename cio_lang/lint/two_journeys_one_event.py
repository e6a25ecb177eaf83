"""Two messages for one thing that somebody did."""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast, text
from cio_lang.check import Checked
from cio_lang.lint.rule import Rule, is_transactional, journeys, parts, seconds
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.source import Span
from cio_lang.steps.send import Send

HOUR = 3600


@record(kw_only=True)
class TwoJourneysOneEvent(Problem):
    """Two journeys start with the same event and send within the same hour.

    Whoever does it gets two messages at once, usually because two people each wrote a journey.
    Only pairs that are sure to meet count: one of the two takes everybody, or both take the same
    people, nothing but a length of time comes before the first message of each, and neither is
    about a transactional topic (a receipt may well come beside a welcome).
    """

    code = "two-journeys-one-event"
    severity = "warning"
    event: str
    journey: str
    other: str
    first: Span
    apart: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.journey}` and `{self.other}` both send as soon as someone does `{self.event}`."
            if not self.apart
            else f"`{self.journey}` and `{self.other}` send within the same hour when someone does "
            f"`{self.event}`.",
            "Those people would get two messages in the same moment."
            if not self.apart
            else f"Those people would get two messages within {-(-self.apart // 60)} minutes.",
            "put a `wait` before the message of one of them, or make them one journey",
        )


@record
class _Start:
    journey: ast.Journey
    event: str
    narrowed_by: tuple[ast.Condition | None, ast.Condition | None]
    send: Send
    after: int

    def meets(self, other: _Start) -> bool:
        """Whether somebody is sure to enter both, and to get both messages within an hour."""
        everybody = (None, None)
        close = abs(self.after - other.after) < HOUR
        return (
            close
            and self.event == other.event
            and (
                everybody in (self.narrowed_by, other.narrowed_by)
                or self.narrowed_by == other.narrowed_by
            )
        )


def find(checked: Checked) -> Iterator[TwoJourneysOneEvent]:
    """Journeys that send on an event on which an earlier journey does, within the hour."""
    starts: list[_Start] = []
    for journey in journeys(checked):
        start = _start(journey)
        if start is None or is_transactional(journey, checked):
            continue
        other = next((earlier for earlier in starts if earlier.meets(start)), None)
        if other is not None:
            yield TwoJourneysOneEvent(
                span=start.send.span,
                event=text.name(ast.Name(start.event)),
                journey=journey.title.text,
                other=other.journey.title.text,
                first=other.journey.title.span,
                apart=abs(start.after - other.after),
            )
        starts.append(start)


def _start(journey: ast.Journey) -> _Start | None:
    only = next((part.condition for part in parts(journey, ast.OnlyWhere)), None)
    first = _first_send(journey)
    entry = next(parts(journey, ast.OnEvent), None)
    if first is None or entry is None:
        return None
    return _Start(journey, entry.event.text, (entry.where, only), *first)


def _first_send(journey: ast.Journey) -> tuple[Send, int] | None:
    """The message that everybody gets within the hour, and after how many seconds."""
    after = 0
    for step in journey.steps:
        match step:
            case Send():
                return (step, after) if after < HOUR else None
            case ast.Wait():
                after += seconds(step.duration)
            case (
                ast.WaitUntilMoment()
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
