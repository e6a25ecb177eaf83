"""Journeys carried out in a store, on each database, come to the story of the reference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cio_lang import ir, reference
from cio_lang.compiler import compile_sources
from cio_lang.conditions import Event
from cio_lang.runtime.advance import Stepper
from cio_lang.runtime.carried import not_carried
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.store import Store, open_store
from cio_lang.store.state import NewEvent

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday

DAY = timedelta(days=1)
END = START + 30 * DAY

STEPS = """
segment "Nudged"
  did nudge_sent

journey "Onboarding"
  when someone does signed_up
  every time

  wait until they do activated, up to 3 days
  otherwise
    track nudge_sent with count 1
  repeat up to 3 times until plan is "Pro"
    wait until 09:00 their time
    email "Still there?"
  wait until 1 day before renews_at
  otherwise
    email "No date"
    leave
  start journey "Renewal"
  wait until plan is "Pro", up to 60 days
  email "Thank you"

journey "Nudged"
  when someone does nudge_sent where count is 1
  every time

  email "We nudged you"

journey "Renewal"
  when started

  email "It renews tomorrow"
"""

LIVES: dict[str, list[reference.Happening]] = {
    "quiet": [],
    "active": [
        reference.Did(START + timedelta(days=1), Event("activated", START + DAY, {}, "a")),
        reference.Becomes(START + timedelta(days=9), "renews_at", "2026-03-20"),
    ],
    "customer": [
        reference.Becomes(START + timedelta(days=4, hours=1), "renews_at", "2026-03-20"),
        reference.Becomes(START + timedelta(days=5), "renews_at", "2026-03-25"),
        reference.Becomes(START + timedelta(days=24), "plan", "Pro"),
    ],
}


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        yield opened


def compiled(text: str) -> tuple[ir.Graph, ...]:
    built = compile_sources([Source("x.journey", text)], Settings())
    assert not built.failed, [problem.report().what for problem in built.problems]
    assert not not_carried(built.graphs), not_carried(built.graphs)
    return built.graphs


@pytest.mark.parametrize("life", LIVES)
def test_a_store_comes_to_the_story_of_the_reference(store: Store, life: str) -> None:
    graphs, happens = compiled(STEPS), LIVES[life]
    signed_up = Event("signed_up", START + timedelta(hours=1), {}, "s")
    attributes = {"email": "alice@example.com"}
    happens = [reference.Did(signed_up.at, signed_up), *happens]
    told = reference.tell(
        reference.Person("alice", START, attributes), graphs, happens, END, applied=START
    )

    store.deploy(graphs, {}, START)
    alice = store.put_person("alice", attributes, START)
    for happening in happens:
        advance(store, happening.at - timedelta(microseconds=1))
        if isinstance(happening, reference.Did):
            done = happening.event
            store.put_events([NewEvent("alice", done.name, done.at, done.properties, done.id)])
        elif isinstance(happening, reference.Becomes):
            store.put_person("alice", {happening.attribute: happening.value}, happening.at)
    advance(store, END)

    messages = [(row.made_at, row.text) for row in store.messages_of(alice)]
    assert sorted(messages) == sorted((each.made, each.message.text) for each in told.messages)
    events = [(event.name, event.at, event.properties) for event in store.events(alice)]
    assert events == [
        (each.name, each.at, each.properties)
        for each in told.events
        if each.name != "message_sent"  # a store keeps its messages apart
    ]
    nudged = [change.entered for change in store.membership_changes(alice)]
    assert nudged == [True] * any(event.name == "nudge_sent" for event in told.events)


def advance(store: Store, until: datetime) -> None:
    stepper = Stepper(store, UTC)
    while stepper.replay_due(until).people:
        store.live.refresh(until)
