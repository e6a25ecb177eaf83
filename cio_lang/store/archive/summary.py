"""The tiers in figures: how much is where, from when to when."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import func, select

from cio_lang.conditions.reach import Reach
from cio_lang.record import record
from cio_lang.store.archive.manifest import Archive
from cio_lang.store.archive.rules import leaves_hot
from cio_lang.store.encoding import instant_or_none, micros
from cio_lang.store.tables import archives, events, runs


@record
class Tier:
    """One tier; `bytes` and `files` are those of Parquet files (0 for the hot store)."""

    name: Literal["hot", "warm", "cold"]
    events: int
    first: datetime | None
    last: datetime | None
    files: int = 0
    bytes: int = 0


@record
class Leaving:
    """One event's name: how many are hot, how many of them may go, and what keeps the others."""

    event: str
    hot: int
    may_go: int
    stays: Literal["for ever", "since the oldest run", "for days"]
    days: int | None


def tiers(archive: Archive) -> list[Tier]:
    """Every tier, the hot one first."""
    database = archive.database
    count, first, last = database.execute(
        select(func.count(), func.min(events.c.at), func.max(events.c.at)).select_from(events)
    )[0]
    found = [Tier("hot", count, instant_or_none(first), instant_or_none(last))]
    for name in ("warm", "cold"):
        row = database.execute(
            select(
                func.coalesce(func.sum(archives.c.rows), 0),
                func.min(archives.c.first_at),
                func.max(archives.c.last_at),
                func.count(),
                func.coalesce(func.sum(archives.c.bytes), 0),
            ).where(archives.c.tier == name)
        )[0]
        rows, first, last, files, size = row
        found.append(
            Tier(
                "cold" if name == "cold" else "warm",
                int(rows),
                instant_or_none(first),
                instant_or_none(last),
                files,
                int(size),
            )
        )
    return found


def leaving(archive: Archive, reach: Reach, now: datetime) -> list[Leaving]:
    """What `move` would move at `now`, by event, and why the rest stays."""
    database = archive.database
    entered = select(func.min(runs.c.entered_at)).where(runs.c.status == "live")
    oldest = instant_or_none(database.execute(entered)[0][0])
    found = []
    names = database.execute(select(events.c.name, func.count()).group_by(events.c.name))
    for name, hot in sorted(tuple(row) for row in names):
        cut = leaves_hot(name, archive.rules, reach, now, oldest)
        if cut is None:
            found.append(Leaving(name, hot, 0, "for ever", None))
            continue
        older = select(func.count()).where(
            events.c.name == name, events.c.at < micros(cut), events.c.handled == 1
        )
        by_run = name in reach.since_entering and cut == oldest
        stays: Literal["since the oldest run", "for days"] = (
            "since the oldest run" if by_run else "for days"
        )
        found.append(Leaving(name, hot, database.execute(older)[0][0], stays, (now - cut).days))
    return found
