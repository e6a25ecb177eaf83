"""People: finding them by key or by another of their names, and asking which ones match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa

from cio_lang import ir
from cio_lang.calendar_time import zone as zone_of
from cio_lang.mistake import UserMistake
from cio_lang.source import Span
from cio_lang.store import identity
from cio_lang.store.condition_sql import Dialect, Question, people_sql
from cio_lang.store.database import Database, chunks
from cio_lang.store.encoding import instant, load
from cio_lang.store.people_writing import PersonData, put_people, put_person, set_attributes
from cio_lang.store.problems import AmbiguousPerson, UnknownPerson
from cio_lang.store.state import PersonRow
from cio_lang.store.tables import identities, people

__all__ = [
    "PERSON",
    "PersonData",
    "count_where",
    "find_person",
    "people_count",
    "people_where",
    "person",
    "person_row",
    "put_people",
    "put_person",
    "set_attributes",
    "similar_people",
    "the_person",
]

PERSON = (
    people.c.id,
    people.c.key,
    people.c.attributes,
    people.c.created_at,
    people.c.changed,
)
"""The columns that `person_row` reads."""


def person_row(row: Sequence[Any]) -> PersonRow:
    """A person from the columns `PERSON`; without the last, nothing is known of changes."""
    changed = load(row[4]) if len(row) > 4 else {}
    return PersonRow(
        row[0],
        row[1],
        load(row[2]),
        instant(row[3]),
        {name: instant(at) for name, at in changed.items()},
    )


def person(database: Database, person_id: int) -> PersonRow:
    """The person with that id, which is one that the store gave out."""
    rows = database.execute(sa.select(*PERSON).where(people.c.id == person_id))
    if not rows:
        raise KeyError(person_id)
    return person_row(rows[0])


def find_person(database: Database, ref: str, span: Span) -> PersonRow | None:
    """The person with key `ref`, else whose email, phone, alias or device it is, else None.

    Keys of people who were merged lead to who they were merged into.
    Raises `UserMistake` (about the place `span`) where several people have that email or phone.
    """
    rows = database.execute(sa.select(*PERSON).where(people.c.key == ref))
    if rows:
        return person_row(rows[0])
    region = database.setting("region")
    for kind in identity.KINDS:
        name = identity.normal(kind, ref, region)
        if name is None:
            continue
        found = identity.sharing(database, (kind, name))
        if not found:
            continue
        rows = database.execute(
            sa.select(*PERSON).where(database.among(people.c.id, found)).order_by(people.c.key)
        )
        if len(rows) > 1:
            keys = tuple(sorted(row[1] for row in rows))
            raise UserMistake(AmbiguousPerson(span=span, person=ref, keys=keys, kind=kind))
        return person_row(rows[0])
    return None


def the_person(database: Database, ref: str, span: Span) -> PersonRow:
    """Like `find_person`; raises `UserMistake` with names that are close where there is nobody."""
    found = find_person(database, ref, span)
    if found is None:
        close = tuple(similar_people(database, ref))
        raise UserMistake(UnknownPerson(span=span, person=ref, suggestions=close))
    return found


def similar_people(database: Database, ref: str) -> list[str]:
    """Up to three keys or emails that `ref` was probably meant to be, the closest first.

    Looked for among the names that share the first letter or the last three, so that the answer
    comes at once in a store of a million people.
    """
    wanted = ref.strip().casefold()
    if not wanted:
        return []
    key, value = people.c.key, identities.c.value
    near = sa.literal(len(wanted) - 2), sa.literal(len(wanted) + 2)
    ends = sa.func.substr(key, sa.func.length(key) - 2) == ref[-3:]
    begins = sa.func.substr(key, 1, 1).in_([wanted[0], wanted[0].upper()])
    keys = sa.select(key).where(sa.func.length(key).between(*near), begins | ends)
    emails = sa.select(value).where(
        identities.c.kind == "email",
        sa.func.length(value).between(*near),
        sa.func.substr(value, 1, 1) == wanted[0],
    )
    candidates = {row[0] for row in database.execute(sa.union(keys, emails).limit(5000))}
    scored = sorted(
        (-ratio, name)
        for name in candidates
        if (ratio := _likeness(wanted, name.casefold())) >= 0.75
    )
    return [name for _, name in scored[:3]]


def _likeness(wanted: str, name: str) -> float:
    """From 0 to 1; two emails are as like as what stands before their `@`, if that is less."""
    ratio = SequenceMatcher(None, wanted, name).ratio()
    if "@" in wanted and "@" in name:
        locals_ = wanted.split("@")[0], name.split("@")[0]
        ratio = min(ratio, SequenceMatcher(None, *locals_).ratio())
    return ratio


def people_count(database: Database) -> int:
    """How many people there are."""
    return int(database.driver("SELECT count(*) FROM people")[0][0])


def count_where(
    database: Database,
    condition: ir.Condition,
    now: datetime,
    zone: tzinfo,
    segments: Mapping[str, ir.Condition],
) -> int:
    """How many people `condition` holds for at `now`."""
    sql = matching(database, condition, now, zone, segments)
    return int(database.driver(f"SELECT count(*) FROM ({sql}) AS matching")[0][0])


def people_where(
    database: Database,
    condition: ir.Condition,
    now: datetime,
    zone: tzinfo,
    segments: Mapping[str, ir.Condition],
) -> Iterator[PersonRow]:
    """The people `condition` holds for at `now`, by key."""
    sql = matching(database, condition, now, zone, segments)
    order = "key" if database.dialect == "sqlite" else 'key COLLATE "C"'
    found = database.driver(f"SELECT id FROM people WHERE id IN ({sql}) ORDER BY {order}")
    return rows_of(database, [row[0] for row in found])


def rows_of(database: Database, ids: Sequence[int]) -> Iterator[PersonRow]:
    """People in the order of their ids as given; read as they are asked for."""
    for chunk in chunks(ids, 500):
        rows = database.execute(sa.select(*PERSON).where(database.among(people.c.id, chunk)))
        by_id = {row[0]: person_row(row) for row in rows}
        yield from (by_id[person] for person in chunk if person in by_id)


def matching(
    database: Database,
    condition: ir.Condition,
    now: datetime,
    zone: tzinfo,
    segments: Mapping[str, ir.Condition],
) -> str:
    """SQL for the ids of the people whom a condition takes."""
    named = database.driver("SELECT DISTINCT timezone FROM people WHERE timezone IS NOT NULL")
    zones = {name: zone_of(name, zone) for (name,) in named}
    dialect: Dialect = "sqlite" if database.dialect == "sqlite" else "postgres"
    return people_sql(condition, Question(dialect, now, zone, segments, zones))
