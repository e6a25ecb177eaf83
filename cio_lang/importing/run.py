"""Bringing a file into the store: file and mapping in, people and events stored.

Rows are stored in batches of 5,000, each whole or not at all.  A row that cannot be read is set
aside with its line and its reason, and the import goes on.  Importing a file again, also after a
crash, stores nothing twice.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from cio_lang.importing.cells import BadCell, Instants, value
from cio_lang.importing.mapping import EventMapping, ImportMapping, PeopleMapping, positions
from cio_lang.importing.problems import RowRejected
from cio_lang.importing.rejected import Rejected
from cio_lang.importing.rows import BadRow, Lines, Row, Table, table
from cio_lang.record import record
from cio_lang.store import Store
from cio_lang.store.database import chunks
from cio_lang.store.encoding import dump, instant, micros
from cio_lang.store.events import EventRow, derived_uid
from cio_lang.store.people import PersonData

BATCH = 5_000

Progress = Callable[[int, int, int], None]
"""Called after each batch with rows read, bytes read, bytes in the file."""

ReceivedAs = Literal["now", "event time"]
"""When imported events count as received: now (old ones are then history and start no journey), or
at the time they carry, as if they had come in live."""


@record
class ImportResult:
    """What became of the rows: `read == stored + duplicates + rejected`.

    `stored` counts events, or people that are new; for people, `duplicates` are those that were
    known and got what the row says.  `people` counts people who are new.
    """

    read: int
    stored: int
    people: int
    duplicates: int
    rejected: int
    rejected_file: Path | None
    samples: tuple[RowRejected, ...]  # the first ten
    ignored: tuple[str, ...]  # columns that nothing was read from

    @property
    def exit_code(self) -> int:
        """1 where rows were rejected."""
        return 1 if self.rejected else 0


def import_file(
    store: Store,
    path: Path,
    mapping: ImportMapping,
    *,
    now: datetime,
    currency: str,
    progress: Progress | None = None,
    received_as: ReceivedAs = "now",
) -> ImportResult:
    """Import a CSV or JSON Lines file, compressed (`.gz`) or not.

    Raises `UserMistake` where nothing of it can be imported: no such file, not text, a column that
    is not there; also where the store fails, and then whole batches are stored and none by half.
    """
    lines = Lines(path)
    try:
        rows = table(lines)
        rejected = Rejected(path)
        try:
            work = _Import(rows, mapping, lines, rejected, currency, now, received_as)
            before, stored = store.people_count(), 0
            match mapping:
                case EventMapping():
                    for batch in chunks(work.events(mapping), BATCH):
                        stored += store.put_event_rows(batch)
                        work.report(progress)
                case PeopleMapping():
                    for people in chunks(work.people(), BATCH):
                        stored += store.put_people(people)
                        work.report(progress)
            new_people = store.people_count() - before
        finally:
            rejected.close()
    finally:
        lines.close()
    return ImportResult(
        read=work.read,
        stored=stored,
        people=new_people,
        duplicates=work.read - rejected.count - stored,
        rejected=rejected.count,
        rejected_file=rejected.path,
        samples=tuple(rejected.samples),
        ignored=work.where.ignored,
    )


class _Import:
    """One pass over the rows of one file."""

    def __init__(
        self,
        rows: Table,
        mapping: ImportMapping,
        lines: Lines,
        rejected: Rejected,
        currency: str,
        now: datetime,
        received_as: ReceivedAs,
    ) -> None:
        self.read = 0
        self._rows, self._mapping, self._lines, self._rejected = rows, mapping, lines, rejected
        self._currency, self._now = currency, now
        self._received = micros(now) if received_as == "now" else None
        self._instants = Instants(mapping.zone)
        self.where = positions(mapping, rows.columns, lines.at())
        self._width = len(rows.columns)

    def report(self, progress: Progress | None) -> None:
        """Say how far the import is."""
        self._rejected.flush()
        if progress is not None:
            progress(self.read, self._lines.position(), self._lines.size)

    def _good(self) -> Iterator[Row]:
        for row in self._rows.rows():
            self.read += 1
            if isinstance(row, BadRow):
                self._rejected.add(row)
                continue
            if len(self._rows.columns) != self._width:  # JSON Lines with a new key
                self.where = positions(self._mapping, self._rows.columns, self._lines.at())
                self._width = len(self._rows.columns)
            yield row

    def _reject(self, row: Row, reason: str) -> None:
        text = io.StringIO()
        csv.writer(text).writerow(row.cells)
        self._rejected.add(BadRow(row.line, reason, text.getvalue()))

    def events(self, mapping: EventMapping) -> Iterator[EventRow]:
        """The events of all good rows."""
        contents: dict[str, int] = {}
        repeats: dict[str, int] = {}
        for row in self._good():
            try:
                person, at, uid = self._person(row), self._at(row), self._id(row)
                properties = dump(self._values(row))
            except (BadCell, UnicodeEncodeError) as error:
                self._reject(row, str(error))
                continue
            received = at if self._received is None else self._received
            if uid is not None:
                content = hash((person, at, properties))
                if contents.setdefault(uid, content) != content:
                    self._reject(row, f"another row has the id `{uid[:40]}` and says otherwise")
                    continue
            else:
                uid = derived_uid(person, mapping.event, at, properties)
                if mapping.repeats == "each":
                    # Keyed with the person, since ids are unique for one person only.
                    key = f"{person}\0{uid}"
                    count = repeats[key] = repeats.get(key, 0) + 1
                    uid = uid if count == 1 else f"{uid}-{count}"
            yield person, uid, mapping.event, at, received, properties

    def people(self) -> Iterator[PersonData]:
        """The people of all good rows."""
        for row in self._good():
            try:
                person, attributes = self._person(row), self._values(row)
                at = self._now if self.where.time is None else instant(self._at(row))
                dump(attributes)
            except (BadCell, UnicodeEncodeError) as error:
                self._reject(row, str(error))
                continue
            yield person, attributes, at

    def _person(self, row: Row) -> str:
        return self._name(row, self.where.person, "who it is about")

    def _id(self, row: Row) -> str | None:
        position = self.where.id
        return None if position is None else self._name(row, position, "which event it is")

    def _name(self, row: Row, position: int, role: str) -> str:
        cell = row.cells[position]
        if isinstance(cell, int) and not isinstance(cell, bool):
            cell = str(cell)
        if not isinstance(cell, str) or not (name := cell.strip()):
            column = self._rows.columns[position]
            raise BadCell(f"`{column}`: the cell is empty, and it says {role}")
        return name

    def _at(self, row: Row) -> int:
        position = self.where.time
        assert position is not None
        try:
            return self._instants.micros(row.cells[position])
        except BadCell as error:
            raise BadCell(f"`{self._rows.columns[position]}`: {error}") from None

    def _values(self, row: Row) -> dict[str, Any]:
        values: dict[str, Any] = {}
        cells = row.cells
        for name, position, kind in self.where.values:
            try:
                found = value(cells[position], kind, self._currency)
            except BadCell as error:
                raise BadCell(f"`{self._rows.columns[position]}`: {error}") from None
            if found is not None:
                values[name] = found
        return values
