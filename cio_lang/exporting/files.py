"""Rows into a file: JSON Lines, CSV, Parquet.  All are written row by row."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from cio_lang.exporting.rows import OBJECTS, TIMES, Events, OutRow, People
from cio_lang.importing.coded import encode, encode_name
from cio_lang.store.database import chunks

_PAGE = 10_000
"""Rows in a group of Parquet."""

Out = IO[bytes] | gzip.GzipFile

Kinds = dict[str, set[str]]
"""Each value that some row has, and the types that it has in the rows."""


def kinds_of(what: People | Events) -> Kinds:
    """The columns of a table of all rows: they are gone through once before they are written."""
    found: Kinds = {}
    for row in what.rows():
        for name, value in row.values.items():
            found.setdefault(name, set()).add(_kind(value))
    return {name: found[name] for name in sorted(found)}


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "texts" if all(isinstance(each, str) for each in value) else "json"
    for kind, name in ((bool, "yes/no"), (int, "whole"), (float, "number"), (str, "text")):
        if isinstance(value, kind):
            return name
    return "json"


def write_jsonl(what: People | Events, out: Out) -> int:
    """An object in each line; how many."""
    inside = what.prefix.rstrip(".")
    count = 0
    for row in what.rows():
        values = dict(zip(what.fields, row.fields, strict=True)) | {inside: row.values}
        line = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_iso)
        out.write(line.encode() + b"\n")
        count += 1
    return count


def _iso(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value.isoformat()


def write_csv(what: People | Events, kinds: Kinds, out: Out) -> int:
    """A line of names and a line for each row; how many."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([*what.fields, *(f"{what.prefix}{name}" for name in kinds)])
    count = 0
    for row in what.rows():
        fields = map(_cell, what.fields, row.fields)
        writer.writerow([*fields, *(encode(row.values.get(name)) for name in kinds)])
        count += 1
    text.detach()
    return count


def _cell(field: str, value: Any) -> str:
    if field in TIMES:
        return str(value.isoformat())
    if field in OBJECTS:
        return json.dumps(value, ensure_ascii=False, default=dict) if value else ""
    return encode_name(value)


def write_parquet(what: People | Events, kinds: Kinds, out: Path) -> int:
    """Columns with types where all rows have the same, else with cells as CSV has them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            *(pa.field(name, _field_type(name)) for name in what.fields),
            *(_column(f"{what.prefix}{name}", found) for name, found in kinds.items()),
        ]
    )
    coded = {name for name, found in kinds.items() if _arrow_type(found) is None}
    count = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for page in chunks(what.rows(), _PAGE):
            columns = [_field_column(field, n, page) for n, field in enumerate(what.fields)]
            for name in kinds:
                cells = [row.values.get(name) for row in page]
                if name in coded:
                    cells = [None if cell is None else encode(cell) for cell in cells]
                columns.append(cells)
            arrays = [
                pa.array(cells, kind) for cells, kind in zip(columns, schema.types, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(page)
    return count


def _field_type(name: str) -> Any:
    import pyarrow as pa

    return pa.timestamp("us", "UTC") if name in TIMES else pa.string()


def _field_column(field: str, n: int, page: list[OutRow]) -> list[Any]:
    if field in OBJECTS:
        return [_cell(field, row.fields[n]) or None for row in page]
    return [row.fields[n] for row in page]


def _column(name: str, kinds: set[str]) -> Any:
    import pyarrow as pa

    kind = _arrow_type(kinds)
    if kind is None:
        return pa.field(name, pa.string(), metadata={"cio": "json"})
    return pa.field(name, kind)


def _arrow_type(kinds: set[str]) -> Any:
    """The type of values of these kinds; None where they have none in common."""
    import pyarrow as pa

    if kinds == {"yes/no"}:
        return pa.bool_()
    if kinds == {"whole"}:
        return pa.int64()
    if kinds <= {"whole", "number"}:
        return pa.float64()
    if kinds == {"text"}:
        return pa.string()
    return pa.list_(pa.string()) if kinds == {"texts"} else None


def compressed(out: IO[bytes]) -> gzip.GzipFile:
    """The same, compressed; the same rows give the same bytes."""
    return gzip.GzipFile(fileobj=out, mode="wb", mtime=0, compresslevel=6)
