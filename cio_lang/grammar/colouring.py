"""Text in, its words with what kind each is out: for editors that colour it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from cio_lang.grammar import sentence, structure, tables
from cio_lang.grammar.level import Why
from cio_lang.grammar.lines import Written, outline, written
from cio_lang.grammar.places import starters
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.source import Source, Span

__all__ = ["Coloured", "Kind", "coloured", "opening_words", "words_of_the_language"]

Kind = Literal["word", "name", "text", "number", "comment", "english"]

_KINDS: dict[str, Kind] = {
    "NAME": "name",
    "PERSON": "name",
    "QUOTED": "text",
    "BLOCK": "text",
    "FIGURE": "number",
    "AMOUNT": "number",
    "PRICE": "number",
    "PERCENT": "number",
    "CALENDAR_DAY": "number",
    "CLOCK": "number",
    "CURRENCY": "number",
    "AND_THEN": "word",
    "IN_ANY_YEAR": "word",
}


@record
class Coloured:
    """One word at its place.  Words that cannot be read there are coloured all the same."""

    span: Span
    kind: Kind


def words_of_the_language() -> frozenset[str]:
    """Every word that means something of its own somewhere."""
    return frozenset(tables.words().keywords)


def opening_words(start: str) -> frozenset[str]:
    """The words that a line read by one of the grammar's rules for lines can begin with."""
    return frozenset(starters(start))


def coloured(source: Source) -> tuple[Coloured, ...]:
    """The words of a text in their order; marks such as `,` and `(` have no colour."""
    found: list[Coloured] = []
    keywords = tables.words().keywords.values()

    def read(line: Written, start: str) -> tuple[Any, Problem | Why | None]:
        if line.english:
            return sentence.read(line, start)
        for word in sentence.words(line, start):
            kind = "word" if word.type in keywords else _KINDS.get(word.type)
            if kind is not None:
                found.append(Coloured(word.span, kind))
        return sentence.read(line, start)

    structure.file(source, outline(source), read)
    found += _others(source)
    once = {(each.span.line, each.span.column): each for each in found}
    return tuple(once[place] for place in sorted(once))


def _others(source: Source) -> Iterator[Coloured]:
    """Comments and lines of English."""
    covered = 0
    for item in written(source):
        if not isinstance(item, Written):
            continue
        for line in range(covered + 1, item.number):
            yield from _comment(source, line)
        covered = item.last
        if item.english:
            row = source.line(item.number)
            span = Span(source.name, item.number, item.column, item.number, len(row) + 1)
            yield Coloured(span, "english")
        elif item.trailing is not None:
            row = source.line(item.last).rstrip()
            start = len(row) - len(item.trailing)
            yield Coloured(Span(source.name, item.last, start, item.last, len(row) + 1), "comment")
    for line in range(covered + 1, len(source.lines) + 1):
        yield from _comment(source, line)


def _comment(source: Source, line: int) -> Iterator[Coloured]:
    row = source.line(line)
    start = len(row) - len(row.lstrip()) + 1
    if row.strip():
        yield Coloured(Span(source.name, line, start, line, len(row) + 1), "comment")
