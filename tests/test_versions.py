"""Versions of journeys, and the people inside of older ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.graph_data import walk
from cio_lang.mistake import UserMistake
from cio_lang.runtime.advance import Stepper, replay
from cio_lang.runtime.applying import apply
from cio_lang.runtime.planning import Part, plan
from cio_lang.runtime.policies import Landing, Policy, landing
from cio_lang.store import Store, open_store
from cio_lang.store.problems import StoreLocked
from cio_lang.store.state import Run
from tests.one_person import START, at, journey, mail, wait
from tests.workspace import ORDERED, crowd, filled

NODES = {
    "thanks": mail("Thanks.", "day"),
    "day": wait("P1D", "how"),
    "how": mail("How was it?", "week"),
    "week": wait("P7D", "bye"),
    "bye": mail("Bye."),
}


def two_waits(nodes: Mapping[str, ir.GraphNode] = NODES, **parts: Any) -> ir.JourneyGraph:
    return journey(ORDERED, nodes, name="two-waits", **parts)


def without(*gone: str) -> ir.JourneyGraph:
    """The journey without some of its steps: what led to them leads to what lay behind them."""
    nodes: dict[str, ir.GraphNode] = {}
    order = [name for name in NODES if name not in gone]
    for name, after in zip(order, [*order[1:], None], strict=True):
        nodes[name] = replace(NODES[name], next=after)  # type: ignore[call-arg]
    return two_waits(nodes)


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    """Three people; the first is in the second wait and the others in the first one."""
    with filled(store_place, [two_waits()], crowd(3)) as opened:
        stepper = Stepper(opened, UTC)
        (first,) = [opened.the_person("p0").id]
        opened.wake([first], at(1))
        stepper.advance_due(at(2))
        replay(opened, at(3), UTC)
        _ahead(opened, first)
        yield opened


def _ahead(store: Store, person: int) -> None:
    """One person's wait of a day is over already."""
    (state,) = store.load_batch([person])
    with store.transaction():
        store._database.driver(
            store._database.marks("UPDATE runs SET node = 'week' WHERE person = ?"), (person,)
        )
    assert state.runs[0].node == "day"


def inside(store: Store) -> dict[str, tuple[str | None, str]]:
    """By person: where they stand, and whether they are live or why not."""
    found = {}
    for name in ("p0", "p1", "p2"):
        run = of(store, name)
        found[name] = (run.node, run.reason or run.status)
    return found


def of(store: Store, name: str) -> Run:
    (state,) = store.load_batch([store.the_person(name).id])
    (run,) = state.runs
    return run


def applied(store: Store, graph: ir.JourneyGraph | None, policy: Policy) -> int:
    """How many people were moved or taken out."""
    graphs = [] if graph is None else [graph]
    done = apply(store, graphs, {}, at(5), policy=policy, author="ann", note="why not")
    return sum(step.group.people for step in done.steps)


def part_of(store: Store, *graphs: ir.Graph) -> Part:
    (found,) = [
        part
        for part in plan(store, graphs, {}, at(5), UTC).parts
        if part.label == "journey two-waits"
    ]
    return found


# ── what becomes of people inside ────────────────────────────────────────────────────────────────


def test_people_stay_in_the_version_that_they_entered(store: Store) -> None:
    before = inside(store)
    assert applied(store, without("week"), "pinned") == 0
    assert inside(store) == before
    replay(store, at(24 * 10), UTC)
    assert {len(store.messages_of(store.the_person(name).id)) for name in ("p1", "p2")} == {3}


def test_people_go_on_at_the_step_with_the_same_id_and_keep_their_time(store: Store) -> None:
    due = of(store, "p1").due
    assert applied(store, without("how"), "move") == 3
    assert {name: node for name, (node, _) in inside(store).items()} == {
        "p0": "week",
        "p1": "day",
        "p2": "day",
    }
    assert of(store, "p1").due == due
    (version,) = {of(store, name).digest for name in ("p0", "p1", "p2")}
    assert version == store.journeys()[0].digest
    replay(store, at(24 * 10), UTC)
    texts = [row.text for row in store.messages_of(store.the_person("p1").id)]
    assert texts == ["Thanks.", "Bye."]


def test_at_a_step_that_is_gone_people_arrive_at_the_next_that_is_left(store: Store) -> None:
    assert applied(store, without("day", "how"), "move") == 3
    assert of(store, "p1").node == "week"
    assert of(store, "p1").due is None
    replay(store, at(6), UTC)
    assert of(store, "p1").due == at(5) + timedelta(days=7)  # from then on, and not before
    (told,) = [
        each for each in store.decisions_of(store.the_person("p1").id) if each.what == "continues"
    ]
    assert (told.node, told.detail["to"], told.detail["fresh"]) == ("day", "week", True)


