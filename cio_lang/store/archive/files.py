"""One file of archived events: rows in, Parquet out; and several of them joined into one.

Sorted by person, name and time with small row groups, so that reading one person skips nearly all
of it, and zstd, so that a million events take about 20 MB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cio_lang.record import record

if TYPE_CHECKING:
    import pyarrow as pa

BUCKETS = 16
"""People are spread over so many files by what their id leaves, divided by it."""

ROW_GROUP = 20_480

COLUMNS = ("person", "uid", "name", "at", "received_at", "properties", "folded", "dates")

EventColumns = tuple[int, str, str, int, int, str, str | None, str | None]
"""The columns of one archived event, in the order of `COLUMNS`; JSON is text."""


@record
class Written:
    """What is known of a file that was just written."""

    first_at: int
    last_at: int
    rows: int
    bytes: int
    sha256: str


def _schema() -> pa.Schema:
    import pyarrow as pa

    kinds = {"person": pa.int64(), "at": pa.int64(), "received_at": pa.int64()}
    return pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])


def write(rows: Sequence[EventColumns], path: Path) -> Written:
    """Write one file with these rows (at least one)."""
    import pyarrow as pa

    ordered = sorted(rows, key=lambda row: (row[0], row[2], row[3], row[1]))
    columns: list[Any] = list(map(list, zip(*ordered, strict=True)))
    return _keep(pa.table(columns, schema=_schema()), path)


def join(paths: Sequence[Path], path: Path, condition: str = "true") -> Written | None:
    """Write what is in several files to one, without the rows for which `condition` does not hold.

    An event that stands in two of them is written once.  None where no row is left.
    """
    import duckdb

    with duckdb.connect() as connection:
        table = connection.sql(
            f"SELECT {', '.join(map(quoted, COLUMNS))} FROM ({distinct(paths)}) WHERE {condition}"
            ' ORDER BY person, name, "at", uid'
        ).to_arrow_table()
    return _keep(table.cast(_schema()), path) if table.num_rows else None


def names_in(paths: Sequence[Path]) -> list[str]:
    """The events that stand in files, by name."""
    import duckdb

    with duckdb.connect() as connection:
        rows = connection.sql(f"SELECT DISTINCT name FROM {source(paths)}").fetchall()
    return sorted(row[0] for row in rows)


def rows_where(paths: Sequence[Path], condition: str) -> list[EventColumns]:
    """The rows of files for which a condition in SQL holds, each event once."""
    import duckdb

    with duckdb.connect() as connection:
        return connection.sql(
            f"SELECT {', '.join(map(quoted, COLUMNS))} FROM ({distinct(paths)}) WHERE {condition}"
        ).fetchall()


def distinct(paths: Sequence[Path]) -> str:
    """SQL of DuckDB for the rows of files, each event once."""
    return f"SELECT DISTINCT ON (person, uid) * FROM {source(paths)} ORDER BY received_at"


def source(paths: Sequence[Path]) -> str:
    """What stands behind FROM in DuckDB for these files."""
    return f"read_parquet([{', '.join(literal(str(path)) for path in paths)}])"


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A column's name in SQL (`at` is a word of DuckDB's own)."""
    return f'"{name}"'


def _keep(table: pa.Table, path: Path) -> Written:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP)
    ends = pc.min_max(table["at"]).as_py()
    content = path.read_bytes()
    return Written(
        ends["min"], ends["max"], table.num_rows, len(content), hashlib.sha256(content).hexdigest()
    )
