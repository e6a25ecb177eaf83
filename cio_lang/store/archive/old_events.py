"""Old events out of the hot store, into files: one pass over the table, in its own order.

Rows of many months and people lie beside each other; each batch is sorted in columns and cut into
a file for each month and bucket.  The files are made known and the rows deleted together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, select

from cio_lang.conditions.reach import Reach
from cio_lang.crash import crash_point
from cio_lang.record import record
from cio_lang.store.archive.columns import table_of
from cio_lang.store.archive.files import COLUMNS, by_month_and_bucket, write
from cio_lang.store.archive.manifest import MADE, Archive, Known, make_known, put
from cio_lang.store.archive.rules import leaves_hot
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant_or_none, micros
from cio_lang.store.tables import events, runs

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 1_000_000
"""Rows that are moved in one transaction."""

BYTES = 512 << 20
"""No more than about so many bytes of them, which are in memory together."""


@record
class Batch:
    """Events that were moved, and the files they are in."""

    events: int
    files: int


class _Overtaken(Exception):
    """Somebody was forgotten or merged while their events were read: what was read is not true."""


def move_old(archive: Archive, reach: Reach, now: datetime) -> Iterator[Batch]:
    """Move what nothing can look back on, a batch at a time."""
    database, after = archive.database, -1
    cuts = _cuts(archive, reach, now)
    while cuts:
        read = _old(database, cuts, after)
        if read is None:
            break
        ids = read["id"].to_pylist()
        files = _write(archive, read.drop_columns(["id"]))
        crash_point("archive-written")
        try:
            with database.transaction():
                gone = database.execute(delete(events).where(database.among(events.c.id, ids)))
                if gone.changed != len(ids):
                    raise _Overtaken
                make_known(database, files, now)
                crash_point("archive-moved")
        except _Overtaken:
            continue
        after = ids[-1]
        yield Batch(len(ids), len(files))


def _cuts(archive: Archive, reach: Reach, now: datetime) -> dict[str, int]:
    """For each event that has old ones, the instant before which they go."""
    database, cuts = archive.database, {}
    entered = select(func.min(runs.c.entered_at)).where(runs.c.status == "live")
    oldest = instant_or_none(database.execute(entered)[0][0])
    for (name,) in database.execute(select(events.c.name).distinct()):
        cut = leaves_hot(name, archive.rules, reach, now, oldest)
        if cut is not None:
            first = select(func.min(events.c.at)).where(events.c.name == name)
            if database.execute(first)[0][0] < micros(cut):
                cuts[name] = micros(cut)
    return cuts


def _old(database: Database, cuts: Mapping[str, int], after: int) -> pa.Table | None:
    """The next batch of rows that go, by id."""
    import pyarrow as pa

    entered_by = select(runs.c.entry_event).where(
        runs.c.person == events.c.person, runs.c.status == "live", runs.c.entry_event.is_not(None)
    )
    columns = ("id", *COLUMNS)
    query = (
        select(*(events.c[name] for name in columns))
        .where(
            events.c.id > after,
            # By case and not by name: no index is to lead the database away from the table's order.
            events.c.at < case(cuts, value=events.c.name),
            # What no engine has looked at yet, or a live run was entered by, is still to be read.
            events.c.handled == 1,
            events.c.uid.not_in(entered_by.correlate(events)),
        )
        .order_by(events.c.id)
        .limit(BATCH)
    )
    parts, size = [], 0
    with closing(database.stream(query)) as batches:
        for rows in batches:
            parts.append(table_of(columns, rows))
            size += parts[-1].nbytes
            if size > BYTES:
                break
    return pa.concat_tables(parts).combine_chunks() if parts else None


def _write(archive: Archive, read: pa.Table) -> list[Known]:
    with TemporaryDirectory(prefix="cio-") as folder:
        made = Path(folder) / MADE
        return [
            put(archive, Path(folder), bucket, write(part, made), "warm")
            for bucket, part in by_month_and_bucket(read)
        ]
