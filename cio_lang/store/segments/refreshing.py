"""What time alone changes: (person, segment) pairs whose instant has come are looked at again."""

from __future__ import annotations

import sqlalchemy as sa

from cio_lang.crash import crash_point
from cio_lang.store.database import Database
from cio_lang.store.segments.defining import recompute
from cio_lang.store.segments.judging import judged
from cio_lang.store.segments.live import VIEW, any_segment, plan_in_force
from cio_lang.store.segments.upkeep import begin
from cio_lang.store.segments.writing import Moves, members_among
from cio_lang.store.tables import segment_checks

BATCH = 5_000

AT_ONCE = 1_000_000
"""Checks within a second of each other are taken together, at the instant of the last."""

PART = 64
"""After a pause, together are taken those within this part of it."""

BACK = 3_600_000_000
"""A clock this far behind the one that was last looked at was wrong then: all is looked at anew."""


def refresh(database: Database, now: int) -> int:
    """Look at all pairs that are due by `now`; how many there were.

    Each batch is one transaction; pairs are taken in the order of their instants, and what changed
    is written down with the instant at which they were looked at: at most a second late where this
    is called all the time, at most 1/64 of the pause where it was not.
    """
    if not any_segment(database):
        return 0
    seen = database.setting(VIEW)
    if seen is not None and int(seen) - now > BACK:
        return _set_back(database, now)
    done = 0
    while count := _batch(database, now):
        done += count
        crash_point("segments-refreshed")
    if done:
        with database.transaction():
            begin(database, now)
    return done


def next_check(database: Database) -> int | None:
    """The instant at which a pair is due next."""
    at = database.driver("SELECT min(at) FROM segment_checks")[0][0]
    return None if at is None else int(at)


def _batch(database: Database, now: int) -> int:
    first = next_check(database)
    if first is None or first > now:
        return 0
    with database.transaction():
        until = min(now, first + max(AT_ONCE, (now - first) // PART))
        c = segment_checks.c
        begin(database, first)
        rows = database.execute(
            sa.select(c.segment, c.person, c.at)
            .where(c.at <= until)
            .order_by(c.at, c.segment, c.person)
            .limit(BATCH)
        )
        if not rows:
            return 0
        at = int(rows[-1][2])
        plan = plan_in_force(database)
        due: dict[str, list[int]] = {}
        for segment, person, _ in rows:
            due.setdefault(segment, []).append(person)
        members = members_among(database, sorted({row[1] for row in rows}))
        moves = Moves(database, at)
        for segment, who in sorted(due.items()):
            gone = sa.delete(segment_checks).where(c.segment == segment)
            database.execute(gone.where(database.among(c.person, who)))
            live = plan.segments.get(segment)
            if live is None or live.condition is None:
                continue
            verdicts = judged(database, plan, live, sorted(who), at)
            moves.judge(segment, verdicts, members.get(segment, ()), "time")
        moves.write()
        begin(database, at)
    return len(rows)


def _set_back(database: Database, now: int) -> int:
    """The clock was wrong before: everything is looked at as of `now`."""
    with database.transaction():
        begin(database, now)
        database.keep_setting(VIEW, str(now))
        plan = plan_in_force(database)
        for live in plan.kept:
            recompute(database, plan, live, now)
    return 0
