"""People: storing them, merging what becomes known of them, finding them by key or email."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from difflib import SequenceMatcher
from typing import Any

from cio_lang import ir
from cio_lang.mistake import UserMistake
from cio_lang.source import Span
from cio_lang.store.database import Connection, chunks, transaction
from cio_lang.store.encoding import dump, instant, load, merged, micros
from cio_lang.store.problems import AmbiguousPerson, UnknownPerson
from cio_lang.store.state import PersonRow

BATCH = 5_000

PersonData = tuple[str, Mapping[str, Any], datetime]
"""Key, attributes to merge (None takes one away), when they became so."""

_COLUMNS = "people.id, people.key, people.attributes, people.created_at"


def person_row(row: Sequence[Any]) -> PersonRow:
    """A person from the columns id, key, attributes, created_at."""
    return PersonRow(row[0], row[1], load(row[2]), instant(row[3]))


def put_person(
    connection: Connection, key: str, attributes: Mapping[str, Any], at: datetime
) -> int:
    """Store a person or merge `attributes` into the one with that key; returns their id."""
    with transaction(connection):
        _put_chunk(connection, [(key, attributes, at)])
        row = connection.execute("SELECT id FROM people WHERE key = ?", (key,)).fetchone()
        return int(row[0])


def put_people(connection: Connection, rows: Iterable[PersonData]) -> int:
    """Store or merge many, each batch of 5,000 in one transaction; returns how many are new.

    Whoever changes is due at the instant of the change, since conditions may hold for them now.
    """
    new = 0
    for chunk in chunks(rows, BATCH):
        with transaction(connection):
            new += _put_chunk(connection, chunk)
    return new


def _put_chunk(connection: Connection, chunk: Sequence[PersonData]) -> int:
    known: dict[str, tuple[int, str]] = {
        key: (created, attributes)
        for key, created, attributes in connection.execute(
            "SELECT key, created_at, attributes FROM people"
            " WHERE key IN (SELECT value FROM json_each(?))",
            (json.dumps([key for key, _, _ in chunk]),),
        ).fetchall()
    }
    states: dict[str, dict[str, Any]] = {}
    firsts: dict[str, int] = {}
    lasts: dict[str, int] = {}
    for key, attributes, at in chunk:
        old = states.get(key)
        if old is None:
            old = load(known[key][1]) if key in known else {}
        states[key] = merged(old, attributes)
        when = micros(at)
        firsts[key] = min(firsts.get(key, when), when)
        lasts[key] = max(lasts.get(key, when), when)
    texts = {key: dump(state) for key, state in states.items()}
    changed = [
        key
        for key, text in texts.items()
        if key not in known or known[key][1] != text or firsts[key] < known[key][0]
    ]
    connection.executemany(
        "INSERT INTO people (key, email, attributes, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
        " email = excluded.email, attributes = excluded.attributes,"
        " created_at = min(created_at, excluded.created_at), updated_at = excluded.updated_at",
        [(key, folded_email(states[key]), texts[key], firsts[key], lasts[key]) for key in changed],
    )
    connection.executemany(
        "INSERT INTO due (person, at, revision) SELECT id, ?, 1 FROM people WHERE key = ?"
        " ON CONFLICT (person) DO UPDATE SET"
        " at = min(ifnull(at, excluded.at), excluded.at), revision = revision + 1",
        [(firsts[key], key) for key in changed],
    )
    return sum(1 for key in changed if key not in known)


def folded_email(attributes: Mapping[str, Any]) -> str | None:
    """What the email is looked up by, or None."""
    email = attributes.get("email")
    return email.strip().casefold() or None if isinstance(email, str) else None


def person(connection: Connection, person_id: int) -> PersonRow:
    """The person with that id, which is one that the store gave out."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM people WHERE id = ?", (person_id,)).fetchone()
    if row is None:
        raise KeyError(person_id)
    return person_row(row)


def find_person(connection: Connection, ref: str, span: Span) -> PersonRow | None:
    """The person with key `ref`, else the one with that email in any letter case, else None.

    Raises `UserMistake` (about the place `span`) where several people have that email.
    """
    row = connection.execute(f"SELECT {_COLUMNS} FROM people WHERE key = ?", (ref,)).fetchone()
    if row is not None:
        return person_row(row)
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM people WHERE email = ? ORDER BY key",
        (ref.strip().casefold(),),
    ).fetchall()
    if len(rows) > 1:
        keys = tuple(row[1] for row in rows)
        raise UserMistake(AmbiguousPerson(span=span, person=ref, keys=keys))
    return person_row(rows[0]) if rows else None


def the_person(connection: Connection, ref: str, span: Span) -> PersonRow:
    """Like `find_person`; raises `UserMistake` with names that are close where there is nobody."""
    found = find_person(connection, ref, span)
    if found is None:
        close = tuple(similar_people(connection, ref))
        raise UserMistake(UnknownPerson(span=span, person=ref, suggestions=close))
    return found


def similar_people(connection: Connection, ref: str) -> list[str]:
    """Up to three keys or emails that `ref` was probably meant to be, the closest first.

    Looked for among the names that share the first letter or the last three, so that the answer
    comes at once in a store of a million people.
    """
    wanted = ref.strip().casefold()
    if not wanted:
        return []
    candidates = {
        name
        for row in connection.execute(
            "SELECT key, email FROM people WHERE length(key) BETWEEN ? AND ?"
            " AND (substr(key, 1, 1) IN (?, ?) OR substr(key, -3) = ?)"
            " UNION SELECT key, email FROM people WHERE length(email) BETWEEN ? AND ?"
            " AND (substr(email, 1, 1) = ? OR substr(email, 1, 3) = ?) LIMIT 5000",
            (
                len(wanted) - 2,
                len(wanted) + 2,
                wanted[0],
                wanted[0].upper(),
                ref[-3:],
                len(wanted) - 2,
                len(wanted) + 2,
                wanted[0],
                wanted[:3],
            ),
        ).fetchall()
        for name in row
        if name is not None
    }
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


def people_count(connection: Connection) -> int:
    """How many people there are."""
    return int(connection.execute("SELECT count(*) FROM people").fetchone()[0])


def count_where(
    connection: Connection,
    condition: ir.Condition,
    now: datetime,
    zone: tzinfo,
    segments: Mapping[str, ir.Condition],
) -> int:
    """How many people `condition` holds for at `now`."""
    sql, parameters = _matching(connection, condition, now, zone, segments)
    return int(connection.execute(f"SELECT count(*) FROM ({sql})", parameters).fetchone()[0])


def people_where(
    connection: Connection,
    condition: ir.Condition,
    now: datetime,
    zone: tzinfo,
    segments: Mapping[str, ir.Condition],
) -> Iterator[PersonRow]:
    """The people `condition` holds for at `now`, by key."""
    sql, parameters = _matching(connection, condition, now, zone, segments)
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM people WHERE id IN ({sql}) ORDER BY key", parameters
    ).fetchall()
    return map(person_row, rows)


def _matching(
    connection: Connection,
    condition: ir.Condition,
    now: datetime,
    zone: tzinfo,
    segments: Mapping[str, ir.Condition],
) -> tuple[str, Any]:
    """SQL for the ids of the people who match, with the functions that it calls made known."""
    from cio_lang.store import condition_sql

    condition_sql.register(connection)
    return condition_sql.people_sql(condition, now, zone, segments)
