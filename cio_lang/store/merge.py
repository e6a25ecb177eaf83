"""Two people who turn out to be one: everything of the second becomes the first's.

One transaction.  Of each attribute the newest value stays, and the histories become one.  An event
with the same id under both is one event.  What was whose before is kept in `merges`, so that a
merge that was wrong can be looked into; the key of the second leads to the first from then on.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cio_lang.mistake import UserMistake, place
from cio_lang.record import record
from cio_lang.source import Span
from cio_lang.store.attributes import Profile, line, past_of, write_past
from cio_lang.store.beside import rework_events, rework_people
from cio_lang.store.database import Database
from cio_lang.store.encoding import dump, instant, load, micros
from cio_lang.store.people import person, the_person
from cio_lang.store.problems import SamePerson
from cio_lang.store.segments.touched import look_again
from cio_lang.store.state import PersonRow
from cio_lang.store.tables import (
    attribute_changes,
    conflicts,
    events,
    identities,
    memberships,
    merges,
    people,
    runs,
    segments,
)

MOVED = ("runs", "outbox", "decisions", "membership_changes", "identities", "events")
"""Tables whose rows simply become the first person's."""

ENDED = "merged"
"""Why a run ended that the person was in twice."""


@record
class Merge:
    """What a merge did; `same_events` were under both, `ended` runs were of the same journey."""

    kept: str
    merged: str
    events: int
    same_events: int
    ended: tuple[str, ...]


@record
class PastMerge:
    """A merge that was: `before` tells what was whose."""

    kept: str
    merged: str
    at: datetime
    author: str
    before: dict[str, Any]


def merge(
    database: Database,
    keep: str,
    other: str,
    at: datetime,
    author: str = "",
    span: Span | None = None,
) -> Merge:
    """Make one person of two; each is named by a key or by another of their names.

    Raises `UserMistake` where one is nobody, several people, or both are the same person already.
    """
    with database.transaction():
        kept, merged = alone_with(
            database, (keep, span or place(keep)), (other, span or place(other))
        )
        if kept.id == merged.id:
            problem = SamePerson(span=span or place(other), one=keep, other=other, person=kept.key)
            raise UserMistake(problem)
        before = {
            "kept": _before(database, kept.id),
            "merged": _before(database, merged.id) | {"key": merged.key},
        }
        same = _same_events(database, kept.id, merged.id)
        ended = _end_second_runs(database, kept.id, merged.id, micros(at))
        _memberships(database, kept.id, merged.id)
        _names(database, kept.id, merged.id, merged.key, micros(at))
        _standings(database, kept.id, merged.id)
        for name in MOVED:
            sql = database.marks(f"UPDATE {name} SET person = ? WHERE person = ?")
            database.driver(sql, (kept.id, merged.id))
        _attributes(database, kept.id, merged.id, micros(at))
        _due(database, kept.id, merged.id, micros(at))
        database.execute(sa.update(merges).where(merges.c.kept == merged.id).values(kept=kept.id))
        database.execute(sa.delete(people).where(people.c.id == merged.id))
        database.execute(
            sa.insert(merges),
            {
                "kept": kept.id,
                "merged": merged.id,
                "key": merged.key,
                "at": micros(at),
                "author": author,
                "before": json.dumps(before, ensure_ascii=False),
            },
        )
        rework_people(database, [kept.id])
        rework_events(database, [kept.id])
        look_again(database, [kept.id], micros(at))
    moved = len(before["merged"]["events"]) - same
    return Merge(kept.key, merged.key, moved, same, ended)


def alone_with(database: Database, *refs: tuple[str, Span]) -> list[PersonRow]:
    """The people with these names, to whom nobody else adds anything until the transaction ends.

    Who is writing to them is waited for; who comes later finds what became of them.
    """
    while True:
        found = [the_person(database, ref, span) for ref, span in refs]
        ids = {person.id for person in found}
        locked = database.execute(
            sa.select(people.c.id)
            .where(database.among(people.c.id, sorted(ids)))
            .order_by(people.c.id)
            .with_for_update()
        )
        if len(locked) == len(ids):
            # Read anew: what they were may have changed while they were waited for.
            return [person(database, each.id) for each in found]


