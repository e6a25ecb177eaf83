"""Segments as they are applied: who is in a new or changed one is worked out from all of history.

What a definition changes is no change in the world: it is written down as `redefined`, which starts
no journey, and only of people whose standing it changed.
"""

from __future__ import annotations

import sqlalchemy as sa

from cio_lang.crash import crash_point
from cio_lang.store.database import Database, chunks
from cio_lang.store.segments.judging import judged
from cio_lang.store.segments.live import Live, Plan, applied, plan_in_force
from cio_lang.store.segments.upkeep import begin
from cio_lang.store.segments.writing import Moves
from cio_lang.store.tables import memberships, people, segment_checks, segments

BATCH = 5_000


def define(database: Database, at: int) -> None:
    """Bring the segments to the documents that are active, in one transaction.

    A segment whose meaning is the same stays as it is, whatever else of it was changed.
    """
    with database.transaction():
        wanted = applied(database)
        s = segments.c
        stored = dict(database.driver("SELECT segment, digest FROM segments ORDER BY segment"))
        meant = {name: live.fingerprint for name, live in wanted.segments.items()}
        if stored == meant:
            return
        for name in sorted(stored.keys() - meant.keys()):
            for table in (memberships, segment_checks, segments):
                database.execute(sa.delete(table).where(table.c.segment == name))
        if not meant:
            return
        now = begin(database, at)
        for name, live in wanted.segments.items():
            if name not in stored:
                row = {"segment": name, "digest": live.fingerprint, "since": now, "size": 0}
                database.execute(sa.insert(segments), row)
            elif stored[name] != live.fingerprint:
                database.execute(
                    sa.update(segments).where(s.segment == name).values(digest=live.fingerprint)
                )
        plan = plan_in_force(database)
        for name, live in plan.segments.items():
            if live.condition is not None and (name not in stored or stored[name] != meant[name]):
                recompute(database, plan, live, now)
        crash_point("segments-defined")


def recompute(database: Database, plan: Plan, live: Live, now: int) -> None:
    """Look at everybody; changes are `redefined`."""
    database.execute(sa.delete(segment_checks).where(segment_checks.c.segment == live.name))
    everybody = [row[0] for row in database.execute(sa.select(people.c.id).order_by(people.c.id))]
    within = {
        row[0]
        for row in database.execute(
            sa.select(memberships.c.person).where(memberships.c.segment == live.name)
        )
    }
    for chunk in chunks(everybody, BATCH):
        moves = Moves(database, now)
        moves.judge(live.name, judged(database, plan, live, chunk, now), within, "redefined")
        moves.write()
