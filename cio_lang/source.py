"""Text as it was written, and places in it.

A `Span` names a place the way people do: lines and columns start at 1, and the end column is the
first one *after* the text.  A `Source` is one named text; its name is what messages print.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Span(NamedTuple):
    """A place in a source: from (line, column) up to, not including, (end_line, end_column).

    A tuple, because there is one for every word that is read and tuples are made fastest.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The place from the start of this span to the end of `other`."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)


NOWHERE = Span("<made>", 1, 1, 1, 1)
"""The span of trees that were built by code and not read from text."""


@dataclass(frozen=True)
class Source:
    """One text with the name that messages print for it (a path, or `<say>`)."""

    name: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; a byte-order mark and carriage returns are not part."""
        return tuple(self.text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"))

    def line(self, number: int) -> str:
        """Line `number` (from 1), or the empty text past the end."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""
