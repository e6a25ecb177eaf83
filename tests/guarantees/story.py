"""Everything that the store says about what happened to people, but for how messages ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cio_lang.store import Store


def everything_about(store: Store) -> Mapping[str, Any]:
    """Decisions, messages, runs and attributes of each person by key."""
    people = range(1, store.people_count() + 1)
    told = {}
    for state in store.load_batch(list(people)):
        told[state.person.key] = (
            state.person.attributes,
            state.runs,
            state.standings,
            state.new_events,
            store.decisions_of(state.person.id),
            [
                (row.id, row.node, row.visit, row.made_at)
                for row in store.messages_of(state.person.id)
            ],
        )
    return told
