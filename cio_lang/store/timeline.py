"""What happened: the decisions about one person, the runs of every journey in figures."""

from __future__ import annotations

from collections.abc import Mapping

from cio_lang.record import record
from cio_lang.store.database import Connection
from cio_lang.store.encoding import instant, load
from cio_lang.store.state import Decision


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


def decisions_of(connection: Connection, person_id: int) -> list[Decision]:
    """What was decided about a person, in the order of time and then of deciding."""
    rows = connection.execute(
        "SELECT person, run, journey, at, what, node, detail FROM decisions"
        " WHERE person = ? ORDER BY at, id",
        (person_id,),
    ).fetchall()
    return [
        Decision(person, run, journey, instant(at), what, node, load(detail))
        for person, run, journey, at, what, node, detail in rows
    ]


def runs_summary(connection: Connection) -> list[JourneySummary]:
    """Every journey that anybody entered, by name."""
    entered: dict[str, tuple[int, int, int]] = {}
    reasons: dict[str, dict[str, int]] = {}
    messages: dict[str, dict[str, dict[str, int]]] = {}
    for journey, runs, live, goals in connection.execute(
        "SELECT journey, count(*), sum(status = 'live'), count(goal_at) FROM runs"
        " GROUP BY journey ORDER BY journey"
    ).fetchall():
        entered[journey] = (runs, live, goals)
    for journey, reason, count in connection.execute(
        "SELECT journey, ifnull(reason, 'done'), count(*) FROM runs WHERE status = 'finished'"
        " GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2"
    ).fetchall():
        reasons.setdefault(journey, {})[reason] = count
    for journey, node, status, count in connection.execute(
        "SELECT journey, node, status, count(*) FROM outbox GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    ).fetchall():
        messages.setdefault(journey, {}).setdefault(node, {})[status] = count
    return [
        JourneySummary(
            journey, runs, live, goals, reasons.get(journey, {}), messages.get(journey, {})
        )
        for journey, (runs, live, goals) in entered.items()
    ]
