"""People: storing them, and what becomes known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cio_lang.draw import lot
from cio_lang.store.attributes import Profile, settle_late, write_past
from cio_lang.store.beside import beside, beside_text, default_zone, rework_events
from cio_lang.store.bulk import insert_returning, insert_rows, update_rows
from cio_lang.store.database import Database, chunks
from cio_lang.store.encoding import dump, load, micros
from cio_lang.store.forgotten import among_forgotten, anybody, names_of_row, refuse
from cio_lang.store.identity import Claim, names_in, settle_claims
from cio_lang.store.limits import Refused, check_id, check_instant, written
from cio_lang.store.refusing import put_others
from cio_lang.store.segments.touched import attributes_changed
from cio_lang.store.tables import due, people

BATCH = 5_000

PersonData = tuple[str, Mapping[str, Any], datetime]
"""Key, attributes to merge (None takes one away), when they became so."""

_COLUMNS = (
    "timezone",
    "attributes",
    "folded",
    "dates",
    "changed",
    "created_at",
    "updated_at",
)


@dataclass(slots=True)
class Known:
    """A person while they are being changed; `id` is None for who is not in the store yet."""

    key: str
    id: int | None = None
    created_at: int | None = None
    updated_at: int = 0
    profile: Profile = field(default_factory=Profile)
    before: Mapping[str, Any] = field(default_factory=dict)
    touched: bool = False
    fresh: bool = False
    """New, or known since earlier than before."""
    told: set[str] = field(default_factory=set)
    due: int | None = None

    def news(self) -> set[str] | None:
        """The attributes that may be others than before; None where all of the person may be."""
        return None if self.fresh else self.told

    def learn(self, attributes: Mapping[str, Any], at: int) -> None:
        """Take over what is known as of `at`."""
        if self.profile.set(attributes, at):
            self.touched = True
        if self.created_at is None or at < self.created_at:
            self.created_at = at
            self.touched = self.fresh = True
        self.told.update(attributes)
        self.updated_at = max(self.updated_at, at)
        self.due = at if self.due is None else min(self.due, at)


def put_person(database: Database, key: str, attributes: Mapping[str, Any], at: datetime) -> int:
    """Store a person or merge `attributes` into the one with that key; returns their id.

    Raises `UserMistake` where it cannot be stored, or the person asked to be forgotten.
    """
    with database.transaction():
        refuse(database, key, names_of_row(key, attributes, database.setting("region")))
        _put_chunk(database, [(key, attributes, at)])
        return next(iter(ids_of(database, [key]).values()))


def put_people(
    database: Database,
    rows: Iterable[PersonData],
    on_refused: Callable[[PersonData, Refused], object] | None = None,
) -> int:
    """Store or merge many, each batch of 5,000 in one transaction; returns how many are new.

    Whoever changes is due at the instant of the change, since conditions may hold for them now.
    Who asked to be forgotten is passed over.  Where a row cannot be stored, `on_refused` is told
    and the others are; without it `Refused` is raised, and nothing of the batch is stored.
    """

    def put(chunk: Sequence[PersonData]) -> int:
        with database.transaction():
            return _put_chunk(database, _not_forgotten(database, chunk))

    if on_refused is None:
        return sum(map(put, chunks(rows, BATCH)))
    return sum(put_others(each, put, check_person, on_refused)[1] for each in chunks(rows, BATCH))


def check_person(row: PersonData) -> None:
    """Look at what is to be stored of a person.  Raises `Refused`."""
    key, attributes, at = row
    check_id(key, "key")
    check_instant(key, micros(at))
    written(key, attributes, "attributes")


def set_attributes(
    database: Database, values: Mapping[int, Mapping[str, tuple[Any, int]]], at: int
) -> None:
    """Set attributes of people by id, inside a transaction at `at` (microseconds).

    Each comes with the instant of the step that set it.  The step has seen what the store says, so
    that its value is the newest, whatever the instant of the one before.
    """
    changing = {person: new for person, new in values.items() if new}
    if not changing:
        return
    found = _read(database, people.c.id, sorted(changing))
    for known in found:
        assert known.id is not None
        new = {name: value for name, (value, _) in changing[known.id].items()}
        written(known.key, new, "attributes")
        for name, (value, when) in changing[known.id].items():
            known.learn({name: value}, max(when, known.profile.changed.get(name, when)))
        known.updated_at = max(known.updated_at, at)
    _write(database, [known for known in found if known.touched], wake=False)


def ids_of(database: Database, keys: Iterable[str]) -> dict[str, int]:
    """The ids of people by key; keys of people who were merged lead to who they were merged into.

    Keys of nobody are left out.
    """
    wanted = list(keys)
    found: dict[str, int] = dict(
        database.driver(
            f"SELECT key, id FROM people WHERE key {database.within}", (database.array(wanted),)
        )
    )
    missing = [key for key in wanted if key not in found]
    if missing:
        found |= dict(
            database.driver(
                "SELECT value, person FROM identities WHERE kind = 'key' AND value "
                + database.within,
                (database.array(missing),),
            )
        )
    return found


def _not_forgotten(database: Database, chunk: Sequence[PersonData]) -> Sequence[PersonData]:
    if not anybody(database):
        return chunk
    region = database.setting("region")
    names = [names_of_row(key, attributes, region) for key, attributes, _ in chunk]
    gone = among_forgotten(database, set().union(*names))
    if not gone:
        return chunk
    return [row for row, own in zip(chunk, names, strict=True) if not own & gone]


def _put_chunk(database: Database, chunk: Sequence[PersonData]) -> int:
    """How many were new."""
    for row in chunk:
        check_person(row)
    new = 0
    pending = chunk
    while pending:
        known = _known(database, {row[0] for row in pending})
        for key, attributes, at in pending:
            known[key].learn(attributes, micros(at))
        for one in known.values():
            if one.touched and (one.before or len(known) < len(pending)):
                # Each row fits; all that is known may be too much.
                written(one.key, one.profile.attributes, "attributes")
        fresh = [one for one in known.values() if one.id is None]
        unique = {id(one): one for one in known.values()}.values()
        late = _write(database, [one for one in unique if one.touched])
        new += len(fresh) - len(late)
        # Another process stored these between reading and writing: they are known now.
        pending = [row for row in pending if row[0] in late]
    return new


def _known(database: Database, keys: set[str]) -> dict[str, Known]:
    """The people with these keys, locked until the transaction ends; new ones are empty."""
    found = {known.key: known for known in _read(database, people.c.key, sorted(keys))}
    missing = sorted(keys - set(found))
    if missing:
        merged = ids_of(database, missing)
        by_id = {one.id: one for one in found.values()}
        others = sorted(set(merged.values()) - set(by_id))
        by_id |= {one.id: one for one in _read(database, people.c.id, others)} if others else {}
        for key in missing:
            found[key] = by_id[merged[key]] if key in merged else Known(key)
    return found


def _read(database: Database, column: sa.ColumnElement[Any], values: Sequence[Any]) -> list[Known]:
    c = people.c
    query = (
        sa.select(c.id, c.key, c.attributes, c.changed, c.created_at, c.updated_at)
        .where(database.among(column, values))
        .order_by(c.id)
        .with_for_update(key_share=True)
    )
    found = []
    for person, key, attributes, changed, created_at, updated_at in database.execute(query):
        profile = Profile(load(attributes), load(changed))
        before = dict(profile.attributes)
        found.append(Known(key, person, created_at, updated_at, profile, before))
    return found


def _write(database: Database, changed: Sequence[Known], wake: bool = True) -> set[str]:
    """Write people; returns the keys of new ones that another process made meanwhile."""
    if not changed:
        return set()
    zone = default_zone(database)
    old = [known for known in changed if known.id is not None]
    new = sorted((known for known in changed if known.id is None), key=lambda known: known.key)
    # First, because what comes late may change since when the newest value is there.
    settle_late(database, [(known.id, known.profile) for known in changed])
    if new:
        rows = [(known.key, lot(known.key), *_columns(known, zone)) for known in new]
        made = insert_returning(database, people, ("key", "lot", *_COLUMNS), rows, "key", "id")
        for known in new:
            known.id = made.get(known.key)
    there = [known for known in changed if known.id is not None]
    write_past(database, [(known.id or 0, known.profile) for known in there])
    update_rows(
        database,
        people,
        _COLUMNS,
        [(*_columns(known, zone), known.id) for known in old],
    )
    _settle(database, there)
    moved = [
        known.id
        for known in old
        if known.id is not None
        and known.before.get("timezone") != known.profile.attributes.get("timezone")
    ]
    rework_events(database, moved)
    attributes_changed(
        database,
        [(known.id or 0, known.news()) for known in there],
        max(known.updated_at for known in changed),
    )
    if wake:
        insert_rows(
            database,
            due,
            ("person", "at", "revision"),
            [(known.id, known.due, 1) for known in sorted(there, key=lambda one: one.id or 0)],
            "ON CONFLICT (person) DO UPDATE SET revision = due.revision + 1, at = CASE"
            " WHEN due.at < excluded.at THEN due.at ELSE excluded.at END",
        )
    return {known.key for known in new if known.id is None}


def _columns(known: Known, zone: str) -> tuple[Any, ...]:
    attributes = known.profile.attributes
    text = dump(attributes)
    timezone = beside({}, attributes.get("timezone"), zone)[0]
    folded, dates = beside_text(text, timezone, zone)
    return (
        timezone,
        text,
        folded,
        dates,
        dump(known.profile.changed),
        known.created_at,
        known.updated_at,
    )


def _settle(database: Database, changed: Iterable[Known]) -> None:
    region = database.setting("region")
    claims = []
    for known in changed:
        before, after = known.before, known.profile.attributes
        if before.get("email") == after.get("email") and before.get("phone") == after.get("phone"):
            continue
        assert known.id is not None
        names = names_in(before, region), names_in(after, region)
        if names[0] != names[1]:
            claims.append(Claim(known.id, *names, known.due or 0))
    settle_claims(database, claims)
