"""CSV in, rows out: a bad row costs itself and no other.

Where a quotation mark is never closed, reading goes on at the next line of the file.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from cio_lang.importing.lines import LONGEST_LINE, BadRow, Lines, Row

COLUMNS = 10_000
"""A file with more columns is none that somebody meant."""

LONGEST_NAME = 1_000

_LONGEST_ROW = 200  # lines: a quotation mark that is open for longer was never meant

_MAC_LINES = "its lines end as on an old Mac", "save it with the line ends of Windows or Unix"


class CsvTable:
    """CSV with a line of column names; separated by `,`, `;` or tabs, whichever the names are."""

    def __init__(self, lines: Lines) -> None:
        # A cell of the store's largest text; the module's own limit stays in force for nobody else.
        csv.field_size_limit(LONGEST_LINE)
        self._lines = lines
        header = lines.first()
        self.header: str | None = header
        if "\r" in header.rstrip("\r\n"):
            lines.refuse(*_MAC_LINES)
        self._delimiter = max(",;\t", key=header.count)
        try:
            self.columns = [name.strip() for name in next(self._reader(iter([header])))]
        except csv.Error:
            lines.refuse("its first line is not CSV", "write the column names in the first line")
        if len(self.columns) > COLUMNS:
            why = f"it has {len(self.columns):,} columns, and {COLUMNS:,} can be read"
            lines.refuse(why, "write a row for each thing, not a column")
        if any(len(name) > LONGEST_NAME for name in self.columns):
            lines.refuse("its first line does not name columns", "write their names into it")
        self._source = lines.rest()
        self._back: deque[tuple[int, str]] = deque()
        self._pending: list[tuple[int, str]] = []

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self._delimiter, strict=True)

    def _texts(self) -> Iterator[str]:
        """Lines for the CSV reader, which takes just those that it needs for one row."""
        pending, back = self._pending, self._back
        while back:
            if len(pending) >= _LONGEST_ROW:
                return
            pending.append(back.popleft())
            yield pending[-1][1]
        for numbered in self._source:
            if len(pending) >= _LONGEST_ROW:
                back.append(numbered)
                return
            pending.append(numbered)
            yield numbered[1]

    def rows(self) -> Iterator[Row | BadRow]:
        """All rows in order; blank lines are none."""
        width, pending, bad = len(self.columns), self._pending, self._lines.bad
        reader = self._reader(self._texts())
        while True:
            try:
                cells = next(reader, None)
                reason = None if cells is None else _wrong_width(len(cells), width)
            except csv.Error:
                cells, reason = [], "a quotation mark in the line is not closed, or misplaced"
            while bad:
                yield bad.popleft()
            if cells is None:
                return
            if reason is None:
                yield Row(pending[0][0], cells)
                pending.clear()
            elif len(pending) == 1 and not pending[0][1].strip():
                pending.clear()
            elif pending:
                number, text = pending[0]
                yield BadRow(number, reason, text)
                # The quotation mark that joined these lines was not meant: read them one by one.
                self._back.extendleft(reversed(pending[1:]))
                pending.clear()
                reader = self._reader(self._texts())

    def text(self, cells: Sequence[Any]) -> str:
        """A row as it can stand in such a file."""
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter).writerow(cells)
        return text.getvalue()


def _wrong_width(found: int, wanted: int) -> str | None:
    if found == wanted:
        return None
    fewer = "too few: is the line cut off?" if found < wanted else "too many"
    return f"the line has {found} columns and not {wanted}, {fewer}"
