"""The store's door, people and events: over real files, a real server and real processes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from cio_lang import ir
from cio_lang.mistake import UserMistake
from cio_lang.store import Store, open_store
from cio_lang.store.problems import (
    AmbiguousPerson,
    DiskFull,
    NotAStore,
    StoreDamaged,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
    UnknownPerson,
)
from cio_lang.store.state import NewEvent
from tests.stores import problem

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store in a file is: for what can only be wrong with files."""
    return tmp_path / "cio.db"


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        yield opened


# opening


def test_a_missing_store_says_what_makes_one(path: Path) -> None:
    with pytest.raises(UserMistake) as caught:
        open_store(path)
    assert isinstance(problem(caught), StoreMissing)
    assert "cio apply" in problem(caught).report().help
    assert not path.exists()


def test_a_file_without_a_byte_is_no_store_yet(path: Path) -> None:
    path.touch()
    with pytest.raises(UserMistake) as caught:
        open_store(path)
    assert isinstance(problem(caught), StoreMissing)
    open_store(path, create=True).close()
    open_store(path).close()


def test_a_text_file_is_not_a_store(path: Path) -> None:
    content = b"not a database, but text that is long enough to be read " * 20
    path.write_bytes(content)
    for create in (False, True):
        with pytest.raises(UserMistake) as caught:
            open_store(path, create=create)
        assert isinstance(problem(caught), NotAStore)
        assert problem(caught).found == "not a database"
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_left_as_it_is(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(UserMistake) as caught:
        open_store(path, create=True)
    assert problem(caught).found == "another program's database"
    assert path.read_bytes() == before


def test_a_folder_is_not_a_store(tmp_path: Path) -> None:
    with pytest.raises(UserMistake) as caught:
        open_store(tmp_path, create=True)
    assert problem(caught).found == "a folder"


def opened_by_nobody(path: Path) -> str:
    """The problem that a process meets which has no special rights; the tests may run as root."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            open_store(path).close()
            os.write(writing, b"none")
        except UserMistake as mistake:
            os.write(writing, type(mistake.problems[0]).__name__.encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


@pytest.mark.parametrize("part", ["file", "folder", "neither"])
def test_a_read_only_store_is_said_to_be_one(part: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "cio.db"
        open_store(path, create=True).close()
        folder.chmod(0o555 if part == "folder" else 0o777)
        path.chmod(0o444 if part == "file" else 0o666)
        said = opened_by_nobody(path)
        folder.chmod(0o755)
        assert said == ("none" if part == "neither" else StoreReadOnly.__name__)


def test_no_room_takes_the_whole_batch_back(path: Path) -> None:
    with open_store(path, create=True) as store:
        store.put_person("ann", {}, NOW)
        pages = store._database.driver("PRAGMA page_count")[0][0]
        store._database.driver(f"PRAGMA max_page_count = {pages + 4}")
        with pytest.raises(UserMistake) as caught:
            store.put_people((f"p{n}", {"about": "x" * 200}, NOW) for n in range(5_000))
        assert isinstance(problem(caught), DiskFull)
        assert store.people_count() == 1
        store._database.driver("PRAGMA max_page_count = 1000000")
        assert store.put_people([("bob", {}, NOW)]) == 1


def test_a_damaged_store_is_said_to_be_one(path: Path) -> None:
    with open_store(path, create=True) as store:
        store.put_people((f"p{n}", {"about": "x" * 200}, NOW) for n in range(2_000))
    content = bytearray(path.read_bytes())
    content[4096 * 100 : -4096] = os.urandom(len(content[4096 * 100 : -4096]))
    path.write_bytes(content)
    with open_store(path) as store, pytest.raises(UserMistake) as caught:
        for person_id in range(1, 2_001):
            store.person(person_id)
    assert isinstance(problem(caught), StoreDamaged)


HOLDS_THE_STORE = """
import sys
from datetime import UTC, datetime
from cio_lang.store import open_store
store = open_store(sys.argv[1])
with store.transaction():
    store.put_person("ann", {"held": True}, datetime.now(UTC))
    print("holding", flush=True)
    sys.stdin.readline()
print("done", flush=True)
"""


def holder(place: Path | str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS_THE_STORE, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


def test_a_locked_store_says_how_long_it_waited(store_place: Path | str) -> None:
    open_store(store_place, create=True).close()
    with holder(store_place) as process:
        started = time.monotonic()
        with open_store(store_place, wait=0.3) as store:
            assert store.people_count() == 0  # reading goes on
            with pytest.raises(UserMistake) as caught:
                store.put_person("ann", {}, NOW)
        assert 0.25 < time.monotonic() - started < 5
        process.communicate("\n")
    assert isinstance(problem(caught), StoreLocked)
    assert "0.3 seconds" in problem(caught).report().why
    with open_store(store_place) as store:
        store.put_person("ann", {}, NOW)


def test_a_process_waits_its_turn(store_place: Path | str) -> None:
    open_store(store_place, create=True).close()
    with holder(store_place) as process:
        assert process.stdin is not None
        with open_store(store_place, wait=10) as store:
            process.stdin.write("\n")
            process.stdin.flush()
            store.put_person("ann", {}, NOW)
        process.communicate()


# people


def test_attributes_are_merged_and_none_takes_one_away(store: Store) -> None:
    ann = store.put_person("ann", {"plan": "free", "seats": 2}, NOW)
    assert store.put_person("ann", {"plan": "Pro", "seats": None}, NOW + HOUR) == ann
    assert store.person(ann).attributes == {"plan": "Pro"}
    assert store.person(ann).created_at == NOW


def test_a_person_is_found_by_key_then_by_email(store: Store) -> None:
    ann = store.put_person("ann", {"email": "Ann@Example.com"}, NOW)
    bob = store.put_person("ann@example.com", {"email": "bob@example.com"}, NOW)
    found = store.find_person("ann@example.com")
    assert found is not None and found.id == bob
    found = store.find_person("BOB@example.com ")
    assert found is not None and found.id == bob
    found = store.find_person("ANN@example.com")
    assert found is not None and found.id == ann
    assert store.find_person("nobody") is None
    store.put_person("ann", {"email": None}, NOW)
    assert store.find_person("ANN@example.com") is None


def test_an_email_of_several_people_names_none_of_them(store: Store) -> None:
    store.put_people((key, {"email": "team@example.com"}, NOW) for key in ("ann", "bob"))
    with pytest.raises(UserMistake) as caught:
        store.find_person("team@example.com")
    assert isinstance(problem(caught), AmbiguousPerson)
    assert problem(caught).keys == ("ann", "bob")


def test_an_unknown_person_is_suggested_who_is_close(store: Store) -> None:
    store.put_people(
        (key, {"email": f"{key}@example.com"}, NOW) for key in ("alice", "alfred", "Bob", "carol")
    )
    assert store.similar_people("alcie") == ["alice"]
    assert store.similar_people("Alice@exmple.com") == ["alice@example.com"]
    assert store.similar_people("Zoe") == store.similar_people("  ") == []
    with pytest.raises(UserMistake) as caught:
        store.the_person("alcie")
    assert isinstance(problem(caught), UnknownPerson)
    assert problem(caught).report().help == "write `alice`"


def test_conditions_are_asked_of_everybody(store: Store) -> None:
    store.put_people([("ann", {"plan": "Pro"}, NOW), ("bob", {"plan": "free"}, NOW)])
    store.put_events([NewEvent("cid", "signed_up", NOW)])
    pro = ir.AttributeTest("plan", "is", "pro")
    assert store.count_where(pro, NOW, UTC) == 1
    assert [person.key for person in store.people_where(pro, NOW, UTC)] == ["ann"]
    did = ir.EventTest("signed_up")
    assert [person.key for person in store.people_where(ir.Not(did), NOW, UTC)] == ["ann", "bob"]


# events


def test_the_same_id_for_the_same_person_counts_once(store: Store) -> None:
    first = NewEvent("ann", "bought", NOW, {"amount": 5}, id="e1")
    assert store.put_events([first, NewEvent("ann", "bought", NOW, {"amount": 9}, id="e1")]) == 1
    assert store.put_events([first, NewEvent("bob", "bought", NOW, id="e1")]) == 1
    ann = store.the_person("ann")
    assert [event.properties for event in store.events(ann.id)] == [{"amount": 5}]


def test_an_event_without_an_id_is_known_by_what_it_says(store: Store) -> None:
    event = NewEvent("ann", "bought", NOW, {"amount": 5})
    assert store.put_events([event, event]) == 1
    assert store.put_events([event]) == 0
    assert store.put_events([NewEvent("ann", "bought", NOW, {"amount": 6})]) == 1


def test_events_come_back_by_time_and_id_with_their_values(store: Store) -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    at = datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=zone)
    values = {"n": 1, "x": 0.1, "yes": True, "text": "é\u2028'\"", "list": ["a"], "gone": None}
    store.put_events(
        [
            NewEvent("ann", "b", NOW, id="2"),
            NewEvent("ann", "a", NOW, id="1"),
            NewEvent("ann", "c", at, values, id="3"),
        ]
    )
    ann = store.the_person("ann")
    found = store.events(ann.id)
    assert [event.id for event in found] == ["3", "1", "2"]
    assert found[0].at == at and found[0].at.utcoffset() == timedelta(0)
    assert found[0].properties == {k: v for k, v in values.items() if v is not None}
    assert [event.id for event in store.events(ann.id, since=NOW)] == ["1", "2"]
    assert ann.created_at == at  # known since the first thing they did


def test_an_event_is_history_after_72_hours(store: Store) -> None:
    limit = timedelta(hours=72)
    store.put_events(
        [
            NewEvent("ann", "a", NOW - limit, id="in time", received_at=NOW),
            NewEvent("ann", "a", NOW - limit - timedelta(microseconds=1), id="late",
                     received_at=NOW),
            NewEvent("ann", "a", NOW - 30 * limit, id="replayed"),
        ]
    )  # fmt: skip
    (state,) = store.load_batch([store.the_person("ann").id])
    history = {event.id: flag for event, flag in state.new_events}
    assert history == {"in time": False, "late": True, "replayed": False}
