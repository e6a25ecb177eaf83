"""All that is stored of one person, as one JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from cio_lang.conditions import Event
from cio_lang.store.attributes import past_of
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant
from cio_lang.store.events import events
from cio_lang.store.merge import merges_of
from cio_lang.store.people import person
from cio_lang.store.tables import (
    conflicts,
    decisions,
    identities,
    membership_changes,
    memberships,
    outbox,
    runs,
)

_INSTANTS = frozenset(
    (
        "since",
        "at",
        "made_at",
        "entered_at",
        "goal_at",
        "goal_until",
        "finished_at",
        "due_at",
        "settled_at",
    )
)
_JSON = frozenset(("visits", "channels", "detail"))
_OURS = frozenset(("fence", "lease_until", "not_before", "person", "message_sha"))


def export_person(
    database: Database, person_id: int, archived: Iterable[Event] = ()
) -> dict[str, Any]:
    """Everything of a person as plain values; `archived` are events that are no longer hot.

    Instants are ISO 8601 in UTC.
    """
    found = person(database, person_id)
    hot = events(database, person_id, None)
    known = {event.id for event in hot}
    every = [*hot, *(event for event in archived if event.id not in known)]
    return {
        "person": found.key,
        "known_since": found.created_at.isoformat(),
        "attributes": found.attributes,
        "attribute_history": _history(database, person_id, found.attributes, found.changed),
        "names": _rows(database, identities, identities.c.person == person_id),
        "conflicts": _conflicts(database, person_id),
        "merged": [
            {
                "person": past.merged,
                "at": past.at.isoformat(),
                "author": past.author,
                "before": past.before,
            }
            for past in merges_of(database, person_id)
        ],
        "events": [
            {
                "id": event.id,
                "event": event.name,
                "at": event.at.isoformat(),
                "properties": event.properties,
            }
            for event in sorted(every, key=lambda event: (event.at, event.id))
        ],
        "segments": _rows(database, memberships, memberships.c.person == person_id),
        "segment_changes": _rows(
            database, membership_changes, membership_changes.c.person == person_id
        ),
        "runs": _rows(database, runs, runs.c.person == person_id),
        "messages": _rows(database, outbox, outbox.c.person == person_id),
        "decisions": _rows(database, decisions, decisions.c.person == person_id),
    }


def _history(
    database: Database,
    person_id: int,
    attributes: Mapping[str, Any],
    changed: Mapping[str, Any],
) -> dict[str, list[dict[str, Any]]]:
    """The values of each attribute in order; null where it was taken away."""
    past = past_of(database, person_id)
    return {
        name: [
            *({"at": instant(at).isoformat(), "value": value} for at, value in past.get(name, ())),
            {"at": changed[name].isoformat(), "value": attributes.get(name)},
        ]
        for name in sorted(changed)
    }


def _rows(
    database: Database, table: sa.Table, where: sa.ColumnElement[bool]
) -> list[dict[str, Any]]:
    columns = [column for column in table.c if column.name not in _OURS]
    columns = [column for column in columns if not (column.name == "id" and table is not runs)]
    order = [column for column in columns if column.name in _INSTANTS] or columns
    found = database.execute(sa.select(*columns).where(where).order_by(*order[:1], *columns[:2]))
    names = [column.name for column in columns]
    return [dict(zip(names, map(_shown, names, row), strict=True)) for row in found]


def _shown(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _INSTANTS:
        return instant(value).isoformat()
    if name in _JSON:
        return json.loads(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value


def _conflicts(database: Database, person_id: int) -> list[dict[str, Any]]:
    """With whom the person shares a name; the other is not named, that is their data."""
    c = conflicts.c
    mine = sa.or_(c.owner == person_id, c.claimant == person_id)
    rows = database.execute(
        sa.select(c.kind, c.value, c.owner, c.at, c.how).where(mine).order_by(c.at, c.id)
    )
    return [
        {
            "kind": kind,
            "value": value,
            "has it": owner == person_id,
            "at": instant(at).isoformat(),
            "settled": how,
        }
        for kind, value, owner, at, how in rows
    ]
