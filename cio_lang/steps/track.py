"""`track nudge_sent with count 1`: record an event for the person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cio_lang import ast, ir, text
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span
from cio_lang.steps.kind import StepKind
from cio_lang.values import carried, scalar

_AFTER_AND = frozenset({"then"})
"""`and then` means something else: a property of that name is quoted."""


@record
class Track(ast.Leaf):
    """`track nudge_sent with count 1 and reason "x"`."""

    event: ast.Name
    properties: tuple[tuple[ast.Name, ast.Value], ...] = ()


def build(children: Sequence[Any], span: Span) -> Track:
    """From the name and the pairs, which have a name and a value each."""
    event, *pairs = children
    written = tuple((pair.name, pair.value) for pair in pairs if pair is not None)
    return Track(event, written, span=span)


def line(leaf: Track) -> str:
    """The canonical text."""
    pairs = " and ".join(
        f"{text.name(name, _AFTER_AND)} {text.value(value)}" for name, value in leaf.properties
    )
    return f"track {text.name(leaf.event)}{' with ' if pairs else ''}{pairs}"


def check(leaf: Track, schema: Schema) -> Iterator[Problem]:
    """The event is known, and carries such properties."""
    yield from carried(leaf.event, leaf.properties, schema)


def lower(leaf: Track, schema: Schema, topic: str | None, then: str | None) -> ir.GraphNode:
    """A track node."""
    properties = {name.text: scalar(value) for name, value in leaf.properties}
    return ir.TrackNode(ir.Tracked(leaf.event.text, properties), next=then)


KIND = StepKind(
    name="track",
    rule="track",
    tree=Track,
    summary="Record an event for the person, with what it carries.",
    example='track nudge_sent with count 1 and reason "quiet"',
    build=build,
    format=line,
    check=check,
    words=lambda leaf: f"track {leaf.event.text}",
    lower=lower,
)
