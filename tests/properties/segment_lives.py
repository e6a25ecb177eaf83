"""Segments lived through: random changes to a store, beside each person's own answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st

from cio_lang import graph_file, ir
from cio_lang.calendar_time import zone
from cio_lang.conditions import Moment, holds
from cio_lang.mistake import UserMistake, place
from cio_lang.store import documents, events, people
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant, micros
from cio_lang.store.segments import lists, refresh
from cio_lang.store.state import NewEvent
from cio_lang.store.tables import (
    memberships,
    metadata,
    segment_checks,
)
from tests.properties import histories, whole

PEOPLE = ("ann", "bob", "cy")
BY_HAND = "by-hand"
TICK = timedelta(microseconds=1)


def empty(database: Database) -> None:
    """Leave nothing but the tables."""
    with database.transaction():
        for table in reversed(metadata.sorted_tables):
            database.execute(sa.delete(table))
        database.keep_setting("timezone", "Europe/Berlin")


def graphs(conditions: dict[str, ir.Condition]) -> list[ir.Graph]:
    """Segments with these conditions, and one that is kept by hand."""
    origin = ir.Origin("journeys/x.journey", "sha256:" + "0" * 64)
    found: list[ir.Graph] = [
        ir.SegmentGraph(1, "segment", name, name, origin, where)
        for name, where in conditions.items()
    ]
    return [*found, ir.SegmentGraph(1, "segment", BY_HAND, "By hand", origin, None)]


class Life:
    """A store whose segments are looked at after each change."""

    def __init__(self, database: Database, now: datetime) -> None:
        empty(database)
        self.database = database
        self.now = now
        self.conditions: dict[str, ir.Condition] = {}
        self.hand: set[str] = set()
        self._count = 0

    def define(self, conditions: dict[str, ir.Condition]) -> None:
        self.conditions = conditions
        documents.deploy(self.database, graphs(conditions), {}, self.now, "", "")

    def events(self, rows: Sequence[tuple[str, Any]]) -> None:
        new = []
        for person, event in rows:
            self._count += 1
            new.append(
                NewEvent(
                    person, event.name, event.at, event.properties, f"e{self._count}", self.now
                )
            )
        try:
            events.put_events(self.database, new)
        except UserMistake:  # what no store takes
            return

    def attributes(self, person: str, values: dict[str, Any]) -> None:
        try:
            people.put_people(self.database, [(person, values, self.now)])
        except UserMistake:
            return

    def by_hand(self, change: str, keys: list[str]) -> None:
        known = [key for key in keys if people.find_person(self.database, key, WHERE) is not None]
        lists.change(self.database, BY_HAND, change, known, self.now)

    def pass_time(self, by: timedelta) -> None:
        self.now += by
        refresh(self.database, micros(self.now))

    def wait_for_next(self) -> None:
        """Up to the instant at which somebody is looked at again, or one tick before."""
        first = self.database.driver("SELECT min(at) FROM segment_checks")[0][0]
        if first is not None and instant(first) < self.now + timedelta(days=800):
            self.now = max(self.now, instant(first))
            refresh(self.database, micros(self.now))

    def check(self) -> None:
        """Members are who each person's own answer says, and sizes count them."""
        rows = self.database.execute(sa.select(memberships.c.segment, memberships.c.person))
        stored = {(segment, person) for segment, person in rows}
        hand = {person for segment, person in stored if segment == BY_HAND}
        expected = {(BY_HAND, person) for person in hand}
        default = zone("Europe/Berlin", UTC)
        for (person,) in self.database.driver("SELECT id FROM people ORDER BY id"):
            row = people.person(self.database, person)
            moment = Moment(
                attributes=row.attributes,
                events=events.events(self.database, person, None),
                now=self.now,
                timezone=zone(row.attributes.get("timezone"), default),
                known_since=row.created_at,
                segments=self.conditions,
                changed=row.changed,
                members=frozenset({BY_HAND}) if person in hand else frozenset(),
            )
            expected |= {
                (name, person)
                for name, condition in self.conditions.items()
                if holds(condition, moment)
            }
        assert stored == expected, (stored, expected)
        sizes = dict(self.database.driver("SELECT segment, size FROM segments"))
        counted = dict.fromkeys(sizes, 0)
        for segment, _ in stored:
            counted[segment] += 1
        assert sizes == counted
        c = segment_checks.c
        late = self.database.execute(sa.select(c.segment).where(c.at <= micros(self.now)))
        assert list(late) == []


WHERE = place("tests")


def conditions(now: datetime) -> st.SearchStrategy[dict[str, ir.Condition]]:
    """Two segments, of which each may stand in conditions as `a` and `b` do in the others'."""
    one = st.one_of(histories.conditions(now), whole.conditions(now))
    written = one.filter(_can_be_written)
    free = written.filter(lambda c: "SegmentTest(segment='a')" not in repr(c))
    return st.fixed_dictionaries(
        {
            "a": free.filter(lambda c: "SegmentTest(segment='b')" not in repr(c)),
            "b": written.filter(lambda c: "SegmentTest(segment='b')" not in repr(c)),
        }
    )


def _can_be_written(condition: ir.Condition) -> bool:
    try:
        (graph, _) = graphs({"a": condition})
        return graph_file.load(graph_file.dump(graph), "a") == graph
    except (UserMistake, UnicodeEncodeError):
        return False


def steps(now: datetime) -> st.SearchStrategy[tuple[str, Any]]:
    """What can happen to a store."""
    person = st.sampled_from(PEOPLE)
    return st.one_of(
        st.tuples(
            st.just("events"),
            st.lists(st.tuples(person, histories.events(now)), min_size=1, max_size=4),
        ),
        st.tuples(
            st.just("events"),
            st.lists(st.tuples(person, histories.events(now)), min_size=1, max_size=4),
        ),
        st.tuples(st.just("attributes"), st.tuples(person, whole.attribute_maps(now))),
        st.tuples(st.just("define"), conditions(now)),
        st.tuples(
            st.just("hand"),
            st.tuples(
                st.sampled_from(["add", "remove", "replace", "clear"]),
                st.lists(person, max_size=2, unique=True),
            ),
        ),
        st.tuples(
            st.just("time"),
            st.sampled_from(
                [TICK, timedelta(seconds=90), timedelta(days=1), timedelta(days=7, hours=3)]
            ),
        ),
        st.tuples(st.just("next"), st.none()),
    )