def merges_of(database: Database, person_id: int) -> list[PastMerge]:
    """Who was merged into a person, the first merge first."""
    m = merges.c
    query = (
        sa.select(people.c.key, m.key, m.at, m.author, m.before)
        .join(people, people.c.id == m.kept)
        .where(m.kept == person_id)
        .order_by(m.id)
    )
    return [
        PastMerge(kept, key, instant(when), author, json.loads(before))
        for kept, key, when, author, before in database.execute(query)
    ]


def ids_before(database: Database, person: int) -> list[int]:
    """The ids of people who were merged into this one: archived files still have them."""
    query = sa.select(merges.c.merged).where(merges.c.kept == person).order_by(merges.c.id)
    return [row[0] for row in database.execute(query)]


def _before(database: Database, person: int) -> dict[str, Any]:
    """All that is needed to tell what was whose; the id is the one in archived files."""
    p, e, i = people.c, events.c, identities.c
    attributes, changed, created_at = database.execute(
        sa.select(p.attributes, p.changed, p.created_at).where(p.id == person)
    )[0]
    uids = database.execute(sa.select(e.uid).where(e.person == person).order_by(e.uid))
    names = database.execute(
        sa.select(i.kind, i.value, i.since).where(i.person == person).order_by(i.kind, i.value)
    )
    return {
        "id": person,
        "attributes": load(attributes),
        "changed": load(changed),
        "history": past_of(database, person),
        "created_at": created_at,
        "identities": [list(row) for row in names],
        "events": [row[0] for row in uids],
    }


def _same_events(database: Database, kept: int, merged: int) -> int:
    """Leave one of the events with the same id; it was handled if one of them was."""
    both = "uid IN (SELECT uid FROM events WHERE person = ?)"
    handled = "uid IN (SELECT uid FROM events WHERE person = ? AND handled = 1)"
    sql = f"UPDATE events SET handled = 1 WHERE person = ? AND handled = 0 AND {handled}"
    database.driver(database.marks(sql), (kept, merged))
    sql = f"DELETE FROM events WHERE person = ? AND {both}"
    return database.driver(database.marks(sql), (merged, kept)).changed


def _end_second_runs(database: Database, kept: int, merged: int, at: int) -> tuple[str, ...]:
    """Nobody is in a journey twice: of two live runs of one, the later one ends."""
    r = runs.c
    live = database.execute(
        sa.select(r.id, r.journey)
        .where(r.status == "live", database.among(r.person, [kept, merged]))
        .order_by(r.entered_at, r.id)
    )
    first: dict[str, str] = {}
    second = [(run, journey) for run, journey in live if first.setdefault(journey, run) != run]
    database.execute(
        sa.update(runs)
        .where(database.among(r.id, [run for run, _ in second]))
        .values(status="finished", reason=ENDED, due_at=None, finished_at=at)
    )
    return tuple(journey for _, journey in second)


def _memberships(database: Database, kept: int, merged: int) -> None:
    """In a segment where one of them was, since when the first of them was; sizes stay exact."""
    m = memberships.c
    found: dict[str, list[int]] = {}
    rows = database.execute(
        sa.select(m.segment, m.since).where(database.among(m.person, [kept, merged]))
    )
    for segment, since in rows:
        found.setdefault(segment, []).append(since)
    database.execute(sa.delete(memberships).where(database.among(m.person, [kept, merged])))
    for segment, sinces in found.items():
        values = {"segment": segment, "person": kept, "since": min(sinces)}
        database.execute(sa.insert(memberships), values)
        if len(sinces) == 2:
            smaller = sa.update(segments).where(segments.c.segment == segment)
            database.execute(smaller.values(size=segments.c.size - 1))
    sql = (
        "INSERT INTO segment_checks (segment, person, at)"
        " SELECT segment, CAST(? AS BIGINT), at FROM segment_checks WHERE person = ?"
        " ON CONFLICT (segment, person) DO UPDATE SET at = CASE"
        " WHEN segment_checks.at < excluded.at THEN segment_checks.at ELSE excluded.at END"
    )
    database.driver(database.marks(sql), (kept, merged))


