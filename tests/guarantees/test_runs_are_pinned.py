"""A run keeps the version that it entered; the next one gets the new one."""

from __future__ import annotations

from pathlib import Path

from cio_lang import ir
from cio_lang.runtime.advance import Stepper
from cio_lang.store.state import NewEvent
from tests.one_person import at, journey, mail, wait
from tests.workspace import ORDERED, crowd, filled


def version(words: str, **parts: object) -> ir.JourneyGraph:
    nodes = {"w": wait("P1D", "a"), "a": mail(words)}
    return journey(ORDERED, nodes, name="j", **parts)  # type: ignore[arg-type]


def test_waiting_runs_finish_as_they_began(store_place: Path | str) -> None:
    with filled(store_place, [version("old")], crowd(1)) as store:
        stepper = Stepper(store)
        stepper.replay_due(at(2))
        store.deploy([version("new", exits=(ir.ExitOnEvent("order_placed"),))], {}, at(3))
        store.put_events([NewEvent("p0", "order_placed", at(4), {}, "second")])
        stepper.replay_due(at(30))
        store.put_events([NewEvent("p0", "order_placed", at(31), {}, "third")])
        stepper.replay_due(at(99))
        assert [row.text for row in store.messages_of(1)] == ["old", "new"]


def test_a_journey_that_is_gone_is_finished_by_those_inside(store_place: Path | str) -> None:
    with filled(store_place, [version("old")], crowd(1)) as store:
        Stepper(store).replay_due(at(2))
        store.deploy([], {}, at(3))
        store.put_events([NewEvent("p0", "order_placed", at(4), {}, "second")])
        Stepper(store).replay_due(at(99))
        assert [row.text for row in store.messages_of(1)] == ["old"]
        assert store.runs_summary()[0].entered == 1
