"""Events: storing what people did, once each, and reading it back in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

import sqlalchemy as sa

from cio_lang.conditions import Event
from cio_lang.draw import lot
from cio_lang.store.beside import beside_text, default_zone
from cio_lang.store.bulk import insert_new, insert_returning, insert_rows
from cio_lang.store.database import Database, chunks
from cio_lang.store.encoding import FIRST, LAST, instant, load, micros
from cio_lang.store.forgotten import among_forgotten, anybody, names_of_key
from cio_lang.store.limits import (
    Refused,
    check_id,
    check_instant,
    check_text,
    encoded,
    plain,
    plain_ids,
)
from cio_lang.store.people_writing import ids_of
from cio_lang.store.refusing import put_others
from cio_lang.store.segments.touched import events_came
from cio_lang.store.state import NewEvent
from cio_lang.store.tables import due, people
from cio_lang.store.tables import events as table

BATCH = 5_000

HISTORY_AFTER = timedelta(hours=72)
"""An event that was older than this when it was received is history: it starts no journey."""

EventRow = tuple[str, str, str, int, int, str]
"""Person's key, uid, name, at, received at (microseconds), properties (JSON)."""

_IF_NOT_BEFORE = (
    "ON CONFLICT (person) DO UPDATE SET at = excluded.at"
    " WHERE due.at IS NULL OR excluded.at < due.at"
)

# Nobody merges or forgets them meanwhile; SQLite has one who writes at a time anyway.
_UNTIL_WE_ARE_DONE = {"sqlite": "", "postgresql": " ORDER BY id FOR KEY SHARE"}

_COLUMNS = ("person", "uid", "name", "at", "received_at", "properties", "folded", "dates")


def derived_uid(name: str, at: int, properties: str) -> str:
    """The id of an event that came without one: the same event always has the same.

    The person is no part of it, since an id is a person's own anyway: where two people turn out to
    be one, what was told of both is the same event.
    """
    text = f"{name}\x00{at}\x00{properties}"
    return blake2b(text.encode(), digest_size=8).hexdigest()


def event_row(event: NewEvent) -> EventRow:
    """An event as it is stored.  Raises `Refused` where it cannot be encoded."""
    person, name, at = event.person, event.name, micros(event.at)
    properties = encoded(person, event.properties, "properties") if event.properties else "{}"
    received = at if event.received_at is None else micros(event.received_at)
    uid = event.id
    if uid is None:
        check_id(name, "event", person)
        uid = derived_uid(name, at, properties)
    return person, uid, name, at, received, properties


def check_row(row: EventRow) -> None:
    """Look at an encoded event.  Raises `Refused` for what the store does not take."""
    person, uid, name, at, received, properties = row
    check_id(person, "key")
    check_id(name, "event", person)
    check_id(uid, "id", person)
    check_instant(person, at)
    check_instant(person, received)
    check_text(person, properties, "properties")


def _check_rows(rows: Sequence[EventRow]) -> None:
    """Most batches have nothing to look at twice: only then each row is looked at."""
    if not rows:
        return
    keys, uids, names, ats, received, texts = zip(*rows, strict=True)
    if not (
        plain_ids(list({*keys, *names}))
        and plain_ids(uids)
        and min(min(ats), min(received)) >= FIRST
        and max(max(ats), max(received)) <= LAST
        and plain(texts)
    ):
        for row in rows:
            check_row(row)


def put_events(
    database: Database,
    events: Iterable[NewEvent],
    on_refused: Callable[[NewEvent, Refused], object] | None = None,
) -> int:
    """Store events, each batch of 5,000 in one transaction; returns how many are new.

    The same id for the same person counts once; people who are not there yet are made.  Whoever has
    a new event is due at its instant.  Who asked to be forgotten is passed over.
    Where an event cannot be stored, `on_refused` is told and the others are; without it `Refused`
    is raised, and nothing of the batch is stored.
    """
    return put_encoded(events, lambda rows: _put(database, rows), on_refused)


def put_encoded(
    events: Iterable[NewEvent],
    put_rows: Callable[[Sequence[EventRow]], int],
    on_refused: Callable[[NewEvent, Refused], object] | None,
) -> int:
    """Encode events and put them batch by batch."""

    def put(batch: Sequence[NewEvent]) -> int:
        return put_rows([event_row(event) for event in batch])

    def check(event: NewEvent) -> None:
        check_row(event_row(event))

    if on_refused is None:
        return sum(map(put, chunks(events, BATCH)))
    return sum(put_others(batch, put, check, on_refused)[1] for batch in chunks(events, BATCH))


def put_event_rows(database: Database, rows: Sequence[EventRow]) -> int:
    """The same for rows that are encoded already: all of them in one transaction."""
    return _put(database, rows)


def _put(database: Database, rows: Sequence[EventRow]) -> int:
    _check_rows(rows)
    with database.transaction():
        rows = _not_forgotten(database, rows)
        firsts: dict[str, int] = {}
        for row in rows:
            key, at = row[0], row[3]
            if firsts.setdefault(key, at) > at:
                firsts[key] = at
        ids, zones, fresh = _people(database, firsts)
        stored = insert_new(
            database, table, _COLUMNS, _values(database, rows, ids, zones), "person, uid"
        )
        if stored == len(rows):
            _wake(database, sorted((ids[key], at) for key, at in firsts.items()))
        elif stored:
            wake_for_events(database, sorted(set(ids.values())))
        if stored:
            events_came(database, rows, ids, fresh)
    return stored


