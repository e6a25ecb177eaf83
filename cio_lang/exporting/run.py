"""People or events of a store in, a file out: whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from gzip import GzipFile
from pathlib import Path
from typing import IO, Literal, get_args

from cio_lang.exporting.files import compressed, kinds_of, write_csv, write_jsonl, write_parquet
from cio_lang.exporting.problems import ExportNotWritten, TooManyColumns
from cio_lang.exporting.rows import Events, People
from cio_lang.mistake import UserMistake, place
from cio_lang.store import Store

What = Literal["people", "events"]

Format = Literal["csv", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)

COLUMNS = 5_000


def export(
    store: Store,
    what: What,
    form: Format,
    to: Path | IO[bytes],
    *,
    ids: Callable[[], Sequence[int]] | None = None,
    names: Sequence[str] | None = None,
) -> int:
    """Write people or events to a file or an open stream; returns how many.

    Everything is as it was at one instant, whatever is written to the store meanwhile.  `ids` finds
    the people who are wanted (None: all), `names` are the events.  A file is there when all of it
    is; one whose name ends in `.gz` is compressed.  Parquet needs a file.
    Raises `UserMistake` where the file cannot be written or the store fails.
    """
    with store.reading():
        chosen = None if ids is None else sorted(ids())
        rows = People(store, chosen) if what == "people" else Events(store, chosen, names)
        if isinstance(to, Path):
            return _to_file(rows, form, to)
        return _write(rows, form, to)


def _to_file(rows: People | Events, form: Format, to: Path) -> int:
    part = to.with_name(f"{to.name}.{os.getpid()}.part")
    try:
        try:
            if form == "parquet":
                count = write_parquet(rows, _kinds(rows), part)
            else:
                with part.open("wb") as out:
                    if to.name.endswith(".gz"):
                        with compressed(out) as inner:
                            count = _write(rows, form, inner)
                    else:
                        count = _write(rows, form, out)
            os.replace(part, to)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        problem = ExportNotWritten(span=place(to), path=str(to), reason=reason.rstrip("."))
        raise UserMistake(problem) from error
    return count


def _write(rows: People | Events, form: Format, out: IO[bytes] | GzipFile) -> int:
    match form:
        case "jsonl":
            return write_jsonl(rows, out)
        case "csv":
            return write_csv(rows, _kinds(rows), out)
        case "parquet":
            raise ValueError("Parquet is not written to a stream")


def _kinds(rows: People | Events) -> dict[str, set[str]]:
    kinds = kinds_of(rows)
    if len(kinds) > COLUMNS:
        columns = len(kinds) + len(rows.fields)
        problem = TooManyColumns(span=place("<export>"), columns=columns, most=COLUMNS)
        raise UserMistake(problem)
    return kinds
