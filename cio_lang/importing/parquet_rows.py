"""Parquet in, rows out, one group of rows after the other: the file is never in memory whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from cio_lang.importing.csv_rows import COLUMNS
from cio_lang.importing.lines import BadRow, Row, open_file
from cio_lang.importing.problems import UnreadableFile
from cio_lang.mistake import UserMistake
from cio_lang.source import Span

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 5_000

_AGAIN = "make or fetch the file again"


class ParquetTable:
    """The rows of a Parquet file; `line` of a row is its number, from 1."""

    header: str | None = None

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._path = path
        self._raw, self.size = open_file(path)
        self._read = 0
        self.rows_in_all = 0
        self._errors = (pa.ArrowException, OSError, ValueError)
        try:
            self._file = pq.ParquetFile(self._raw, page_checksum_verification=True)
            self.rows_in_all = int(self._file.metadata.num_rows)
            schema = self._file.schema_arrow
        except self._errors as error:
            self._raw.close()
            self.refuse(f"it is no Parquet file that is whole ({_short(error)})", _AGAIN)
        self.columns = list(schema.names)
        if len(self.columns) > COLUMNS:
            why = f"it has {len(self.columns):,} columns, and {COLUMNS:,} can be read"
            self.refuse(why, "write a row for each thing, not a column")
        json_fields = [(field.metadata or {}).get(b"cio") == b"json" for field in schema]
        self.coded = frozenset(
            name for name, coded in zip(self.columns, json_fields, strict=True) if coded
        )
        """Columns of values of several kinds, each written as a cell of `cio export`."""

    def at(self, line: int = 1) -> Span:
        """The place of a row."""
        return Span(str(self._path), line, 1, line, 1)

    def refuse(self, reason: str, way: str) -> NoReturn:
        """Nothing of the file can be imported."""
        problem = UnreadableFile(span=self.at(), path=str(self._path), reason=reason, way=way)
        raise UserMistake(problem)

    def position(self) -> int:
        """How many bytes of the file have been read, by the share of its rows."""
        return self.size * self._read // max(self.rows_in_all, 1)

    def close(self) -> None:
        """Give the file back."""
        self._raw.close()

    def rows(self) -> Iterator[Row | BadRow]:
        """All rows in order.  Where the file is damaged, reading ends."""
        number = 0
        batches = self._file.iter_batches(_BATCH)
        while True:
            try:
                batch = next(batches, None)
                columns = None if batch is None else [_plain(each) for each in batch.columns]
            except self._errors as error:
                reason = f"the file is damaged from here on ({_short(error)})"
                yield BadRow(number + 1, reason, "")
                return
            if columns is None:
                return
            for cells in zip(*columns, strict=True):
                number += 1
                yield Row(number, list(cells))
            self._read = number

    def text(self, cells: Sequence[Any]) -> str:
        """A row as a JSON object; what is null is left out."""
        pairs = zip(self.columns, cells, strict=True)
        values = {name: cell for name, cell in pairs if cell is not None}
        return json.dumps(values, ensure_ascii=False, default=str)


def _plain(column: pa.Array) -> list[Any]:
    """Values that JSON has, and instants."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        # What is finer than a microsecond is cut off.
        values: list[Any] = column.cast(pa.timestamp("us", kind.tz), safe=False).to_pylist()
        return values
    if pa.types.is_decimal(kind):
        return [None if each is None else _number(each) for each in column.to_pylist()]
    if pa.types.is_date(kind) or pa.types.is_time(kind):
        return [None if each is None else each.isoformat() for each in column.to_pylist()]
    values = column.to_pylist()
    return values


def _number(value: Any) -> int | float:
    whole = int(value)
    return whole if whole == value else float(value)


def _short(error: Exception) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")[:120]
