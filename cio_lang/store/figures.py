"""What happened, in numbers: how often each step was reached, how much was sent in each week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from cio_lang.store.database import Connection
from cio_lang.store.encoding import instant

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


def accepted(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Outbox id, Message-ID and SHA-256 of the bytes of every accepted message, by id."""
    yield from connection.execute(
        "SELECT id, message_id, message_sha FROM outbox WHERE status = 'accepted' ORDER BY id"
    ).fetchall()


def busiest_person(connection: Connection) -> str | None:
    """The key of who was in the most journeys, then got the most mail, then comes first by key."""
    row = connection.execute(
        "SELECT p.key FROM people p JOIN runs r ON r.person = p.id"
        " GROUP BY p.id ORDER BY count(DISTINCT r.journey) DESC,"
        " abs(count(*) - 8), p.key LIMIT 1"
    ).fetchone()
    return None if row is None else str(row[0])


def first_and_last(connection: Connection) -> tuple[str, str] | None:
    """The days (UTC) of the first and the last message, as ISO dates."""
    low, high = connection.execute("SELECT min(made_at), max(made_at) FROM outbox").fetchone()
    if low is None:
        return None
    return instant(low).date().isoformat(), instant(high).date().isoformat()
