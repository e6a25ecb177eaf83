"""A block in, every name in it with what it names out: events, attributes, segments and so on.

Properties belong to their event: `order_placed.amount`.  Names inside of messages
(`{{ person.plan }}`) are found too.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from cio_lang import ast
from cio_lang.lsp.blocks import Block
from cio_lang.record import record
from cio_lang.source import Source, Span
from cio_lang.steps.add_number import AddNumber
from cio_lang.steps.membership import Membership
from cio_lang.steps.send import Send
from cio_lang.steps.set_attribute import SetAttribute
from cio_lang.steps.start import Start
from cio_lang.steps.track import Track

Role = Literal[
    "event",
    "attribute",
    "property",
    "segment",
    "topic",
    "template",
    "journey",
    "experiment",
    "draw",
]

ROLES: Mapping[tuple[type[Any], str], Role] = {
    (ast.EventDeclaration, "name"): "event",
    (ast.PropertyLine, "name"): "property",
    (ast.AttributeDeclaration, "name"): "attribute",
    (ast.SegmentDeclaration, "name"): "segment",
    (ast.TopicDeclaration, "name"): "topic",
    (ast.TemplateDeclaration, "name"): "template",
    (ast.Journey, "title"): "journey",
    (ast.AtLeastOne, "journey"): "journey",
    (ast.Scenario, "title"): "experiment",
    (ast.Given, "attributes"): "attribute",
    (ast.When, "event"): "event",
    (ast.When, "properties"): "property",
    (ast.WhenSet, "attribute"): "attribute",
    (ast.GivenIn, "segment"): "segment",
    (ast.WhenMoved, "segment"): "segment",
    (ast.WhenAnswered, "journey"): "journey",
    (ast.WhenWon, "experiment"): "experiment",
    (ast.ExpectRun, "journey"): "journey",
    (ast.ExpectAttribute, "attribute"): "attribute",
    (ast.Attribute, "name"): "attribute",
    (ast.Property, "name"): "property",
    (ast.EntryProperty, "name"): "property",
    (ast.Aggregate, "property"): "property",
    (ast.Aggregate, "event"): "event",
    (ast.Did, "event"): "event",
    (ast.Did, "key"): "property",
    (ast.DidNot, "event"): "event",
    (ast.DidNot, "key"): "property",
    (ast.Never, "event"): "event",
    (ast.Never, "key"): "property",
    (ast.Sequence, "first"): "event",
    (ast.Sequence, "second"): "event",
    (ast.InSegment, "segment"): "segment",
    (ast.Subscribed, "topic"): "topic",
    (ast.Likely, "event"): "event",
    (ast.TopLikely, "event"): "event",
    (ast.InDraw, "draw"): "draw",
    (ast.OnEvent, "event"): "event",
    (ast.OnSegment, "segment"): "segment",
    (ast.OnDate, "attribute"): "attribute",
    (ast.LeaveOnEvent, "event"): "event",
    (ast.Goal, "event"): "event",
    (ast.Key, "property"): "property",
    (ast.TopicOf, "topic"): "topic",
    (ast.AtDate, "attribute"): "attribute",
    (ast.EventPattern, "event"): "event",
    (ast.Experiment, "title"): "experiment",
    (ast.Experiment, "goal"): "event",
    (ast.Fact, "event"): "event",
    (ast.Fact, "properties"): "property",
    (ast.SetFact, "attribute"): "attribute",
    (ast.StartFor, "journey"): "journey",
    (ast.Preview, "template"): "template",
    (ast.Suggest, "template"): "template",
    (ast.Predict, "event"): "event",
    (ast.CompareSubjects, "journey"): "journey",
    (ast.Improve, "journey"): "journey",
    (ast.WhyNot, "journey"): "journey",
    (Send, "message"): "template",
    (Send, "to"): "attribute",
    (ast.MessageTest, "message"): "template",
    (ast.ExpectMessage, "message"): "template",
    (SetAttribute, "attribute"): "attribute",
    (AddNumber, "attribute"): "attribute",
    (Membership, "segment"): "segment",
    (Start, "journey"): "journey",
    (Track, "event"): "event",
    (Track, "properties"): "property",
}
"""What a name is, by the tree that it stands in and the field of it."""

DECLARING = frozenset(
    {
        (ast.EventDeclaration, "name"),
        (ast.PropertyLine, "name"),
        (ast.AttributeDeclaration, "name"),
        (ast.SegmentDeclaration, "name"),
        (ast.TopicDeclaration, "name"),
        (ast.TemplateDeclaration, "name"),
        (ast.Journey, "title"),
        (ast.Scenario, "title"),
        (ast.Experiment, "title"),
    }
)
"""Where a name is declared, and not used."""

_WHERE = {"where": "event", "first_where": "first", "second_where": "second"}
"""The event that each `where` is about."""

_PLACEHOLDER = re.compile(r"\b(person|event)\s*\.\s*([^\W\d]\w*)")
_INSIDE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)


@record
class Named:
    """One name at one place.  `event` is the event of a property, where it is known."""

    role: Role
    text: str
    span: Span
    declares: bool
    written: str
    event: str | None = None

    @property
    def same(self) -> tuple[str, str, str | None]:
        """Equal for all places of one name."""
        return self.role, self.text, self.event if self.role == "property" else None


def names(block: Block) -> tuple[Named, ...]:
    """Every name in a block, in the order of the text."""
    found = [named for tree in block.tree.declarations for named in in_tree(tree, block.source)]
    return tuple(sorted(found, key=lambda each: (each.span.line, each.span.column)))


def in_tree(tree: Any, source: Source) -> Iterator[Named]:
    """Every name in a tree."""
    yield from _walk(tree, source, None, _entry_event(tree))


def in_template(source: Source) -> Iterator[Named]:
    """Every name in a template's file."""
    yield from _placeholders(source, 1, len(source.lines), None)


