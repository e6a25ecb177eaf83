"""What is stored of people, as it was: where they stood at an instant, and what came after it.

Read page by page and never written: what `cio simulate` replays.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from cio_lang.conditions import Event
from cio_lang.record import record
from cio_lang.store.archive.reading import events_of_many
from cio_lang.store.database import Database
from cio_lang.store.encoding import FIRST, instant, load, micros
from cio_lang.store.events import read_event
from cio_lang.store.state import PersonRow, Told
from cio_lang.store.tables import (
    archives,
    attribute_changes,
    decisions,
    events,
    membership_changes,
    memberships,
    people,
)

if TYPE_CHECKING:
    from cio_lang.store.archive.manifest import Archive

PAGE = 2_000


@record
class Wanted:
    """What of the history is asked for.

    `names`: only these events (None: all), from `since` on (None: all that there are).
    `entry`: only people with an event of that name in [start, end] (None: everybody).
    `lists`: the segments kept by hand that matter.  `journey`: what it set or recorded itself after
    `start` is left out.  `as_now`: attributes as they are now, and everybody known since their
    first event.
    """

    start: datetime
    end: datetime
    names: frozenset[str] | None = None
    since: datetime | None = None
    entry: str | None = None
    lists: frozenset[str] = frozenset()
    journey: str = ""
    as_now: bool = False


@record
class History:
    """One person: as at `start`; events by time and id; what others changed until `end`."""

    person: PersonRow
    members: frozenset[str]
    events: list[Event]
    told: list[Told]


def span(
    database: Database, entry: str | None, archive: Archive | None
) -> tuple[datetime, datetime] | None:
    """The first and the last instant of what is stored of an event (None: of any)."""
    e = events.c
    query = sa.select(sa.func.min(e.at), sa.func.max(e.at))
    rows = database.execute(query if entry is None else query.where(e.name == entry))
    found = [at for at in rows[0] if at is not None]
    if archive is not None:
        rows = database.execute(
            sa.select(sa.func.min(archives.c.first_at), sa.func.max(archives.c.last_at))
        )
        found += [at for at in rows[0] if at is not None]
    return (instant(min(found)), instant(max(found))) if found else None


def histories(
    database: Database, archive: Archive | None, wanted: Wanted
) -> Iterator[list[History]]:
    """Everybody who is asked for, by id, a page at a time."""
    last = 0
    while True:
        page = database.execute(_people(wanted, archive is not None, last))
        if not page:
            return
        yield _page(database, archive, wanted, page)
        last = page[-1][0]


def _people(wanted: Wanted, archived: bool, last: int) -> sa.Select[Any]:
    p, e = people.c, events.c
    query = sa.select(p.id, p.key, p.attributes, p.created_at, p.changed).where(p.id > last)
    if wanted.entry is not None and not archived:
        did = sa.select(e.id).where(
            e.person == p.id,
            e.name == wanted.entry,
            e.at >= micros(wanted.start),
            e.at <= micros(wanted.end),
        )
        query = query.where(did.exists())
    if not wanted.as_now:
        query = query.where(p.created_at <= micros(wanted.end))
    return query.order_by(p.id).limit(PAGE)


def _page(
    database: Database, archive: Archive | None, wanted: Wanted, page: Sequence[Any]
) -> list[History]:
    ids = [row[0] for row in page]
    done = _events(database, archive, wanted, ids)
    past = {} if wanted.as_now else _past(database, ids)
    own, tracked = _own(database, wanted, ids)
    lists = _lists(database, wanted, ids) if wanted.lists else {}
    start = micros(wanted.start)
    found: list[History] = []
    for person, key, attributes, created_at, changed in page:
        known, since = load(attributes), load(changed)
        by_it = tracked.get(person, ())
        mine = [
            event
            for event in done.get(person, ())
            if not any(
                (event.at, event.name) == (at, name) and run in event.id for at, name, run in by_it
            )
        ]
        if wanted.as_now:
            first = min([created_at, *(micros(event.at) for event in mine[:1])])
            row = PersonRow(
                person, key, known, instant(first), {n: instant(at) for n, at in since.items()}
            )
            found.append(History(row, lists.get(person, (frozenset(), []))[0], mine, []))
            continue
        mine_own = own.get(person, set())
        steps = [
            step
            for step in (
                *past.get(person, ()),
                *((at, name, known.get(name)) for name, at in since.items()),
                # Nothing says since when: for as long as anything is known.
                *((FIRST, name, value) for name, value in known.items() if name not in since),
            )
            if step[:2] not in mine_own
        ]
        row, told = _as_at(person, key, created_at, steps, start, micros(wanted.end))
        members, moves = lists.get(person, (frozenset(), []))
        found.append(History(row, members, mine, sorted([*told, *moves], key=lambda each: each.at)))
    return found


def _as_at(
    person: int, key: str, created_at: int, steps: list[tuple[int, str, Any]], start: int, end: int
) -> tuple[PersonRow, list[Told]]:
    """Attributes at `start`, and what became of them by `end`."""
    steps.sort(key=lambda step: step[0])
    values: dict[str, Any] = {}
    changed: dict[str, datetime] = {}
    later: dict[int, dict[str, Any]] = {}
    for at, name, value in steps:
        if at > start:
            if at <= end:
                later.setdefault(at, {})[name] = value
            continue
        changed[name] = instant(at)
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    row = PersonRow(person, key, values, instant(created_at), changed)
    return row, [Told(instant(at), what) for at, what in later.items()]


def _past(database: Database, ids: Sequence[int]) -> dict[int, list[tuple[int, str, Any]]]:
    """The values that attributes had before the newest."""
    c = attribute_changes.c
    found: dict[int, list[tuple[int, str, Any]]] = {}
    for person, name, at, value in database.execute(
        sa.select(c.person, c.name, c.at, c.value)
        .where(database.among(c.person, ids))
        .order_by(c.id)
    ):
        step = (at, name, None if value is None else json.loads(value))
        found.setdefault(person, []).append(step)
    return found


def _own(
    database: Database, wanted: Wanted, ids: Sequence[int]
) -> tuple[dict[int, set[tuple[int, str]]], dict[int, list[tuple[datetime, str, str]]]]:
    """When the journey itself set which attribute, and which event it recorded in which run.

    Simulated, it does so again.
    """
    c = decisions.c
    found: dict[int, set[tuple[int, str]]] = {}
    tracked: dict[int, list[tuple[datetime, str, str]]] = {}
    for person, run, at, what, detail in database.execute(
        sa.select(c.person, c.run, c.at, c.what, c.detail).where(
            database.among(c.person, ids),
            c.at > micros(wanted.start),
            c.what.in_(("set", "tracked")),
            c.journey == wanted.journey,
        )
    ):
        if what == "set":
            found.setdefault(person, set()).add((at, load(detail)["attribute"]))
        else:
            event = (instant(at), load(detail)["event"], run)
            tracked.setdefault(person, []).append(event)
    return found, tracked


def _events(
    database: Database, archive: Archive | None, wanted: Wanted, ids: Sequence[int]
) -> dict[int, list[Event]]:
    e = events.c
    query = sa.select(e.person, e.uid, e.name, e.at, e.properties).where(
        database.among(e.person, ids), e.at <= micros(wanted.end)
    )
    if wanted.names is not None:
        query = query.where(database.among(e.name, sorted(wanted.names)))
    if wanted.since is not None:
        query = query.where(e.at >= micros(wanted.since))
    found: dict[int, dict[str, Event]] = {}
    for person, uid, name, at, properties in database.execute(query):
        found.setdefault(person, {})[uid] = read_event(uid, name, at, properties)
    if archive is not None:
        for person, event in events_of_many(archive, ids, wanted.names, wanted.since, wanted.end):
            found.setdefault(person, {}).setdefault(event.id, event)
    return {person: sorted(of.values(), key=_ORDER) for person, of in found.items()}


_ORDER = attrgetter("at", "id")


def _lists(
    database: Database, wanted: Wanted, ids: Sequence[int]
) -> dict[int, tuple[frozenset[str], list[Told]]]:
    """The segments kept by hand that people were in at the start, and how that changed."""
    m, c = memberships.c, membership_changes.c
    moves: dict[int, list[tuple[int, str, bool]]] = {}
    seen: set[tuple[int, str]] = set()
    for person, segment, at, entered in database.execute(
        sa.select(c.person, c.segment, c.at, c.entered)
        .where(database.among(c.person, ids), database.among(c.segment, sorted(wanted.lists)))
        .order_by(c.at, c.id)
    ):
        moves.setdefault(person, []).append((at, segment, bool(entered)))
        seen.add((person, segment))
    for person, segment, since in database.execute(
        sa.select(m.person, m.segment, m.since).where(
            database.among(m.person, ids), database.among(m.segment, sorted(wanted.lists))
        )
    ):
        if (person, segment) not in seen:
            moves.setdefault(person, []).append((since, segment, True))
    return {person: _members(sorted(each), wanted) for person, each in moves.items()}


def _members(
    moves: Sequence[tuple[int, str, bool]], wanted: Wanted
) -> tuple[frozenset[str], list[Told]]:
    inside: set[str] = set()
    first: frozenset[str] = frozenset()
    told: list[Told] = []
    for at, segment, entered in moves:
        (inside.add if entered else inside.discard)(segment)
        if wanted.as_now or at <= micros(wanted.start):
            first = frozenset(inside)
        elif at <= micros(wanted.end):
            told.append(Told(instant(at), {}, frozenset(inside)))
    return first, told
