"""The lines of a source as they are drawn below a problem.

Carets stay aligned under tabs, wide letters and combining marks, and control characters are never
passed on to the terminal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from cio_lang.source import Source, Span

__all__ = ["columns", "drawn", "safe"]

_TAB = 4
_WIDTH = 100
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def drawn(span: Span, source: Source) -> Iterator[tuple[str, str]]:
    """The lines of `span` as (gutter, text), each followed by its carets under an empty gutter.

    Of a place that covers several lines the first and the last are drawn, and `...` stands for what
    is between.
    """
    last = max(span.line, span.end_line)
    if last > span.line and span.end_column <= 1:
        last -= 1
    for number in sorted({span.line, last}):
        if number == last and last > span.line + 1:
            yield "...", ""
        written = source.line(number)
        lead = len(written) - len(written.lstrip())
        start = span.column - 1 if number == span.line else lead
        end = span.end_column - 1 if number == span.end_line else len(written.rstrip())
        shown, offset, width = _cropped(written, start, max(end, start))
        yield str(number), shown
        yield "", " " * offset + "^" * max(width, 1)


def safe(text: str) -> str:
    """Text with control and direction characters made visible, so that none reaches a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c == "\n" else _shown(c) for c in text)


def _cropped(written: str, start: int, end: int) -> tuple[str, int, int]:
    """A line as drawn, where its carets begin and how many there are.

    A line that is too long for a terminal is cut around the place, with `…` for what was cut.
    """
    left = 0
    if columns(written) > _WIDTH:
        left = max(0, start - _WIDTH // 3)
    prefix = "…" if left else ""
    shown = prefix
    column = len(prefix)
    begins = ends = None
    cut = False
    for index in range(left, len(written)):
        if index == start:
            begins = column
        if index == end:
            ends = column
        piece = _drawn_character(written[index], column)
        if column + columns(piece) > _WIDTH + 1:
            cut = True
            break
        shown += piece
        column += columns(piece)
    shown += "…" if cut else ""
    if begins is None:
        begins = column + max(0, start - len(written))
    if ends is None:
        ends = max(column, begins) if end <= len(written) or cut else begins + (end - start)
    return shown, begins, ends - begins


def _drawn_character(character: str, column: int) -> str:
    if character == "\t":
        return " " * (_TAB - column % _TAB)
    return _shown(character)


def _shown(character: str) -> str:
    if character == "\t":
        return " " * _TAB
    if character in _BIDI or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
        return "�"
    return character


def columns(text: str) -> int:
    """How many terminal columns `text` takes."""
    if text.isascii():
        return len(text)
    columns = 0
    for character in text:
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
            continue
        columns += 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
    return columns
