"""A file in, its rows out: CSV, JSON and Parquet, and the rows that an earlier import set aside."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn, Protocol

from cio_lang.importing.csv_rows import CsvTable
from cio_lang.importing.json_rows import JsonTable
from cio_lang.importing.lines import LONGEST_LINE, BadRow, Lines, Row, open_file
from cio_lang.importing.parquet_rows import ParquetTable
from cio_lang.source import Span

__all__ = [
    "NAMES",
    "SET_ASIDE",
    "BadRow",
    "Kind",
    "Row",
    "Source",
    "Table",
    "kind_of",
    "lines_of",
    "opened",
]

Kind = Literal["csv", "json", "parquet"]
"""How the rows of a file are written."""

SET_ASIDE = ["line", "reason", "row"]
"""The columns of a file of rows that were set aside."""

NAMES = "the names of the columns"
"""The reason of the row that holds them: it was not rejected."""


class Source(Protocol):
    """A file that is read, from beginning to end."""

    size: int

    def at(self, line: int = 1) -> Span:
        """The place of a line."""

    def refuse(self, reason: str, way: str) -> NoReturn:
        """Nothing of the file can be imported."""

    def position(self) -> int:
        """How many of its bytes were read."""

    def close(self) -> None:
        """Give the file back."""


class Table(Protocol):
    """Rows with cells in the order of `columns`, which may grow."""

    columns: list[str]
    header: str | None

    def rows(self) -> Iterator[Row | BadRow]:
        """All rows in order; bad ones are told on their own."""

    def text(self, cells: Sequence[Any]) -> str:
        """A row as text, which can be read again."""


class Rejects(Lines):
    """The lines that an import set aside, as if they were the file that they come from."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        super().first()
        self._texts = self._unwrapped()
        self._kept: tuple[int, str] | None = None

    def _unwrapped(self) -> Iterator[tuple[int, str]]:
        csv.field_size_limit(LONGEST_LINE)
        outer = super().rest()
        last = self.number

        def texts() -> Iterator[str]:
            nonlocal last
            for number, text in outer:
                last = number
                yield text

        reader = csv.reader(texts())
        while True:
            start = last + 1
            try:
                cells = next(reader, None)
            except csv.Error:
                self.bad.append(BadRow(start, "the row is not CSV", ""))
                continue
            if cells is None:
                return
            if len(cells) == len(SET_ASIDE):
                text = cells[2]
                if text.startswith("'"):  # kept spreadsheets from taking it for a formula
                    text = text[1:]
                if text.strip():
                    yield start, f"{text}\n"
            elif cells:
                self.bad.append(BadRow(start, "the row has not three columns", ",".join(cells)))

    def first(self) -> str:
        """The names of the columns, or the first object."""
        found = next(self._texts, None)
        if found is None:
            self.refuse("it holds no rows", "there is nothing left to correct")
        self.number = found[0]
        return found[1]

    def rest(self) -> Iterator[tuple[int, str]]:
        """The rows after the first line."""
        yield from self._texts


def kind_of(source: Path) -> Kind:
    """How the rows of a file are written, by what it begins with.

    Raises `UserMistake` where it is not there, or is no text and no Parquet.
    """
    file, _ = open_file(source)
    with file:
        if file.read(4) == b"PAR1":
            return "parquet"
    lines = lines_of(source)
    try:
        first = lines.first().lstrip()
    finally:
        lines.close()
    names = {ending.lower() for ending in source.suffixes[-2:]}
    if first.startswith(("{", "[")) or names & {".jsonl", ".ndjson", ".json"}:
        return "json"
    return "csv"


def lines_of(path: Path) -> Lines:
    """The lines of a file; of one of rows that were set aside, the rows as they were."""
    lines = Lines(path)
    try:
        first = lines.first()
    finally:
        lines.close()
    set_aside = first.strip() == ",".join(SET_ASIDE)
    return Rejects(path) if set_aside else Lines(path)


def opened(path: Path, kind: Kind) -> tuple[Source, Table]:
    """A file of that kind and its rows.  Raises `UserMistake` where nothing of it can be read."""
    if kind == "parquet":
        table = ParquetTable(path)
        return table, table
    lines = lines_of(path)
    try:
        return lines, CsvTable(lines) if kind == "csv" else JsonTable(lines)
    except BaseException:
        lines.close()
        raise
