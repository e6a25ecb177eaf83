"""The live loop: an event that another process writes is mail within a second or two."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from cio_lang.mistake import UserMistake
from cio_lang.runtime import live as loop
from cio_lang.runtime.live import Beat, live
from cio_lang.store import Store, open_store
from cio_lang.store.state import NewEvent
from tests.mail_server import MailServer, free_port
from tests.one_person import journey, mail, wait
from tests.stores import schema, server
from tests.workspace import ORDERED, channel


def opened(place: Path | str) -> Store:
    store = open_store(place, create=True)
    nodes = {"a": mail("Thanks.", "w"), "w": wait("PT1S", "b"), "b": mail("Bye.")}
    store.deploy([journey(ORDERED, nodes)], {}, datetime.now(UTC) - timedelta(hours=1))
    store.put_person("ann", {"email": "ann@example.com"}, datetime.now(UTC))
    return store


def order(place: Path | str, uid: str) -> None:
    """As `cio say` in another terminal does it."""
    with open_store(place) as store:
        store.put_events([NewEvent("ann", "order_placed", datetime.now(UTC), {}, uid)])


stores: dict[Path | str, Store] = {}
"""Those that a loop works on."""


def run(
    place: Path | str, port: int, during: Callable[[list[Beat]], Awaitable[None]]
) -> list[Beat]:
    """The loop with `during` beside it; returns what it reported."""
    beats: list[Beat] = []

    async def both() -> None:
        stop = asyncio.Event()
        email = channel(port)
        with open_store(place) as store:
            stores[place] = store
            working = asyncio.create_task(
                live(store, [email], UTC, lambda: datetime.now(UTC), stop, beats.append)
            )
            try:
                await during(beats)
            finally:
                stop.set()
                await asyncio.wait_for(working, 5)
                await email.close()

    asyncio.run(both())
    return beats


async def until(holds: Callable[[], bool], seconds: float = 10) -> float:
    """Wait for something; returns how many seconds it took."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds, "it took too long"
        await asyncio.sleep(0.01)
    return time.monotonic() - started


def test_an_event_is_mail_at_once_and_a_wait_ends_in_time(store_place: Path | str) -> None:
    opened(store_place).close()
    with MailServer() as server:

        async def during(beats: list[Beat]) -> None:
            await asyncio.sleep(0.3)
            order(store_place, "one")
            assert await until(lambda: len(server.received) == 1) < 1.5
            assert await until(lambda: len(server.received) == 2) < 2.5

        beats = run(store_place, server.port, during)
    assert sum(beat.dispatched.total for beat in beats) == 2
    assert all(beat.mistake is None for beat in beats)


def test_without_a_mail_server_it_says_so_once_and_goes_on(
    store_place: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "RETRY_AFTER", timedelta(seconds=0.3))
    opened(store_place).close()
    port = free_port()

    async def during(beats: list[Beat]) -> None:
        order(store_place, "one")
        await until(lambda: any(beat.mistake for beat in beats))
        await asyncio.sleep(1)
        assert sum(beat.mistake is not None for beat in beats) == 1
        server = MailServer()
        server.port = port
        with server, suppress(TimeoutError):
            await until(lambda: len(server.received) == 2)

    beats = run(store_place, port, during)
    assert sum(beat.dispatched.counts.get("accepted", 0) for beat in beats) == 2


def test_a_store_that_somebody_holds_is_tried_again(
    store_place: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "RETRY_AFTER", timedelta(seconds=0.2))
    opened(store_place).close()
    beats: list[Beat] = []

    async def both(port: int) -> None:
        stop, email = asyncio.Event(), channel(port)
        with (
            open_store(store_place, wait=0.1) as store,
            open_store(store_place) as other,
        ):
            order(store_place, "one")
            with other.transaction():
                if other.path is None:  # where one writer does not keep the others out
                    other._database.driver("LOCK TABLE due")
                working = asyncio.create_task(
                    live(store, [email], UTC, lambda: datetime.now(UTC), stop, beats.append)
                )
                await until(lambda: any(beat.mistake for beat in beats))
            await until(lambda: sum(beat.dispatched.total for beat in beats) == 2)
            stop.set()
            await working
            await email.close()

    with MailServer() as server:
        asyncio.run(both(server.port))
    assert sum(beat.mistake is not None for beat in beats) == 1


def test_a_server_that_goes_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "RETRY_AFTER", timedelta(seconds=0.2))
    with schema() as address, MailServer() as mails:
        opened(address).close()

        async def during(beats: list[Beat]) -> None:
            await asyncio.sleep(0.3)
            pid = stores[address]._database.raw.info.backend_pid
            with psycopg.connect(server(), autocommit=True) as connection:
                connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            await until(lambda: any(beat.mistake for beat in beats))
            order(address, "one")
            await until(lambda: len(mails.received) == 2)

        beats = run(address, mails.port, during)
    assert [type(beat.mistake) for beat in beats if beat.mistake] == [UserMistake]
