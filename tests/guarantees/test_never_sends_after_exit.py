"""Whatever the journey and the history, no message is made after its run has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import given, settings

from cio_lang.conditions import Event
from cio_lang.store.state import Deployed
from tests.one_person import Alice
from tests.properties.test_engine import HOURS, cases


@settings(max_examples=80, deadline=None)
@given(cases())
def test_no_message_after_the_end(
    case: tuple[list[Deployed], dict[str, Any], list[Event], datetime],
) -> None:
    journeys, attributes, history, known = case
    her = Alice(journeys, dict(attributes), known)
    if history:
        her.did(*history)
    her.replay(HOURS)
    ended: set[str | None] = set()
    for made in her.decisions:
        if made.what in {"left", "finished"}:
            ended.add(made.run)
        elif made.what in {"sent", "branch", "waited", "set"}:
            assert made.run not in ended
    for row in her.outbox:
        finished = her.runs[row.run].finished_at
        assert finished is None or row.made_at <= finished
    assert len({(row.run, row.node, row.visit) for row in her.outbox}) == len(her.outbox)
    assert {row.run for row in her.outbox} <= set(her.runs)
