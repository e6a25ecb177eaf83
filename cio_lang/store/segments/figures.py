"""Segments in figures: how many people are in them, and how that came to be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import get_args

import sqlalchemy as sa

from cio_lang.record import record
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant, instant_or_none, micros
from cio_lang.store.segments.live import applied
from cio_lang.store.segments.touched import Cause
from cio_lang.store.tables import (
    membership_changes,
    memberships,
    segment_checks,
    segments,
)

DAY = timedelta(days=1)


@record
class Standing:
    """One segment: `sizes` are those at the end of each of the last 30 days, today's last.

    `growth_7` and `growth_30` leave out what a definition changed.
    """

    segment: str
    title: str
    by_hand: bool
    size: int
    since: datetime
    changed_at: datetime | None
    growth_7: int
    growth_30: int
    sizes: tuple[int, ...]


@record
class MembershipChange:
    """Somebody came into a segment, or went out of it.

    What is `redefined` or there since the segment is, is no change in the world, and starts no
    journey.
    """

    person: int
    segment: str
    at: datetime
    entered: bool
    cause: Cause

    @property
    def event(self) -> str:
        """What it is called where events are named; such events are ours, and no activity."""
        return "segment_entered" if self.entered else "segment_left"

    @property
    def starts_journeys(self) -> bool:
        """Whether it is a change in the world."""
        return self.cause != "redefined"


@record
class Membership:
    """Whether a person is in a segment as it is kept; `since` is when they last came or went."""

    inside: bool
    since: datetime | None
    look_at: datetime | None
    """When time alone can next change it; may be early, never late."""


def standings(database: Database, now: datetime, days: int = 30) -> list[Standing]:
    """Every segment that is kept, by title; sizes are exact as of the last `refresh`."""
    titles = {name: live.title for name, live in applied(database).segments.items()}
    s = segments.c
    rows = database.execute(
        sa.select(s.segment, s.digest, s.size, s.since, s.changed_at).order_by(s.segment)
    )
    moved = _moved(database, now, days)
    found = []
    for segment, digest, size, since, changed_at in rows:
        by_day = moved.get(segment, {})
        sizes, at = [size], size
        for back in range(days - 1):
            at -= sum(by_day.get(back, (0, 0)))
            sizes.append(at)
        found.append(
            Standing(
                segment,
                titles.get(segment, segment),
                digest is None,
                size,
                instant(since),
                instant_or_none(changed_at),
                sum(by_day.get(back, (0, 0))[0] for back in range(7)),
                sum(by_day.get(back, (0, 0))[0] for back in range(30)),
                tuple(reversed(sizes)),
            )
        )
    return sorted(found, key=lambda one: (one.title.casefold(), one.segment))


def _moved(database: Database, now: datetime, days: int) -> dict[str, dict[int, tuple[int, int]]]:
    """By segment and days ago: how many more came than went, in the world and by definition."""
    end, day = micros(now), DAY // timedelta(microseconds=1)
    sql = (
        "SELECT segment, (? - at) / ?,"
        " sum(CASE WHEN cause = 'redefined' THEN 0 WHEN entered THEN 1 ELSE -1 END),"
        " sum(CASE WHEN cause <> 'redefined' THEN 0 WHEN entered THEN 1 ELSE -1 END)"
        " FROM membership_changes WHERE at > ? AND at <= ? GROUP BY 1, 2"
    )
    if database.dialect == "postgresql":
        sql = sql.replace("(? - at) / ?", "(CAST(? AS bigint) - at) / CAST(? AS bigint)")
    found: dict[str, dict[int, tuple[int, int]]] = {}
    for segment, back, world, defined in database.driver(
        database.marks(sql), (end, day, end - max(days, 30) * day, end)
    ):
        found.setdefault(segment, {})[int(back)] = (int(world), int(defined))
    return found


def size(database: Database, segment: str) -> int | None:
    """How many people are in a segment; None where there is no such segment."""
    s = segments.c
    rows = database.execute(sa.select(s.size).where(s.segment == segment))
    return int(rows[0][0]) if rows else None


def membership(database: Database, segment: str, person: int) -> Membership:
    """Whether a person is in a segment, since when, and when to look again."""
    m, c, k = memberships.c, membership_changes.c, segment_checks.c
    since = database.execute(sa.select(m.since).where(m.segment == segment, m.person == person))
    check = database.execute(sa.select(k.at).where(k.segment == segment, k.person == person))
    at = instant_or_none(check[0][0] if check else None)
    if since:
        return Membership(True, instant(since[0][0]), at)
    left = database.execute(
        sa.select(c.at)
        .where(c.segment == segment, c.person == person, c.entered.is_(False))
        .order_by(c.at.desc(), c.id.desc())
        .limit(1)
    )
    return Membership(False, instant_or_none(left[0][0] if left else None), at)


def changes_of(database: Database, person: int) -> list[MembershipChange]:
    """Every time a person came into a segment or went out of one, in order."""
    c = membership_changes.c
    rows = database.execute(_CHANGES.where(c.person == person).order_by(c.at, c.id))
    return [_change(row) for row in rows]


def changes_since(
    database: Database, after: int, limit: int = 1_000
) -> list[tuple[int, MembershipChange]]:
    """Changes of anybody with a number beyond `after`, in the order of being written."""
    c = membership_changes.c
    rows = database.execute(_CHANGES.where(c.id > after).order_by(c.id).limit(limit))
    return [(row[0], _change(row)) for row in rows]


_CHANGES = sa.select(
    membership_changes.c.id,
    membership_changes.c.person,
    membership_changes.c.segment,
    membership_changes.c.at,
    membership_changes.c.entered,
    membership_changes.c.cause,
)


def _change(row: Sequence[object]) -> MembershipChange:
    _, person, segment, at, entered, cause = row
    assert isinstance(person, int) and isinstance(segment, str) and isinstance(at, int)
    return MembershipChange(person, segment, instant(at), bool(entered), _cause(str(cause)))


def _cause(written: str) -> Cause:
    return next(cause for cause in get_args(Cause) if cause == written)
