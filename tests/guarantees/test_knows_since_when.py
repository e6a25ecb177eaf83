"""`plan has been "trial" for 7 days` is true seven days after the change, not before, not later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cio_lang import ir
from cio_lang.runtime.advance import advance_due, replay
from tests.one_person import START, Alice, at, deployed, journey, mail, wait
from tests.workspace import ORDERED, filled

WEEK = 7 * 24
HELD = ir.Match(ir.HeldTest("plan", "trial", "P7D"))


def still_there() -> ir.JourneyGraph:
    return journey(HELD, {"a": mail("Still on trial?")}, name="still", allow="every_time")


def test_the_mail_comes_when_the_week_is_over(store_place: Path | str) -> None:
    with filled(store_place, [still_there()], {"p0": {"plan": "free"}}) as store:
        store.put_person("p0", {"plan": "trial"}, at(10))
        advance_due(store, at(10))
        store.put_person("p0", {"plan": "trial", "seats": 3}, at(100))  # the same is no change
        replay(store, at(10 + WEEK) - timedelta(microseconds=1))
        assert store.messages_of(1) == []
        replay(store, at(1000))
        (message,) = store.messages_of(1)
        assert message.made_at == at(10 + WEEK)


def test_a_change_in_between_begins_the_week_anew(store_place: Path | str) -> None:
    with filled(store_place, [still_there()], {"p0": {"plan": "trial"}}) as store:
        replay(store, at(100))
        store.put_person("p0", {"plan": "free"}, at(100))
        replay(store, at(101))
        store.put_person("p0", {"plan": "trial"}, at(101))
        replay(store, at(1000))
        assert [message.made_at for message in store.messages_of(1)] == [at(101 + WEEK)]


def test_what_a_step_sets_counts_from_the_step(store_place: Path | str) -> None:
    starts = journey(
        ORDERED,
        {"w": wait("PT5H", "s"), "s": ir.SetNode(ir.Assignment("plan", "trial"), None)},
        name="starts",
    )
    with filled(store_place, [starts, still_there()], {"p0": {"plan": "free"}}) as store:
        replay(store, at(50))
        assert store.person(1).changed["plan"] == at(6)
        replay(store, at(1000))
        assert [message.made_at for message in store.messages_of(1)] == [at(6 + WEEK)]


def test_the_engine_alone_sees_it_in_one_replay() -> None:
    alice = Alice([deployed(still_there())], {"plan": "free"})
    alice.attributes["plan"], alice.changed["plan"] = "trial", START + timedelta(hours=3)
    alice.replay(1000)
    assert alice.mails == [("Still on trial?", 3 + WEEK)]
