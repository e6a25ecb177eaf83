"""A file and its mapping in, rows out, and what each says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from cio_lang.importing.customerio import CustomerioRows
from cio_lang.importing.facts import Fact
from cio_lang.importing.json_rows import JsonObjects
from cio_lang.importing.lines import BadRow, Lines, Row
from cio_lang.importing.mapped import MappedRows
from cio_lang.importing.mapping import ExportMapping, ImportMapping
from cio_lang.importing.naming import Naming
from cio_lang.importing.own import OwnRows
from cio_lang.importing.parquet_rows import ParquetTable
from cio_lang.importing.rows import Kind, Source, Table, lines_of, opened
from cio_lang.importing.segment import SegmentRows


class Reading(Protocol):
    """The rows of a file."""

    header: str | None
    """What stands above the rows: rows that are set aside are read again with it."""

    def rows(self) -> Iterator[Row | BadRow]:
        """All of them in order."""

    def facts(self, row: Row) -> Sequence[Fact]:
        """What a row says.  Raises `BadCell`."""

    def text(self, row: Row) -> str:
        """A row as text, which can be read again."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns, attributes and properties that nothing was read from."""

    @property
    def left_out(self) -> Mapping[str, int]:
        """Events that the mapping leaves out, and how often they were met."""


def reading(
    path: Path, kind: Kind, mapping: ImportMapping, currency: str
) -> tuple[Source, Reading]:
    """The rows of a file.  Raises `UserMistake` where nothing of it can be read."""
    if isinstance(mapping, ExportMapping):
        if kind == "json":
            lines = lines_of(path)
            try:
                return lines, _Objects(lines, mapping, currency)
            except BaseException:
                lines.close()
                raise
        source, table = opened(path, kind)
        return source, _Cells(table, mapping, currency)
    source, table = opened(path, kind)
    try:
        return source, _Mapped(table, MappedRows(table, mapping, currency, source.at()))
    except BaseException:
        source.close()
        raise


class _Mapped:
    """Rows by the columns that a mapping explains."""

    def __init__(self, table: Table, mapped: MappedRows) -> None:
        self._table = table
        self.header = table.header
        self.rows = table.rows
        self.facts = mapped.facts
        self._mapped = mapped

    def text(self, row: Row) -> str:
        return self._table.text(row.cells)

    @property
    def ignored(self) -> tuple[str, ...]:
        return self._mapped.ignored

    @property
    def left_out(self) -> Mapping[str, int]:
        return self._mapped.left_out


class _Exported:
    """Rows that say themselves what they are."""

    def __init__(self, mapping: ExportMapping, currency: str, coded: Any, typed: bool) -> None:
        self._naming = Naming(mapping, currency, typed=typed)
        self._rows: SegmentRows | CustomerioRows | OwnRows
        match mapping.format:
            case "segment":
                self._rows = SegmentRows(self._naming, mapping.zone)
            case "customerio":
                self._rows = CustomerioRows(self._naming)
            case "cio":
                self._rows = OwnRows(mapping, coded)

    @property
    def ignored(self) -> tuple[str, ...]:
        return tuple(self._naming.ignored)

    @property
    def left_out(self) -> Mapping[str, int]:
        own = isinstance(self._rows, OwnRows)
        return self._rows.left_out if own else self._naming.left_out  # type: ignore[union-attr]


class _Objects(_Exported):
    """Objects of JSON, each the only cell of its row."""

    header: str | None = None

    def __init__(self, lines: Lines, mapping: ExportMapping, currency: str) -> None:
        super().__init__(mapping, currency, (), True)
        self._objects = JsonObjects(lines)

    def rows(self) -> Iterator[Row | BadRow]:
        for found in self._objects.objects():
            yield found if isinstance(found, BadRow) else Row(found[0], [found[1]])

    def facts(self, row: Row) -> Sequence[Fact]:
        return self._rows.facts(row.cells[0])

    def text(self, row: Row) -> str:
        return self._objects.text(row.cells[0])


class _Cells(_Exported):
    """Rows of a table, each an object by the names of its columns."""

    def __init__(self, table: Table, mapping: ExportMapping, currency: str) -> None:
        coded = table.coded if isinstance(table, ParquetTable) else None
        super().__init__(mapping, currency, coded, table.header is None)
        self._table = table
        self.header = table.header
        self.rows = table.rows

    def facts(self, row: Row) -> Sequence[Fact]:
        return self._rows.facts(dict(zip(self._table.columns, row.cells, strict=False)))

    def text(self, row: Row) -> str:
        return self._table.text(row.cells)
