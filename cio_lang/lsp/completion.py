"""A place in, what can be written there out: by the grammar, and by what the workspace knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, TypeVar

from cio_lang import ast, text
from cio_lang.check.blocks import every
from cio_lang.check.operators import can_be_said
from cio_lang.grammar import STAND_IN, Choices, choices
from cio_lang.lsp.blocks import Placed
from cio_lang.lsp.hovering import path_at
from cio_lang.lsp.lookup import names_of
from cio_lang.lsp.naming import Named, Role, children, in_tree
from cio_lang.lsp.positions import Edit, Encoding, range_of
from cio_lang.lsp.snapshot import Snapshot
from cio_lang.record import record
from cio_lang.schema import PERSON_ATTRIBUTES, Kind
from cio_lang.source import Source, Span
from cio_lang.steps import STEPS
from cio_lang.steps.set_attribute import SetAttribute
from cio_lang.steps.track import Track

_Step = TypeVar("_Step", ast.Experiment, ast.Ask)
ItemKind = Literal["word", "unit", "value"] | Role


@record
class Item:
    """One thing that can be written; `first` things are those that only fit here."""

    label: str
    kind: ItemKind
    detail: str
    edit: Edit
    first: bool


_OPEN = re.compile(r"\{[{%](?:(?!\}\}|%\}).)*$")
_PATH = re.compile(r"\b(person|event)\s*\.\s*(\w*)$")
_BARE = re.compile(r"(?:^|[\s{%|(,])(\w*)$")
_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
_LENGTHS = ("1 hour", "1 day", "3 days", "7 days", "14 days", "30 days")
"""Lengths of time that are written often; any number and unit can be."""

_QUOTED: frozenset[Role] = frozenset(
    {"segment", "topic", "template", "journey", "experiment", "draw"}
)
_SUMMARIES = {kind.example.split()[0]: kind.summary for kind in STEPS}


def completion(
    snapshot: Snapshot, label: str, line: int, column: int, encoding: Encoding
) -> tuple[Item, ...]:
    """What can be written at a place, the best first."""
    document = snapshot.documents.get(label)
    source = snapshot.source(label)
    if source is None:
        return ()
    before = source.line(line)[: column - 1]
    span = Span(label, line, column, line, column)
    place = _Place(snapshot, source, span, encoding)
    if _OPEN.search(before):
        entry = None if document is None else _entry_event(document.at(line)[0], line)
        return tuple(place.placeholders(before, entry))
    if document is None:
        return ()
    placed, inner = document.at(line)
    found = choices(placed.block.source, inner, column)
    return () if found is None else tuple(place.items(found, placed))


@record
class _Place:
    snapshot: Snapshot
    source: Source
    span: Span
    encoding: Encoding

    def items(self, found: Choices, placed: Placed) -> Iterator[Item]:
        begun = Span(
            self.span.file,
            self.span.line,
            self.span.column - len(found.begun),
            self.span.line,
            self.span.column + self._closing(found),
        )
        named = _stand_in(found.name)
        if named is not None and not named.declares:
            event = named.event or _entry_event(placed, self.span.line)
            taken = frozenset(phrase.split()[0] for phrase in found.words)
            for name, detail in self._names(named.role, event):
                written = _written(named.role, name, taken)
                yield self._item(written, named.role, detail, begun, True)
        for value, item, detail in self._texts(found.text):
            yield self._item(value, item, detail, begun, True)
        for length in _LENGTHS if found.length else ():
            yield self._item(length, "value", "a length of time", begun, True)
        kind = self._kind(found.text)
        row = self.source.line(self.span.line)
        opens = not row[: begun.column - 1].strip() and begun.column > 1
        words = (word for word in found.words if kind is None or can_be_said(word, kind.kind))
        for word in _counted(tuple(words), row, begun):
            detail = _SUMMARIES.get(word.split()[0], "") if opens else ""
            yield self._item(word, "word", detail, begun, False)

    def placeholders(self, before: str, entry: str | None) -> Iterator[Item]:
        """Inside of `{{ … }}`."""
        path = _PATH.search(before)
        if path is None:
            bare = _BARE.search(before)
            if bare is not None:
                begun = self._begun(len(bare[1]))
                yield self._item("person.", "attribute", "the person it is for", begun, True)
                yield self._item("event.", "event", "the event it began with", begun, True)
            return
        begun = self._begun(len(path[2]))
        role: Role = "attribute" if path[1] == "person" else "property"
        for name, detail in self._names(role, entry):
            if name.isidentifier():
                yield self._item(name, role, detail, begun, True)

    def _begun(self, length: int) -> Span:
        return Span(
            self.span.file,
            self.span.line,
            self.span.column - length,
            self.span.line,
            self.span.column,
        )

    def _closing(self, found: Choices) -> int:
        """One, where the editor has put the closing quote already."""
        rest = self.source.line(self.span.line)[self.span.column - 1 :]
        return 1 if found.quoted and rest[:1] == '"' else 0

    def _item(self, written: str, kind: ItemKind, detail: str, begun: Span, first: bool) -> Item:
        edit = Edit(range_of(begun, self.source, self.encoding), written)
        return Item(written, kind, detail, edit, first)

    def _names(self, role: Role, event: str | None) -> Iterator[tuple[str, str]]:
        schema = self.snapshot.schema
        match role:
            case "event":
                for name, declared in sorted(schema.events.items()):
                    said = declared.said
                    yield name, "" if said is None else f"“{said.phrases[0]}”"
                yield from self._used("event", schema.events)
            case "attribute":
                for name, attribute in sorted(schema.attributes.items()):
                    yield name, _type(attribute.type)
                for known in PERSON_ATTRIBUTES:
                    if known.name not in schema.attributes:
                        yield known.name, known.kind
                yield from self._used("attribute", schema.attributes)
            case "property":
                of = schema.events.get(event or "")
                for line in () if of is None else of.properties:
                    yield line.name.text, _type(line.type)
            case "segment" | "topic" | "template" | "journey":
                kind: Kind = role
                for name in sorted(schema.names(kind)):
                    yield name, role
            case "draw":
                yield from self._used("draw", None)
            case "experiment":
                for name in sorted({trial.title.text for trial in self._steps(ast.Experiment)}):
                    yield name, role

    def _steps(self, kind: type[_Step]) -> Iterator[_Step]:
        """All steps of one kind in all journeys."""
        for journey in self.snapshot.schema.journeys.values():
            yield from (step for step in every(journey.steps) if isinstance(step, kind))

    def _used(self, role: Role, declared: Any) -> Iterator[tuple[str, str]]:
        """Where nothing is declared, what is written elsewhere."""
        if declared:
            return
        known = {each.name for each in PERSON_ATTRIBUTES}
        used = {
            named.text
            for placed in self.snapshot.blocks()
            for named in names_of(placed.block)
            if named.role == role
        }
        for name in sorted(used - known):
            yield name, "written elsewhere"

    def _texts(self, tree: Any) -> Iterator[tuple[str, ItemKind, str]]:
        """What quoted text can be: a template, or one of the values of an attribute."""
        named = _stand_in(tree, "template")
        if named is not None:
            for name in sorted(self.snapshot.schema.names("template")):
                yield text.quoted(name), "template", "template"
            return
        if isinstance(tree, ast.When) and tree.person.text == STAND_IN:
            for who in sorted({ask.who.value for ask in self._steps(ast.Ask)}):
                yield text.quoted(who), "value", "is asked to approve"
            for trial in self._steps(ast.Experiment):
                for share in trial.shares:
                    yield text.quoted(share.label.value), "value", f"of {trial.title.text}"
            return
        kind = self._kind(tree)
        for value in () if kind is None else kind.values:
            yield text.quoted(value), "value", ""

    def _kind(self, tree: Any) -> ast.Type | None:
        """The type of what the stand-in is a value of, where that is known."""
        schema = self.snapshot.schema
        compared = _compared(tree)
        if isinstance(compared, ast.Attribute):
            compared = compared.name
        if isinstance(compared, ast.Name):
            return schema.attribute_type(compared.text)
        if isinstance(compared, tuple):
            event, name = compared
            return None if event is None else schema.property_type(event, name.text)
        return None


def _stand_in(tree: Any, role: Role | None = None) -> Named | None:
    """What the stand-in is in a tree, where it is a name."""
    if tree is None:
        return None
    source = Source("", "")
    found = (each for each in in_tree(tree, source) if each.text == STAND_IN)
    return next((each for each in found if role is None or each.role == role), None)


def _compared(tree: Any, event: str | None = None) -> Any:
    """What the stand-in is a value of: an attribute, or a property with its event."""
    if tree is None:
        return None
    if isinstance(tree, ast.Comparison) and _has_text(tree.test):
        if isinstance(tree.subject, ast.Property) and event is not None:
            return event, tree.subject.name
        return tree.subject
    if isinstance(tree, SetAttribute | ast.SetFact | ast.WhenSet | ast.ExpectAttribute) and (
        _is_stand_in(tree.value)
    ):
        return tree.attribute
    own = getattr(tree, "event", None) or getattr(tree, "first", None)
    inside = own.text if isinstance(own, ast.Name) else event
    pairs: tuple[tuple[ast.Name, ast.Value], ...] = ()
    if isinstance(tree, ast.Given):
        pairs = tree.attributes
    elif isinstance(tree, ast.When | ast.Fact | Track):
        pairs = tree.properties
    for name, value in pairs:
        if _is_stand_in(value):
            return name if isinstance(tree, ast.Given) else (inside, name)
    for _, below in children(tree):
        found = _compared(below, inside)
        if found is not None:
            return found
    return None


def _has_text(tree: Any) -> bool:
    return any(_is_stand_in(below) or _has_text(below) for _, below in children(tree))


def _is_stand_in(value: Any) -> bool:
    return isinstance(value, ast.Text) and value.value == STAND_IN


def _entry_event(placed: Placed, line: int) -> str | None:
    path = path_at(placed.block, line - placed.line + 1, 1)
    if not path or not isinstance(path[0], ast.Journey):
        return None
    parts = path[0].parts
    return next((part.event.text for part in parts if isinstance(part, ast.OnEvent)), None)


def _written(role: Role, name: str, taken: frozenset[str]) -> str:
    """A name as it is written where the words `taken` mean something of their own."""
    return text.quoted(name) if role in _QUOTED else text.name(ast.Name(name), taken)


def _counted(words: tuple[str, ...], row: str, begun: Span) -> Iterator[str]:
    """Units of time agree with the number before them."""
    number = re.search(r"(\d+)\s*$", row[: begun.column - 1])
    for word in words:
        is_unit = number is not None and word.rstrip("s") in _UNITS
        if not is_unit or word.endswith("s") == (number is not None and number[1] != "1"):
            yield word


def _type(kind: ast.Type) -> str:
    if kind.kind == "one of":
        return "one of " + ", ".join(text.quoted(value) for value in kind.values)
    return kind.kind if kind.currency is None else f"{kind.kind} in {kind.currency}"
