"""Opening a store on each database, bringing older ones up to date, and what can be wrong."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem
from cio_lang.store import tables
from cio_lang.store.database import Database, IntegrityError, open_database
from cio_lang.store.events import events
from cio_lang.store.identity import conflicts_of
from cio_lang.store.people import find_person, people_count, person, put_people, put_person
from cio_lang.store.problems import (
    NotAStore,
    StoreLocked,
    StoreMissing,
    StoreNewer,
    StoreNotNamed,
    StoreReadOnly,
    StoreUnreachable,
)
from cio_lang.store.upgrade import APPLICATION_ID, MIGRATIONS, REVISION
from tests.stores import schema, server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD = Path(__file__).parent / "old_stores"


def said(caught: pytest.ExceptionInfo[UserMistake]) -> Problem:
    (problem,) = caught.value.problems
    report = problem.report()
    assert report.what.endswith(".") and report.why.endswith(".") and report.help
    return problem


def old_store(path: Path, *scripts: str) -> None:
    connection = sqlite3.connect(path)
    for script in scripts:
        connection.executescript((OLD / script).read_text(encoding="utf-8"))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {2 if len(scripts) == 2 else 1}")
    connection.commit()
    connection.close()


# opening


def test_what_is_not_there_is_missing(store_place: Path | str) -> None:
    with pytest.raises(UserMistake) as caught:
        open_database(store_place)
    assert isinstance(said(caught), StoreMissing)
    open_database(store_place, create=True).close()
    open_database(store_place).close()


def test_a_new_store_knows_what_it_is(database: Database) -> None:
    assert database.setting("application") == "cio"
    assert len(database.setting("secret") or "") == 64
    assert database.driver("SELECT version_num FROM alembic_version") == [(REVISION,)]
    names = set(sa.inspect(database.connection()).get_table_names())
    assert names == {*tables.metadata.tables, "alembic_version"}


def test_four_processes_make_one_store_at_once(store_place: Path | str) -> None:
    code = (
        "import sys; from cio_lang.store.database import open_database;"
        "open_database(sys.argv[1], create=True).close()"
    )
    command = [sys.executable, "-c", code, str(store_place)]
    all_ = [subprocess.Popen(command, cwd=Path(__file__).parent.parent) for _ in range(4)]
    assert [process.wait() for process in all_] == [0, 0, 0, 0]
    with open_database(store_place) as database:
        assert people_count(database) == 0


def test_the_schema_of_another_program_is_left_as_it_is() -> None:
    with schema() as address:
        name = address.rsplit("=", 1)[1]
        with psycopg.connect(server(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
            connection.execute(f"CREATE TABLE {name}.bookmarks (url text)")
        with pytest.raises(UserMistake) as caught:
            open_database(address, create=True)
        problem = said(caught)
        assert isinstance(problem, NotAStore) and problem.found == "another program's database"
        with psycopg.connect(server()) as connection:
            found = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s", (name,)
            ).fetchall()
        assert found == [("bookmarks",)]


def test_a_newer_store_is_refused_and_left_as_it_is(store_place: Path | str) -> None:
    with open_database(store_place, create=True) as database:
        database.driver("UPDATE alembic_version SET version_num = '0099'")
    with pytest.raises(UserMistake) as caught:
        open_database(store_place)
    problem = said(caught)
    assert isinstance(problem, StoreNewer)
    assert (problem.version, problem.known) == (99, int(REVISION))


def test_a_server_that_is_not_there_is_said_to_be_out_of_reach() -> None:
    address = "postgresql://ann:secret@localhost:1/shop?schema=acme"
    with pytest.raises(UserMistake) as caught:
        open_database(address, wait=1)
    problem = said(caught)
    assert isinstance(problem, StoreUnreachable)
    assert "secret" not in str(problem.report()) and "acme" in problem.path


def test_an_address_that_cannot_be_read_shows_no_password() -> None:
    for address in ("postgresql://ann:secret@host:port/x", "postgresql://a:secret@h/x?schema=A-B"):
        with pytest.raises(UserMistake) as caught:
            open_database(address)
        problem = said(caught)
        assert isinstance(problem, StoreUnreachable)
        assert "secret" not in str(problem)


def test_the_environment_says_where_the_store_is(
    store_place: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserMistake) as caught:
        open_database("env:CIO_STORE_OF_TEST", create=True)
    assert isinstance(said(caught), StoreNotNamed)
    monkeypatch.setenv("CIO_STORE_OF_TEST", str(store_place))
    with open_database("env:CIO_STORE_OF_TEST", create=True) as database:
        put_person(database, "ann", {}, NOW)
    with open_database(store_place) as database:
        assert people_count(database) == 1


def test_a_user_who_may_only_read_is_told_so() -> None:
    with schema() as address:
        open_database(address, create=True).close()
        with open_database(f"{address}&options=-cdefault_transaction_read_only%3Don") as database:
            with pytest.raises(UserMistake) as caught:
                put_person(database, "ann", {}, NOW)
            assert isinstance(said(caught), StoreReadOnly)
            assert people_count(database) == 0


# transactions


def test_a_transaction_is_whole_or_not_there(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction():
        put_person(database, "ann", {}, NOW)
        with database.transaction():
            put_person(database, "bob", {}, NOW)
        raise ZeroDivisionError
    assert people_count(database) == 0
    with database.transaction():
        put_person(database, "ann", {}, NOW)
    assert people_count(database) == 1


def test_a_broken_constraint_is_the_same_error_everywhere(database: Database) -> None:
    put_person(database, "ann", {}, NOW)
    row = {"key": "ann", "created_at": 0, "updated_at": 0}
    with pytest.raises(IntegrityError):
        database.execute(sa.insert(tables.people), row)
    sql = database.marks("INSERT INTO people (key, created_at, updated_at) VALUES (?, ?, ?)")
    with pytest.raises(IntegrityError):
        database.driver(sql, tuple(row.values()))
    with pytest.raises(IntegrityError), database.transaction():
        database.driver_many(sql, [tuple(row.values())])
    assert people_count(database) == 1


def test_who_waits_too_long_is_told_so(store_place: Path | str) -> None:
    with (
        open_database(store_place, create=True) as one,
        open_database(store_place, wait=0.2) as other,
    ):
        put_person(one, "ann", {}, NOW)
        with one.transaction():
            put_person(one, "ann", {"a": 1}, NOW)
            with pytest.raises(UserMistake) as caught:
                put_person(other, "ann", {"b": 1}, NOW)
            assert isinstance(said(caught), StoreLocked)
            assert people_count(other) == 1  # reading goes on
        put_person(other, "ann", {"b": 1}, NOW)
        assert person(one, 1).attributes == {"a": 1, "b": 1}


def test_two_writers_lose_nothing(store_place: Path | str) -> None:
    open_database(store_place, create=True).close()

    def write(mine: int) -> None:
        with open_database(store_place) as database:
            for n in range(6):
                put_people(
                    database, [(f"p{k}", {f"a{mine}": n}, NOW + n * HOUR) for k in range(60)]
                )
                put_people(database, [(f"new{mine}-{n}-{k}", {}, NOW) for k in range(60)])

    threads = [threading.Thread(target=write, args=(mine,)) for mine in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_database(store_place) as database:
        assert people_count(database) == 60 + 3 * 6 * 60
        found = find_person(database, "p7", place("p7"))
        assert found is not None and found.attributes == {"a0": 5, "a1": 5, "a2": 5}


def test_another_connection_is_noticed(store_place: Path | str) -> None:
    with (
        open_database(store_place, create=True) as one,
        open_database(store_place) as other,
    ):
        before = one.data_version()
        put_person(one, "ann", {}, NOW)
        assert one.data_version() == before
        put_person(other, "bob", {}, NOW)
        assert one.data_version() != before


def test_a_server_that_was_away_is_asked_again() -> None:
    with schema() as address, open_database(address, create=True) as database:
        put_person(database, "ann", {}, NOW)
        pid = database.raw.info.backend_pid
        with psycopg.connect(server(), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        with pytest.raises(UserMistake) as caught:
            people_count(database)
        assert isinstance(said(caught), StoreUnreachable)
        version = database.data_version()
        assert people_count(database) == 1
        put_person(database, "bob", {}, NOW)
        assert people_count(database) == 2
        with open_database(address) as other:
            put_person(other, "cid", {}, NOW)
        assert database.data_version() > version


@pytest.mark.parametrize("number", [0, 1, 3000])
def test_any_number_of_values_is_one_parameter(database: Database, number: int) -> None:
    put_people(database, [(f"p{n}", {}, NOW) for n in range(9)])
    keys = [f"p{n}" for n in range(number)]
    c = tables.people.c
    found = database.execute(sa.select(c.key).where(database.among(c.key, keys)))
    assert len(found) == min(number, 9)
    sql = f"SELECT id FROM people WHERE id {database.within}"
    assert len(database.driver(sql, (database.array(range(number)),))) == max(min(number - 1, 9), 0)


# older stores


def shape(database: Database) -> dict[str, tuple[Any, ...]]:
    """Tables, columns and indexes, as the database tells them."""
    found: dict[str, tuple[Any, ...]] = {}
    inspector = sa.inspect(database.connection())
    for name in inspector.get_table_names():
        primary = inspector.get_pk_constraint(name)["constrained_columns"]
        columns = {
            column["name"]: (str(column["type"]), column["nullable"] or column["name"] in primary)
            for column in sorted(inspector.get_columns(name), key=itemgetter("name"))
        }
        indexes = sorted(
            (str(index["name"]), tuple(index["column_names"]), bool(index["unique"]))
            for index in inspector.get_indexes(name)
        )
        unique = sorted(
            tuple(each["column_names"]) for each in inspector.get_unique_constraints(name)
        )
        keys = sorted(
            (tuple(each["constrained_columns"]), each["referred_table"])
            for each in inspector.get_foreign_keys(name)
        )
        found[name] = columns, indexes, unique, keys, primary
    return found


def same_shape(old: dict[str, tuple[Any, ...]], new: dict[str, tuple[Any, ...]]) -> bool:
    """SQLite takes any name for a type, and the types of one affinity are one."""
    one, other = (
        str(each).replace("SMALLINT", "BIGINT").replace("INTEGER", "BIGINT") for each in (old, new)
    )
    return one.replace("BLOB", "BINARY") == other.replace("BLOB", "BINARY")


@pytest.mark.parametrize("scripts", [("0001.sql",), ("0001.sql", "0002.sql"), ("version-2.sql",)])
def test_an_older_store_gets_the_tables_of_a_new_one(
    tmp_path: Path, scripts: tuple[str, ...]
) -> None:
    path = tmp_path / "cio.db"
    old_store(path, *scripts)
    if scripts == ("version-2.sql",):
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA user_version = 2")
        connection.close()
    with (
        open_database(path) as old,
        open_database(tmp_path / "new.db", create=True) as new,
    ):
        mine, theirs = shape(old), shape(new)
        assert mine.keys() == theirs.keys()
        for name in mine:
            assert same_shape({name: mine[name]}, {name: theirs[name]}), name
        assert old.driver("PRAGMA integrity_check") == [("ok",)]
        assert old.driver("PRAGMA foreign_key_check") == []
        assert len(old.setting("secret") or "") == 64


def test_all_that_was_in_a_store_of_version_2_is_still_there(tmp_path: Path) -> None:
    path = tmp_path / "cio.db"
    old_store(path, "version-2.sql")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    with open_database(path) as database:
        ann = find_person(database, "ann", place("ann"))
        assert ann is not None and ann.attributes == {
            "email": "ann@example.com",
            "plan": "Pro",
            "seats": 4,
            "trial_ends_at": "2026-03-14",
        }
        assert ann.changed == dict.fromkeys(ann.attributes, NOW)
        found = events(database, ann.id, None)
        assert [(event.name, event.properties) for event in found] == [
            ("order_placed", {"amount": 12.5, "Coupon": "SUMMER"}),
            ("order_placed", {"amount": 1, "ship_on": "2026-03-05"}),
        ]
        assert found[0].id == "o-1"
        (conflict,) = conflicts_of(database)
        assert (conflict.value, conflict.owner, conflict.claimant) == (
            "ann@example.com", "ann", "bob",
        )  # fmt: skip
        bob = find_person(database, "+491701234567", place("x"))
        assert bob is not None and bob.key == "bob"
        counts = {
            name: database.driver(f"SELECT count(*) FROM {name}")[0][0]
            for name in ("people", "events", "runs", "outbox", "documents", "deployments", "due")
        }
        assert counts == {
            "people": 3, "events": 3, "runs": 1, "outbox": 1, "documents": 1, "deployments": 1,
            "due": 3,
        }  # fmt: skip
        put_person(database, "ann", {"plan": "free"}, NOW + HOUR)
        assert person(database, ann.id).changed["plan"] == NOW + HOUR


def test_a_step_that_fails_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cio.db"
    old_store(path, "0001.sql", "0002.sql")
    before = sqlite3.connect(path).execute("SELECT sql FROM sqlite_master").fetchall()
    from cio_lang.store import identity

    def broken(*_: object) -> int:
        raise RuntimeError

    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO people (key, created_at, updated_at) VALUES ('a', 1, 1)")
    connection.close()
    with monkeypatch.context() as patched:
        patched.setattr(identity, "settle_claims", broken)
        with pytest.raises(RuntimeError):
            open_database(path)
    after = sqlite3.connect(path)
    assert after.execute("SELECT sql FROM sqlite_master").fetchall() == before
    assert after.execute("PRAGMA user_version").fetchone() == (2,)
    after.close()
    with open_database(path) as database:
        assert people_count(database) == 1


def test_the_newest_step_is_the_one_that_is_looked_for() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_the_two_databases_have_the_same_columns(tmp_path: Path) -> None:
    with schema() as address, open_database(address, create=True) as database:
        on_server = shape(database)
    with open_database(tmp_path / "cio.db", create=True) as database:
        on_file = shape(database)
    assert {name: [*columns] for name, (columns, *_) in on_server.items()} == {
        name: [*columns] for name, (columns, *_) in on_file.items()
    }