def _names(database: Database, kept: int, merged: int, key: str, at: int) -> None:
    """The key of the second is a name of the first; between the two nothing is contested."""
    c = conflicts.c
    row = {"kind": "key", "value": key, "person": kept, "since": at}
    database.execute(sa.insert(identities), row)
    for one, other in ((kept, merged), (merged, kept)):
        between = sa.and_(c.owner == one, c.claimant == other)
        database.execute(sa.delete(conflicts).where(between))
    for column in ("owner", "claimant"):
        twin = conflicts.alias("twin")
        mine = sa.and_(conflicts.c[column] == merged)
        same = sa.and_(
            twin.c.kind == c.kind,
            twin.c.value == c.value,
            twin.c[column] == kept,
            *(twin.c[other] == c[other] for other in ("owner", "claimant") if other != column),
        )
        database.execute(sa.delete(conflicts).where(mine, sa.exists().where(same)))
        database.execute(sa.update(conflicts).where(mine).values({column: kept}))


def _standings(database: Database, kept: int, merged: int) -> None:
    """A merge is no change in the world: who matched as one of the two does not start to match."""
    sql = (
        "INSERT INTO standings (person, journey, matching)"
        " SELECT CAST(? AS BIGINT), journey, matching FROM standings WHERE person = ?"
        " ON CONFLICT (person, journey) DO UPDATE SET matching = CASE"
        " WHEN standings.matching > excluded.matching THEN standings.matching"
        " ELSE excluded.matching END"
    )
    database.driver(database.marks(sql), (kept, merged))


def _attributes(database: Database, kept: int, merged: int, at: int) -> None:
    """Of each attribute the newest value; of two that are as new, the first person's."""
    p = people.c
    rows = {
        row[0]: row[1:]
        for row in database.execute(
            sa.select(p.id, p.attributes, p.changed, p.created_at).where(
                database.among(p.id, [kept, merged])
            )
        )
    }
    profiles = {person: Profile(load(row[0]), load(row[1])) for person, row in rows.items()}
    steps: dict[str, list[tuple[int, Any]]] = {}
    for each in (merged, kept):  # of steps at one instant, the last one told stays
        for name, past in past_of(database, each).items():
            steps.setdefault(name, []).extend(past)
        profile = profiles[each]
        for name, since in profile.changed.items():
            steps.setdefault(name, []).append((since, profile.attributes.get(name)))
    whole = Profile()
    for name, told in steps.items():
        *past, (since, value) = line(told)
        whole.changed[name] = since
        whole.past += [(name, when, was) for when, was in past]
        if value is not None:
            whole.attributes[name] = value
    a = attribute_changes.c
    database.execute(sa.delete(attribute_changes).where(database.among(a.person, [kept, merged])))
    write_past(database, [(kept, whole)])
    database.execute(
        sa.update(people)
        .where(p.id == kept)
        .values(
            attributes=dump(whole.attributes),
            changed=dump(whole.changed),
            created_at=min(row[2] for row in rows.values()),
            updated_at=at,
        )
    )


def _due(database: Database, kept: int, merged: int, at: int) -> None:
    """Look at the person anew; a step that was worked out before must not be written."""
    sql = (
        "INSERT INTO due (person, at, revision) VALUES (?, ?, 1)"
        " ON CONFLICT (person) DO UPDATE SET revision = due.revision + 1, at = CASE"
        " WHEN due.at < excluded.at THEN due.at ELSE excluded.at END"
    )
    both = "SELECT min(at) FROM due WHERE person IN (?, ?)"
    first = database.driver(database.marks(both), (kept, merged))[0][0]
    when = at if first is None else min(at, first)
    database.driver(database.marks(sql), (kept, when))