def children(tree: Any) -> Iterator[tuple[str, Any]]:
    """The trees below a tree, each with the name of its field."""
    for field in dataclasses.fields(tree):
        value = getattr(tree, field.name)
        if isinstance(value, tuple):
            for each in value:
                parts = each if isinstance(each, tuple) else (each,)
                for part in parts:
                    if dataclasses.is_dataclass(part):
                        yield field.name, part
        elif dataclasses.is_dataclass(value) and field.name not in ("span", "trivia"):
            yield field.name, value


def _entry_event(tree: Any) -> str | None:
    if not isinstance(tree, ast.Journey):
        return None
    return next((part.event.text for part in tree.parts if isinstance(part, ast.OnEvent)), None)


def _walk(tree: Any, source: Source, event: str | None, entry: str | None) -> Iterator[Named]:
    """`event` is whose properties are asked for, `entry` the event that starts the journey."""
    kind = type(tree)
    for field, below in children(tree):
        role = ROLES.get((kind, field))
        if isinstance(below, ast.Name) and role is not None:
            owner = _owner(tree, field, event, entry) if role == "property" else None
            declares = (kind, field) in DECLARING
            yield _named(role, below.text, below.span, declares, source, owner)
            continue
        if isinstance(below, ast.Text):
            yield from _in_text(below, role, source, entry)
            continue
        inside = event
        if field in _WHERE:
            about = getattr(tree, _WHERE[field], None)
            inside = about.text if isinstance(about, ast.Name) else event
        elif isinstance(tree, ast.EventDeclaration):
            inside = tree.name.text
        yield from _walk(below, source, inside, entry)


def _owner(tree: Any, field: str, event: str | None, entry: str | None) -> str | None:
    own = getattr(tree, "event", None)
    if isinstance(own, ast.Name):
        return own.text
    return entry if isinstance(tree, ast.EntryProperty | ast.Key) else event


def _in_text(
    text: ast.Text, role: Role | None, source: Source, entry: str | None
) -> Iterator[Named]:
    if role == "template" and not text.block:
        yield _named(role, text.value, text.span, False, source, None)
    if "{" in text.value:
        yield from _placeholders(source, text.span.line, text.span.end_line, entry)


def _placeholders(source: Source, first: int, last: int, entry: str | None) -> Iterator[Named]:
    """Names in `{{ … }}` on some lines."""
    for line in range(first, last + 1):
        row = source.line(line)
        for inside in _INSIDE.finditer(row):
            for found in _PLACEHOLDER.finditer(row, inside.start(), inside.end()):
                start, end = found.start(2) + 1, found.end(2) + 1
                span = Span(source.name, line, start, line, end)
                role: Role = "attribute" if found[1] == "person" else "property"
                owner = entry if role == "property" else None
                yield Named(role, found[2], span, False, found[2], owner)


def _named(
    role: Role, text: str, span: Span, declares: bool, source: Source, event: str | None
) -> Named:
    row = source.line(span.line)
    written = row[span.column - 1 : span.end_column - 1] if span.line == span.end_line else text
    return Named(role, text, span, declares, written, event)
