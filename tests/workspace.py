"""A store with people and journeys in it, for tests of the runtime."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cio_lang import ir
from cio_lang.channels import Email, EmailSettings
from cio_lang.runtime.dispatch import Dispatched, dispatch_all
from cio_lang.store import Store, open_store
from cio_lang.store.state import NewEvent
from tests.one_person import START, at, journey, mail, wait

ORDERED = ir.EventMatch("order_placed")


def two_mails() -> ir.JourneyGraph:
    """Thanks at once, and a second mail after a day."""
    nodes = {"a": mail("Thanks.", "w"), "w": wait("P1D", "b"), "b": mail("How was it?")}
    return journey(ORDERED, nodes, name="two-mails")


def filled(
    where: Path | str,
    graphs: Sequence[ir.Graph],
    people: Mapping[str, Mapping[str, Any]],
    templates: Mapping[str, str] | None = None,
    applied_at: datetime = START,
) -> Store:
    """A new store in which everybody ordered one hour after the start."""
    store = open_store(where, create=True)
    store.deploy(graphs, templates or {}, applied_at)
    store.put_people((key, attributes, START) for key, attributes in people.items())
    store.put_events(NewEvent(key, "order_placed", at(1), {"n": 1}, f"o-{key}") for key in people)
    return store


def crowd(count: int) -> dict[str, dict[str, Any]]:
    """So many people with addresses."""
    return {f"p{n}": {"email": f"p{n}@example.com", "name": f"P{n}"} for n in range(count)}


def channel(port: int, **settings: Any) -> Email:
    """Email by way of a server on loopback."""
    return Email(EmailSettings("Shop <hi@shop.example>", port=port, **settings))


def send_all(store: Store, port: int, now: datetime, **settings: Any) -> Dispatched:
    """Dispatch everything that waits at `now`, in a loop of its own."""

    async def send() -> Dispatched:
        email = channel(port, **settings)
        try:
            return await dispatch_all(store, [email], now)
        finally:
            await email.close()

    return asyncio.run(send())
