"""Bringing a file into the store: file and mapping in, people and events stored.

Rows are stored in batches of 5,000, each whole or not at all, and how far the import is stands in
the store in the same transaction: running it again goes on where it stopped, also after a crash.
A row that cannot be read is set aside with its line and its reason, and the import goes on.
Importing a file again from the start stores nothing twice.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from cio_lang.importing.cells import BadCell
from cio_lang.importing.facts import Fact, Happened, Known
from cio_lang.importing.lines import BadRow, Row, open_file
from cio_lang.importing.mapping import EventMapping, ImportMapping
from cio_lang.importing.problems import RowRejected
from cio_lang.importing.rejected import Rejected
from cio_lang.importing.rows import Kind, kind_of
from cio_lang.importing.storing import ReceivedAs, check_names, reason, store_rows
from cio_lang.importing.translating import Reading, reading
from cio_lang.record import record
from cio_lang.store import Store
from cio_lang.store.identity import Conflict
from cio_lang.store.imports import ImportState
from cio_lang.store.limits import Refused

BATCH = 5_000
"""Rows in one transaction."""

_BATCH_BYTES = 32 << 20
"""Fewer, where they are so large."""

_EXAMPLES = 5

Progress = Callable[[int, int, int], None]
"""Called after each batch with rows read, bytes read, bytes in the file."""


@record
class ImportResult:
    """What became of the rows of this run.

    `read == stored + duplicates + rejected + forgotten + left_out`, as sums of rows.  `stored`
    counts events, people who are new, and people who turned out to be one; `duplicates` are events
    that were known, and rows about people who were (they got what the row says).  `people` counts
    people who are new.
    """

    read: int
    stored: int
    people: int
    duplicates: int
    rejected: int
    rejected_file: Path | None
    samples: tuple[RowRejected, ...]  # the first ten
    ignored: tuple[str, ...]  # columns that nothing was read from
    events: int = 0  # events that are new
    merged: int = 0
    forgotten: int = 0  # rows about people who asked to be forgotten
    left_out: Mapping[str, int] | None = None  # events that the mapping leaves out
    conflicts: int = 0
    conflict_examples: tuple[Conflict, ...] = ()
    before: ImportState | None = None
    """How far an earlier run was; this one went on from there."""

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
    kind: Kind | None = None,
    again: bool = False,
    rejected_to: Path | None = None,
) -> ImportResult:
    """Import a file of CSV, JSON or Parquet, the first two compressed (`.gz`) or not.

    `again` starts from the first row, whatever an earlier run did.
    Raises `UserMistake` where nothing of it can be imported: no such file, not text, a column that
    is not there; also where the store fails, and then whole batches are stored and none by half.
    """
    kind = kind or kind_of(path)
    source, rows = reading(path, kind, mapping, currency)
    try:
        import_id = _id(path, mapping, received_as)
        with store.transaction():
            if again:
                store.forget_import(import_id)
            before = store.import_state(import_id)
        keep = 0 if before is None else before.rejected
        rejected = Rejected(path, rejected_to, rows.header, keep)
        try:
            state = ImportState(import_id, str(path), 0, 0, 0, now, False)
            work = _Import(store, rows, rejected, before, replace(before or state, at=now))
            if before is None or not before.finished:
                replay = isinstance(mapping, EventMapping) and mapping.repeats == "each"
                work.skip(replay)
                for _ in work.batches(now, received_as):
                    if progress is not None:
                        progress(work.state.done, source.position(), source.size)
            return work.result()
        finally:
            rejected.close()
    finally:
        source.close()


def _id(path: Path, mapping: ImportMapping, received_as: ReceivedAs) -> str:
    """The same for the same bytes under the same mapping, wherever the file is."""
    digest = blake2b(digest_size=16)
    file, _ = open_file(path)
    with file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    digest.update(f"{received_as} {_plain(mapping)}".encode())
    return digest.hexdigest()


def _plain(value: Any) -> str:
    """What a mapping says, without where it is written."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_plain(each)}' for name, each in sorted(value.items()))}}}"
    if hasattr(value, "kind") and hasattr(value, "currency"):
        return f"{value.kind} {value.values} {value.currency}"
    if hasattr(value, "__dataclass_fields__"):
        fields = (f"{name}={_plain(getattr(value, name))}" for name in value.__dataclass_fields__)
        return f"{type(value).__name__}({', '.join(fields)})"
    if isinstance(value, frozenset):
        return str(sorted(value))
    return repr(value)


