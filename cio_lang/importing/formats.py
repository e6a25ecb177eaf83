"""What kind of export a file is, by what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from cio_lang.importing.lines import BadRow, Row
from cio_lang.importing.mapping import ExportFormat
from cio_lang.importing.own import EVENTS, PEOPLE
from cio_lang.importing.rows import Kind, kind_of, opened
from cio_lang.importing.segment import CALLS
from cio_lang.record import record

SAMPLE = 1_000
"""Rows that are looked at."""


@record
class Looked:
    """The beginning of a file: how it is written, its columns, its first rows, what it is."""

    kind: Kind
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    format: ExportFormat | None
    """None: rows whose columns need a mapping."""


def look(path: Path, kind: Kind | None = None) -> Looked:
    """Look at the beginning of a file.  Raises `UserMistake` where nothing of it can be read."""
    kind = kind or kind_of(path)
    source, table = opened(path, kind)
    try:
        rows = [row for row in islice(table.rows(), SAMPLE) if not isinstance(row, BadRow)]
        columns = tuple(table.columns)
    finally:
        source.close()
    named = tuple(_named(columns, row) for row in rows)
    return Looked(kind, columns, named, _format(frozenset(columns), named))


def _named(columns: tuple[str, ...], row: Row) -> dict[str, Any]:
    return {
        name: cell
        for name, cell in zip(columns, row.cells, strict=False)
        if cell is not None and cell != ""
    }


def _format(columns: frozenset[str], rows: tuple[dict[str, Any], ...]) -> ExportFormat | None:
    if columns >= frozenset(EVENTS) or columns >= frozenset(PEOPLE[:2]):
        return "cio"
    if _most(rows, _is_call):
        return "segment"
    if _most(rows, _is_of_customerio):
        return "customerio"
    return None


def _most(rows: tuple[dict[str, Any], ...], meets: Any) -> bool:
    return bool(rows) and sum(map(bool, map(meets, rows))) * 2 > len(rows)


def _is_call(row: Mapping[str, Any]) -> bool:
    kind = row.get("type") or row.get("action")
    ids = {"userId", "anonymousId", "user_id", "anonymous_id", "messageId", "message_id"}
    return isinstance(kind, str) and kind.lower() in CALLS and bool(ids & row.keys())


def _is_of_customerio(row: Mapping[str, Any]) -> bool:
    keys = row.keys()
    return (
        "cio_id" in keys
        or "internal_customer_id" in keys
        or "customer_identifiers" in keys
        or isinstance(row.get("customer"), Mapping)
        or isinstance(row.get("identifiers"), Mapping)
        or keys >= {"object_type", "metric", "timestamp"}
        or keys >= {"type", "customer_id", "timestamp"}
    )
