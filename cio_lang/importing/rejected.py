"""The rows that were not imported: `<file>.rejected.csv`, which is corrected and imported again."""

from __future__ import annotations

import csv
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from cio_lang.importing.lines import LONGEST_LINE, BadRow
from cio_lang.importing.problems import RowRejected
from cio_lang.importing.rows import NAMES, SET_ASIDE
from cio_lang.source import Span

_SAMPLES = 10


class Rejected:
    """Counts bad rows, keeps the first ten, and writes all of them to a file.

    The file is made with the first bad row; one of an earlier import is taken away, but for its
    first `keep` rows, which an import that goes on had set aside.  `header` are the names of the
    columns, without which rows of CSV could not be read again.  In a folder that cannot be written
    the rows are counted and `path` stays None.
    """

    def __init__(self, source: Path, target: Path | None, header: str | None, keep: int) -> None:
        self.count = 0
        self.samples: list[RowRejected] = []
        self.path: Path | None = None
        self._source, self._header = source, header
        self._target = target or source.with_name(source.name + ".rejected.csv")
        self._file: TextIO | None = None
        self._writer: Any = None
        kept = self._before(keep) if keep else []
        if kept:
            self._keep(kept)
        else:
            with suppress(OSError):
                self._target.unlink(missing_ok=True)

    def _before(self, keep: int) -> list[list[str]]:
        csv.field_size_limit(LONGEST_LINE)
        try:
            with self._target.open(encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                if next(rows, None) == SET_ASIDE:
                    good = (row for row in rows if len(row) == 3 and row[1] != NAMES)
                    return list(islice(good, keep))
        except (OSError, csv.Error, UnicodeDecodeError):
            return []
        return []

    def add(self, row: BadRow) -> None:
        """Set one row aside."""
        if self.count == 0 and self._file is None:
            self._open()
        self.count += 1
        reason = _sayable(row.reason)
        if len(self.samples) < _SAMPLES:
            place = Span(str(self._source), row.line, 1, row.line, 1)
            self.samples.append(RowRejected(span=place, line=row.line, reason=reason))
        if self._writer is not None:
            text = _harmless(_sayable(row.text.rstrip("\r\n")))
            self._writer.writerow([row.line, reason, text])

    def _keep(self, rows: list[list[str]]) -> None:
        """Go on behind these rows.  They are in the file at every moment, also if killed here."""
        beside = self._target.with_name(self._target.name + ".part")
        try:
            with beside.open("w", encoding="utf-8", newline="") as file:
                self._begin(file).writerows(rows)
            beside.replace(self._target)
            self._file = self._target.open("a", encoding="utf-8", newline="")
        except OSError:
            return
        self.path = self._target
        self._writer = csv.writer(self._file)

    def _open(self) -> None:
        try:
            self._file = self._target.open("w", encoding="utf-8", newline="")
        except OSError:
            return
        self.path = self._target
        self._writer = self._begin(self._file)

    def _begin(self, file: TextIO) -> Any:
        writer = csv.writer(file)
        writer.writerow(SET_ASIDE)
        if self._header is not None:
            writer.writerow([1, NAMES, _harmless(self._header.rstrip("\r\n"))])
        return writer

    def flush(self) -> None:
        """Write out what was added so far."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._file.close()


def _sayable(text: str) -> str:
    """Halves of characters as JSON writes them."""
    return text.encode("utf-8", "backslashreplace").decode()


def _harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "'")) else text
