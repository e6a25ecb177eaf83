"""A scenario as written: people, what happens when, what is expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from cio_lang import ast
from cio_lang.source import Span


@dataclass(frozen=True, slots=True)
class Given:
    """`given alice since 2026-01-01 with plan "trial" and email "alice@example.com"`."""

    span: Span
    person: str
    since: datetime | None  # in the workspace's zone, without a zone
    attributes: tuple[tuple[ast.Name, ast.Value], ...]


@dataclass(frozen=True, slots=True)
class At:
    """`at 2026-03-08 09:00`: in the workspace's zone; without a time, 09:00."""

    span: Span
    day: date
    time: time


@dataclass(frozen=True, slots=True)
class After:
    """`after 3 days`."""

    span: Span
    duration: ast.Duration


@dataclass(frozen=True, slots=True)
class Happens:
    """`when alice does signed_up with plan "Pro"`."""

    span: Span
    fact: ast.Fact


@dataclass(frozen=True, slots=True)
class Becomes:
    """`set plan of alice to "Pro"`."""

    span: Span
    fact: ast.SetFact


@dataclass(frozen=True, slots=True)
class ExpectMessage:
    """`expect email "trial-ends" to alice`, `expect no message to alice`.

    `channel` is None for `message`, `text` is None where any will do.
    """

    span: Span
    person: str
    channel: str | None
    text: str | None
    negated: bool


@dataclass(frozen=True, slots=True)
class ExpectJourney:
    """`expect alice entered "Trial"`, `is in`, `left … because "…"`, `reached the goal of`."""

    span: Span
    person: str
    what: str  # entered, did not enter, is in, is not in, left, reached the goal of
    journey: str
    journey_span: Span
    because: str | None


@dataclass(frozen=True, slots=True)
class ExpectMatch:
    """`expect alice matches plan is "Pro" and in segment "Good customers"`."""

    span: Span
    person: str
    condition: ast.Condition


Expectation = ExpectMessage | ExpectJourney | ExpectMatch
Line = Given | At | After | Happens | Becomes | Expectation


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario with its lines in order."""

    span: Span
    title: str
    lines: tuple[Line, ...]
