"""Everything in a store, one row after the other: people with their history, events of every tier.

What is read is in memory a page at a time.  Inside `Database.reading`, all of it is true at one
instant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from cio_lang.record import record
from cio_lang.store.archive.files import distinct, literal
from cio_lang.store.database import Database, chunks
from cio_lang.store.encoding import load
from cio_lang.store.tables import (
    archives,
    attribute_changes,
    events,
    identities,
    merges,
    people,
)

if TYPE_CHECKING:
    from cio_lang.store.archive.manifest import Archive

PAGE = 2_000

Step = tuple[int, Any]
"""An instant, and the value from then on (None: taken away)."""


@record
class EveryPerson:
    """A person: `names` by kind, without those that attributes are; every attribute's history."""

    key: str
    known_since: int
    names: Mapping[str, Sequence[str]]
    attributes: Mapping[str, Any]
    history: Mapping[str, Sequence[Step]]


@record
class EveryEvent:
    """An event and the key of the person who did it."""

    name: str
    person: str
    id: str
    at: int
    received_at: int
    properties: Mapping[str, Any]


def every_person(database: Database, ids: Sequence[int] | None) -> Iterator[EveryPerson]:
    """People by id; `ids` (in order) are those that are wanted, None: all."""
    p = people.c
    columns = (p.id, p.key, p.created_at, p.attributes, p.changed)
    for page in _pages(database, sa.select(*columns), p.id, ids, p.id):
        there = [row[0] for row in page]
        past = _past(database, there)
        names = _names(database, there)
        for person, key, created_at, attributes, changed in page:
            values = load(attributes)
            own = past.get(person, {})
            history = {
                name: (*own.get(name, ()), (since, values.get(name)))
                for name, since in load(changed).items()
            }
            yield EveryPerson(key, created_at, names.get(person, {}), values, history)


def every_event(
    database: Database,
    archive: Archive | None,
    ids: Sequence[int] | None,
    names: Sequence[str] | None,
) -> Iterator[EveryEvent]:
    """Events, the hot ones first; of these people (in order) and names, where any are given."""
    e = events.c
    columns = (e.id, e.name, people.c.key, e.uid, e.at, e.received_at, e.properties)
    query = sa.select(*columns).join(people, people.c.id == e.person)
    if names is not None:
        query = query.where(database.among(e.name, names))
    for page in _pages(database, query, e.id, ids, e.person):
        for _, name, key, uid, at, received, text in page:
            yield EveryEvent(name, key, uid, at, received, load(text))
    if archive is not None:
        yield from _archived(archive, ids, names)


def _pages(
    database: Database,
    query: sa.Select[Any],
    number: sa.ColumnElement[int],
    ids: Sequence[int] | None,
    owner: sa.ColumnElement[int],
) -> Iterator[Sequence[Any]]:
    """Rows in the order of their first column; of many chosen people a part at a time."""
    for chosen in (None,) if ids is None else chunks(ids, PAGE):
        last: int | None = None
        while True:
            asked = query if chosen is None else query.where(database.among(owner, chosen))
            if last is not None:
                asked = asked.where(number > last)
            page = database.execute(asked.order_by(number).limit(PAGE))
            if page:
                yield page
            if len(page) < PAGE:
                break
            last = page[-1][0]


def _past(database: Database, ids: Sequence[int]) -> dict[int, dict[str, list[Step]]]:
    c = attribute_changes.c
    rows = database.execute(
        sa.select(c.person, c.name, c.at, c.value)
        .where(database.among(c.person, ids))
        .order_by(c.person, c.name, c.at, c.id)
    )
    found: dict[int, dict[str, list[Step]]] = {}
    for person, name, at, text in rows:
        value = None if text is None else json.loads(text)
        found.setdefault(person, {}).setdefault(name, []).append((at, value))
    return found


def _names(database: Database, ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    c = identities.c
    rows = database.execute(
        sa.select(c.person, c.kind, c.value)
        .where(database.among(c.person, ids), c.kind.not_in(("email", "phone")))
        .order_by(c.person, c.kind, c.since)
    )
    found: dict[int, dict[str, list[str]]] = {}
    for person, kind, value in rows:
        found.setdefault(person, {}).setdefault(kind, []).append(value)
    return {
        person: {kind: sorted(values) for kind, values in kinds.items()}
        for person, kinds in found.items()
    }


def _archived(
    archive: Archive, ids: Sequence[int] | None, names: Sequence[str] | None
) -> Iterator[EveryEvent]:
    """Events that are no longer hot; of two people who were merged, one with the same id is one."""
    database = archive.database
    kept: dict[int, int] = {
        merged: one for merged, one in database.execute(sa.select(merges.c.merged, merges.c.kept))
    }
    seen = _uids_of(database, set(kept.values()))
    wanted = None if ids is None else frozenset(ids)
    where = [] if names is None else [f"name IN ({', '.join(map(literal, names)) or 'NULL'})"]
    files = database.execute(
        sa.select(archives.c.bucket, archives.c.tier, archives.c.file).order_by(
            archives.c.bucket, archives.c.file
        )
    )
    import duckdb

    for _, group in groupby(files, key=lambda row: row[0]):
        rows = list(group)
        paths = [
            path
            for tier in ("warm", "cold")
            for path in archive.place(tier).local([row[2] for row in rows if row[1] == tier])
        ]
        sql = f"SELECT * FROM ({distinct(paths)}) WHERE {' AND '.join(where) or 'true'}"
        with duckdb.connect() as connection:
            columns = 'person, uid, name, "at", received_at, properties'
            answer = connection.execute(f"SELECT {columns} FROM ({sql})")
            while page := answer.fetchmany(PAGE):
                yield from _of_page(database, page, kept, seen, wanted)


def _of_page(
    database: Database,
    page: Sequence[Any],
    kept: Mapping[int, int],
    seen: set[tuple[int, str]],
    wanted: frozenset[int] | None,
) -> Iterator[EveryEvent]:
    merged_into = frozenset(kept.values())
    owners = {kept.get(row[0], row[0]) for row in page}
    if wanted is not None:
        owners &= wanted
    keys: dict[int, str] = dict(
        database.execute(
            sa.select(people.c.id, people.c.key).where(database.among(people.c.id, sorted(owners)))
        )
    )
    for person, uid, name, at, received, text in page:
        owner = kept.get(person, person)
        if owner not in keys:
            continue
        if owner in merged_into:
            if (owner, uid) in seen:
                continue
            seen.add((owner, uid))
        yield EveryEvent(name, keys[owner], uid, at, received, load(text))


def _uids_of(database: Database, ids: set[int]) -> set[tuple[int, str]]:
    """The ids of the hot events of people whom others were merged into."""
    if not ids:
        return set()
    rows = database.execute(
        sa.select(events.c.person, events.c.uid).where(database.among(events.c.person, sorted(ids)))
    )
    return {(person, uid) for person, uid in rows}
