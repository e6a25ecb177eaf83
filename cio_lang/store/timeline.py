"""What happened: the decisions about one person, the runs of every journey in figures."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from cio_lang.record import record
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant, load
from cio_lang.store.state import Decision
from cio_lang.store.tables import decisions, outbox, runs


@record
class JourneySummary:
    """One journey over all versions: `entered == live + sum(reasons)`.

    `messages` counts by step and status: `{"email-welcome": {"accepted": 12, "skipped": 1}}`.
    """

    journey: str
    entered: int
    live: int
    goals: int
    reasons: Mapping[str, int]  # why runs finished
    messages: Mapping[str, Mapping[str, int]]


def decisions_of(database: Database, person_id: int) -> list[Decision]:
    """What was decided about a person, in the order of time and then of deciding."""
    c = decisions.c
    rows = database.execute(
        sa.select(c.person, c.run, c.journey, c.at, c.what, c.node, c.detail)
        .where(c.person == person_id)
        .order_by(c.at, c.id)
    )
    return [
        Decision(person, run, journey, instant(at), what, node, load(detail))
        for person, run, journey, at, what, node, detail in rows
    ]


def runs_summary(database: Database) -> list[JourneySummary]:
    """Every journey that anybody entered, by name, as they all are at one instant."""
    with database.reading():
        entered = _entered(database)
        reasons = _reasons(database)
        messages = _messages(database)
    return [
        JourneySummary(
            journey, *entered[journey], reasons.get(journey, {}), messages.get(journey, {})
        )
        for journey in sorted(entered)
    ]


def _entered(database: Database) -> dict[str, tuple[int, int, int]]:
    """Runs, live runs and goals by journey."""
    c, count = runs.c, sa.func.count()
    rows = database.execute(
        sa.select(
            c.journey, count, count.filter(c.status == "live"), sa.func.count(c.goal_at)
        ).group_by(c.journey)
    )
    return {journey: (every, live, goals) for journey, every, live, goals in rows}


def _reasons(database: Database) -> dict[str, dict[str, int]]:
    """Why runs finished, by journey, the most frequent reason first."""
    c = runs.c
    rows = database.execute(
        sa.select(c.journey, c.reason, sa.func.count())
        .where(c.status == "finished")
        .group_by(c.journey, c.reason)
    )
    counts = [(journey, reason or "done", count) for journey, reason, count in rows]
    found: dict[str, dict[str, int]] = {}
    for journey, reason, count in sorted(counts, key=lambda row: (-row[2], row[1])):
        of_journey = found.setdefault(journey, {})
        of_journey[reason] = of_journey.get(reason, 0) + count
    return found


def _messages(database: Database) -> dict[str, dict[str, dict[str, int]]]:
    """Messages by journey, step and status."""
    c = outbox.c
    rows = database.execute(
        sa.select(c.journey, c.node, c.status, sa.func.count()).group_by(
            c.journey, c.node, c.status
        )
    )
    found: dict[str, dict[str, dict[str, int]]] = {}
    for journey, node, status, count in sorted(tuple(row) for row in rows):
        found.setdefault(journey, {}).setdefault(node, {})[status] = count
    return found
