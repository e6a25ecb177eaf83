"""Placeholders in the words of a message: a step and what started the run in, problems out.

Afterwards every `{{ person.… }}` and `{{ event.… }}` in the journey's own text names something that
is there.  Templates in files are checked by `cio_lang.templates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cio_lang import ast
from cio_lang.check import names
from cio_lang.check.conditions import NoEntryEvent, Scope
from cio_lang.problem import Problem, Report, nearest
from cio_lang.schema import Schema, message_ref
from cio_lang.source import Span
from cio_lang.steps.send import Email, Notify

PLACEHOLDER = re.compile(r"\{\{-?\s*(person|event)\.([^\W\d]\w*)([^{}]*)\}\}")
"""`{{ person.name | default: "there" }}`: whose, the name, and what follows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownPlaceholder(Problem):
    """A message puts in something that the person or the event does not have."""

    code = "unknown-placeholder"
    owner: str
    name: str
    event: str | None
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        written = f"{{{{ {self.owner}.{self.name} }}}}"
        return Report(
            f"There is nothing to put in for `{written}`.",
            f"There is no attribute `{self.name}`, so the message would have a gap."
            if self.event is None
            else f"`{self.event}` has no property `{self.name}`, so the message would have a gap.",
            f"write `{{{{ {self.owner}.{self.suggestion} }}}}`"
            if self.suggestion
            else f"declare `{self.name}`, or take the placeholder out",
        )


def check(leaf: ast.Leaf, scope: Scope, schema: Schema) -> Iterator[Problem]:
    """Problems with the placeholders of a message that is written out in the journey."""
    if not isinstance(leaf, Email | Notify):
        return
    message = leaf.message
    if message_ref(message, schema.settings.templates).kind != "inline":
        return
    for found in PLACEHOLDER.finditer(message.value):
        named = ast.Name(found[2], span=place(message, found))
        problem = _person(named, schema) if found[1] == "person" else _event(named, scope, schema)
        if problem is not None:
            yield problem


def place(message: ast.Text, found: re.Match[str]) -> Span:
    """Where a placeholder stands: exactly, or its line in a block, else the whole message."""
    span = message.span
    lines = message.value.count("\n") + 1
    if span.line == span.end_line and span.end_column - span.column == len(message.value) + 2:
        start = span.column + 1 + found.start()
        return Span(span.file, span.line, start, span.line, start + len(found[0]))
    if message.block and span.end_line - span.line == lines + 1:
        # How far a block is indented is not kept, so the place is the whole line.
        line = span.line + 1 + message.value.count("\n", 0, found.start())
        return Span(span.file, line, 1, line + 1, 1)
    return span


def _person(named: ast.Name, schema: Schema) -> Problem | None:
    known = schema.names("attribute")
    if named.text in known or schema.is_open("attribute"):
        return None
    suggestion = nearest(named.text, known)
    return UnknownPlaceholder(
        span=named.span, owner="person", name=named.text, event=None, suggestion=suggestion
    )


def _event(named: ast.Name, scope: Scope, schema: Schema) -> Problem | None:
    match scope.entry:
        case None:
            return None
        case ast.OnMatch():
            return NoEntryEvent(span=named.span, property=named.text, place=scope.place)
        case ast.OnEvent():
            event = scope.entry.event
            unknown = names.property_of(event, named, schema)
            return unknown and UnknownPlaceholder(
                span=named.span,
                owner="event",
                name=named.text,
                event=event.text,
                suggestion=unknown.suggestion,
            )