def put_tracked(database: Database, tracked: Mapping[int, Sequence[Event]]) -> None:
    """Store what the steps of journeys recorded, by person's id, in the transaction of the step.

    Nobody is made due: the step that recorded an event has taken it in.
    """
    found = database.driver(
        f"SELECT id, key, timezone FROM people WHERE id {database.within}",
        (database.array(tracked),),
    )
    ids = {key: person for person, key, _ in found}
    zones = {person: zone for person, _, zone in found}
    rows = [
        event_row(NewEvent(key, event.name, event.at, event.properties, event.id))
        for person, key, _ in found
        for event in tracked[person]
    ]
    values = _values(database, rows, ids, zones)
    insert_rows(database, table, _COLUMNS, values, "ON CONFLICT (person, uid) DO NOTHING")
    events_came(database, rows, ids, ())


def _not_forgotten(database: Database, rows: Sequence[EventRow]) -> Sequence[EventRow]:
    if not anybody(database):
        return rows
    gone = among_forgotten(database, set().union(*(names_of_key(row[0]) for row in rows)))
    return [row for row in rows if not names_of_key(row[0]) & gone] if gone else rows


def _values(
    database: Database,
    rows: Sequence[EventRow],
    ids: Mapping[str, int],
    zones: Mapping[int, str | None],
) -> list[tuple[object, ...]]:
    """The rows by person, so that neighbours go into the same pages.

    On PostgreSQL by id too: two who write the same rows in one order do not wait in a ring.
    """
    default = default_zone(database)
    values: list[tuple[object, ...]] = []
    for key, uid, name, at, got, text in rows:
        person = ids[key]
        folded, dates = beside_text(text, zones[person], default)
        values.append((person, uid, name, at, got, text, folded, dates))
    values.sort()
    return values


def _wake(database: Database, firsts: Sequence[tuple[int, int]]) -> None:
    insert_rows(database, due, ("person", "at"), firsts, _IF_NOT_BEFORE)


def wake_for_events(database: Database, persons: Sequence[int]) -> None:
    """Make people due at their first event that was not handled yet, if not before."""
    database.driver(
        "INSERT INTO due (person, at) SELECT person, min(at) FROM events"
        f" WHERE handled = 0 AND person {database.within} GROUP BY person ORDER BY person "
        + _IF_NOT_BEFORE,
        (database.array(persons),),
    )


def _people(
    database: Database, firsts: Mapping[str, int]
) -> tuple[dict[str, int], dict[int, str | None], set[int]]:
    """Ids by key, zones by id, and who is new or known since earlier than before.

    Makes who is missing, known since their first event.
    """
    ids: dict[str, int] = {}
    zones: dict[int, str | None] = {}
    earlier: dict[int, int] = {}
    made: dict[str, int] = {}

    def read(column: str, values: Iterable[object], key_of: Mapping[int, list[str]]) -> None:
        for person, key, created, zone in database.driver(
            f"SELECT id, key, created_at, timezone FROM people WHERE {column} {database.within}"
            + _UNTIL_WE_ARE_DONE[database.dialect],
            (database.array(values),),
        ):
            zones[person] = zone
            for each in key_of[person] if key_of else (key,):
                ids[each] = person
                if firsts[each] < created and firsts[each] < earlier.get(person, created):
                    earlier[person] = firsts[each]

    read("key", firsts, {})
    if len(ids) < len(firsts):
        merged: dict[int, list[str]] = {}
        for key, person in ids_of(database, [key for key in firsts if key not in ids]).items():
            merged.setdefault(person, []).append(key)
        if merged:
            read("id", merged, merged)
        missing = sorted(key for key in firsts if key not in ids)
        rows = [(key, lot(key), firsts[key], firsts[key]) for key in missing]
        columns = ("key", "lot", "created_at", "updated_at")
        if rows:
            made = insert_returning(database, people, columns, rows, "key", "id")
        ids |= made
        zones |= dict.fromkeys(made.values())
        if len(made) < len(missing):  # another process made these meanwhile
            read("key", [key for key in missing if key not in made], {})
    if earlier:
        sql = database.marks("UPDATE people SET created_at = ? WHERE id = ?")
        database.driver_many(sql, [(at, person) for person, at in sorted(earlier.items())])
    return ids, zones, {*made.values(), *earlier}


def read_event(uid: str, name: str, at: int, properties: str) -> Event:
    """An event from its columns."""
    return Event(name=name, at=instant(at), properties=load(properties), id=uid)


def events(database: Database, person_id: int, since: datetime | None) -> list[Event]:
    """What a person did (from `since` on), by time and then by id."""
    c = table.c
    query = sa.select(c.uid, c.name, c.at, c.properties).where(c.person == person_id)
    if since is not None:
        query = query.where(c.at >= micros(since))
    rows = database.execute(query.order_by(c.at, c.uid))
    # By code point on every database; the order of a database may be that of a language.
    return sorted((read_event(*row) for row in rows), key=lambda event: (event.at, event.id))
