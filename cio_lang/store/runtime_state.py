"""What the engine works on: who is due, their state, and what a step changed, batch by batch.

A batch is written in one transaction: runs, messages, decisions, attributes, standings, handled
events and the next due instant of each person, or nothing of it.

Rows are locked in one order by all who write: people by id, then `due` by person.  Whoever keeps to
it waits for nobody who waits for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cio_lang.conditions import Event
from cio_lang.store.bulk import insert_rows
from cio_lang.store.database import Database, IntegrityError
from cio_lang.store.encoding import dump, instant, instant_or_none, load, micros, micros_or_none
from cio_lang.store.events import HISTORY_AFTER, put_tracked, read_event, wake_for_events
from cio_lang.store.people import person_row, set_attributes
from cio_lang.store.release import skip_of_ended
from cio_lang.store.state import Decision, OutboxRow, PersonChange, PersonRow, PersonState, Run
from cio_lang.store.tables import decisions, due, outbox, runs, standings

_HISTORY = HISTORY_AFTER // HISTORY_AFTER.resolution

_RUN_COLUMNS = (
    "id",
    "person",
    "journey",
    "digest",
    "entered_at",
    "entry_event",
    "node",
    "visits",
    "due_at",
    "status",
    "reason",
    "goal_at",
    "goal_until",
    "finished_at",
)
_RUN_CHANGES = ", ".join(f"{name} = excluded.{name}" for name in (*_RUN_COLUMNS[6:],))

_MADE_COLUMNS = (
    "id",
    "person",
    "run",
    "journey",
    "node",
    "visit",
    "channels",
    "template",
    "text",
    "topic",
    "made_at",
)


def due_people(database: Database, now: datetime, limit: int) -> list[int]:
    """Up to `limit` people who are due at `now` or before, the longest due first.

    On PostgreSQL those whom another process is changing are passed over, and inside a transaction
    the others are nobody else's until it ends.
    """
    if database.dialect == "sqlite":
        sql = "SELECT person FROM due WHERE at <= ? ORDER BY at, person LIMIT ?"
    else:
        sql = (
            "SELECT due.person FROM due JOIN people ON people.id = due.person WHERE due.at <= %s"
            " ORDER BY due.at, due.person LIMIT %s FOR NO KEY UPDATE OF people SKIP LOCKED"
        )
    return [row[0] for row in database.driver(sql, (micros(now), limit))]


def next_due(database: Database) -> datetime | None:
    """The earliest instant at which somebody is due."""
    rows = database.driver("SELECT min(at) FROM due WHERE at IS NOT NULL")
    return instant_or_none(rows[0][0])


def wake(database: Database, person_ids: Sequence[int], at: datetime) -> None:
    """Make people due at `at`, if they are not due before."""
    insert_rows(
        database,
        due,
        ("person", "at"),
        [(person, micros(at)) for person in sorted(set(person_ids))],
        "ON CONFLICT (person) DO UPDATE SET at = CASE"
        " WHEN due.at < excluded.at THEN due.at ELSE excluded.at END",
    )


def revisions(database: Database, person_ids: Iterable[int]) -> dict[int, int]:
    """How often each person's state was changed, by id; those never looked at are left out."""
    return dict(
        database.driver(
            f"SELECT person, revision FROM due WHERE person {database.within}",
            (database.array(person_ids),),
        )
    )


