"""Places inside of texts: positions in, spans out."""

from __future__ import annotations

from cio_lang import ast
from cio_lang.source import Source, Span


def part_of(quoted: ast.Text, start: int, end: int) -> tuple[Span, bool]:
    """Where a part of a quoted text stands, and whether that is the exact place."""
    span = quoted.span
    lines = quoted.value.count("\n") + 1
    if span.line == span.end_line and span.end_column - span.column == len(quoted.value) + 2:
        column = span.column + 1 + start
        return Span(span.file, span.line, column, span.line, column + end - start), True
    if quoted.block and span.end_line - span.line == lines + 1:
        # How far a block is indented is not kept, so the place is the whole line.
        line = span.line + 1 + quoted.value.count("\n", 0, start)
        return Span(span.file, line, 1, line + 1, 1), False
    return span, False


def place_in(source: Source, start: int, end: int) -> Span:
    """The place from one position of a text to another."""
    line = source.text.count("\n", 0, start) + 1
    column = start - (source.text.rfind("\n", 0, start) + 1) + 1
    end_line = source.text.count("\n", 0, end) + 1
    end_column = end - (source.text.rfind("\n", 0, end) + 1) + 1
    return Span(source.name, line, column, end_line, end_column)
