"""`start journey "Onboarding"`: let the person enter another journey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cio_lang import ast, ir, names, text
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema, slug
from cio_lang.source import Span
from cio_lang.steps.kind import StepKind


@record
class Start(ast.Leaf):
    """`start journey "Onboarding"`."""

    journey: ast.Name


@record(kw_only=True)
class NotStarted(Problem):
    """A journey is started that people enter in another way."""

    code = "not-started-by-others"
    journey: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.journey}` does not let itself be started.",
            "Who enters it, and when, its own line says; another journey cannot go around that.",
            "give that journey the line `when started`",
        )


def check(leaf: Start, schema: Schema) -> Iterator[Problem]:
    """The journey is known, and is one that is started."""
    missing = names.journey(leaf.journey, schema)
    if missing is not None:
        yield missing
        return
    parts = schema.journeys[leaf.journey.text].parts
    entries = [part for part in parts if isinstance(part, ast.Entry)]
    if entries and not any(isinstance(part, ast.OnStart) for part in entries):
        yield NotStarted(span=leaf.journey.span, journey=leaf.journey.text)


def lower(leaf: Start, schema: Schema, topic: str | None, then: str | None) -> ir.GraphNode:
    """A start node."""
    return ir.StartNode(slug(leaf.journey.text), next=then)


def build(children: Sequence[Any], span: Span) -> Start:
    """From the title."""
    return Start(children[0], span=span)


KIND = StepKind(
    name="start journey",
    rule="start_journey",
    tree=Start,
    summary="Let the person enter another journey, one that begins with `when started`.",
    example='start journey "Onboarding"',
    build=build,
    format=lambda leaf: f"start journey {text.quoted(leaf.journey.text)}",
    check=check,
    words=lambda leaf: f"start {leaf.journey.text}",
    lower=lower,
)
