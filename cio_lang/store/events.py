"""Events: storing what people did, once each, and reading it back in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from cio_lang.conditions import Event
from cio_lang.store.database import Connection, chunks, transaction
from cio_lang.store.encoding import dump, instant, load, micros
from cio_lang.store.state import NewEvent

BATCH = 5_000

HISTORY_AFTER = timedelta(hours=72)
"""An event that was older than this when it was received is history: it starts no journey."""

EventRow = tuple[str, str, str, int, int, str]
"""Person's key, uid, name, at, received at (microseconds), properties (JSON)."""


def derived_uid(person: str, name: str, at: int, properties: str) -> str:
    """The id of an event that came without one: the same event always has the same."""
    text = f"{person}\x00{name}\x00{at}\x00{properties}"
    return blake2b(text.encode(), digest_size=8).hexdigest()


def event_row(event: NewEvent) -> EventRow:
    """An event as it is stored."""
    at, properties = micros(event.at), dump(event.properties)
    uid = event.id or derived_uid(event.person, event.name, at, properties)
    received = at if event.received_at is None else micros(event.received_at)
    return event.person, uid, event.name, at, received, properties


def put_events(connection: Connection, events: Iterable[NewEvent]) -> int:
    """Store events, each batch of 5,000 in one transaction; returns how many are new.

    The same id for the same person counts once; people who are not there yet are made.  Whoever has
    a new event is due at its instant.
    """
    return sum(
        put_event_rows(connection, [event_row(event) for event in chunk])
        for chunk in chunks(events, BATCH)
    )


def put_event_rows(connection: Connection, rows: Sequence[EventRow]) -> int:
    """The same for rows that are encoded already: all of them in one transaction."""
    firsts: dict[str, int] = {}
    for row in rows:
        key, at = row[0], row[3]
        if firsts.setdefault(key, at) > at:
            firsts[key] = at
    with transaction(connection):
        ids = _people(connection, firsts)
        before = connection.total_changes
        connection.executemany(
            "INSERT INTO events (person, uid, name, at, received_at, properties)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (person, uid) DO NOTHING",
            [(ids[key], uid, name, at, got, text) for key, uid, name, at, got, text in rows],
        )
        stored = connection.total_changes - before
        if stored:
            wake_for_events(connection, list(ids.values()))
    return stored


def wake_for_events(connection: Connection, people: Sequence[int]) -> None:
    """Make people due at their first event that was not handled yet, if not before."""
    connection.execute(
        "INSERT INTO due (person, at) SELECT person, min(at) FROM events"
        " WHERE handled = 0 AND person IN (SELECT value FROM json_each(?)) GROUP BY person"
        " ON CONFLICT (person) DO UPDATE SET at = min(ifnull(at, excluded.at), excluded.at)",
        (json.dumps(people),),
    )


def _people(connection: Connection, firsts: dict[str, int]) -> dict[str, int]:
    """Ids by key; makes who is missing, known since their first event."""
    ids, created = _lookup(connection, list(firsts))
    missing = [key for key in firsts if key not in ids]
    if missing:
        connection.executemany(
            "INSERT INTO people (key, created_at, updated_at) VALUES (?, ?, ?)",
            [(key, firsts[key], firsts[key]) for key in missing],
        )
        ids |= _lookup(connection, missing)[0]
    earlier = [(firsts[key], ids[key]) for key, at in created.items() if firsts[key] < at]
    if earlier:
        connection.executemany("UPDATE people SET created_at = ? WHERE id = ?", earlier)
    return ids


def _lookup(connection: Connection, keys: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    rows = connection.execute(
        "SELECT key, id, created_at FROM people WHERE key IN (SELECT value FROM json_each(?))",
        (json.dumps(keys),),
    ).fetchall()
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}


def read_event(uid: str, name: str, at: int, properties: str) -> Event:
    """An event from its columns."""
    return Event(name=name, at=instant(at), properties=load(properties), id=uid)


def events(connection: Connection, person_id: int, since: datetime | None) -> list[Event]:
    """What a person did (from `since` on), by time and then by id."""
    where, parameters = "", [person_id]
    if since is not None:
        where, parameters = " AND at >= ?", [person_id, micros(since)]
    rows: list[Any] = connection.execute(
        f"SELECT uid, name, at, properties FROM events WHERE person = ?{where} ORDER BY at, uid",
        parameters,
    ).fetchall()
    return [read_event(*row) for row in rows]
