"""Forgetting a person: every trace goes, but for a keyed hash of each of their names.

The rows are deleted in one transaction, which also notes what is left to do: the archived files
that hold events of theirs are written anew, and the pages that the rows stood on are given back.
Where that is interrupted, the next `forget` finishes it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cio_lang.mistake import UserMistake, place
from cio_lang.record import record
from cio_lang.source import Span
from cio_lang.store import forgotten, identity
from cio_lang.store.database import Database
from cio_lang.store.encoding import micros
from cio_lang.store.merge import alone_with, ids_before
from cio_lang.store.problems import NotErasedYet, StoreLocked
from cio_lang.store.tables import conflicts, identities, memberships, metadata, people, segments

UNFINISHED = "erasing"
"""The setting that holds who is gone from the tables and perhaps not from everywhere."""

_CUT = re.compile(r"(?:removable cutoff|oldest xmin): ([0-9]+)")
"""Up to which transaction PostgreSQL has removed what was deleted."""

Archived = Callable[[int], object]
"""Takes the events of one person (by id) out of every archived file."""


@record
class Forgotten:
    """Who was forgotten, and how many rows of each table went."""

    person: str
    rows: dict[str, int]


def forget(
    database: Database,
    ref: str,
    at: datetime,
    archived: Archived | None = None,
    span: Span | None = None,
) -> Forgotten:
    """Erase a person, named by a key or another of their names.

    Raises `UserMistake` for nobody and for several; and where others use the file all the time, so
    that it cannot be cleaned: the rows are gone then, and the rest is done by the next call.
    """
    finish(database, archived)
    if database.dialect == "sqlite":
        # What is deleted is overwritten, not only given free.
        database.driver("PRAGMA secure_delete = ON")
    with database.transaction():
        (person,) = alone_with(database, (ref, span or place(ref)))
        rows = _count(database, person.id)
        ids = [person.id, *ids_before(database, person.id)]
        mine = _names(database, person.id, person.key)
        for name in _shared(database, person.id):
            identity.release(database, person.id, name, micros(at))
            mine.discard(name)
        forgotten.remember(database, mine, micros(at))
        _leave_segments(database, person.id)
        database.execute(sa.delete(people).where(people.c.id == person.id))
        database.keep_setting(UNFINISHED, json.dumps([*_unfinished(database), *ids]))
    finish(database, archived)
    return Forgotten(person.key, rows)


def finish(database: Database, archived: Archived | None = None) -> bool:
    """Do what an earlier `forget` left to do; whether all of it is done."""
    waiting = _unfinished(database)
    if not waiting:
        return True
    if database.in_transaction:
        return False  # what is deleted is still there to be rolled back
    if archived is not None:
        for person in waiting:
            archived(person)
    elif database.driver("SELECT 1 FROM archives LIMIT 1"):
        return False
    clean(database)
    database.driver(database.marks("DELETE FROM meta WHERE name = ?"), (UNFINISHED,))
    return True


def clean(database: Database) -> None:
    """Write the tables anew, without what was deleted from them."""
    try:
        if database.dialect == "sqlite":
            _clean_file(database)
        else:
            _clean_schema(database)
    except UserMistake as mistake:
        if isinstance(mistake.problems[0], StoreLocked):
            raise _in_the_way(database) from mistake
        raise


def _clean_file(database: Database) -> None:
    # The copy may be as large as the store: not in memory.
    database.driver("PRAGMA temp_store = FILE")
    try:
        database.driver("VACUUM")
    finally:
        database.driver("PRAGMA temp_store = MEMORY")
    busy = database.driver("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]
    if busy:
        raise _in_the_way(database)


def _clean_schema(database: Database) -> None:
    """Deleted rows first, then all the space that they stood on.

    The second would keep rows that a transaction anywhere on the server might read, the first keeps
    only those that one in this database may.
    """
    mine = int(database.driver("SELECT txid_current()")[0][0])
    deadline = time.monotonic() + database.wait
    for table in _personal():
        while not _removed(database, table.name, mine):
            if time.monotonic() > deadline:
                raise _in_the_way(database)
            time.sleep(0.05)
    for table in _personal():
        database.driver(f"VACUUM (FULL, ANALYZE) {table.name}")


def _removed(database: Database, table: str, mine: int) -> bool:
    """Whether all that was deleted before the transaction `mine` is removed from a table now."""
    told: list[str] = []

    def hear(notice: Any) -> None:
        told.append(notice.message_primary or "")

    database.raw.add_notice_handler(hear)
    try:
        database.driver(f"VACUUM (VERBOSE, DISABLE_PAGE_SKIPPING) {table}")
    finally:
        database.raw.remove_notice_handler(hear)
    # Numbers of transactions begin anew after 2 ** 32: the later one is less than half of it ahead.
    return all((int(cut) - mine) % 2**32 < 2**31 for cut in _CUT.findall("\n".join(told)))


def _in_the_way(database: Database) -> UserMistake:
    return UserMistake(NotErasedYet(span=place(database.where), path=database.where))


def _personal() -> list[sa.Table]:
    """Tables with anything about people."""
    return [
        table
        for table in metadata.sorted_tables
        if table is people or any(key.column.table is people for key in table.foreign_keys)
    ]


def _count(database: Database, person: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in _personal():
        if "person" in table.c:
            sql = f"SELECT count(*) FROM {table.name} WHERE person = ?"
            count = int(database.driver(database.marks(sql), (person,))[0][0])
            if count:
                found[table.name] = count
    return found


def _names(database: Database, person: int, key: str) -> set[identity.Name]:
    i = identities.c
    rows = database.execute(sa.select(i.kind, i.value).where(i.person == person))
    return {("key", key), *((kind, value) for kind, value in rows)}


def _shared(database: Database, person: int) -> Iterable[identity.Name]:
    """Names that somebody else asked for as well: they get them, and may be written to."""
    c = conflicts.c
    rows = database.execute(
        sa.select(c.kind, c.value)
        .where(c.owner == person, c.settled_at.is_(None))
        .order_by(c.kind, c.value)
        .distinct()
    )
    return [(kind, value) for kind, value in rows]


def _leave_segments(database: Database, person: int) -> None:
    mine = sa.select(memberships.c.segment).where(memberships.c.person == person)
    smaller = sa.update(segments).where(segments.c.segment.in_(mine))
    database.execute(smaller.values(size=segments.c.size - 1))


def _unfinished(database: Database) -> list[int]:
    text = database.setting(UNFINISHED)
    return [] if text is None else [int(person) for person in json.loads(text)]
