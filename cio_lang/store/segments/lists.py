"""Segments that are kept by hand: who is put in and taken out, by whom it may concern."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from cio_lang.mistake import UserMistake, place
from cio_lang.problem import nearest
from cio_lang.record import record
from cio_lang.source import Span
from cio_lang.store.database import Database
from cio_lang.store.encoding import micros
from cio_lang.store.people import the_person
from cio_lang.store.segments.live import Live, applied
from cio_lang.store.segments.problems import SegmentKeepsItself, SegmentNotApplied
from cio_lang.store.segments.touched import members_changed
from cio_lang.store.segments.upkeep import begin
from cio_lang.store.segments.writing import Moves
from cio_lang.store.tables import due, memberships

Change = Literal["add", "remove", "replace", "clear"]


@record
class Changed:
    """What a change of a list did."""

    segment: str
    title: str
    added: int
    removed: int
    size: int


def change(
    database: Database,
    segment: str,
    what: Change,
    refs: Sequence[str],
    at: datetime,
    span: Span | None = None,
) -> Changed:
    """Add people to a list, remove them, make them all that is in it, or empty it.

    One transaction: where one of them is nobody or several people, nobody is moved.
    Raises `UserMistake` for that, for a segment that is not applied, and for one with a condition.
    """
    with database.transaction():
        live = find(database, segment, span)
        if live.condition is not None:
            problem = SegmentKeepsItself(span=span or place(segment), segment=live.title)
            raise UserMistake(problem)
        people = {the_person(database, ref, span or place(ref)).id for ref in refs}
        # Dates before segments, in the order in which everybody locks them.
        _look_soon(database, sorted(people | _members(database, live.name)), micros(at))
        now = begin(database, micros(at))
        members = _members(database, live.name)
        match what:
            case "add":
                entered, left = people - members, set[int]()
            case "remove":
                entered, left = set[int](), members & people
            case "replace":
                entered, left = people - members, members - people
            case "clear":
                entered, left = set[int](), members
        moves = Moves(database, now)
        moves.move(live.name, sorted(entered), sorted(left), "hand")
        moves.write()
        moved = sorted(entered | left)
        if moved:
            members_changed(database, live.name, moved, now)
    size = len(members) + len(entered) - len(left)
    return Changed(live.name, live.title, len(entered), len(left), size)


def find(database: Database, segment: str, span: Span | None = None) -> Live:
    """The segment with that title or name.  Raises `UserMistake` where none is applied."""
    known = applied(database).segments
    for live in known.values():
        if segment.casefold() in (live.name.casefold(), live.title.casefold()):
            return live
    raise UserMistake(
        SegmentNotApplied(
            span=span or place(segment),
            segment=segment,
            suggestion=nearest(segment, [live.title for live in known.values()]),
        )
    )


def _members(database: Database, segment: str) -> set[int]:
    c = memberships.c
    rows = database.execute(sa.select(c.person).where(c.segment == segment))
    return {row[0] for row in rows}


def _look_soon(database: Database, people: Sequence[int], now: int) -> None:
    """Journeys ask about members, too: a step that was worked out before must not be written."""
    if not people:
        return
    row = {"at": now, "revision": 1}
    statement = database.upsert(due)
    earlier = sa.case((due.c.at < statement.excluded.at, due.c.at), else_=statement.excluded.at)
    database.execute(
        statement.on_conflict_do_update(
            index_elements=[due.c.person],
            set_={"revision": due.c.revision + 1, "at": earlier},
        ),
        [{"person": person, **row} for person in people],
    )
