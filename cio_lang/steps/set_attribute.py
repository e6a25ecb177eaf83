"""`set plan to "Pro"`: change an attribute of the person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cio_lang import ast, ir, text
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span
from cio_lang.steps.kind import StepKind
from cio_lang.values import assignable, scalar


@record
class SetAttribute(ast.Leaf):
    """`set plan to "Pro"`."""

    attribute: ast.Name
    value: ast.Value


def build(children: Sequence[Any], span: Span) -> SetAttribute:
    """From the name and the value."""
    attribute, value = children
    return SetAttribute(attribute, value, span=span)


def check(leaf: SetAttribute, schema: Schema) -> Iterator[Problem]:
    """The attribute is known and takes such a value."""
    yield from assignable(leaf.attribute, leaf.value, schema)


def lower(leaf: SetAttribute, schema: Schema, topic: str | None, then: str | None) -> ir.GraphNode:
    """A set node."""
    return ir.SetNode(ir.Assignment(leaf.attribute.text, scalar(leaf.value)), next=then)


KIND = StepKind(
    name="set",
    rule="set",
    tree=SetAttribute,
    summary="Set an attribute of the person.",
    example='set plan to "Pro"',
    build=build,
    format=lambda leaf: f"set {text.name(leaf.attribute)} to {text.value(leaf.value)}",
    check=check,
    words=lambda leaf: f"set {leaf.attribute.text} to {text.value(leaf.value)}",
    lower=lower,
)
