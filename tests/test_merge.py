"""Two people become one: nothing is lost, and it can be told what was whose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from cio_lang.mistake import UserMistake, place
from cio_lang.store import tables
from cio_lang.store.database import Database, open_database
from cio_lang.store.encoding import micros
from cio_lang.store.events import events, put_events
from cio_lang.store.identity import conflicts_of, identify
from cio_lang.store.merge import merge, merges_of
from cio_lang.store.people import find_person, person, put_people, put_person
from cio_lang.store.problems import SamePerson, UnknownPerson
from cio_lang.store.state import NewEvent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rows(database: Database, table: sa.Table, *columns: str) -> list[tuple[object, ...]]:
    chosen = [table.c[name] for name in columns]
    return [tuple(row) for row in database.execute(sa.select(*chosen).order_by(*chosen))]


def a_run(database: Database, run: str, person_id: int, journey: str, at: datetime) -> None:
    document = {"digest": "d", "kind": "journey", "name": "n", "title": "N", "body": ""}
    database.execute(database.upsert(tables.documents).on_conflict_do_nothing(), document)
    values = {"id": run, "person": person_id, "journey": journey, "digest": "d"}
    database.execute(
        sa.insert(tables.runs), values | {"entered_at": micros(at), "status": "live", "node": "n"}
    )
    message = {"id": f"m-{run}", "person": person_id, "run": run, "journey": journey, "node": "n"}
    database.execute(
        sa.insert(tables.outbox),
        message | {"visit": 1, "channels": "[]", "made_at": micros(at), "status": "queued"},
    )


def test_of_each_attribute_the_newest_stays(database: Database) -> None:
    ann = put_person(database, "ann", {"plan": "free", "seats": 1}, NOW)
    put_person(database, "bob", {"plan": "trial", "city": "Bonn"}, NOW - HOUR)
    put_person(database, "bob", {"plan": "Pro"}, NOW + HOUR)
    put_person(database, "ann", {"seats": None}, NOW + 2 * HOUR)
    put_person(database, "bob", {"seats": 7}, NOW + HOUR)
    done = merge(database, "ann", "bob", NOW + 3 * HOUR, "me")
    assert (done.kept, done.merged) == ("ann", "bob")
    found = person(database, ann)
    assert found.attributes == {"plan": "Pro", "city": "Bonn"}
    assert found.created_at == NOW - HOUR
    assert found.changed == {
        "plan": NOW + HOUR,
        "city": NOW - HOUR,
        "seats": NOW + 2 * HOUR,
    }
    past = rows(database, tables.attribute_changes, "name", "at", "value")
    assert past == [
        ("plan", micros(NOW - HOUR), '"trial"'),
        ("plan", micros(NOW), '"free"'),
        ("seats", micros(NOW), "1"),
        ("seats", micros(NOW + HOUR), "7"),
    ]


def test_of_two_that_are_as_new_the_first_persons_stays(database: Database) -> None:
    for key in ("ann", "bob"):
        put_person(database, key, {"name": key}, NOW)
    merge(database, "bob", "ann", NOW)
    found = find_person(database, "ann", place("ann"))
    assert found is not None and found.attributes == {"name": "bob"}


def test_an_event_under_both_is_one(database: Database) -> None:
    put_events(
        database,
        [
            NewEvent("ann", "bought", NOW, {"of": "ann"}, id="1"),
            NewEvent("bob", "bought", NOW, {"of": "bob"}, id="1"),
            NewEvent("bob", "bought", NOW + HOUR, id="2"),
        ],
    )
    database.driver("UPDATE events SET handled = 1 WHERE person = 2 AND uid = '1'")
    done = merge(database, "ann", "bob", NOW + HOUR)
    assert (done.events, done.same_events) == (1, 1)
    found = events(database, 1, None)
    assert [(event.id, event.properties) for event in found] == [("1", {"of": "ann"}), ("2", {})]
    # It had been handled once already, as the other's.
    assert rows(database, tables.events, "uid", "handled") == [("1", 1), ("2", 0)]
    assert rows(database, tables.due, "person") == [(1,)]


def test_an_event_without_an_id_under_both_is_one(database: Database) -> None:
    """Whether it is told before they are one person or after, and under which of their keys."""
    same = [NewEvent(key, "bought", NOW, {"of": 1}) for key in ("ann", "bob")]
    others = [NewEvent("bob", "bought", NOW + HOUR, {"of": 1}), NewEvent("bob", "bought", NOW)]
    assert put_events(database, [*same, *others]) == 4
    done = merge(database, "ann", "bob", NOW + HOUR)
    assert (done.events, done.same_events) == (2, 1)
    assert put_events(database, [*same, *others]) == 0
    assert len(events(database, 1, None)) == 3


def test_everything_moves(database: Database) -> None:
    ann = put_person(database, "ann", {"email": "a@x.com"}, NOW)
    bob = put_person(database, "bob", {"email": "b@x.com", "phone": "+491701234567"}, NOW)
    identify(database, bob, "device", "d-1", NOW, None)
    a_run(database, "r1", bob, "welcome", NOW)
    a_run(database, "r2", bob, "rescue", NOW)
    a_run(database, "r3", ann, "rescue", NOW + HOUR)
    for who in (ann, bob):
        for journey, matching in (("x", who == bob), ("y", False)):
            values = {"person": who, "journey": journey, "matching": int(matching)}
            database.execute(sa.insert(tables.standings), values)
    for segment, members in (("vip", (ann, bob)), ("new", (bob,))):
        size = {"segment": segment, "size": len(members), "since": 0}
        database.execute(sa.insert(tables.segments), size)
        for who in members:
            values = {"segment": segment, "person": who, "since": who}
            database.execute(sa.insert(tables.memberships), values)
            check = {"segment": segment, "person": who, "at": 10 * who}
            database.execute(sa.insert(tables.segment_checks), check)
    done = merge(database, "ann", "bob", NOW + HOUR)
    assert done.ended == ("rescue",)
    assert rows(database, tables.people, "key") == [("ann",)]
    assert rows(database, tables.runs, "id", "person", "status", "reason") == [
        ("r1", ann, "live", None),
        ("r2", ann, "live", None),
        ("r3", ann, "finished", "merged"),
    ]
    assert {row[0] for row in rows(database, tables.outbox, "person")} == {ann}
    assert rows(database, tables.standings, "person", "journey", "matching") == [
        (ann, "x", 1),
        (ann, "y", 0),
    ]
    assert rows(database, tables.memberships, "segment", "person", "since") == [
        ("new", ann, bob),
        ("vip", ann, ann),
    ]
    assert rows(database, tables.segments, "segment", "size") == [("new", 1), ("vip", 1)]
    assert rows(database, tables.segment_checks, "segment", "at") == [("new", 20), ("vip", 10)]
    for ref in ("bob", "a@x.com", "b@x.com", "+491701234567", "d-1"):
        found = find_person(database, ref, place(ref))
        assert found is not None and found.id == ann


def test_merging_again_finds_the_survivor(database: Database) -> None:
    for key in ("ann", "bob", "cid"):
        put_person(database, key, {key: 1}, NOW)
    merge(database, "bob", "cid", NOW)
    merge(database, "ann", "cid", NOW + HOUR)  # that is bob by now
    with pytest.raises(UserMistake) as caught:
        merge(database, "bob", "cid", NOW)
    assert isinstance(caught.value.problems[0], SamePerson)
    with pytest.raises(UserMistake) as caught:
        merge(database, "ann", "zoe", NOW)
    assert isinstance(caught.value.problems[0], UnknownPerson)
    ann = put_person(database, "cid", {"late": 1}, NOW)
    assert person(database, ann).key == "ann"
    assert put_people(database, [("bob", {"b": 2}, NOW), ("cid", {"c": 2}, NOW)]) == 0
    put_events(database, [NewEvent("cid", "a", NOW, id="1"), NewEvent("bob", "a", NOW, id="1")])
    assert len(events(database, ann, None)) == 1
    assert person(database, ann).attributes == {
        "ann": 1, "bob": 1, "cid": 1, "late": 1, "b": 2, "c": 2,
    }  # fmt: skip


def test_it_can_be_told_what_was_whose(database: Database) -> None:
    ann = put_person(database, "ann", {"plan": "free"}, NOW)
    bob = put_person(database, "bob", {"plan": "Pro", "email": "b@x.com"}, NOW)
    put_events(database, [NewEvent("bob", "bought", NOW, id="b1")])
    merge(database, "ann", "bob", NOW, "me")
    put_person(database, "ann", {"plan": "none"}, NOW + HOUR)
    (past,) = merges_of(database, ann)
    assert (past.kept, past.merged, past.at, past.author) == ("ann", "bob", NOW, "me")
    assert past.before["kept"]["attributes"] == {"plan": "free"}
    assert past.before["merged"] == {
        "id": bob,
        "key": "bob",
        "attributes": {"plan": "Pro", "email": "b@x.com"},
        "changed": {"plan": micros(NOW), "email": micros(NOW)},
        "history": {},
        "created_at": micros(NOW),
        "identities": [["email", "b@x.com", micros(NOW)]],
        "events": ["b1"],
    }


def test_a_merge_settles_what_the_two_had_in_common(database: Database) -> None:
    for key in ("ann", "bob", "cid"):
        put_person(database, key, {"email": "team@x.com"}, NOW)
    merge(database, "cid", "ann", NOW)
    (left,) = conflicts_of(database)
    assert (left.owner, left.claimant) == ("cid", "bob")
    merge(database, "bob", "cid", NOW)
    assert conflicts_of(database, settled=True) == []
    found = find_person(database, "team@x.com", place("team@x.com"))
    assert found is not None and found.key == "bob"


def test_a_merge_that_fails_has_changed_nothing(database: Database) -> None:
    for key in ("ann", "bob"):
        put_person(database, key, {"is": key}, NOW)
    with pytest.raises(RuntimeError), database.transaction():
        merge(database, "ann", "bob", NOW)
        raise RuntimeError
    assert rows(database, tables.people, "key") == [("ann",), ("bob",)]
    assert rows(database, tables.merges, "key") == []


def test_what_comes_while_two_are_merged_is_not_lost(store_place: Path | str) -> None:
    """Whoever is first, the other waits, and finds what became of the person."""
    with (
        open_database(store_place, create=True) as one,
        open_database(store_place) as other,
        ThreadPoolExecutor(1) as elsewhere,
    ):
        for first in ("merge", "events", "attributes"):
            ann, bob = f"ann-{first}", f"bob-{first}"
            put_people(one, [(ann, {}, NOW), (bob, {}, NOW)])
            with one.transaction():
                if first == "merge":
                    merge(one, ann, bob, NOW)
                    later = elsewhere.submit(put_events, other, [NewEvent(bob, "did", NOW)])
                elif first == "events":
                    put_events(one, [NewEvent(bob, "did", NOW)])
                    later = elsewhere.submit(merge, other, ann, bob, NOW)  # type: ignore[arg-type]
                else:
                    put_people(one, [(bob, {"plan": "Pro"}, NOW)])
                    later = elsewhere.submit(merge, other, ann, bob, NOW)  # type: ignore[arg-type]
                with pytest.raises(TimeoutError):
                    later.result(0.3)
            later.result(10)
            found = find_person(one, bob, place(bob))
            assert found is not None and found.key == ann
            if first == "attributes":
                assert found.attributes == {"plan": "Pro"}
            else:
                assert len(events(one, found.id, None)) == 1
