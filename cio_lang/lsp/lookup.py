"""A place in, the name that stands there out; a name in, every place of it out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from cio_lang.lsp.blocks import Block
from cio_lang.lsp.naming import Named, in_template, names
from cio_lang.lsp.snapshot import Snapshot
from cio_lang.source import Source, Span


@lru_cache(maxsize=20_000)
def names_of(block: Block) -> tuple[Named, ...]:
    """As `names`; a block's are looked up once."""
    return names(block)


def name_at(snapshot: Snapshot, label: str, line: int, column: int) -> Named | None:
    """The name at a place; its span is as the file has it.

    Of two, the inner one: `{{ person.plan }}` stands in a text that could be a template's name.
    """
    found = [
        named
        for named in in_file(snapshot, label, line)
        if (named.span.line, named.span.column) <= (line, column)
        and (line, column) <= (named.span.end_line, named.span.end_column)
    ]
    return max(found, key=lambda named: (named.span.line, named.span.column), default=None)


def in_file(snapshot: Snapshot, label: str, line: int | None = None) -> Iterator[Named]:
    """The names of a file, or of the block around one of its lines."""
    document = snapshot.documents.get(label)
    if document is None:
        source = snapshot.source(label)
        yield from () if source is None else _of_template(source)
        return
    blocks = document.blocks if line is None else (document.at(line)[0],)
    for placed in blocks:
        for named in names_of(placed.block):
            if named.role != "template" or named.text in snapshot.schema.names("template"):
                yield _placed(named, snapshot)


def every_place(snapshot: Snapshot, name: Named) -> tuple[Named, ...]:
    """Every place of a name in the workspace, files and lines in order."""
    found = [
        _placed(named, snapshot)
        for placed in snapshot.blocks()
        for named in names_of(placed.block)
        if named.same == name.same
    ]
    for body in snapshot.settings.bodies.values():
        found += [named for named in _of_template(body) if named.same == name.same]
    return tuple(sorted(found, key=lambda each: _key(each.span)))


def declared_at(snapshot: Snapshot, name: Named) -> Named | None:
    """Where a name is declared."""
    return next((each for each in every_place(snapshot, name) if each.declares), None)


def _of_template(source: Source) -> Iterator[Named]:
    # Nothing says which event starts the journeys that send it: properties of events are left out.
    return (named for named in in_template(source) if named.role == "attribute")


def _placed(named: Named, snapshot: Snapshot) -> Named:
    span = snapshot.span(named.span)
    return Named(named.role, named.text, span, named.declares, named.written, named.event)


def _key(span: Span) -> tuple[str, int, int]:
    return span.file, span.line, span.column
