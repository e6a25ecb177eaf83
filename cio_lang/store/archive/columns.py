"""Rows of the hot store as columns of Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBERS = frozenset({"id", "lot", "person", "at", "received_at", "created_at", "kept", "merged"})


def schema_of(names: Iterable[str]) -> pa.Schema:
    """The types of these columns: whole numbers (instants are microseconds), or text."""
    import pyarrow as pa

    return pa.schema([(name, pa.int64() if name in _NUMBERS else pa.string()) for name in names])


def table_of(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows with these columns (at least one row)."""
    import pyarrow as pa

    schema = schema_of(names)
    columns: list[Any] = [
        pa.array(column, kind)
        for column, kind in zip(zip(*rows, strict=True), schema.types, strict=True)
    ]
    return pa.table(columns, schema=schema)