def test_where_nothing_is_left_people_leave(store: Store) -> None:
    assert applied(store, without("week", "bye"), "move") == 3
    assert inside(store) == {
        "p0": ("week", "workflow changed"),
        "p1": ("day", "live"),
        "p2": ("day", "live"),
    }


def test_people_of_a_journey_that_is_taken_away(store: Store) -> None:
    assert applied(store, None, "pinned") == 0
    assert {reason for _, reason in inside(store).values()} == {"live"}
    assert applied(store, None, "move") == 3
    assert {reason for _, reason in inside(store).values()} == {"workflow changed"}


def test_stopped_people_leave_and_what_waits_is_not_sent(store: Store) -> None:
    assert applied(store, without("bye"), "stop") == 3
    assert {reason for _, reason in inside(store).values()} == {"stopped"}
    for name in ("p0", "p1", "p2"):
        (message,) = store.messages_of(store.the_person(name).id)
        assert (message.status, message.reason) == ("skipped", "stopped")
    replay(store, at(24 * 10), UTC)
    assert {len(store.messages_of(store.the_person(name).id)) for name in ("p0", "p1")} == {1}


def test_what_was_claimed_before_a_stop_is_not_sent_either(store: Store) -> None:
    claimed = store.claim_outbox(at(4), 10, 60.0)
    assert len(claimed) == 3
    applied(store, without("bye"), "stop")
    assert not store.settle(claimed[0].row.id, claimed[0].fence, "accepted", at(6))


@pytest.mark.parametrize("policy", ["pinned", "move", "stop"])
def test_applying_the_same_twice_changes_nothing(store: Store, policy: Policy) -> None:
    applied(store, without("how"), policy)
    before = store.deployments.versions(), store.deployments.groups(), store.deployed_revision()
    told = [store.decisions_of(store.the_person(name).id) for name in ("p0", "p1", "p2")]
    assert applied(store, without("how"), policy) == 0
    assert before == (
        store.deployments.versions(),
        store.deployments.groups(),
        store.deployed_revision(),
    )
    assert told == [store.decisions_of(store.the_person(name).id) for name in ("p0", "p1", "p2")]


def test_those_who_stayed_can_be_moved_later(store: Store) -> None:
    applied(store, without("how"), "pinned")
    assert applied(store, without("how"), "move") == 3
    assert len({group.digest for group in store.deployments.groups()}) == 1


def test_a_goal_that_is_new_is_open_for_those_who_are_moved(store: Store) -> None:
    goal = ir.Goal("paid", within="P2D")
    applied(store, two_waits(goal=goal), "move")
    assert of(store, "p1").goal_until == at(1) + timedelta(days=2)
    applied(store, two_waits(), "move")
    assert of(store, "p1").goal_until is None


def test_a_step_worked_out_before_is_taken_again(store_place: Path | str, store: Store) -> None:
    with open_store(store_place) as stepping:
        ids = [stepping.the_person("p1").id]
        stepping.wake(ids, at(30))
        states = stepping.load_batch(ids)
        applied(store, without("how"), "move")
        stepper = Stepper(stepping, UTC)
        from cio_lang.runtime.engine import step

        change = step(states[0], stepper._arranged(states), at(30))
        assert stepping.save_batch([change], at(30)) == ids
    assert of(store, "p1").digest == store.journeys()[0].digest


