"""Moving events out of the hot store, joining small files, throwing away what need not be kept.

Each step first writes a file and then, in one transaction, makes it known and takes away what it
replaces.  Whatever a crash leaves behind is a file that nobody knows of: `sweep` removes it, and
running again does the rest.  Nothing is in two places for a reader, and nothing in none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete, select

from cio_lang.calendar_time import earlier
from cio_lang.conditions.reach import Reach
from cio_lang.crash import crash_point
from cio_lang.record import record
from cio_lang.store.archive.files import (
    BUCKETS,
    COLUMNS,
    EventColumns,
    join,
    literal,
    names_in,
    rows_where,
)
from cio_lang.store.archive.manifest import (
    MADE,
    Archive,
    Known,
    known_files,
    make_known,
    month_of,
    put,
)
from cio_lang.store.archive.old_events import move_old
from cio_lang.store.archive.rules import leaves_hot
from cio_lang.store.bulk import insert_rows
from cio_lang.store.database import Database
from cio_lang.store.encoding import micros
from cio_lang.store.tables import archives, events, merges, people

BATCH = 200_000
"""Rows that are thrown away in one transaction."""

GRACE = 3600
"""Seconds for which a file that nobody knows of is left alone."""


@record
class Moved:
    """What a run of the archive did: events moved and thrown away, files written and joined."""

    events: int = 0
    removed: int = 0
    written: int = 0
    joined: int = 0
    swept: int = 0

    def __add__(self, other: Moved) -> Moved:
        sums = (getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        return Moved(*sums)


Parts = Iterator[Moved]
"""What was done, a part at a time."""

Progress = Callable[[Moved], None]
"""Called after each part with all that was done so far."""


def move(archive: Archive, reach: Reach, now: datetime, progress: Progress | None = None) -> Moved:
    """Bring the tiers to what the rules and the conditions in force say at `now`."""
    done = Moved()
    for step in (_throw_away, _move_old, _join_small, _cool_down, sweep):
        for part in step(archive, reach, now):
            done += part
            if progress is not None:
                progress(done)
    return done


def sweep(archive: Archive, reach: Reach | None = None, now: datetime | None = None) -> Parts:
    """Remove files that no manifest names: what a crash left behind, or another file replaced.

    Not those of the last hour: another process may be about to make them known.
    """
    known = {row[0] for row in archive.database.execute(select(archives.c.file))}
    for location in {archive.warm.where: archive.warm, archive.cold.where: archive.cold}.values():
        for name in sorted(location.names(older=GRACE) - known):
            location.remove(name)
            yield Moved(swept=1)


def _throw_away(archive: Archive, reach: Reach, now: datetime) -> Parts:
    """What the rules no longer keep: out of the hot store, and out of files, written anew."""
    database = archive.database
    for name in _names(database):
        kept = archive.rules.kept(name)
        if kept is None:
            continue
        before = micros(earlier(now, kept))
        old = (events.c.name == name, events.c.at < before)
        while ids := [
            row[0] for row in database.execute(select(events.c.id).where(*old).limit(BATCH))
        ]:
            gone = database.execute(delete(events).where(database.among(events.c.id, ids)))
            yield Moved(removed=gone.changed)
    limits = {
        name: micros(earlier(now, timedelta(days=days)))
        for name, days in archive.rules.keep_days.items()
    }
    if not limits:
        return
    newest = max(limits.values())
    for known in known_files(database, archives.c.first_at < newest):
        yield _rewrite(archive, [known], now, keep=_kept_rows(limits))


def _kept_rows(limits: Mapping[str, int]) -> str:
    """SQL of DuckDB for the rows that the rules keep."""
    named = [
        f'name = {literal(name)} AND "at" < {before}'
        for name, before in limits.items()
        if name != "*"
    ]
    if "*" in limits:
        others = ", ".join(literal(name) for name in limits if name != "*") or "''"
        named.append(f'name NOT IN ({others}) AND "at" < {limits["*"]}')
    return f"NOT ({' OR '.join(f'({each})' for each in named)})"


def _move_old(archive: Archive, reach: Reach, now: datetime) -> Parts:
    """Hot events that nothing can look back on: out of the store, into files."""
    for batch in move_old(archive, reach, now):
        yield Moved(events=batch.events, written=batch.files)


def _names(database: Database) -> list[str]:
    return sorted(row[0] for row in database.execute(select(events.c.name).distinct()))


def _join_small(archive: Archive, reach: Reach, now: datetime) -> Parts:
    """Several files of one month and bucket become one; a cold one where all of it is old."""
    groups: dict[tuple[str, int, int], list[Known]] = defaultdict(list)
    for known in known_files(archive.database):
        groups[known.tier, month_of(known.first_at), known.bucket].append(known)
    before = _cold_before(archive, now)
    for together in groups.values():
        if len(together) > 1:
            aged = all(known.last_at < before for known in together)
            yield _rewrite(archive, together, now, tier="cold" if aged else "")


def _cold_before(archive: Archive, now: datetime) -> int:
    return micros(earlier(now, timedelta(days=archive.rules.cold_days)))


def _cool_down(archive: Archive, reach: Reach, now: datetime) -> Parts:
    """Files whose newest event is older than `cold_days` go to the cold tier."""
    before = _cold_before(archive, now)
    aged = known_files(archive.database, archives.c.tier == "warm", archives.c.last_at < before)
    for known in aged:
        yield _rewrite(archive, [known], now, tier="cold")


def bring_back(archive: Archive, reach: Reach, now: datetime) -> int:
    """Put archived events that can be looked back on into the hot store again; returns how many.

    What a new condition asks about is then where it is looked for.  In one transaction, which may
    be the caller's: files that are replaced go with the next sweep.
    """
    database, count = archive.database, 0
    with database.transaction():
        for known in known_files(database):
            paths = archive.place(known.tier).local([known.file])
            cuts = {
                name: leaves_hot(name, archive.rules, reach, now, None) for name in names_in(paths)
            }
            wanted = [
                f"name = {literal(name)}" + ("" if cut is None else f' AND "at" >= {micros(cut)}')
                for name, cut in sorted(cuts.items())
                if cut is None or micros(cut) <= known.last_at
            ]
            if not wanted:
                continue
            which = " OR ".join(f"({each})" for each in wanted)
            count += _put_back(database, rows_where(paths, which))
            _rewrite(archive, [known], now, keep=f"NOT ({which})")
    return count


def _put_back(database: Database, rows: Sequence[EventColumns]) -> int:
    """Rows of a file into the hot store, of people who are still there."""
    kept = dict(
        tuple(row)
        for row in database.execute(
            select(merges.c.merged, merges.c.kept).where(
                database.among(merges.c.merged, {row[0] for row in rows})
            )
        )
    )
    owners = {kept.get(row[0], row[0]) for row in rows}
    there = {
        row[0]
        for row in database.execute(select(people.c.id).where(database.among(people.c.id, owners)))
    }
    values = [
        (kept.get(row[0], row[0]), *row[1:], 1) for row in rows if kept.get(row[0], row[0]) in there
    ]
    return insert_rows(
        database, events, (*COLUMNS, "handled"), values, "ON CONFLICT (person, uid) DO NOTHING"
    )


def rewrite_without(archive: Archive, person: int, now: datetime) -> int:
    """Take a person's events out of every file: how many files were written anew."""
    mine = known_files(archive.database, archives.c.bucket == person % BUCKETS)
    return sum(
        _rewrite(archive, [known], now, keep=f"person <> {int(person)}").joined for known in mine
    )