def load_batch(database: Database, person_ids: Sequence[int]) -> list[PersonState]:
    """The states of these people, in the order of `person_ids`; five statements, however many."""
    ids, among = (database.array(person_ids),), database.within
    people: dict[int, PersonRow] = {
        row[0]: person_row(row)
        for row in database.driver(
            f"SELECT id, key, attributes, created_at, changed FROM people WHERE id {among}", ids
        )
    }
    dues = {
        person: instant_or_none(at)
        for person, at in database.driver(f"SELECT person, at FROM due WHERE person {among}", ids)
    }
    states = {
        person_id: PersonState(people[person_id], [], [], [], {}, dues.get(person_id))
        for person_id in person_ids
        if person_id in people
    }
    _load_events(database, ids, states)
    _load_runs(database, ids, states)
    for person, journey, matching in database.driver(
        f"SELECT person, journey, matching FROM standings WHERE person {among}", ids
    ):
        states[person].standings[journey] = bool(matching)
    if database.driver("SELECT 1 FROM segments WHERE digest IS NULL LIMIT 1"):
        for person, segment in database.driver(
            "SELECT m.person, m.segment FROM memberships m JOIN segments s ON s.segment = m.segment"
            f" WHERE s.digest IS NULL AND m.person {among}",
            ids,
        ):
            states[person].members.add(segment)
    return list(states.values())


def _load_events(database: Database, ids: tuple[Any], states: Mapping[int, PersonState]) -> None:
    # By code point: the order of a database may be that of a language.
    uid = "uid" if database.dialect == "sqlite" else 'uid COLLATE "C"'
    for person, uid_, name, at, properties, handled, received in database.driver(
        "SELECT person, uid, name, at, properties, handled, received_at FROM events"
        f" WHERE person {database.within} ORDER BY person, at, {uid}",
        ids,
    ):
        event = read_event(uid_, name, at, properties)
        state = states[person]
        state.events.append(event)
        if not handled:
            state.new_events.append((event, received - at > _HISTORY))


def _load_runs(database: Database, ids: tuple[Any], states: Mapping[int, PersonState]) -> None:
    """Runs that are live or may still reach their goal, and the last one of each journey."""
    run_id = "id" if database.dialect == "sqlite" else 'id COLLATE "C"'
    rows = database.driver(
        f"SELECT {', '.join(_RUN_COLUMNS)} FROM runs"
        f" WHERE person {database.within} AND (status = 'live'"
        " OR (goal_at IS NULL AND goal_until IS NOT NULL)"
        " OR entered_at = (SELECT max(entered_at) FROM runs AS last"
        " WHERE last.person = runs.person AND last.journey = runs.journey))"
        f" ORDER BY person, entered_at, {run_id}",
        ids,
    )
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
    database: Database,
    changes: Sequence[PersonChange],
    now: datetime,
    seen: Mapping[int, int],
) -> list[int]:
    """Write the changes in one transaction; returns the ids of people who were left out.

    `seen` are the revisions at which the states were loaded.  Someone whose attributes or runs were
    changed by another process since then is left out whole, and stays due: the step is taken again
    from what is true now.  Events that came since then are not lost either: whoever has one is due.
    Who is no longer there (forgotten, or merged into another) is left out too.
    """
    with database.transaction():
        current = _locked(database, changes)
        stale = [
            change.person_id
            for change in changes
            if change.person_id not in current
            or current[change.person_id] != seen.get(change.person_id, current[change.person_id])
        ]
        if stale:
            left_out = set(stale)
            changes = [change for change in changes if change.person_id not in left_out]
        if not changes:
            return stale
        _save_runs(database, (run for change in changes for run in change.runs))
        skip_of_ended(database, (run for change in changes for run in change.runs), now)
        _save_outbox(database, (row for change in changes for row in change.outbox))
        _save_decisions(database, (made for change in changes for made in change.decisions))
        set_attributes(
            database,
            {
                change.person_id: {
                    name: (value, micros(change.changed.get(name, now)))
                    for name, value in change.attributes.items()
                }
                for change in changes
            },
            micros(now),
        )
        insert_rows(
            database,
            standings,
            ("person", "journey", "matching"),
            [
                (change.person_id, journey, int(matching))
                for change in changes
                for journey, matching in change.standings.items()
            ],
            "ON CONFLICT (person, journey) DO UPDATE SET matching = excluded.matching",
        )
        _save_events(database, changes)
        _save_handled(database, changes)
        insert_rows(
            database,
            due,
            ("person", "at", "revision"),
            [(change.person_id, micros_or_none(change.due), 1) for change in changes],
            "ON CONFLICT (person) DO UPDATE SET at = excluded.at, revision = due.revision + 1",
        )
        wake_for_events(database, [change.person_id for change in changes])
    return stale


