"""The store over real files and real processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.mistake import UserMistake
from cio_lang.store import Attempt, Settlement, Store, open_store
from cio_lang.store.database import APPLICATION_ID, connect, migrations, transaction
from cio_lang.store.problems import (
    AmbiguousPerson,
    DiskFull,
    NotAStore,
    StoreDamaged,
    StoreLocked,
    StoreMissing,
    StoreNewer,
    StoreReadOnly,
    UnknownGraph,
    UnknownPerson,
    UnknownTemplate,
)
from cio_lang.store.state import Decision, NewEvent, OutboxRow, PersonChange, Run

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cio.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path, create=True) as opened:
        yield opened


def problem(caught: pytest.ExceptionInfo[UserMistake]) -> Any:
    (found,) = caught.value.problems
    report = found.report()
    assert report.what.endswith(".") and report.why.endswith(".") and report.help
    return found


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


def test_a_newer_store_is_refused_and_left_as_it_is(path: Path) -> None:
    open_store(path, create=True).close()
    connect(path, steps=(*migrations(), "CREATE TABLE later (x);")).close()
    with pytest.raises(UserMistake) as caught:
        open_store(path)
    assert isinstance(problem(caught), StoreNewer)
    assert problem(caught).version == len(migrations()) + 1


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
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages + 4}")
        with pytest.raises(UserMistake) as caught:
            store.put_people((f"p{n}", {"about": "x" * 200}, NOW) for n in range(5_000))
        assert isinstance(problem(caught), DiskFull)
        assert store.people_count() == 1
        store._connection.execute("PRAGMA max_page_count = 1000000")
        assert store.put_people([("bob", {}, NOW)]) == 1


def test_a_damaged_store_is_said_to_be_one(path: Path) -> None:
    with open_store(path, create=True) as store:
        store.put_people((f"p{n}", {"about": "x" * 200}, NOW) for n in range(2_000))
    content = bytearray(path.read_bytes())
    content[4096 * 30 : -4096] = os.urandom(len(content[4096 * 30 : -4096]))
    path.write_bytes(content)
    with open_store(path) as store, pytest.raises(UserMistake) as caught:
        for person_id in range(1, 2_001):
            store.person(person_id)
    assert isinstance(problem(caught), StoreDamaged)


HOLDS_THE_STORE = """
import sys, time
from pathlib import Path
from cio_lang.store import open_store
store = open_store(Path(sys.argv[1]), create=True)
with store.transaction():
    print("holding", flush=True)
    sys.stdin.readline()