def _rewrite(
    archive: Archive, old: Sequence[Known], now: datetime, *, keep: str = "true", tier: str = ""
) -> Moved:
    """One file in place of some, with the rows that are kept: none where that changes nothing."""
    database, tier = archive.database, tier or old[0].tier
    before = sum(known.rows for known in old)
    with TemporaryDirectory(prefix="cio-") as folder:
        paths = [path for known in old for path in archive.place(known.tier).local([known.file])]
        written = join(paths, Path(folder) / MADE, keep)
        left = 0 if written is None else written.rows
        if len(old) == 1 and left == before and tier == old[0].tier:
            return Moved()
        files = (
            [] if written is None else [put(archive, Path(folder), old[0].bucket, written, tier)]
        )
    crash_point("archive-joined")
    with database.transaction():
        names = [known.file for known in old]
        gone = database.execute(delete(archives).where(database.among(archives.c.file, names)))
        if gone.changed != len(old):
            return Moved()  # another process joined them first; the next sweep removes our file
        make_known(database, files, now)
    if database.in_transaction:
        # The caller may still take it all back; the next sweep removes what is replaced.
        return Moved(joined=len(old), written=len(files))
    still = {(archive.place(file.tier).where, file.file) for file in files}
    for known in old:
        location = archive.place(known.tier)
        if (location.where, known.file) not in still:
            location.remove(known.file)
    return Moved(
        joined=len(old), written=len(files), removed=before - left if keep != "true" else 0
    )
