"""The workspace as it stands in the editor at one moment, with everything that is known of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cio_lang import ast
from cio_lang.check import Checked, check_bodies, check_declaration, check_together, echoes
from cio_lang.lsp.blocks import Block, Document, Placed, read
from cio_lang.problem import Problem
from cio_lang.schema import Schema, Settings, collect
from cio_lang.source import Source, Span


@dataclass(frozen=True)
class Snapshot:
    """Documents by label, and what `check` found in each block.  Only `take` makes one."""

    settings: Settings
    documents: Mapping[str, Document]
    schema: Schema
    found: Mapping[str, tuple[Problem, ...]]

    @cached_property
    def places(self) -> Mapping[str, tuple[Document, Placed]]:
        """Where each block stands, by its name."""
        return {
            placed.block.name: (document, placed)
            for document in self.documents.values()
            for placed in document.blocks
        }

    @cached_property
    def checked(self) -> Checked:
        """All files with the schema, as lint and lower take them; spans are the blocks'."""
        return Checked(tuple(each.tree for each in self.documents.values()), self.schema)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of reading and checking, in the order of the text."""
        unread = [
            self.placed(problem) for placed in self.blocks() for problem in placed.block.problems
        ]
        found = [self.placed(problem) for problems in self.found.values() for problem in problems]
        found += [
            self.placed(problem) for problem in check_together(self.checked.files, self.schema)
        ]
        found += check_bodies(self.settings, self.schema)
        sources = {label: document.source for label, document in self.documents.items()}
        return in_order((*unread, *echoes.silenced(found, unread, sources)))

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """What takes longer: lint, and broken promises; nothing while there are errors."""
        from cio_lang.lint import lint

        if any(problem.severity == "error" for problem in self.problems):
            return ()
        found = [*lint(self.checked)]
        if any(isinstance(each, ast.Guarantee) for each in self._declarations()):
            from cio_lang import proof
            from cio_lang.lower import lower

            found += proof.broken(self.checked, lower(self.checked, {}))
        return in_order(self.placed(problem) for problem in found)

    def _declarations(self) -> Iterator[ast.Declaration]:
        for file in self.checked.files:
            yield from file.declarations

    def span(self, span: Span) -> Span:
        """A span of a block's tree as the file has it."""
        known = self.places.get(span.file)
        if known is None:
            return span
        document, placed = known
        down = placed.line - 1
        return Span(
            document.label, span.line + down, span.column, span.end_line + down, span.end_column
        )

    def placed(self, problem: Problem) -> Problem:
        """A problem with all of its places as the files have them."""
        changed: dict[str, Any] = {}
        for field in dataclasses.fields(problem):
            value = getattr(problem, field.name)
            if isinstance(value, Span):
                changed[field.name] = self.span(value)
        return replace(problem, **changed)

    def source(self, label: str) -> Source | None:
        """The text of a file: of a journey, or of a template."""
        document = self.documents.get(label)
        if document is not None:
            return document.source
        bodies = self.settings.bodies.values()
        return next((body for body in bodies if body.name == label), None)

    def blocks(self) -> Iterator[Placed]:
        """Every block of every file."""
        for document in self.documents.values():
            yield from document.blocks


def take(settings: Settings, texts: Mapping[str, str], before: Snapshot | None = None) -> Snapshot:
    """The workspace with these texts by label; what did not change is taken over from `before`."""
    documents = {
        label: _document(label, text, None if before is None else before.documents.get(label))
        for label, text in sorted(texts.items())
    }
    schema = collect((document.tree for document in documents.values()), settings)
    blocks = {
        placed.block.name: placed.block
        for document in documents.values()
        for placed in document.blocks
    }
    known: Mapping[str, tuple[Problem, ...]] = {}
    if before is not None and _same_names(before, settings, schema):
        known = {
            name: problems
            for name, problems in before.found.items()
            if all(span.file in blocks for problem in problems for span in _spans(problem))
        }
    found = {
        name: known[name] if name in known else _found(block, settings, schema)
        for name, block in blocks.items()
    }
    return Snapshot(settings, documents, schema, found)


def _document(label: str, text: str, before: Document | None) -> Document:
    if before is not None and before.source.text == text:
        return before
    return read(label, text, before)


def _found(block: Block, settings: Settings, schema: Schema) -> tuple[Problem, ...]:
    return tuple(
        dict.fromkeys(
            problem
            for declaration in block.tree.declarations
            for problem in check_declaration(declaration, settings, schema)
        )
    )


def _spans(problem: Problem) -> Iterator[Span]:
    for field in dataclasses.fields(problem):
        value = getattr(problem, field.name)
        if isinstance(value, Span):
            yield value


def _same_names(before: Snapshot, settings: Settings, schema: Schema) -> bool:
    """Whether all that a check of one declaration looks up is as it was."""
    was = before.schema
    return (
        before.settings == settings
        and was.events == schema.events
        and was.attributes == schema.attributes
        and was.segments == schema.segments
        and was.topics == schema.topics
        and was.templates == schema.templates
        and _outsides(was) == _outsides(schema)
    )


def _outsides(schema: Schema) -> Mapping[str, tuple[ast.Part, ...]]:
    return {title: journey.parts for title, journey in schema.journeys.items()}


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems in the order of their places, each once."""
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda each: (each.span.file, each.span.line, each.span.column),
        )
    )
