"""Exits act at the instant of their event, on whatever step the run stands."""

from __future__ import annotations

import pytest

from cio_lang import ir
from tests.one_person import Alice, at, deployed, event, journey, mail, wait
from tests.workspace import ORDERED

NODES = {
    "a": mail("one", "w"),
    "w": wait("P1D", "b"),
    "b": mail("two", "v"),
    "v": wait("P1D", "c"),
    "c": mail("three"),
}


@pytest.mark.parametrize(("hours", "sent"), [(2, 1), (24.9, 1), (26, 2), (48.9, 2), (60, 3)])
def test_on_every_step(hours: float, sent: int) -> None:
    her = Alice([deployed(journey(ORDERED, NODES, exits=(ir.ExitOnEvent("paid"),)))])
    her.did(event("order_placed", 1), event("paid", hours))
    her.replay(99)
    assert len(her.mails) == sent
    [run] = her.runs.values()
    if sent < 3:
        assert (run.reason, run.finished_at) == ("did paid", at(hours))
        assert her.said("left") == [{"reason": "did paid"}]


def test_at_the_instant_at_which_the_wait_ends_the_exit_goes_first() -> None:
    her = Alice([deployed(journey(ORDERED, NODES, exits=(ir.ExitOnEvent("paid"),)))])
    her.did(event("order_placed", 1), event("paid", 25))
    her.replay(99)
    assert her.mails == [("one", 1)]


def test_an_exit_that_came_while_nobody_worked_goes_before_what_was_due() -> None:
    """After a day without power, who has paid meanwhile gets no reminder."""
    her = Alice([deployed(journey(ORDERED, NODES, exits=(ir.ExitOnEvent("paid"),)))])
    her.did(event("order_placed", 1))
    her.step(1)
    her.did(event("paid", 30))
    her.step(50)
    assert her.mails == [("one", 1)] and her.reasons == ["did paid"]


def test_by_the_clock_alone() -> None:
    """`leave when` a condition that only time makes true ends the run at that instant."""
    exits = (ir.ExitWhen(ir.InactiveTest("PT5H")),)
    her = Alice([deployed(journey(ORDERED, NODES, exits=exits))])
    her.did(event("order_placed", 1))
    her.replay(99)
    [run] = her.runs.values()
    assert run.finished_at == at(6) and len(her.mails) == 1
