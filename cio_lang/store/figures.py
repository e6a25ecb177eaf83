"""What happened, in numbers: how often each step was reached, how much was sent in each week."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from cio_lang.store.database import Database
from cio_lang.store.tables import events, outbox, people, runs

_DAY = 86_400_000_000  # microseconds


def visits(database: Database) -> dict[str, dict[str, int]]:
    """How often each node was entered, over all runs and versions, by journey and node."""
    if database.dialect == "sqlite":
        each = sa.func.json_each(runs.c.visits)
    else:
        each = sa.func.jsonb_each_text(sa.cast(runs.c.visits, JSONB))
    visit = each.table_valued("key", "value", name="visit", joins_implicitly=True)
    rows = database.execute(
        sa.select(
            runs.c.journey, visit.c.key, sa.func.sum(sa.cast(visit.c.value, sa.BigInteger))
        ).group_by(runs.c.journey, visit.c.key)
    )
    found: dict[str, dict[str, int]] = {}
    for journey, node, count in sorted(tuple(row) for row in rows):
        found.setdefault(journey, {})[node] = int(count)
    return found


def accepted_by_week(database: Database) -> dict[str, dict[date, int]]:
    """Accepted messages by journey and by the Monday (UTC) of the week that they were made in."""
    day = (outbox.c.made_at // _DAY).label("day")
    rows = database.execute(
        sa.select(outbox.c.journey, day, sa.func.count())
        .where(outbox.c.status == "accepted")
        .group_by(outbox.c.journey, "day")
    )
    found: dict[str, dict[date, int]] = {}
    for journey, days, count in sorted(tuple(row) for row in rows):
        on = date(1970, 1, 1) + timedelta(days=days)
        weeks = found.setdefault(journey, {})
        monday = on - timedelta(days=on.weekday())
        weeks[monday] = weeks.get(monday, 0) + count
    return found


def accepted(database: Database) -> list[tuple[str, str, str]]:
    """Outbox id, Message-ID and SHA-256 of the bytes of every accepted message, by id."""
    c = outbox.c
    rows = database.execute(
        sa.select(c.id, c.message_id, c.message_sha)
        .where(c.status == "accepted")
        .order_by(database.ordered(c.id))
    )
    return [(row[0], row[1], row[2]) for row in rows]


def protagonist(database: Database) -> str | None:
    """The key of a person whose story has a bit of everything, and is short.

    Who got the most different templates; of those, who reached a goal most often among people with
    at most nine events; then the first by key.
    """
    happened = sa.select(sa.func.count()).where(events.c.person == people.c.id).scalar_subquery()
    goals = sa.select(sa.func.count(runs.c.goal_at)).where(runs.c.person == people.c.id)
    different = sa.func.count(sa.distinct(sa.func.coalesce(outbox.c.template, outbox.c.text)))
    rows = database.execute(
        sa.select(people.c.key)
        .select_from(outbox.join(people, people.c.id == outbox.c.person))
        .where(outbox.c.status == "accepted")
        .group_by(people.c.id)
        .order_by(
            different.desc(),
            sa.case((happened > 9, 1), else_=0),
            goals.scalar_subquery().desc(),
            database.ordered(people.c.key),
        )
        .limit(1)
    )
    return str(rows[0][0]) if rows else None
