"""Many names of many people at once: what an import knows of who is who."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from cio_lang.record import record
from cio_lang.store import identity
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant
from cio_lang.store.identity import Kind, Name
from cio_lang.store.merge import merge
from cio_lang.store.people_writing import ids_of
from cio_lang.store.tables import conflicts, people

_PROVISIONAL = frozenset(("anonymous", "alias"))
"""Kinds of names under which somebody may be known before their key is."""

Link = tuple[str, Kind, str, int, tuple[str, ...]]
"""A person's key, a kind of name, the name, since when it is theirs (microseconds), and keys under
which they may be known from before."""


@record
class Linked:
    """What linking did: people who turned out to be one, and names that are another's."""

    merged: int
    contested: int


def link(database: Database, links: Sequence[Link], author: str) -> Linked:
    """Give names to people, inside a transaction.

    Where somebody was known by nothing but such a name (an anonymous visitor, before they said who
    they are), they become one with whom the name belongs to.  A name that is another's stays
    theirs, and the conflict is recorded.
    """
    region = database.setting("region")
    wanted: dict[tuple[str, Name], tuple[int, frozenset[str]]] = {}
    for key, kind, value, at, others in links:
        form = identity.normal(kind, value, region)
        if form is not None and not (kind == "key" and form == key):
            wanted.setdefault((key, (kind, form)), (at, frozenset((form, *others))))
    ids = ids_of(database, {key for key, _ in wanted})
    owners = identity.owners(database, {name for _, name in wanted})
    merged = 0
    for (key, name), (at, before) in wanted.items():
        known = owners.get(name)
        if name[0] not in _PROVISIONAL or key not in ids or known in (None, ids[key]):
            continue
        first = _key(database, known)
        if first is None or first not in before or key in before:
            continue
        # Who has no key but this name is whoever says that it is theirs.
        merge(database, key, first, instant(at), author)
        owners = {each: ids[key] if one == known else one for each, one in owners.items()}
        ids = {each: ids[key] if one == known else one for each, one in ids.items()}
        merged += 1
    gained = sorted(
        (name, ids[key], at)
        for (key, name), (at, _) in wanted.items()
        if key in ids and owners.get(name) != ids[key]
    )
    return Linked(merged, identity.take(database, gained) if gained else 0)


def _key(database: Database, person: int | None) -> str | None:
    rows = database.execute(sa.select(people.c.key).where(people.c.id == person))
    return str(rows[0][0]) if rows else None


def last_conflict(database: Database) -> int:
    """The number of the newest conflict; 0 where there is none."""
    return int(database.driver("SELECT coalesce(max(id), 0) FROM conflicts")[0][0])


def conflicts_after(
    database: Database, number: int, limit: int
) -> tuple[int, list[identity.Conflict]]:
    """How many conflicts are newer than that and open, and the first of them."""
    owner, claimant = people.alias("o"), people.alias("c")
    c = conflicts.c
    newer = sa.and_(c.id > number, c.settled_at.is_(None))
    count = database.execute(sa.select(sa.func.count()).select_from(conflicts).where(newer))[0][0]
    rows = database.execute(
        sa.select(c.kind, c.value, owner.c.key, claimant.c.key, c.at, c.how)
        .join(owner, owner.c.id == c.owner)
        .join(claimant, claimant.c.id == c.claimant)
        .where(newer)
        .order_by(c.id)
        .limit(limit)
    )
    return int(count), [
        identity.Conflict(kind, value, one, other, instant(at), how)
        for kind, value, one, other, at, how in rows
    ]


def forgotten_among(database: Database, keys: Iterable[str]) -> set[str]:
    """Those of the keys (or what they may be besides) whose people asked to be forgotten."""
    from cio_lang.store.forgotten import among_forgotten, anybody, names_of_key

    if not anybody(database):
        return set()
    by_key = {key: names_of_key(key) for key in keys}
    gone = among_forgotten(database, set().union(*by_key.values()))
    return {key for key, names in by_key.items() if names & gone}
