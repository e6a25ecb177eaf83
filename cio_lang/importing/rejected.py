"""The rows that were not imported, beside the file: `<file>.rejected.csv`."""

from __future__ import annotations

import csv
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from cio_lang.importing.problems import RowRejected
from cio_lang.importing.rows import BadRow
from cio_lang.source import Span

_SAMPLES = 10


class Rejected:
    """Counts bad rows, keeps the first ten, and writes all of them to a file.

    The file is made with the first bad row; one of an earlier import is taken away.  In a folder
    that cannot be written the rows are counted and `path` stays None.
    """

    def __init__(self, source: Path) -> None:
        self.count = 0
        self.samples: list[RowRejected] = []
        self.path: Path | None = None
        self._source = source
        self._target = source.with_name(source.name + ".rejected.csv")
        self._file: TextIO | None = None
        self._writer: Any = None
        with suppress(OSError):
            self._target.unlink(missing_ok=True)

    def add(self, row: BadRow) -> None:
        """Set one row aside."""
        if self.count == 0:
            self._open()
        self.count += 1
        if len(self.samples) < _SAMPLES:
            place = Span(str(self._source), row.line, 1, row.line, 1)
            self.samples.append(RowRejected(span=place, line=row.line, reason=row.reason))
        if self._writer is not None:
            self._writer.writerow([row.line, row.reason, _harmless(row.text.rstrip("\r\n"))])

    def _open(self) -> None:
        try:
            self._file = self._target.open("w", encoding="utf-8", newline="")
        except OSError:
            return
        self.path = self._target
        self._writer = csv.writer(self._file)
        self._writer.writerow(["line", "reason", "row"])

    def flush(self) -> None:
        """Write out what was added so far."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._file.close()


def _harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
