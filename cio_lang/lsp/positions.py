"""Places as editors count them: lines and characters from 0, characters in UTF-16 units.

Spans count lines and columns from 1, and a column is one code point.  A client may also ask for
UTF-8 or UTF-32 units; all three are here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from cio_lang.record import record
from cio_lang.source import Source, Span

Encoding = Literal["utf-8", "utf-16", "utf-32"]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters, both numbers from 0."""

    line: int
    character: int


@record
class Range:
    """From one position up to, not including, another."""

    start: Position
    end: Position


@record
class Edit:
    """What stands at a range becomes `text`."""

    range: Range
    text: str


def _utf8(character: str) -> int:
    return len(character.encode("utf-8", "surrogatepass"))


def _utf16(character: str) -> int:
    return 2 if character > "\uffff" else 1


_UNITS: Mapping[Encoding, Callable[[str], int]] = {
    "utf-8": _utf8,
    "utf-16": _utf16,
    "utf-32": len,
}


def units(text: str, encoding: Encoding) -> int:
    """How many units a text is long."""
    if text.isascii() or encoding == "utf-32":
        return len(text)
    unit = _UNITS[encoding]
    return sum(unit(character) for character in text)


def column(line: str, character: int, encoding: Encoding) -> int:
    """The column (from 1) of a character (from 0); past the end of the line, the end."""
    if line.isascii() or encoding == "utf-32":
        return min(character, len(line)) + 1
    unit = _UNITS[encoding]
    passed = 0
    for index, each in enumerate(line):
        if passed >= character:
            return index + 1
        passed += unit(each)
    return len(line) + 1


def position(line: int, at: int, source: Source, encoding: Encoding) -> Position:
    """The position of a line and column, both from 1."""
    text = source.line(line)
    return Position(line - 1, units(text[: at - 1], encoding) + max(0, at - 1 - len(text)))


def range_of(span: Span, source: Source, encoding: Encoding) -> Range:
    """The range of a span; columns past the end of a line are cut to it."""
    start = position(span.line, min(span.column, len(source.line(span.line)) + 1), source, encoding)
    last = max(span.line, span.end_line)
    end = position(last, min(span.end_column, len(source.line(last)) + 1), source, encoding)
    return Range(start, max(start, end))


def applied(text: str, edit: Edit, encoding: Encoding) -> str:
    """A text after an edit.  Lines end with `\\n`, `\\r\\n` or `\\r`, as the protocol has it."""
    start = _offset(text, edit.range.start, encoding)
    return text[:start] + edit.text + text[_offset(text, edit.range.end, encoding, start) :]


def _offset(text: str, place: Position, encoding: Encoding, known: int = 0) -> int:
    at = 0
    for _ in range(place.line):
        after = _line_end(text, at)
        if after is None:
            return len(text)
        at = after
    end = next((i for i in range(at, len(text)) if text[i] in "\r\n"), len(text))
    return max(at + column(text[at:end], place.character, encoding) - 1, known)


def _line_end(text: str, start: int) -> int | None:
    """Where the line after the one at `start` begins, or None where it is the last."""
    feed, carriage = text.find("\n", start), text.find("\r", start)
    if carriage >= 0 and (feed < 0 or carriage < feed):
        return carriage + (2 if text[carriage + 1 : carriage + 2] == "\n" else 1)
    return None if feed < 0 else feed + 1
