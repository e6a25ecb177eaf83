"""What the engine works on: who is due, their state, and what a step changed, batch by batch.

A batch is written in one transaction: runs, messages, decisions, attributes, standings, handled
events and the next due instant of each person, or nothing of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cio_lang.conditions import Event
from cio_lang.store.database import Connection, transaction
from cio_lang.store.encoding import (
    dump,
    instant,
    instant_or_none,
    load,
    merged,
    micros,
    micros_or_none,
)
from cio_lang.store.events import HISTORY_AFTER, read_event, wake_for_events
from cio_lang.store.people import folded_email, person_row
from cio_lang.store.state import Decision, OutboxRow, PersonChange, PersonRow, PersonState, Run

_HISTORY = HISTORY_AFTER // HISTORY_AFTER.resolution

_IN = "IN (SELECT value FROM json_each(?))"

_RUN_COLUMNS = (
    "id, person, journey, digest, entered_at, entry_event, node, visits, due_at, status, reason,"
    " goal_at, goal_until, finished_at"
)

_MADE_COLUMNS = "id, person, run, journey, node, visit, channels, template, text, topic, made_at"


def due_people(connection: Connection, now: datetime, limit: int) -> list[int]:
    """Up to `limit` people who are due at `now` or before, the longest due first."""
    rows = connection.execute(
        "SELECT person FROM due WHERE at <= ? ORDER BY at, person LIMIT ?", (micros(now), limit)
    ).fetchall()
    return [row[0] for row in rows]


def next_due(connection: Connection) -> datetime | None:
    """The earliest instant at which somebody is due."""
    row = connection.execute("SELECT min(at) FROM due WHERE at IS NOT NULL").fetchone()
    return instant_or_none(row[0])


def wake(connection: Connection, person_ids: Sequence[int], at: datetime) -> None:
    """Make people due at `at`, if they are not due before."""
    with transaction(connection):
        connection.execute(
            "INSERT INTO due (person, at) SELECT value, ? FROM json_each(?) WHERE true"
            " ON CONFLICT (person) DO UPDATE SET at = min(ifnull(at, excluded.at), excluded.at)",
            (micros(at), json.dumps(list(person_ids))),
        )


def revisions(connection: Connection, person_ids: Sequence[int]) -> dict[int, int]:
    """How often each person's state was changed, by id; those never looked at are left out."""
    return dict(
        connection.execute(
            f"SELECT person, revision FROM due WHERE person {_IN}", (json.dumps(list(person_ids)),)
        ).fetchall()
    )


def load_batch(connection: Connection, person_ids: Sequence[int]) -> list[PersonState]:
    """The states of these people, in the order of `person_ids`; six statements, however many."""
    ids = (json.dumps(list(person_ids)),)
    people: dict[int, PersonRow] = {
        row[0]: person_row(row)
        for row in connection.execute(
            f"SELECT id, key, attributes, created_at FROM people WHERE id {_IN}", ids
        ).fetchall()
    }
    dues = {
        person: instant_or_none(at)
        for person, at in connection.execute(
            f"SELECT person, at FROM due WHERE person {_IN}", ids
        ).fetchall()
    }
    states = {
        person_id: PersonState(people[person_id], [], [], [], {}, dues.get(person_id))
        for person_id in person_ids
        if person_id in people
    }
    _load_events(connection, ids, states)
    _load_runs(connection, ids, states)
    for person, journey, matching in connection.execute(
        f"SELECT person, journey, matching FROM standings WHERE person {_IN}", ids
    ).fetchall():
        states[person].standings[journey] = bool(matching)
    return list(states.values())


def _load_events(
    connection: Connection, ids: tuple[str], states: Mapping[int, PersonState]
) -> None:
    for person, uid, name, at, properties, handled, received in connection.execute(
        "SELECT person, uid, name, at, properties, handled, received_at FROM events"
        f" WHERE person {_IN} ORDER BY person, at, uid",
        ids,
    ).fetchall():
        event = read_event(uid, name, at, properties)
        state = states[person]
        state.events.append(event)
        if not handled:
            state.new_events.append((event, received - at > _HISTORY))


def _load_runs(connection: Connection, ids: tuple[str], states: Mapping[int, PersonState]) -> None:
    """Runs that are live or may still reach their goal, and the last one of each journey."""
    rows = connection.execute(
        f"SELECT {_RUN_COLUMNS} FROM runs WHERE person {_IN} AND (status = 'live'"
        " OR (goal_at IS NULL AND goal_until IS NOT NULL)"
        " OR entered_at = (SELECT max(entered_at) FROM runs AS last"
        " WHERE last.person = runs.person AND last.journey = runs.journey))"
        " ORDER BY person, entered_at, id",
        ids,
    ).fetchall()
    by_id: dict[str, Event] = {}
    current = 0
    for row in rows:
        state = states[row[1]]
        if row[1] != current:
            current, by_id = row[1], {event.id: event for event in state.events}
        state.runs.append(_run(row, by_id))


