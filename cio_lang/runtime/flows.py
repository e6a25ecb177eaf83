"""The flows that Prefect runs: whole batches, never one per person.

Prefect starts, times and shows them; it holds no truth.  A flow takes instants as text and where
the store is as it may be shown, opens the store itself, and what it has done is in the store.
Passwords, progress and the signal to stop do not go through Prefect: `Surroundings` carries them
inside this process.

Call these inside `with PrefectServer(…)`.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from prefect import flow
from prefect.exceptions import TerminationSignal
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from cio_lang.channels import Channel
from cio_lang.record import record
from cio_lang.runtime.advance import Advanced, replay
from cio_lang.runtime.dispatch import Dispatched, dispatch_all
from cio_lang.runtime.live import Beat, live
from cio_lang.runtime.server import PrefectServer
from cio_lang.store import open_store
from cio_lang.store.address import shown

_T = TypeVar("_T")


@record
class Surroundings:
    """What flows use of the process that they run in; `store` is what `open_store` takes."""

    store: Path | str
    channels: Sequence[Channel] = ()
    on_advanced: Callable[[Advanced], None] = lambda done: None
    on_dispatched: Callable[[Dispatched], None] = lambda done: None
    on_beat: Callable[[Beat], None] = lambda beat: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    stop: asyncio.Event = field(default_factory=asyncio.Event)


_surroundings: ContextVar[Surroundings] = ContextVar("surroundings")


@flow(name="advance", persist_result=False, validate_parameters=False)
async def advance_flow(store: str, until: str, timezone: str) -> dict[str, int]:
    """Walk everybody who is due through their own instants up to `until` (ISO 8601)."""
    here = _surroundings.get()
    _end_as_by_ctrl_c()
    with open_store(here.store) as opened:
        done = replay(
            opened,
            datetime.fromisoformat(until),
            ZoneInfo(timezone),
            on_progress=here.on_advanced,
        )
    return asdict(done)


@flow(name="dispatch", persist_result=False, validate_parameters=False)
async def dispatch_flow(store: str, now: str) -> dict[str, int]:
    """Hand over every message that waits at `now` (ISO 8601)."""
    here = _surroundings.get()
    _end_as_by_ctrl_c()
    with open_store(here.store) as opened:
        done = await dispatch_all(
            opened, here.channels, datetime.fromisoformat(now), here.on_dispatched
        )
    return dict(done.counts)


@flow(name="live", persist_result=False, validate_parameters=False)
async def live_flow(store: str, timezone: str) -> None:
    """Advance and dispatch as things happen, until the process is told to stop."""
    here = _surroundings.get()
    # Prefect has set its own handler of SIGTERM by now, which would end the batch in the middle.
    _stop_when_told(here.stop)
    with open_store(here.store) as opened:
        await live(opened, here.channels, ZoneInfo(timezone), here.clock, here.stop, here.on_beat)


@record
class Replayed:
    """What a replay did, and the seconds that its two halves took."""

    advanced: Advanced
    dispatched: Dispatched
    advance_seconds: float
    dispatch_seconds: float
    flow_runs: int


def run_replay(
    server: PrefectServer,
    store: Path | str,
    instants: Sequence[datetime],
    timezone: str,
    channels: Sequence[Channel],
    *,
    on_advanced: Callable[[Advanced], None] = lambda done: None,
    on_dispatched: Callable[[Dispatched], None] = lambda done: None,
    on_instant: Callable[[datetime], None] = lambda instant: None,
) -> Replayed:
    """Replay up to each of `instants` in turn (month by month, say), sending after each.

    Two flow runs per instant; `on_instant` is called when both are through.  Raises `UserMistake`
    as the store and the channels do.
    """
    here = Surroundings(store, channels, on_advanced, on_dispatched)
    name = shown(store)

    async def batches() -> Replayed:
        advanced, dispatched = Advanced(), Dispatched()
        clock = asyncio.get_running_loop().time
        advance_seconds = dispatch_seconds = 0.0
        try:
            for instant in instants:
                started = clock()
                advanced += Advanced(**await advance_flow(name, instant.isoformat(), timezone))
                advance_seconds += (between := clock()) - started
                dispatched += Dispatched(await dispatch_flow(name, instant.isoformat()))
                dispatch_seconds += clock() - between
                on_instant(instant)
        finally:
            await _close(channels)
        return Replayed(advanced, dispatched, advance_seconds, dispatch_seconds, 2 * len(instants))

    return _run(server, here, batches())


def run_dispatch(
    server: PrefectServer, store: Path | str, now: datetime, channels: Sequence[Channel]
) -> Dispatched:
    """Send everything that waits at `now`, as one flow run."""

    async def one() -> Dispatched:
        try:
            return Dispatched(await dispatch_flow(shown(store), now.isoformat()))
        finally:
            await _close(channels)

    return _run(server, Surroundings(store, channels), one())


def run_live(
    server: PrefectServer,
    store: Path | str,
    timezone: str,
    channels: Sequence[Channel],
    on_beat: Callable[[Beat], None],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Advance and dispatch as things happen, until SIGINT or SIGTERM; then finish and return."""

    async def until_told() -> None:
        stop = asyncio.Event()
        _stop_when_told(stop)
        _surroundings.set(Surroundings(store, channels, on_beat=on_beat, clock=clock, stop=stop))
        try:
            await live_flow(shown(store), timezone)
        finally:
            await _close(channels)

    _run(server, Surroundings(store, channels), until_told())


def _stop_when_told(stop: asyncio.Event) -> None:
    """SIGINT and SIGTERM set `stop` from here on."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)


def _end_as_by_ctrl_c() -> None:
    """SIGTERM in a flow ends the work as SIGINT does, at the next point where it can be left.

    Prefect's handler, set when the flow began, would raise wherever the process just is, and send
    the signal again: now and then to a process that no longer expects it.
    """
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, os.kill, os.getpid(), signal.SIGINT)


async def _close(channels: Sequence[Channel]) -> None:
    for channel in channels:
        await channel.close()


def _run(server: PrefectServer, here: Surroundings, work: Coroutine[Any, Any, _T]) -> _T:
    with _connected(server):
        token = _surroundings.set(here)
        try:
            return asyncio.run(work)
        except TerminationSignal:
            # Prefect's own word for SIGTERM; to everything above it is being told to stop.
            raise KeyboardInterrupt from None
        finally:
            _surroundings.reset(token)


@contextmanager
def _connected(server: PrefectServer) -> Iterator[None]:
    """Flows report to this server, even if Prefect was imported before it was started."""
    with temporary_settings({PREFECT_API_URL: server.url, PREFECT_HOME: server.home}):
        yield