class _Import:
    """One pass over the rows of one file."""

    def __init__(
        self,
        store: Store,
        rows: Reading,
        rejected: Rejected,
        before: ImportState | None,
        state: ImportState,
    ) -> None:
        self.state = state
        self._store, self._rows, self._rejected = store, rows, rejected
        self._before = before
        self._source = rows.rows()
        self._written = None if before is None else before.done
        self._stored = self._events = self._merged = self._forgotten = self._left_out = 0
        self._people = store.people_count()
        self._conflict = store.last_conflict()

    def skip(self, replay: bool) -> None:
        """Pass over the rows that an earlier run has done.

        `replay`: an event's id depends on how often the same stood in the file before.
        """
        for _, row in zip(range(self.state.done), self._source, strict=False):
            if replay and isinstance(row, Row):
                self._facts(row)

    def batches(self, now: datetime, received_as: ReceivedAs) -> Iterator[None]:
        """Store the rows batch by batch."""
        more = True
        while more:
            with _uncollected():
                more = self._batch(now, received_as)
            yield

    def _batch(self, now: datetime, received_as: ReceivedAs) -> bool:
        """Store the next rows; whether there are more."""
        rows, bad, count, more = self._next()
        if not count and self._written is not None and self.state.done:
            self._finish()
            return False
        with self._store.transaction():
            outcome = store_rows(self._store, rows, now, received_as)
            bad += [BadRow(row.line, why, self._rows.text(row)) for row, why in outcome.rejected]
            state = replace(
                self.state,
                done=self.state.done + count,
                stored=self.state.stored + outcome.stored,
                rejected=self.state.rejected + len(bad),
                finished=not more,
            )
            for row in sorted(bad, key=lambda one: one.line):
                self._rejected.add(row)
            # Before the commit: what the store counts as set aside is in the file.
            self._rejected.flush()
            self._store.keep_import_state(self._written, state)
        self.state, self._written = state, state.done
        self._stored += outcome.stored
        self._events += outcome.events
        self._merged += outcome.merged
        self._forgotten += outcome.forgotten
        return more

    def _finish(self) -> None:
        """The file has no more rows than an earlier run did, which was stopped before it knew."""
        state = replace(self.state, finished=True)
        with self._store.transaction():
            self._store.keep_import_state(self._written, state)
        self.state = state

    def _next(self) -> tuple[list[tuple[Row, Sequence[Fact]]], list[BadRow], int, bool]:
        """Rows for one transaction, with what they say; bad ones; how many; if there are more."""
        rows: list[tuple[Row, Sequence[Fact]]] = []
        bad: list[BadRow] = []
        count = size = 0
        for row in self._source:
            count += 1
            if isinstance(row, BadRow):
                bad.append(row)
            else:
                facts = self._facts(row)
                if isinstance(facts, BadRow):
                    bad.append(facts)
                elif facts:
                    rows.append((row, facts))
                    size += sum(map(_size, facts))
                else:
                    self._left_out += 1
            if count >= BATCH or size > _BATCH_BYTES:
                return rows, bad, count, True
        return rows, bad, count, False

    def _facts(self, row: Row) -> Sequence[Fact] | BadRow:
        try:
            facts = self._rows.facts(row)
            check_names(facts)
            return facts
        except Refused as refused:
            why = reason(refused)
        except (BadCell, UnicodeEncodeError) as error:
            why = str(error)
        except (ValueError, TypeError, RecursionError):
            why = "it holds a value that cannot be stored"
        return BadRow(row.line, why, self._rows.text(row))

    def result(self) -> ImportResult:
        """What became of the rows of this run."""
        done = 0 if self._before is None else self._before.done
        read = self.state.done - done
        counted = self._stored + self._rejected.count + self._forgotten + self._left_out
        conflicts, examples = self._store.conflicts_after(self._conflict, _EXAMPLES)
        return ImportResult(
            read=read,
            stored=self._stored,
            people=self._store.people_count() - self._people,
            duplicates=max(read - counted, 0),
            rejected=self._rejected.count,
            rejected_file=self._rejected.path,
            samples=tuple(self._rejected.samples),
            ignored=self._rows.ignored,
            events=self._events,
            merged=self._merged,
            forgotten=self._forgotten,
            left_out=dict(self._rows.left_out),
            conflicts=conflicts,
            conflict_examples=tuple(examples),
            before=self._before,
        )


@contextmanager
def _uncollected() -> Iterator[None]:
    """The rows of a batch are many objects, none of which is in a circle.

    To look through them for circles again and again takes a third of the time of an import.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _size(fact: Fact) -> int:
    if isinstance(fact, Happened):
        return len(fact.properties)
    return (
        sum(len(str(each)) for each in fact.attributes.values()) if isinstance(fact, Known) else 0
    )
