"""What happened, in numbers: how often each step was reached, how much was sent in each week."""

from __future__ import annotations

from datetime import date, timedelta

from cio_lang.store.database import Connection

_DAY = 86_400_000_000  # microseconds


def visits(connection: Connection) -> dict[str, dict[str, int]]:
    """How often each node was entered, over all runs and versions, by journey and node."""
    found: dict[str, dict[str, int]] = {}
    for journey, node, count in connection.execute(
        "SELECT r.journey, v.key, sum(v.value) FROM runs r, json_each(r.visits) v"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall():
        found.setdefault(journey, {})[node] = count
    return found


def accepted_by_week(connection: Connection) -> dict[str, dict[date, int]]:
    """Accepted messages by journey and by the Monday (UTC) of the week that they were made in."""
    found: dict[str, dict[date, int]] = {}
    for journey, day, count in connection.execute(
        f"SELECT journey, made_at / {_DAY}, count(*) FROM outbox WHERE status = 'accepted'"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall():
        on = date(1970, 1, 1) + timedelta(days=day)
        weeks = found.setdefault(journey, {})
        monday = on - timedelta(days=on.weekday())
        weeks[monday] = weeks.get(monday, 0) + count
    return found


def accepted(connection: Connection) -> list[tuple[str, str, str]]:
    """Outbox id, Message-ID and SHA-256 of the bytes of every accepted message, by id."""
    return connection.execute(
        "SELECT id, message_id, message_sha FROM outbox WHERE status = 'accepted' ORDER BY id"
    ).fetchall()


def protagonist(connection: Connection) -> str | None:
    """The key of a person whose story has a bit of everything, and is short.

    Who got the most different templates; of those, who reached a goal most often among people with
    at most nine events; then the first by key.
    """
    row = connection.execute(
        "SELECT p.key FROM outbox o JOIN people p ON p.id = o.person WHERE o.status = 'accepted'"
        " GROUP BY o.person ORDER BY count(DISTINCT ifnull(o.template, o.text)) DESC,"
        " (SELECT count(*) FROM events e WHERE e.person = o.person) > 9,"
        " (SELECT count(goal_at) FROM runs r WHERE r.person = o.person) DESC, p.key LIMIT 1"
    ).fetchone()
    return None if row is None else str(row[0])
