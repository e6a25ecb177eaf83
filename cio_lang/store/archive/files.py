"""One file of archived events: rows in, Parquet out; and several of them joined into one.

Sorted by person, name and time with small row groups, so that reading one person skips nearly all
of it, and zstd, so that a million events take about 20 MB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cio_lang.record import record
from cio_lang.store.archive.columns import schema_of

if TYPE_CHECKING:
    import pyarrow as pa

BUCKETS = 16
"""People are spread over so many files by what their id leaves, divided by it."""

ROW_GROUP = 8_192

COLUMNS = ("person", "uid", "name", "at", "received_at", "properties", "folded", "dates")

ORDER = ("person", "name", "at", "uid")
"""How the rows of a file are sorted."""

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


def write(rows: pa.Table, path: Path) -> Written:
    """Write one file with these rows (at least one, with `COLUMNS`), sorted already."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    pq.write_table(rows, path, compression="zstd", row_group_size=ROW_GROUP)
    ends = pc.min_max(rows["at"]).as_py()
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Written(ends["min"], ends["max"], rows.num_rows, len(content), digest)


def by_month_and_bucket(rows: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """Rows in parts that become files, each with its bucket and sorted as files are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    when = pc.cast(rows["at"], pa.timestamp("us"))
    month = pc.add(pc.multiply(pc.year(when), 12), pc.month(when))
    bucket = pc.subtract(rows["person"], pc.multiply(pc.divide(rows["person"], BUCKETS), BUCKETS))
    keyed = rows.append_column("part", pc.add(pc.multiply(month, BUCKETS), bucket))
    order = [(name, "ascending") for name in ("part", *ORDER)]
    ordered = keyed.sort_by(order).combine_chunks()
    counted = pc.value_counts(ordered["part"])
    start = 0
    for part, count in zip(*counted.flatten(), strict=True):
        yield part.as_py() % BUCKETS, ordered.slice(start, count.as_py()).drop_columns(["part"])
        start += count.as_py()


def join(paths: Sequence[Path], path: Path, condition: str = "true") -> Written | None:
    """Write what is in several files to one, without the rows for which `condition` does not hold.

    An event that stands in two of them is written once.  None where no row is left.
    """
    import duckdb

    with duckdb.connect() as connection:
        table = connection.sql(
            f"SELECT {', '.join(map(quoted, COLUMNS))} FROM ({distinct(paths)}) WHERE {condition}"
            f" ORDER BY {', '.join(map(quoted, ORDER))}"
        ).to_arrow_table()
    return write(table.cast(schema_of(COLUMNS)), path) if table.num_rows else None


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