def test_of_two_who_apply_at_once_one_waits_or_is_refused(
    store_place: Path | str, store: Store
) -> None:
    graphs = [without("how"), without("bye")]
    ends: list[str] = []

    def go(graph: ir.JourneyGraph, wait_for: float) -> None:
        try:
            with open_store(store_place, wait=wait_for) as other:
                apply(other, [graph], {}, at(5), policy="move")
            ends.append("applied")
        except UserMistake as mistake:
            assert isinstance(mistake.problems[0], StoreLocked)
            ends.append("refused")

    with store.transaction():
        store.deployments.one_at_a_time()
        threads = [threading.Thread(target=go, args=(graph, 20.0)) for graph in graphs]
        for each in threads:
            each.start()
        for each in threads:
            each.join(0.3)
        assert ends == []
    for each in threads:
        each.join(30)
    assert ends == ["applied", "applied"]
    versions = store.deployments.versions()["two-waits"]
    assert [each.version for each in versions] == [1, 2, 3]
    assert [each.active for each in versions] == [False, False, True]
    assert {group.digest for group in store.deployments.groups()} == {versions[-1].digest}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_landing_is_the_nearest_step_behind_that_is_left(data: st.DataObject) -> None:
    names = "abcdef"
    after = st.sampled_from([None, *names])
    case = st.builds(ir.Case, st.just(ir.EventTest("x")), after)
    kinds = st.one_of(
        after.map(lambda then: wait("P1D", then)),
        after.map(lambda then: mail("Hi.", then)),
        st.builds(ir.BranchNode, st.tuples(case), after),
    )
    nodes = data.draw(st.fixed_dictionaries(dict.fromkeys(names, kinds)))
    left = data.draw(st.sets(st.sampled_from(names)))
    old = two_waits(nodes)
    new = two_waits({name: nodes[name] for name in sorted(left)})
    here = data.draw(st.sampled_from(names))
    found = landing(old, new, here)
    reached = set(walk(here, nodes))
    if here in left:
        assert found == Landing(here, fresh=False)
    elif found is None:
        assert not reached & left
    else:
        assert found.fresh
        assert found.node in reached & left
        assert _distance(nodes, here, found.node) == min(
            _distance(nodes, here, name) for name in reached & left
        )


def _distance(nodes: Mapping[str, ir.GraphNode], start: str, end: str) -> int:
    from cio_lang.graph_data import successors

    far, here = 0, {start}
    while end not in here:
        far, here = far + 1, {way for name in here for way in successors(nodes[name]) if way}
    return far


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_tells_where_everybody_stands_and_goes(store: Store) -> None:
    part = part_of(store, without("day"))
    assert (part.what, part.version) == ("changed", 2)
    assert [(each.group.node, each.group.people, each.some) for each in part.inside] == [
        ("day", 2, ("p1", "p2")),
        ("week", 1, ("p0",)),
    ]
    assert [each.lands for each in part.inside] == [
        Landing("how", fresh=True),
        Landing("week", fresh=False),
    ]
    assert any(change.path == "nodes.day" for change in part.changes)


def test_a_plan_is_what_applying_then_does(store: Store) -> None:
    part = part_of(store, without("day", "bye"))
    applied(store, without("day", "bye"), "move")
    landed = {(each.lands and each.lands.node): each.group.people for each in part.inside}
    assert landed == {group.node: group.people for group in store.deployments.groups()}


def test_a_plan_changes_nothing(store: Store) -> None:
    before = store.deployed_revision(), store.deployments.groups(), store.next_due()
    part_of(store, without("day"))
    assert before == (store.deployed_revision(), store.deployments.groups(), store.next_due())


def matching(existing: Any) -> ir.JourneyGraph:
    vip = ir.Match(ir.SegmentTest("vip"), existing)
    return journey(vip, {"a": mail("Hello.")}, name="hello")


VIP = ir.SegmentGraph(
    cio=1,
    kind="segment",
    name="vip",
    title="VIP",
    source=ir.Origin("v.journey", "sha256:0"),
    where=ir.AttributeTest("name", "one_of", ("P1", "P2")),
)


def test_who_would_enter_is_who_then_enters(store: Store) -> None:
    graphs = [two_waits(), VIP, matching("include")]
    planned = plan(store, graphs, {}, at(5), UTC)
    (hello,) = [part for part in planned.parts if part.label == "journey hello"]
    assert hello.entering is not None
    assert (hello.entering.people, hello.entering.some) == (2, ("p1", "p2"))
    apply(store, graphs, {}, at(5))
    replay(store, at(6), UTC)
    entered = [group for group in store.runs_summary() if group.journey == "hello"]
    assert [each.entered for each in entered] == [2]


def test_nobody_enters_a_journey_for_those_who_start_to_match(store: Store) -> None:
    graphs = [two_waits(), VIP, matching("exclude")]
    planned = plan(store, graphs, {}, at(5), UTC)
    (hello,) = [part for part in planned.parts if part.label == "journey hello"]
    assert hello.entering is not None and hello.entering.people == 0
    apply(store, graphs, {}, at(5))
    replay(store, at(6), UTC)
    assert [each for each in store.runs_summary() if each.journey == "hello"] == []


def test_versions_have_an_author_and_a_note(store: Store) -> None:
    applied(store, without("day"), "pinned")
    first, second = store.deployments.versions()["two-waits"]
    assert (first.version, first.active, first.applied_at) == (1, False, START)
    assert (second.version, second.author, second.note) == (2, "ann", "why not")
    assert second.active