def _locked(database: Database, changes: Sequence[PersonChange]) -> dict[int, int]:
    """The revisions of all who are there, which nobody else can raise until the transaction ends.

    On SQLite nobody else writes at all.  On PostgreSQL the rows are locked, and made where there
    are none yet: a row that is not there cannot be locked.
    """
    ids = sorted({change.person_id for change in changes})
    if database.dialect == "sqlite":
        return dict(
            database.driver(
                "SELECT people.id, ifnull(due.revision, 0) FROM people"
                f" LEFT JOIN due ON due.person = people.id WHERE people.id {database.within}",
                (database.array(ids),),
            )
        )
    writing = sorted({change.person_id for change in changes if change.attributes or change.events})
    if writing:
        database.driver(
            "SELECT id FROM people WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", (writing,)
        )
    sql = "SELECT person, revision FROM due WHERE person = ANY(%s) ORDER BY person FOR UPDATE"
    found: dict[int, int] = dict(database.driver(sql, (ids,)))
    missing = [person for person in ids if person not in found]
    if missing:
        database.driver(
            "INSERT INTO due (person, at) SELECT id, NULL FROM people WHERE id = ANY(%s)"
            " ORDER BY id ON CONFLICT (person) DO NOTHING",
            (missing,),
        )
        found |= dict(database.driver(sql, (missing,)))
    return found


def _save_events(database: Database, changes: Sequence[PersonChange]) -> None:
    """What steps tracked: segments see it like any other event."""
    tracked = {change.person_id: change.events for change in changes if change.events}
    if tracked:
        put_tracked(database, tracked)


def _save_handled(database: Database, changes: Sequence[PersonChange]) -> None:
    handled = [(change.person_id, uid) for change in changes for uid in change.handled_events]
    if not handled:
        return
    if database.dialect == "sqlite":
        sql = "UPDATE events SET handled = 1 WHERE person = ? AND uid = ?"
        database.driver_many(sql, handled)
        return
    persons, uids = zip(*handled, strict=True)
    database.driver(
        "UPDATE events SET handled = 1 FROM unnest(%s::bigint[], %s::text[]) AS done (person, uid)"
        " WHERE events.person = done.person AND events.uid = done.uid",
        (list(persons), list(uids)),
    )


def _save_runs(database: Database, changed: Iterable[Run]) -> None:
    insert_rows(
        database,
        runs,
        _RUN_COLUMNS,
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
            for run in changed
        ],
        f"ON CONFLICT (id) DO UPDATE SET {_RUN_CHANGES}",
    )


def _save_outbox(database: Database, rows: Iterable[OutboxRow]) -> None:
    """A row that is there already stays as it is, however far it has come.

    Only the same message may be made again: another one for the same run, step and visit raises
    `IntegrityError`, and the whole batch is taken back.
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
    columns = (*_MADE_COLUMNS, "channel", "status", "reason")
    new = insert_rows(database, outbox, columns, values, "ON CONFLICT (id) DO NOTHING")
    if new == len(values):
        return
    made = {row[0]: row[:11] for row in values}
    for stored in database.driver(
        f"SELECT {', '.join(_MADE_COLUMNS)} FROM outbox WHERE id {database.within}",
        (database.array(made),),
    ):
        if made[stored[0]] != stored:
            twice = ValueError(f"message {stored[0]} was made twice, and differs")
            raise IntegrityError(None, None, twice)


def _save_decisions(database: Database, made: Iterable[Decision]) -> None:
    insert_rows(
        database,
        decisions,
        ("person", "run", "journey", "at", "what", "node", "detail"),
        [
            (
                each.person,
                each.run,
                each.journey,
                micros(each.at),
                each.what,
                each.node,
                dump(each.detail),
            )
            for each in made
        ],
    )
