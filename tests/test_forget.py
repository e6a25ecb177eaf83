"""Forgetting a person leaves nothing of them, in any table and in any file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import make_url

from cio_lang.mistake import UserMistake, place
from cio_lang.store import tables
from cio_lang.store.database import Database, open_database
from cio_lang.store.encoding import micros
from cio_lang.store.events import put_events
from cio_lang.store.forget import UNFINISHED, finish, forget
from cio_lang.store.forgotten import lift, names_of_key
from cio_lang.store.identity import conflicts_of, identify
from cio_lang.store.merge import merge
from cio_lang.store.people import find_person, people_count, put_people, put_person
from cio_lang.store.person_export import export_person
from cio_lang.store.problems import NotErasedYet, PersonForgotten, UnknownPerson
from cio_lang.store.state import NewEvent
from tests.stores import schema, server
from tests.test_merge import a_run

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

CANARY = "xq7canary"
"""In every value of the person who is forgotten, and in nobody else's."""


def with_a_life(database: Database) -> int:
    """A person with something in every table, among others."""
    c = CANARY
    put_people(database, ((f"p{n}", {"email": f"p{n}@x.com", "n": n}, NOW) for n in range(600)))
    ann = put_person(database, f"{c}-ann", {"email": f"{c}@x.com", "city": f"{c}-1"}, NOW)
    put_person(database, f"{c}-ann", {"city": f"{c}-2", "about": c * 3000}, NOW + HOUR)
    put_person(database, f"{c}-old", {"phone": "+491701234567", "nick": f"{c}-3"}, NOW)
    put_person(database, "bob", {"email": "b@x.com"}, NOW)
    put_person(database, f"{c}-ann", {"email": "b@x.com"}, NOW + HOUR)
    put_person(database, f"{c}-ann", {"email": f"{c}@x.com"}, NOW + 2 * HOUR)
    identify(database, ann, "device", f"{c}-device", NOW, None)
    put_events(
        database,
        (NewEvent(f"{c}-ann", f"{c}_did", NOW, {"what": f"{c}-{n}"}, f"{c}{n}") for n in range(99)),
    )
    put_events(database, (NewEvent(f"p{n}", "did", NOW, {"n": n}) for n in range(600)))
    put_events(database, [NewEvent(f"{c}-old", "did", NOW, {"what": f"{c}-4"}, f"{c}-4")])
    merge(database, f"{c}-ann", f"{c}-old", NOW + HOUR)
    a_run(database, f"{c}-run", ann, "welcome", NOW)
    made = {"person": ann, "journey": "welcome", "at": micros(NOW), "what": "entered"}
    database.execute(sa.insert(tables.decisions), made | {"detail": json.dumps({"by": c})})
    database.execute(
        sa.update(tables.outbox).values(recipient=f"{c}@x.com", message=f"Dear {c}".encode())
    )
    database.execute(sa.insert(tables.segments), {"segment": "vip", "size": 1, "since": 0})
    member = {"segment": "vip", "person": ann}
    database.execute(sa.insert(tables.memberships), member | {"since": 0})
    database.execute(sa.insert(tables.segment_checks), member | {"at": 0})
    database.execute(
        sa.insert(tables.membership_changes), member | {"at": 0, "entered": True, "cause": "hand"}
    )
    standing = {"person": ann, "journey": "welcome", "matching": 1}
    database.execute(sa.insert(tables.standings), standing)
    return ann


def everything(database: Database) -> Iterator[tuple[str, str]]:
    for table in tables.metadata.sorted_tables:
        for row in database.execute(sa.select(table)):
            yield table.name, " ".join(map(str, row))


def files_of(database: Database, place_: Path | str) -> Iterator[Path]:
    """Every file that holds what is in the store."""
    if isinstance(place_, Path):
        yield from place_.parent.iterdir()
        return
    folder = Path(database.driver("SELECT current_setting('data_directory')")[0][0])
    for (name,) in database.driver(
        "SELECT pg_relation_filepath(c.oid) FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind IN ('r', 'i', 't')"
        " OR c.oid IN (SELECT t.reltoastrelid FROM pg_class t JOIN pg_namespace n"
        " ON n.oid = t.relnamespace WHERE n.nspname = %s AND t.reltoastrelid <> 0)",
        (database.schema, database.schema),
    ):
        yield folder / name


def found_in_files(database: Database, place_: Path | str) -> list[str]:
    if database.dialect == "postgresql":
        database.driver("CHECKPOINT")
    return sorted(
        path.name
        for path in files_of(database, place_)
        if path.is_file() and CANARY.encode() in path.read_bytes()
    )


def test_no_trace_is_left_in_any_table_or_file(database: Database, store_place: Path | str) -> None:
    ann = with_a_life(database)
    full = {name for name, text in everything(database) if CANARY in text}
    assert full >= {"people", "identities", "merges", "events", "outbox", "runs", "decisions"}
    with_person = {table.name for table in tables.metadata.sorted_tables if "person" in table.c}
    for name in with_person:
        sql = database.marks(f"SELECT count(*) FROM {name} WHERE person = ?")
        assert database.driver(sql, (ann,))[0][0] > 0, name
    assert found_in_files(database, store_place)
    done = forget(database, f"{CANARY}-old", NOW)
    assert done.person == f"{CANARY}-ann"
    assert done.rows["events"] == 100 and done.rows["runs"] == 1
    assert [name for name, text in everything(database) if CANARY in text] == []
    assert found_in_files(database, store_place) == []
    assert people_count(database) == 601
    assert database.execute(sa.select(tables.segments.c.size))[0][0] == 0
    assert find_person(database, "b@x.com", place("b")) is not None
    if isinstance(store_place, Path):
        assert database.driver("PRAGMA integrity_check") == [("ok",)]