def _run(row: Sequence[Any], events: Mapping[str, Event]) -> Run:
    return Run(
        id=row[0],
        person=row[1],
        journey=row[2],
        digest=row[3],
        entered_at=instant(row[4]),
        entry_event=None if row[5] is None else events.get(row[5]),
        node=row[6],
        visits=load(row[7]),
        due=instant_or_none(row[8]),
        status=row[9],
        reason=row[10],
        goal_at=instant_or_none(row[11]),
        goal_until=instant_or_none(row[12]),
        finished_at=instant_or_none(row[13]),
    )


def save_batch(
    connection: Connection,
    changes: Sequence[PersonChange],
    now: datetime,
    seen: Mapping[int, int],
) -> list[int]:
    """Write the changes in one transaction; returns the ids of people who were left out.

    `seen` are the revisions at which the states were loaded.  Someone whose attributes or runs were
    changed by another process since then is left out whole, and stays due: the step is taken again
    from what is true now.  Events that came since then are not lost either: whoever has one is due.
    """
    with transaction(connection):
        current = revisions(connection, [change.person_id for change in changes])
        stale = [
            change.person_id
            for change in changes
            if change.person_id in seen
            and current.get(change.person_id, 0) != seen[change.person_id]
        ]
        if stale:
            left_out = set(stale)
            changes = [change for change in changes if change.person_id not in left_out]
        _save_runs(connection, (run for change in changes for run in change.runs))
        _save_outbox(connection, (row for change in changes for row in change.outbox))
        _save_decisions(connection, (made for change in changes for made in change.decisions))
        _save_attributes(connection, changes, micros(now))
        connection.executemany(
            "INSERT INTO standings (person, journey, matching) VALUES (?, ?, ?)"
            " ON CONFLICT (person, journey) DO UPDATE SET matching = excluded.matching",
            [
                (change.person_id, journey, matching)
                for change in changes
                for journey, matching in change.standings.items()
            ],
        )
        connection.executemany(
            "UPDATE events SET handled = 1 WHERE person = ? AND uid = ?",
            [(change.person_id, uid) for change in changes for uid in change.handled_events],
        )
        connection.executemany(
            "INSERT INTO due (person, at, revision) VALUES (?, ?, 1) ON CONFLICT (person)"
            " DO UPDATE SET at = excluded.at, revision = revision + 1",
            [(change.person_id, micros_or_none(change.due)) for change in changes],
        )
        wake_for_events(connection, [change.person_id for change in changes])
    return stale


def _save_runs(connection: Connection, runs: Iterable[Run]) -> None:
    connection.executemany(
        f"INSERT INTO runs ({_RUN_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT (id) DO UPDATE SET node = excluded.node, visits = excluded.visits,"
        " due_at = excluded.due_at, status = excluded.status, reason = excluded.reason,"
        " goal_at = excluded.goal_at, goal_until = excluded.goal_until,"
        " finished_at = excluded.finished_at",
        [
            (
                run.id,
                run.person,
                run.journey,
                run.digest,
                micros(run.entered_at),
                None if run.entry_event is None else run.entry_event.id,
                run.node,
                dump(run.visits),
                micros_or_none(run.due),
                run.status,
                run.reason,
                micros_or_none(run.goal_at),
                micros_or_none(run.goal_until),
                micros_or_none(run.finished_at),
            )
            for run in runs
        ],
    )


def _save_outbox(connection: Connection, rows: Iterable[OutboxRow]) -> None:
    """A row that is there already stays as it is, however far it has come.

    Only the same message may be made again: another one for the same run, step and visit raises
    `sqlite3.IntegrityError`, and the whole batch is taken back.
    """
    values = [
        (
            row.id,
            row.person,
            row.run,
            row.journey,
            row.node,
            row.visit,
            json.dumps(row.channels),
            row.template,
            row.text,
            row.topic,
            micros(row.made_at),
            row.channel,
            row.status,
            row.reason,
        )
        for row in rows
    ]
    before = connection.total_changes
    connection.executemany(
        f"INSERT INTO outbox ({_MADE_COLUMNS}, channel, status, reason)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO NOTHING",
        values,
    )
    if connection.total_changes - before == len(values):
        return
    made = {row[0]: row[:11] for row in values}
    for stored in connection.execute(
        f"SELECT {_MADE_COLUMNS} FROM outbox WHERE id {_IN}", (json.dumps(list(made)),)
    ).fetchall():
        if made[stored[0]] != stored:
            raise sqlite3.IntegrityError(f"message {stored[0]} was made twice, and differs")


def _save_decisions(connection: Connection, decisions: Iterable[Decision]) -> None:
    connection.executemany(
        "INSERT INTO decisions (person, run, journey, at, what, node, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                made.person,
                made.run,
                made.journey,
                micros(made.at),
                made.what,
                made.node,
                dump(made.detail),
            )
            for made in decisions
        ],
    )


def _save_attributes(connection: Connection, changes: Sequence[PersonChange], now: int) -> None:
    set_by_id = {change.person_id: change.attributes for change in changes if change.attributes}
    if not set_by_id:
        return
    rows = connection.execute(
        f"SELECT id, attributes FROM people WHERE id {_IN}", (json.dumps(list(set_by_id)),)
    ).fetchall()
    states = {person: merged(load(text), set_by_id[person]) for person, text in rows}
    connection.executemany(
        "UPDATE people SET attributes = ?, email = ?, updated_at = ? WHERE id = ?",
        [(dump(state), folded_email(state), now, person) for person, state in states.items()],
    )
