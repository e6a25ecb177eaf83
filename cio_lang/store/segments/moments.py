"""People as conditions see them, from the store: for explaining, and to judge one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from cio_lang.calendar_time import zone
from cio_lang.conditions import Event, Moment, Names
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant, load
from cio_lang.store.segments.live import Plan
from cio_lang.store.tables import events, memberships, people


def moments(
    database: Database, plan: Plan, ids: Sequence[int], needs: Names, now: datetime
) -> Iterator[tuple[int, Moment]]:
    """Each person at `now`, with what a condition with these names can ask about."""
    e, m, p = events.c, memberships.c, people.c
    done: dict[int, list[Event]] = {}
    query = sa.select(e.person, e.uid, e.name, e.at, e.properties).where(
        database.among(e.person, ids)
    )
    if not needs.any_event:
        query = query.where(database.among(e.name, sorted(needs.events)))
    for person, uid, name, at, properties in database.execute(query):
        event = Event(name, instant(at), load(properties), uid)
        done.setdefault(person, []).append(event)
    within: dict[int, set[str]] = {}
    by_hand = [name for name in needs.members if name not in plan.conditions]
    if by_hand:
        rows = database.execute(
            sa.select(m.person, m.segment).where(
                database.among(m.person, ids), database.among(m.segment, by_hand)
            )
        )
        for person, segment in rows:
            within.setdefault(person, set()).add(segment)
    default = zone(plan.zone, UTC)
    for person, lot, attributes, created_at, changed in database.execute(
        sa.select(p.id, p.lot, p.attributes, p.created_at, p.changed)
        .where(database.among(p.id, ids))
        .order_by(p.id)
    ):
        known = load(attributes)
        yield (
            person,
            Moment(
                attributes=known,
                events=sorted(done.get(person, ()), key=lambda event: (event.at, event.id)),
                now=now,
                timezone=zone(known.get("timezone"), default),
                known_since=instant(created_at),
                lot=lot,
                segments=plan.conditions,
                changed={name: instant(at) for name, at in load(changed).items()},
                members=frozenset(within.get(person, ())),
            ),
        )
