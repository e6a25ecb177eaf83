"""A file in, rows out: CSV and JSON Lines, compressed or not, with every bad row on its own.

Each table has `columns` and gives `Row`s, whose cells stand in the order of the columns, and
`BadRow`s.  A bad row costs itself and no other: where a quotation mark is never closed, reading
goes on at the next line of the file.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from cio_lang.importing.problems import FileMissing, UnreadableFile
from cio_lang.mistake import UserMistake
from cio_lang.problem import nearest
from cio_lang.record import record
from cio_lang.source import Span

_SAMPLE = 1_000  # JSON objects that are looked through for their keys
_LONGEST_ROW = 200  # lines: a quotation mark that is open for longer was never meant
_LONGEST_LINE = 1 << 20  # bytes


@record
class Row:
    """The cells of one row; `line` is where it begins (from 1)."""

    line: int
    cells: list[Any]


@record
class BadRow:
    """A row that cannot be read; `text` is its first line as written."""

    line: int
    reason: str
    text: str


class Lines:
    """The lines of a file as text, with their numbers; bad ones are set aside in `bad`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bad: deque[BadRow] = deque()
        self.number = 0
        try:
            self.size = path.stat().st_size
            self._raw: BinaryIO = path.open("rb")
        except IsADirectoryError:
            self.refuse("it is a folder", "name a file in it")
        except FileNotFoundError:
            siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
            close = nearest(path.name, siblings)
            problem = FileMissing(
                span=self.at(),
                path=str(path),
                suggestion=str(path.with_name(close)) if close else None,
            )
            raise UserMistake(problem) from None
        except PermissionError:
            self.refuse("you may not read it", "give yourself the right to read it")
        self._stream: BinaryIO = self._raw
        magic = self._raw.read(2)
        self._raw.seek(0)
        if magic == b"\x1f\x8b":
            self._stream = io.BufferedReader(gzip.GzipFile(fileobj=self._raw), 1 << 16)

    def at(self, line: int = 1) -> Span:
        """The place of a line."""
        return Span(str(self.path), line, 1, line, 1)

    def refuse(self, reason: str, way: str) -> NoReturn:
        """Nothing of the file can be imported."""
        problem = UnreadableFile(span=self.at(), path=str(self.path), reason=reason, way=way)
        raise UserMistake(problem)

    def position(self) -> int:
        """How many bytes of the file have been read, compressed if it is."""
        return min(self._raw.tell(), self.size)

    def close(self) -> None:
        """Give the file back."""
        self._stream.close()
        self._raw.close()

    def first(self) -> str:
        """The first line that is not blank; refuses a file that is not text."""
        while True:
            try:
                raw = self._stream.readline(_LONGEST_LINE)
            except (OSError, EOFError, zlib.error):
                self.refuse("its compression is damaged", "make or fetch the file again")
            self.number += 1
            if not raw:
                self.refuse("it is empty", "name the file that holds the rows")
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                self.refuse("it is written in UTF-16", "save it as UTF-8 (in Excel: `CSV UTF-8`)")
            if b"\0" in raw or len(raw) == _LONGEST_LINE:
                self.refuse("it is not text", "export the rows as CSV or JSON Lines first")
            try:
                text = raw.decode("utf-8-sig" if self.number == 1 else "utf-8")
            except UnicodeDecodeError:
                self.refuse("it is not in UTF-8", "save it as UTF-8 (in Excel: `CSV UTF-8`)")
            if text.strip():
                return text

    def rest(self) -> Iterator[tuple[int, str]]:
        """The lines after the first, numbered; those that are not text go to `bad`."""
        number = self.number
        try:
            for raw in self._stream:
                number += 1
                try:
                    text = raw.decode()
                except UnicodeDecodeError:
                    shown = raw.decode(errors="replace")
                    self.bad.append(BadRow(number, "the line is not in UTF-8", shown))
                    continue
                if "\0" in text:
                    shown = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
                    self.bad.append(BadRow(number, "the line holds a null byte", shown))
                    continue
                yield number, text
        except (OSError, EOFError, zlib.error):
            self.bad.append(BadRow(number + 1, "the compressed file ends in the middle", ""))


class CsvTable:
    """CSV with a line of column names; separated by `,`, `;` or tabs, whichever the names are."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        head = lines.first()
        self._delimiter = max(",;\t", key=head.count)
        try:
            self.columns = [name.strip() for name in next(self._reader(iter([head])))]
        except csv.Error:
            lines.refuse("its first line is not CSV", "write the column names in the first line")
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


def _wrong_width(found: int, wanted: int) -> str | None:
    if found == wanted:
        return None
    fewer = "too few: is the line cut off?" if found < wanted else "too many"
    return f"the line has {found} columns and not {wanted}, {fewer}"


class JsonTable:
    """JSON Lines: one object per line; `columns` grows as keys are met."""

    def __init__(self, lines: Lines) -> None:
        self.columns: list[str] = []
        self._lines = lines
        first = lines.first()
        if first.lstrip().startswith("["):
            lines.refuse("it is one JSON list", "write one object per line (`jq -c '.[]'`)")
        self._source = ((n, text) for n, text in lines.rest() if not text.isspace())
        self._ahead = [self._row(lines.number, first)]
        self._ahead += [self._row(n, text) for n, text in islice(self._source, _SAMPLE)]
        if not self.columns:
            lines.refuse("none of its first lines is a JSON object", "write one object per line")

    def rows(self) -> Iterator[Row | BadRow]:
        """All rows in order; a key that an object does not have is a cell of None."""
        for row in self._ahead:
            if isinstance(row, Row):
                row.cells.extend([None] * (len(self.columns) - len(row.cells)))
            yield row
        for number, text in self._source:
            yield self._row(number, text)
        yield from self._lines.bad

    def _row(self, number: int, text: str) -> Row | BadRow:
        try:
            found = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_pairs)
        except (ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, _NotOurs) else "is the line cut off?"
            return BadRow(number, f"the line is not JSON: {reason}", text)
        if not isinstance(found, dict):
            return BadRow(number, "the line is not a JSON object", text)
        for key in found:
            if key not in self.columns:
                self.columns.append(key)
        return Row(number, [found.get(column) for column in self.columns])


class _NotOurs(ValueError):
    """JSON that Python reads and that is not JSON, or says two things."""


def _refuse_constant(name: str) -> NoReturn:
    raise _NotOurs(f"`{name}` is no number")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotOurs("a key stands in it twice")
    return found


Table = CsvTable | JsonTable


def table(lines: Lines) -> Table:
    """The rows of a file: JSON Lines by its ending (`.jsonl`, `.ndjson`, `.json`), else CSV."""
    endings = [ending.lower() for ending in lines.path.suffixes]
    if any(ending in (".jsonl", ".ndjson", ".json") for ending in endings[-2:]):
        return JsonTable(lines)
    return CsvTable(lines)