def test_who_was_forgotten_is_not_stored_again(database: Database) -> None:
    put_person(database, "ann", {"email": "Ann@x.com", "phone": "+491701234567"}, NOW)
    forget(database, "ANN@x.com", NOW)
    for key, values in (
        ("ann", {}),
        ("ann2", {"email": "ann@X.com"}),
        ("ann3", {"phone": "+49 170 1234567"}),
        ("ANN@x.com", {}),
    ):
        with pytest.raises(UserMistake) as caught:
            put_person(database, key, values, NOW)
        assert isinstance(caught.value.problems[0], PersonForgotten)
        assert put_people(database, [(key, values, NOW), ("bob", {}, NOW)]) in (0, 1)
    assert put_events(database, [NewEvent("ann", "a", NOW), NewEvent("ann@x.com", "a", NOW)]) == 0
    assert put_events(database, [NewEvent("ann", "a", NOW), NewEvent("bob", "a", NOW)]) == 1
    assert people_count(database) == 1
    assert all(len(row[0]) == 64 for row in database.driver("SELECT hash FROM forgotten"))
    with pytest.raises(UserMistake) as caught:
        forget(database, "ann", NOW)
    assert isinstance(caught.value.problems[0], UnknownPerson)


def test_who_comes_back_can_be_stored_again(database: Database) -> None:
    put_person(database, "ann", {}, NOW)
    forget(database, "ann", NOW)
    assert lift(database, names_of_key("ann")) == 1
    assert lift(database, names_of_key("ann")) == 0
    put_person(database, "ann", {"new": 1}, NOW)
    assert people_count(database) == 1


def test_an_email_of_two_goes_to_the_other(database: Database) -> None:
    for key in ("ann", "bob"):
        put_person(database, key, {"email": "team@x.com"}, NOW)
    forget(database, "ann", NOW)
    assert conflicts_of(database, settled=True) == []
    found = find_person(database, "team@x.com", place("x"))
    assert found is not None and found.key == "bob"
    assert put_people(database, [("bob", {"email": "team@x.com"}, NOW + HOUR)]) == 0


def test_archived_files_are_cleaned_too_also_later(database: Database) -> None:
    ann = put_person(database, "ann", {}, NOW)
    old = put_person(database, "old", {}, NOW)
    merge(database, "ann", "old", NOW)
    values = {
        column.name: 0 if column.type.python_type is int else "warm" for column in tables.archives.c
    }
    database.execute(sa.insert(tables.archives), values)

    def away(person: int) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        forget(database, "ann", NOW, away)
    assert people_count(database) == 0
    assert not finish(database)  # the files are there, and nobody says how to clean them
    asked: list[int] = []
    assert finish(database, asked.append)
    assert asked == [ann, old]
    assert database.setting(UNFINISHED) is None
    assert finish(database, asked.append) and len(asked) == 2


def test_a_reader_that_stays_is_said_to_be_in_the_way(store_place: Path | str) -> None:
    with open_database(store_place, create=True, wait=0.2) as database:
        put_person(database, "ann", {"is": CANARY}, NOW)
        with open_database(store_place) as reader:
            file = reader.dialect == "sqlite"
            reader.driver("BEGIN" if file else "BEGIN ISOLATION LEVEL REPEATABLE READ")
            reader.driver("SELECT count(*) FROM people")
            with pytest.raises(UserMistake) as caught:
                forget(database, "ann", NOW)
            assert isinstance(caught.value.problems[0], NotErasedYet)
            reader.driver("COMMIT")
        assert people_count(database) == 0
        database.wait = 10
        assert finish(database)
        assert found_in_files(database, store_place) == []


def test_an_export_has_everything(database: Database) -> None:
    ann = with_a_life(database)
    text = json.dumps(export_person(database, ann))
    found = json.loads(text)
    assert found["person"] == f"{CANARY}-ann"
    assert found["attributes"]["nick"] == f"{CANARY}-3"
    assert [step["value"] for step in found["attribute_history"]["city"]] == [
        f"{CANARY}-1",
        f"{CANARY}-2",
    ]
    assert len(found["events"]) == 100
    assert {name["kind"] for name in found["names"]} == {"email", "phone", "device", "key"}
    assert found["merged"][0]["person"] == f"{CANARY}-old"
    assert found["messages"][0]["message"] == f"Dear {CANARY}"
    assert found["messages"][0]["made_at"] == NOW.isoformat()
    assert found["decisions"][0]["detail"] == {"by": CANARY}
    assert [each["segment"] for each in found["segments"]] == ["vip"]
    assert found["segment_changes"][0]["cause"] == "hand"
    assert found["runs"][0]["journey"] == "welcome"
    assert "p1@x.com" not in text


def test_a_transaction_elsewhere_on_the_server_is_not_in_the_way() -> None:
    elsewhere = make_url(server()).set(database="postgres").render_as_string(hide_password=False)
    with schema() as address, psycopg.connect(elsewhere) as connection:
        connection.execute("SELECT txid_current()")
        with open_database(address, create=True, wait=1) as database:
            put_person(database, "ann", {"is": CANARY}, NOW)
            forget(database, "ann", NOW)
            assert found_in_files(database, address) == []
