"""What the engine and the dispatcher do with the store, on each database."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.mistake import UserMistake
from cio_lang.store import Attempt, Settlement, Store, open_store
from cio_lang.store.database import IntegrityError
from cio_lang.store.problems import UnknownGraph, UnknownTemplate
from cio_lang.store.state import Decision, NewEvent, OutboxRow, PersonChange, Run
from tests.stores import problem

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        yield opened


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


def test_an_event_that_comes_during_a_step_is_not_lost(
    store_place: Path | str, store: Store
) -> None:
    store.put_events([NewEvent("ann", "a", NOW, id="1")])
    (ann,) = store.due_people(NOW, 9)
    store.load_batch([ann])
    with open_store(store_place) as other:
        other.put_events([NewEvent("ann", "a", NOW + HOUR, id="2")])
    left_out = store.save_batch([PersonChange(ann, handled_events=["1"])], NOW)
    assert left_out == []
    assert store.next_due() == NOW + HOUR


def test_an_attribute_that_changes_during_a_step_takes_the_step_again(
    store_place: Path | str, store: Store
) -> None:
    ann = store.put_person("ann", {"plan": "free"}, NOW)
    bob = store.put_person("bob", {}, NOW)
    store.load_batch([ann, bob])
    with open_store(store_place) as other:
        other.put_person("ann", {"plan": "Pro"}, NOW)
    steps = [PersonChange(person, attributes={"nudged": True}) for person in (ann, bob)]
    assert store.save_batch(steps, NOW) == [ann]
    assert store.person(ann).attributes == {"plan": "Pro"}
    assert store.person(bob).attributes == {"nudged": True}
    assert store.due_people(NOW, 9) == [ann]
    store.load_batch([ann])
    assert store.save_batch(steps[:1], NOW) == []
    assert store.person(ann).attributes == {"plan": "Pro", "nudged": True}


def test_two_workers_do_not_take_one_step_twice(store_place: Path | str, store: Store) -> None:
    ann = store.put_person("ann", {}, NOW)
    with open_store(store_place) as other:
        store.load_batch([ann])
        other.load_batch([ann])
        step = PersonChange(ann, decisions=[Decision(ann, None, "j", NOW, "entered", None)])
        assert store.save_batch([step], NOW) == []
        assert other.save_batch([step], NOW) == [ann]
    assert len(store.decisions_of(ann)) == 1


def test_of_two_steps_at_the_same_time_the_second_waits_and_is_left_out(
    store_place: Path | str, store: Store
) -> None:
    """Also for somebody who was never looked at, so that there is no row to lock."""
    people = [store.put_person(key, {}, NOW) for key in ("ann", "bob", "cid")]
    store._database.driver("DELETE FROM due WHERE person <> 1")
    steps = [
        PersonChange(person, decisions=[Decision(person, None, "j", NOW, "entered", None)])
        for person in people
    ]
    with open_store(store_place) as other, ThreadPoolExecutor(1) as thread:
        store.load_batch(people)
        other.load_batch(people)
        with store.transaction():
            assert store.save_batch(steps[:2], NOW) == []
            second = thread.submit(other.save_batch, steps, NOW)
            time.sleep(0.2)
            assert not second.done()
        assert second.result() == people[:2]
    assert [len(store.decisions_of(person)) for person in people] == [1, 1, 1]


def test_who_is_gone_when_a_step_is_written_is_left_out(store: Store) -> None:
    ann, bob = store.put_person("ann", {}, NOW), store.put_person("bob", {}, NOW)
    store.load_batch([ann, bob])
    store._database.driver("DELETE FROM people WHERE key = 'ann'")
    steps = [
        PersonChange(person, decisions=[Decision(person, None, "j", NOW, "entered", None)])
        for person in (ann, bob)
    ]
    assert store.save_batch(steps, NOW) == [ann]
    assert len(store.decisions_of(bob)) == 1


def test_an_import_and_an_engine_wait_for_each_other_and_never_in_a_ring(
    store_place: Path | str, store: Store
) -> None:
    """Both write attributes of the same people, who are due, in the orders that they come in."""
    keys = [f"p{n}" for n in range(40)]
    store.put_people((key, {"round": -1}, NOW) for key in keys)

    def bring_in() -> None:
        with open_store(store_place) as other:
            for turn in range(30):
                rows = [(key, {"round": turn}, NOW + turn * HOUR) for key in keys]
                other.put_people(reversed(rows) if turn % 2 else rows)
                other.put_events(NewEvent(key, "a", NOW, id=str(turn)) for key in reversed(keys))

    def step() -> int:
        with open_store(store_place) as other:
            taken = 0
            while taken < 300:
                with other.stepping():
                    due = other.due_people(NOW + 999 * HOUR, 7)
                    states = other.load_batch(due)
                    changes = [
                        PersonChange(
                            state.person.id,
                            attributes={"stepped": taken},
                            handled_events=[event.id for event, _ in state.new_events],
                            due=NOW + taken * HOUR,  # those who wait longest come next
                        )
                        for state in states
                    ]
                    other.save_batch(changes, NOW)
                taken += 1
            return taken

    with ThreadPoolExecutor(3) as threads:
        steps = [threads.submit(step), threads.submit(step)]
        threads.submit(bring_in).result()
        assert [each.result() for each in steps] == [300, 300]
    found = [store.the_person(key).attributes for key in keys]
    assert {each["round"] for each in found} == {29}
    assert all("stepped" in each for each in found)


def test_steps_taken_at_once_are_of_different_people(store_place: Path | str, store: Store) -> None:
    if store.path is not None:
        pytest.skip("a file keeps nobody away: who comes second is left out")
    ids = [store.put_person(f"p{n}", {}, NOW) for n in range(6)]
    with open_store(store_place) as other:
        with store.stepping():
            assert store.due_people(NOW, 4) == ids[:4]
            with other.stepping():
                assert other.due_people(NOW, 4) == ids[4:]
        assert other.due_people(NOW, 4) == ids[:4]


# documents


def test_applying_twice_changes_nothing(store: Store) -> None:
    graphs: list[ir.Graph] = [journey_graph(), segment_graph()]
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


instants = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)
)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
plain = st.one_of(st.booleans(), st.integers(-(10**15), 10**15), texts.filter(bool),
                  st.floats(-1e15, 1e15), st.lists(texts, max_size=3))  # fmt: skip
names = st.dictionaries(texts.filter(str.strip), plain, max_size=4)
number = count()


@given(
    attributes=names,
    happened=st.lists(st.tuples(instants, texts.filter(str.strip), names), min_size=1, max_size=5),
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
    store: Store,
    attributes: dict[str, Any],
    happened: list[tuple[datetime, str, dict[str, Any]]],
    run: dict[str, Any],
    standings: dict[str, bool],
    due: datetime | None,
) -> None:
    key = f"ann {next(number)}"
    events = [Event(name, at, values, str(n)) for n, (at, name, values) in enumerate(happened)]
    store.put_events(NewEvent(key, e.name, e.at, e.properties, e.id) for e in events)
    ann = store.the_person(key).id
    saved = a_run(store, ann, entry_event=events[0], **run)
    message = a_message(saved)
    made = Decision(ann, saved.id, saved.journey, NOW, "entered", None, attributes)
    store.load_batch([ann])
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
    assert store.save_batch([change], NOW) == []
    (state,) = store.load_batch([ann])
    assert state.person.attributes == attributes
    assert state.events == sorted(events, key=lambda e: (e.at, e.id))
    assert state.new_events == []
    assert state.runs == [saved]
    assert state.standings == standings
    assert state.due == due
    assert store.messages_of(ann) == [message]
    assert store.decisions_of(ann) == [made]


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
    with pytest.raises(IntegrityError):
        store.save_batch([change], NOW)
    assert "nudged" not in store.person(ann).attributes
    assert store.messages_of(ann) == [first]


def test_the_same_message_again_is_no_second_one(store: Store) -> None:
    first = with_message(store)
    (claimed,) = store.claim_outbox(NOW, 9, 60)
    assert store.settle(first.id, claimed.fence, "accepted", NOW)
    store.save_batch([PersonChange(first.person, outbox=[first])], NOW)
    assert store.outbox_counts() == {"accepted": 1}
    with pytest.raises(IntegrityError):
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


def test_steps_and_messages_in_figures(store: Store) -> None:
    assert store.visits() == store.accepted_by_week() == {}
    assert store.accepted() == [] and store.protagonist() is None
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    for key, instant in (("ann", NOW), ("bob", monday), ("Cid", monday)):
        person = store.put_person(key, {}, NOW)
        run = a_run(store, person, visits={"hello": 2, "bye": person})
        message = a_message(run, id=f"m-{key}", made_at=instant)
        store.save_batch([PersonChange(person, runs=[run], outbox=[message])], NOW)
    for claimed in store.claim_outbox(NOW, 9, 60):
        assert store.record_attempt(attempt(claimed))
        if claimed.person.key != "bob":
            assert store.settle(claimed.row.id, claimed.fence, "accepted", NOW, message_id="<1>")
    assert store.visits() == {"greet": {"bye": 1 + 2 + 3, "hello": 6}}
    weeks = {date(2026, 2, 23): 1, date(2026, 3, 2): 1}
    assert store.accepted_by_week() == {"greet": weeks}
    digest = sha256(b"bytes").hexdigest()
    assert store.accepted() == [("m-Cid", "<1>", digest), ("m-ann", "<1>", digest)]
    assert store.protagonist() == "Cid"  # the first by key, capitals before small letters


def test_another_process_is_noticed(store_place: Path | str, store: Store) -> None:
    before = store.data_version()
    store.put_person("ann", {}, NOW)
    assert store.data_version() == before
    with open_store(store_place) as other:
        other.put_person("bob", {}, NOW)
    assert store.data_version() != before


def test_looking_for_work_in_vain_is_not_writing(store_place: Path | str, store: Store) -> None:
    """Or of two processes that look, each would wake the other for ever."""
    before = store.data_version()
    with open_store(store_place) as other:
        with other.stepping():
            assert other.due_people(NOW, 9) == []
        assert other.claim_outbox(NOW, 9, 60) == []
        assert other.expire_leases(NOW) == 0
    assert store.data_version() == before


# handing over


def attempt(claimed: Any) -> Attempt:
    return Attempt(claimed.row.id, claimed.fence, "email", "ann@example.com", b"bytes")


def test_a_message_is_claimed_once_and_comes_with_what_it_is_made_of(
    store_place: Path | str, store: Store
) -> None:
    message = with_message(store)
    (claimed,) = store.claim_outbox(NOW, 9, 60)
    assert claimed.row == message
    assert claimed.person.key == "ann" and claimed.message is None
    with open_store(store_place) as other:
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
store = open_store(sys.argv[1])
(ann,) = store.due_people(datetime.now(UTC), 9)
store.load_batch([ann])
store.save_batch([PersonChange(ann, attributes={"half": True}, handled_events=["1"])],
                 datetime.now(UTC))
"""


def test_a_kill_in_the_middle_of_a_batch_leaves_nothing_of_it(store_place: Path | str) -> None:
    with open_store(store_place, create=True) as store:
        store.put_events([NewEvent("ann", "a", NOW - 999 * HOUR, id="1")])
    ran = subprocess.run(
        [sys.executable, "-c", DIES_IN_THE_MIDDLE, str(store_place)],
        cwd=Path(__file__).parent.parent,
    )
    assert ran.returncode == -signal.SIGKILL
    with open_store(store_place) as store:
        (ann,) = store.due_people(NOW, 9)
        (state,) = store.load_batch([ann])
    assert state.person.attributes == {}
    assert [event.id for event, _ in state.new_events] == ["1"]