print("done", flush=True)
"""


def holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS_THE_STORE, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


def test_a_locked_store_says_how_long_it_waited(path: Path) -> None:
    open_store(path, create=True).close()
    with holder(path) as process:
        started = time.monotonic()
        with open_store(path, wait=0.3) as store:
            assert store.people_count() == 0  # reading goes on
            with pytest.raises(UserMistake) as caught:
                store.put_person("ann", {}, NOW)
        assert 0.25 < time.monotonic() - started < 5
        process.communicate("\n")
    assert isinstance(problem(caught), StoreLocked)
    assert "0.3 seconds" in problem(caught).report().why
    with open_store(path) as store:
        store.put_person("ann", {}, NOW)


def test_a_process_waits_its_turn(path: Path) -> None:
    open_store(path, create=True).close()
    with holder(path) as process:
        assert process.stdin is not None
        with open_store(path, wait=10) as store:
            process.stdin.write("\n")
            process.stdin.flush()
            store.put_person("ann", {}, NOW)
        process.communicate()


def test_four_processes_make_one_store_at_once(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from cio_lang.store import open_store;"
        "open_store(Path(sys.argv[1]), create=True).close()"
    )
    command = [sys.executable, "-c", code, str(path)]
    all_ = [subprocess.Popen(command, cwd=Path(__file__).parent.parent) for _ in range(4)]
    assert [process.wait() for process in all_] == [0, 0, 0, 0]
    open_store(path).close()


# migrations


def tables(path: Path) -> set[str]:
    with connect(path) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    return {row[0] for row in rows}


def test_an_empty_file_gets_every_table(path: Path) -> None:
    open_store(path, create=True).close()
    assert {"people", "events", "runs", "outbox", "decisions", "due"} <= tables(path)
    other = sqlite3.connect(path)
    assert other.execute("PRAGMA user_version").fetchone()[0] == len(migrations())
    assert other.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    assert other.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    other.close()


def test_a_store_of_version_1_is_brought_up_to_date_with_what_is_in_it(path: Path) -> None:
    first = connect(path, create=True, steps=migrations()[:1])
    with transaction(first):
        first.execute("INSERT INTO people (key, created_at, updated_at) VALUES ('ann', 1, 1)")
    first.close()
    later = (
        "CREATE TABLE consents (person INTEGER, topic TEXT);\n"
        "CREATE TRIGGER t AFTER INSERT ON consents BEGIN SELECT 1; SELECT 2; END;\n"
        "INSERT INTO consents SELECT id, 'news' FROM people;\n"
    )
    connection = connect(path, steps=(*migrations()[:1], later))
    assert connection.execute("SELECT count(*) FROM consents").fetchone()[0] == 1
    assert connection.execute("PRAGMA user_version").fetchone()[0] == 2
    connection.close()


def test_documents_of_every_kind_fit_into_a_store_of_version_1(path: Path) -> None:
    first = connect(path, create=True, steps=migrations()[:1])
    first.execute("INSERT INTO documents VALUES ('a', 'journey', 'n', 'N', 'x')")
    first.close()
    store = open_store(path)
    topic = ir.TopicGraph(1, "topic", "news", "News", ir.Origin("a.journey", "sha256:0"))
    assert store.deploy([topic], {}, NOW, "ann", "").added == ("topic news",)
    store.close()
    with connect(path) as connection:
        kinds = connection.execute("SELECT kind FROM documents ORDER BY kind").fetchall()
        assert [kind for (kind,) in kinds] == ["journey", "topic"]
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    connection.close()


def test_a_step_that_fails_leaves_the_store_as_it_was(path: Path) -> None:
    open_store(path, create=True).close()
    before = tables(path)
    broken = "CREATE TABLE half (x);\nINSERT INTO nowhere VALUES (1);\n"
    with pytest.raises(sqlite3.OperationalError):
        connect(path, steps=(*migrations(), broken))
    assert tables(path) == before
    open_store(path).close()


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


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_values_that_json_does_not_have_are_refused(store: Store, value: object) -> None:
    with pytest.raises(ValueError):
        store.put_events([NewEvent("ann", "bought", NOW, {"amount": value})])


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


# what is due


def test_events_and_attributes_make_people_due_and_never_later(store: Store) -> None:
    assert store.next_due() is None
    store.put_events([NewEvent("ann", "a", NOW), NewEvent("ann", "a", NOW - HOUR)])
    bob = store.put_person("bob", {"plan": "free"}, NOW + HOUR)
    ann = store.the_person("ann").id
    assert store.next_due() == NOW - HOUR
    assert store.due_people(NOW, 10) == [ann]
    assert store.due_people(NOW + HOUR, 10) == [ann, bob]
    assert store.due_people(NOW + HOUR, 1) == [ann]
    store.save_batch([PersonChange(bob, due=NOW + 9 * HOUR)], NOW)
    store.put_person("bob", {"plan": "free"}, NOW + 2 * HOUR)  # nothing new
    assert store.due_people(NOW + 2 * HOUR, 10) == [ann]
    store.put_person("bob", {"plan": "Pro"}, NOW + 2 * HOUR)
    assert store.due_people(NOW + 2 * HOUR, 10) == [ann, bob]


def test_an_event_that_comes_during_a_step_is_not_lost(path: Path, store: Store) -> None:
    store.put_events([NewEvent("ann", "a", NOW, id="1")])
    (ann,) = store.due_people(NOW, 9)
    store.load_batch([ann])
    with open_store(path) as other:
        other.put_events([NewEvent("ann", "a", NOW + HOUR, id="2")])
    left_out = store.save_batch([PersonChange(ann, handled_events=["1"])], NOW)
    assert left_out == []
    assert store.next_due() == NOW + HOUR


def test_an_attribute_that_changes_during_a_step_takes_the_step_again(
    path: Path, store: Store
) -> None:
    ann = store.put_person("ann", {"plan": "free"}, NOW)
    bob = store.put_person("bob", {}, NOW)
    store.load_batch([ann, bob])
    with open_store(path) as other:
        other.put_person("ann", {"plan": "Pro"}, NOW)
    steps = [PersonChange(person, attributes={"nudged": True}) for person in (ann, bob)]
    assert store.save_batch(steps, NOW) == [ann]
    assert store.person(ann).attributes == {"plan": "Pro"}
    assert store.person(bob).attributes == {"nudged": True}
    assert store.due_people(NOW, 9) == [ann]
    store.load_batch([ann])
    assert store.save_batch(steps[:1], NOW) == []
    assert store.person(ann).attributes == {"plan": "Pro", "nudged": True}


def test_two_workers_do_not_take_one_step_twice(path: Path, store: Store) -> None:
    ann = store.put_person("ann", {}, NOW)
    with open_store(path) as other:
        store.load_batch([ann])
        other.load_batch([ann])
        step = PersonChange(ann, decisions=[Decision(ann, None, "j", NOW, "entered", None)])
        assert store.save_batch([step], NOW) == []
        assert other.save_batch([step], NOW) == [ann]
    assert len(store.decisions_of(ann)) == 1


# documents


def origin() -> ir.Origin:
    return ir.Origin("journeys/a.journey", "sha256:" + "a" * 64)


def journey_graph() -> ir.JourneyGraph:
    hello = ir.SendNode(ir.Message(("push", "email"), text="Hi, there"))
    return ir.JourneyGraph(
        cio=1,
        kind="journey",
        name="greet",
        title="Greet",
        source=origin(),
        behaviour="sha256:" + "b" * 64,
        entry=ir.EventMatch("signed_up"),
        reentry=ir.Reentry("every_time"),
        start="hello",
        nodes={"hello": hello},
    )


def segment_graph() -> ir.SegmentGraph:
    where = ir.AttributeTest("plan", "is", "Pro")
    return ir.SegmentGraph(
        cio=1, kind="segment", name="pro", title="Pro", source=origin(), where=where
    )


def test_applying_twice_changes_nothing(store: Store) -> None:
    graphs = [journey_graph(), segment_graph()]
    done = store.deploy(graphs, {"hello": "Hi"}, NOW, "ann", "first")
    assert len(done.added) == 3 and not done.changed and not done.removed
    (journey,) = store.journeys()
    assert journey.graph == graphs[0] and journey.version == 1 and journey.applied_at == NOW
    before = store.data_version(), store.journeys(), store.segments(), store.templates()
    again = store.deploy(graphs, {"hello": "Hi"}, NOW + HOUR, "bob", "second")
    assert not (again.added or again.changed or again.removed)
    assert set(again.unchanged) == set(done.added)
    assert (store.data_version(), store.journeys(), store.segments(), store.templates()) == before


def test_an_older_version_stays_for_who_is_inside(store: Store) -> None:
    old = journey_graph()
    store.deploy([old], {}, NOW)
    (first,) = store.journeys()
    store.deploy([replace(old, title="Another title")], {}, NOW + HOUR)
    (second,) = store.journeys()
    assert (first.version, second.version) == (1, 2)
    assert store.graph(first.digest) == old
    assert store.deploy([], {}, NOW).removed == (f"journey {old.name}",)
    assert store.journeys() == []
    assert store.graph(first.digest) == old
    back = store.deploy([old], {}, NOW + 2 * HOUR)
    assert back.added == (f"journey {old.name}",)
    assert store.journeys()[0].version == 3


def test_templates_are_read_as_last_applied(store: Store) -> None:
    store.deploy([], {"welcome": "Hi", "same": "Hi"}, NOW)
    done = store.deploy([], {"welcome": "Hello", "same": "Hi"}, NOW)
    assert done.changed == ("template welcome",) and done.unchanged == ("template same",)
    assert store.template("welcome") == "Hello"
    with pytest.raises(UserMistake) as caught:
        store.template("welcom")
    assert isinstance(problem(caught), UnknownTemplate)
    assert problem(caught).suggestion == "welcome"


def test_a_graph_that_is_not_stored_is_named(store: Store) -> None:
    with pytest.raises(UserMistake) as caught:
        store.graph("sha256:0")
    assert isinstance(problem(caught), UnknownGraph)


def test_what_is_applied_is_looked_at_for_everybody(store: Store) -> None:
    ann = store.put_person("ann", {}, NOW)
    store.save_batch([PersonChange(ann)], NOW)
    assert store.next_due() is None
    store.deploy([], {"hello": "Hi"}, NOW + HOUR)
    assert store.next_due() is None
    store.deploy([segment_graph()], {"hello": "Hi"}, NOW + HOUR)
    assert store.next_due() == NOW + HOUR


# runs and batches


def a_run(store: Store, person: int, **fields: Any) -> Run:
    if not store.journeys():
        store.deploy([journey_graph()], {}, NOW - HOUR)
    (journey,) = store.journeys()
    values: dict[str, Any] = {
        "id": f"run-{person}",
        "person": person,
        "journey": journey.graph.name,
        "digest": journey.digest,
        "entered_at": NOW,
        "entry_event": None,
        "node": "hello",
        "visits": {"hello": 1},
        "due": None,
    }
    return Run(**(values | fields))


def a_message(run: Run, **fields: Any) -> OutboxRow:
    values: dict[str, Any] = {
        "id": f"m-{run.id}",
        "person": run.person,
        "run": run.id,
        "journey": run.journey,
        "node": "hello",
        "visit": 1,
        "channels": ("push", "email"),
        "channel": None,
        "template": None,
        "text": "Hi, there",
        "topic": None,
        "made_at": NOW,
    }
    return OutboxRow(**(values | fields))


def with_message(store: Store, key: str = "ann") -> OutboxRow:
    person = store.put_person(key, {"email": f"{key}@example.com"}, NOW)
    run = a_run(store, person)
    message = a_message(run)
    store.save_batch([PersonChange(person, runs=[run], outbox=[message])], NOW)
    return message


instants = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
plain = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), texts.filter(bool),
                  st.floats(allow_nan=False, allow_infinity=False),
                  st.lists(texts, max_size=3))  # fmt: skip
names = st.dictionaries(texts, plain, max_size=4)


@given(
    attributes=names,
    happened=st.lists(st.tuples(instants, texts, names), min_size=1, max_size=5),
    run=st.fixed_dictionaries(
        {
            "entered_at": instants,
            "node": st.none() | texts,
            "visits": st.dictionaries(texts, st.integers(0, 9), max_size=3),
            "due": st.none() | instants,
            "status": st.sampled_from(["live", "finished"]),
            "reason": st.none() | texts,
            "goal_at": st.none() | instants,
            "goal_until": st.none() | instants,
            "finished_at": st.none() | instants,
        }
    ),
    standings=st.dictionaries(texts, st.booleans(), max_size=3),
    due=st.none() | instants,
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_saved_is_loaded(
    attributes: dict[str, Any],
    happened: list[tuple[datetime, str, dict[str, Any]]],
    run: dict[str, Any],
    standings: dict[str, bool],
    due: datetime | None,
) -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "x", create=True) as s:
        events = [Event(name, at, values, str(n)) for n, (at, name, values) in enumerate(happened)]
        s.put_events(NewEvent("ann", e.name, e.at, e.properties, e.id) for e in events)
        ann = s.the_person("ann").id
        saved = a_run(s, ann, entry_event=events[0], **run)
        message = a_message(saved)
        made = Decision(ann, saved.id, saved.journey, NOW, "entered", None, attributes)
        s.load_batch([ann])
        change = PersonChange(
            ann,
            runs=[saved],
            outbox=[message],
            decisions=[made],
            attributes=attributes,
            standings=standings,
            handled_events=[event.id for event in events],
            due=due,
        )
        assert s.save_batch([change], NOW) == []
        (state,) = s.load_batch([ann])
        assert state.person.attributes == attributes
        assert state.events == sorted(events, key=lambda e: (e.at, e.id))
        assert state.new_events == []
        assert state.runs == [saved]
        assert state.standings == standings
        assert s.next_due() == due
        assert s.messages_of(ann) == [message]
        assert s.decisions_of(ann) == [made]


def test_runs_that_no_rule_can_need_are_not_loaded(store: Store) -> None:
    ann = store.put_person("ann", {}, NOW)
    runs = [
        a_run(store, ann, id=f"r{n}", status="finished", entered_at=NOW + n * HOUR)
        for n in range(4)
    ]
    runs[1] = a_run(store, ann, id="r1", status="finished", entered_at=NOW + HOUR,
                    goal_until=NOW + 99 * HOUR)  # fmt: skip
    store.save_batch([PersonChange(ann, runs=runs)], NOW)
    (state,) = store.load_batch([ann])
    assert [run.id for run in state.runs] == ["r1", "r3"]


def test_a_batch_is_whole_or_not_there(store: Store) -> None:
    first = with_message(store)
    ann = first.person
    second = a_message(a_run(store, ann), id="another id for the same step")
    change = PersonChange(ann, attributes={"nudged": True}, outbox=[second], due=NOW)
    with pytest.raises(sqlite3.IntegrityError):
        store.save_batch([change], NOW)
    assert "nudged" not in store.person(ann).attributes
    assert store.messages_of(ann) == [first]


def test_the_same_message_again_is_no_second_one(store: Store) -> None:
    first = with_message(store)
    (claimed,) = store.claim_outbox(NOW, 9, 60)
    assert store.settle(first.id, claimed.fence, "accepted", NOW)
    store.save_batch([PersonChange(first.person, outbox=[first])], NOW)
    assert store.outbox_counts() == {"accepted": 1}
    with pytest.raises(sqlite3.IntegrityError):
        store.save_batch([PersonChange(first.person, outbox=[replace(first, text="No")])], NOW)


def test_journeys_in_figures(store: Store) -> None:
    with_message(store, "ann")
    bob = store.put_person("bob", {}, NOW)
    done = a_run(store, bob, status="finished", reason="done", goal_at=NOW, node=None)
    store.save_batch([PersonChange(bob, runs=[done])], NOW)
    (summary,) = store.runs_summary()
    assert (summary.entered, summary.live, summary.goals) == (2, 1, 1)
    assert summary.reasons == {"done": 1}
    assert summary.messages == {"hello": {"queued": 1}}


def test_another_process_is_noticed(path: Path, store: Store) -> None:
    before = store.data_version()
    store.put_person("ann", {}, NOW)
    assert store.data_version() == before
    with open_store(path) as other:
        other.put_person("bob", {}, NOW)
    assert store.data_version() != before


# handing over


def attempt(claimed: Any) -> Attempt:
    return Attempt(claimed.row.id, claimed.fence, "email", "ann@example.com", b"bytes")


def test_a_message_is_claimed_once_and_comes_with_what_it_is_made_of(
    path: Path, store: Store
) -> None:
    message = with_message(store)
    (claimed,) = store.claim_outbox(NOW, 9, 60)
    assert claimed.row == message
    assert claimed.person.key == "ann" and claimed.message is None
    with open_store(path) as other:
        assert other.claim_outbox(NOW, 9, 60) == []
        assert store.next_retry() == NOW + timedelta(seconds=60)
        (again,) = other.claim_outbox(NOW + timedelta(seconds=60), 9, 60)
    assert again.fence > claimed.fence
    assert not store.record_attempt(attempt(claimed))  # too late: it belongs to the other
    assert store.record_attempt(attempt(again))


def test_an_attempt_is_settled_by_who_made_it_and_once(store: Store) -> None:
    message = with_message(store)
    (claimed,) = store.claim_outbox(NOW, 9, 60)
    assert store.record_attempt(attempt(claimed))
    assert not store.record_attempt(attempt(claimed))
    assert not store.settle(message.id, claimed.fence - 1, "accepted", NOW)
    assert store.settle(message.id, claimed.fence, "accepted", NOW, message_id="<1@x>")
    assert not store.settle(message.id, claimed.fence, "rejected", NOW)
    assert store.outbox_counts() == {"accepted": 1}
    assert store.claim_outbox(NOW + 99 * HOUR, 9, 60) == []
    assert store.next_retry() is None


def test_an_attempt_whose_end_is_not_known_is_unknown_and_stays_so(store: Store) -> None:
    message = with_message(store)
    (claimed,) = store.claim_outbox(NOW, 9, 60)
    store.record_attempt(attempt(claimed))
    assert store.expire_leases(NOW + timedelta(seconds=59)) == 0
    assert store.expire_leases(NOW + timedelta(seconds=60)) == 1
    assert store.outbox_counts() == {"unknown": 1}
    assert store.claim_outbox(NOW + 99 * HOUR, 9, 60) == []
    assert not store.settle(message.id, claimed.fence, "accepted", NOW)  # the sleeper woke up


def test_a_deferred_message_is_sent_later_with_the_same_bytes(store: Store) -> None:
    message = with_message(store)
    (claimed,) = store.claim_outbox(NOW, 9, 60)
    store.record_attempt(attempt(claimed))
    end = Settlement(message.id, claimed.fence, "deferred", NOW, "greylisted", retry_at=NOW + HOUR)
    assert store.settle_all([end]) == {message.id}
    assert store.next_retry() == NOW + HOUR
    assert store.claim_outbox(NOW + HOUR / 2, 9, 60) == []
    (again,) = store.claim_outbox(NOW + HOUR, 9, 60)
    assert (again.attempts, again.message, again.recipient) == (1, b"bytes", "ann@example.com")
    assert again.row.reason == "greylisted"


DIES_IN_THE_MIDDLE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from cio_lang.store import open_store
from cio_lang.store import runtime_state
from cio_lang.store.state import PersonChange
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
runtime_state.wake_for_events = die  # the last statement of the batch
store = open_store(Path(sys.argv[1]))
(ann,) = store.due_people(datetime.now(UTC), 9)
store.load_batch([ann])
store.save_batch([PersonChange(ann, attributes={"half": True}, handled_events=["1"])],
                 datetime.now(UTC))
"""


def test_a_kill_in_the_middle_of_a_batch_leaves_nothing_of_it(path: Path) -> None:
    with open_store(path, create=True) as store:
        store.put_events([NewEvent("ann", "a", NOW - 999 * HOUR, id="1")])
    ran = subprocess.run(
        [sys.executable, "-c", DIES_IN_THE_MIDDLE, str(path)], cwd=Path(__file__).parent.parent
    )
    assert ran.returncode == -signal.SIGKILL
    with open_store(path) as store:
        (ann,) = store.due_people(NOW, 9)
        (state,) = store.load_batch([ann])
    assert state.person.attributes == {}
    assert [event.id for event, _ in state.new_events] == ["1"]
