"""Who is inside of which journey, version and step; moved or taken out, many at a time.

A group is moved by a few statements, however many people it has.  Who changes runs first makes
their people due (`hold_still`): a step that was worked out from the runs as they were is then taken
again, and on PostgreSQL nobody else writes those people until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from cio_lang.record import record
from cio_lang.store.database import Database
from cio_lang.store.encoding import dump, micros
from cio_lang.store.tables import decisions, outbox, people, runs

_FOREVER = micros(datetime(9999, 12, 29, tzinfo=UTC))


@record
class Group:
    """People at one step of one version of a journey; `node` None is past the last step."""

    journey: str
    digest: str
    node: str | None
    people: int


def groups(database: Database) -> list[Group]:
    """Everybody who is inside of a journey, by journey, version and step."""
    c = runs.c
    rows = database.execute(
        sa.select(c.journey, c.digest, c.node, sa.func.count())
        .where(c.status == "live")
        .group_by(c.journey, c.digest, c.node)
    )
    found = [Group(*row) for row in rows]
    return sorted(found, key=lambda each: (each.journey, each.digest, each.node or ""))


def some_of(database: Database, group: Group, most: int) -> tuple[str, ...]:
    """The keys of those of a group who have been known the longest."""
    rows = database.execute(
        sa.select(people.c.key)
        .join(runs, runs.c.person == people.c.id)
        .where(*_of(group))
        .order_by(people.c.id)
        .limit(most)
    )
    return tuple(row[0] for row in rows)


def hold_still(database: Database, journeys: Sequence[str], at: datetime) -> None:
    """Make all who are inside of the journeys due at `at`, if not before."""
    database.driver(
        database.marks(
            "INSERT INTO due (person, at, revision)"
            " SELECT DISTINCT person, CAST(? AS bigint), 1 FROM runs"
        )
        + f" WHERE status = 'live' AND journey {database.within} ORDER BY person"
        " ON CONFLICT (person) DO UPDATE SET revision = due.revision + 1,"
        " at = CASE WHEN due.at < excluded.at THEN due.at ELSE excluded.at END",
        (micros(at), database.array(journeys)),
    )


def move(
    database: Database, group: Group, digest: str, node: str, *, fresh: bool, at: datetime
) -> None:
    """Pin a group to another version, at `node`; `fresh` arrives there, else its wait goes on."""
    _decide(database, group, "continues", at, {"to": node, "fresh": fresh})
    values: dict[str, object] = {"digest": digest, "node": node}
    if fresh:
        values["due_at"] = None
    database.execute(sa.update(runs).where(*_of(group)).values(**values))


def reopen_goals(database: Database, journey: str, digest: str, open_for: timedelta | None) -> None:
    """Give the runs in a version the time that its goal has; None: it has none."""
    c = runs.c
    until: object = None
    if open_for is not None:
        length = open_for // timedelta.resolution
        until = sa.case((c.entered_at > _FOREVER - length, _FOREVER), else_=c.entered_at + length)
    database.execute(
        sa.update(runs)
        .where(c.status == "live", c.journey == journey, c.digest == digest, c.goal_at.is_(None))
        .values(goal_until=until)
    )


def take_out(database: Database, group: Group, reason: str, at: datetime) -> None:
    """End the runs of a group; what they made and nobody has begun to send is not sent."""
    _decide(database, group, "left", at, {"reason": reason})
    skip_waiting(database, sa.select(runs.c.id).where(*_of(group)), reason, at)
    database.execute(
        sa.update(runs)
        .where(*_of(group))
        .values(status="finished", reason=reason, due_at=None, finished_at=micros(at))
    )


def skip_waiting(
    database: Database, of_runs: sa.Select[tuple[str]], reason: str, at: datetime
) -> None:
    """Skip the messages of these runs that wait; the fence keeps off who has claimed them."""
    c = outbox.c
    waiting = (c.run.in_(of_runs), c.status.in_(("queued", "deferred", "held")))
    if database.dialect == "postgresql":
        # In the order in which dispatchers lock them.
        database.execute(
            sa.select(c.id).where(*waiting).order_by(c.id).with_for_update(key_share=True)
        )
    database.execute(
        sa.update(outbox)
        .where(*waiting)
        .values(status="skipped", reason=reason, fence=c.fence + 1, settled_at=micros(at))
    )


def _of(group: Group) -> tuple[sa.ColumnElement[bool], ...]:
    c = runs.c
    return (
        c.status == "live",
        c.journey == group.journey,
        c.digest == group.digest,
        c.node.is_(None) if group.node is None else c.node == group.node,
    )


def _decide(
    database: Database, group: Group, what: str, at: datetime, detail: Mapping[str, object]
) -> None:
    c, value = runs.c, sa.literal
    columns = ("person", "run", "journey", "at", "what", "node", "detail")
    selected = sa.select(
        c.person,
        c.id,
        c.journey,
        value(micros(at), sa.BigInteger),
        value(what, sa.Text),
        c.node,
        value(dump(detail), sa.Text),
    ).where(*_of(group))
    database.execute(sa.insert(decisions).from_select(columns, selected.order_by(c.person)))
