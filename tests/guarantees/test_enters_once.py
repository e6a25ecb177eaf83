"""One live run per person and journey; `once ever` is once ever."""

from __future__ import annotations

from pathlib import Path

from cio_lang import ir
from cio_lang.runtime.advance import advance_due, replay
from cio_lang.store.state import NewEvent
from tests.one_person import START, Alice, at, deployed, event, journey, mail, wait
from tests.workspace import ORDERED, crowd, filled, two_mails


def test_many_events_in_one_batch_start_one_run(store_place: Path | str) -> None:
    with filled(store_place, [two_mails()], crowd(1)) as store:
        store.put_events(NewEvent("p0", "order_placed", at(1), {}, f"e{n}") for n in range(5))
        advance_due(store, at(1))
        assert store.runs_summary()[0].entered == 1
        refused = [made for made in store.decisions_of(1) if made.what == "not_entered"]
        assert [made.detail["reason"] for made in refused] == ["in it already"] * 5


def test_once_is_once_even_after_a_new_version(store_place: Path | str) -> None:
    graph = journey(ORDERED, {"a": mail("Hi")}, name="j", allow="once")
    with filled(store_place, [graph], crowd(1)) as store:
        replay(store, at(5))
        store.deploy([journey(ORDERED, {"a": mail("Hello")}, name="j", allow="once")], {}, at(6))
        store.put_events([NewEvent("p0", "order_placed", at(7), {}, "again")])
        replay(store, at(9))
        assert store.runs_summary()[0].entered == 1


def test_flapping_at_one_instant_enters_once() -> None:
    """A journey that undoes its own match and makes it again does not start itself again."""
    pro = ir.AttributeTest("plan", "is", "Pro")
    graph = journey(
        ir.Match(pro),
        {
            "a": ir.SetNode(ir.Assignment("plan", "free"), "b"),
            "b": ir.SetNode(ir.Assignment("plan", "Pro"), "c"),
            "c": mail("x"),
        },
    )
    her = Alice([deployed(graph)], {"plan": "Pro"}, created_at=at(1), due=at(1))
    her.replay(50)
    assert her.mails == [("x", 1)]


def test_a_wait_that_ends_with_the_next_entry() -> None:
    """At the instant at which a run's last wait ends, an event finds it still there."""
    her = Alice([deployed(journey(ORDERED, {"w": wait("PT1H", "a"), "a": mail("x")}), START)])
    her.did(event("order_placed", 1), event("order_placed", 2))
    her.replay(9)
    assert her.mails == [("x", 2)]
