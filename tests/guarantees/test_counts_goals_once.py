"""A goal counts once per run, for the first event in time, by the goal in force at entry."""

from __future__ import annotations

from pathlib import Path

from cio_lang import ir
from cio_lang.runtime.advance import replay
from cio_lang.store.state import NewEvent
from tests.one_person import Alice, at, deployed, event, journey, mail
from tests.workspace import ORDERED, crowd, filled


def test_the_first_counts_and_no_other() -> None:
    her = Alice([deployed(journey(ORDERED, {"a": mail("x")}, goal=ir.Goal("paid")))])
    her.did(event("order_placed", 1), event("paid", 2), event("paid", 3))
    her.replay(9)
    assert [run.goal_at for run in her.runs.values()] == [at(2)]
    assert len(her.said("goal")) == 1


def test_each_run_counts_its_own() -> None:
    graph = journey(ORDERED, {"a": mail("x")}, goal=ir.Goal("order_placed", within="P1D"))
    her = Alice([deployed(graph)])
    her.did(event("order_placed", 1), event("order_placed", 5), event("order_placed", 40))
    her.replay(99)
    assert sorted((run.entered_at, run.goal_at) for run in her.runs.values() if run.goal_at) == [
        (at(1), at(5))
    ]


def test_the_goal_in_force_at_entry(store_place: Path | str) -> None:
    def version(goal: str) -> ir.JourneyGraph:
        return journey(ORDERED, {"a": mail("x")}, name="j", goal=ir.Goal(goal))

    with filled(store_place, [version("paid")], crowd(1)) as store:
        replay(store, at(2))
        store.deploy([version("praised")], {}, at(3))
        store.put_events(
            [NewEvent("p0", "praised", at(4), {}, "a"), NewEvent("p0", "paid", at(5), {}, "b")]
        )
        replay(store, at(9))
        [run] = store.load_batch([1])[0].runs
        assert run.goal_at == at(5)
