"""Journeys that are paused or stopped.

A paused journey holds: its waits run on, nobody goes on from a step, and nothing of it is sent.
The engine does not walk its runs, and its messages are `held`; both look at the mark in `meta`, so
that whatever another process was about to do is held as well.  A stopped journey is out of force
and empty, and stays out whatever is applied.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from cio_lang.store.database import Database
from cio_lang.store.encoding import instant, micros

State = Literal["paused", "stopped", "since"]
"""`since` is no state: when a journey that was changed meanwhile came into force."""

REASON = "the journey is paused"

NOT_PAUSED = "NOT EXISTS (SELECT 1 FROM meta WHERE meta.name = 'paused ' || outbox.journey)"
"""A condition on messages, which a dispatcher asks in the statement that takes them."""


def marked(database: Database, state: State) -> dict[str, datetime]:
    """The journeys in a state, and since when."""
    sql = "SELECT name, value FROM meta WHERE name LIKE ?"
    rows = database.driver(database.marks(sql), (f"{state} %",))
    found = {name.partition(" ")[2]: instant(int(at)) for name, at in rows}
    return dict(sorted(found.items()))


def mark(database: Database, state: State, journey: str, at: datetime) -> None:
    """Put a journey into a state; where it is already, it stays as it was."""
    sql = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"
    database.driver(database.marks(sql), (f"{state} {journey}", str(micros(at))))


def unmark(database: Database, state: State, journey: str) -> bool:
    """Take a journey out of a state; whether it was in it."""
    sql = database.marks("DELETE FROM meta WHERE name = ?")
    return bool(database.driver(sql, (f"{state} {journey}",)).changed)


def hold_messages(database: Database) -> int:
    """Hold what waits of paused journeys; returns how many.  The fence keeps off who claimed it."""
    paused = marked(database, "paused")
    if not paused:
        return 0
    among = (database.array(paused),)
    waiting = f"status IN ('queued', 'deferred') AND journey {database.within}"
    if not database.driver(f"SELECT 1 FROM outbox WHERE {waiting} LIMIT 1", among):
        return 0
    with database.transaction():
        if database.dialect == "postgresql":
            # In the order in which dispatchers lock them.
            locking = f"SELECT id FROM outbox WHERE {waiting} ORDER BY id FOR NO KEY UPDATE"
            database.driver(locking, among)
        return database.driver(
            f"UPDATE outbox SET status = 'held', reason = '{REASON}', fence = fence + 1,"
            f" lease_until = 0 WHERE {waiting}",
            among,
        ).changed


def release_messages(database: Database, journey: str) -> int:
    """What was held because a journey was paused waits again to be sent; returns how many."""
    sql = database.marks(
        "UPDATE outbox SET status = 'queued', reason = NULL"
        " WHERE journey = ? AND status = 'held' AND reason = ?"
    )
    return database.driver(sql, (journey, REASON)).changed
