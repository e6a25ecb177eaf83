"""The live loop: what falls due is done, and what is queued is sent, as soon as it is there.

It looks every 100 ms whether another process has written to the store or somebody is due, which
costs two look-ups in an index, and does the work in small batches.  It is one long flow run in
Prefect and not a run per batch: starting a run takes longer than an event may wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo

from cio_lang.channels import Channel
from cio_lang.mistake import UserMistake
from cio_lang.record import record
from cio_lang.runtime.advance import Advanced, Stepper
from cio_lang.runtime.dispatch import Dispatched, dispatch
from cio_lang.store import Store

LOOK_EVERY = 0.1  # seconds
LOOK_AGAIN = timedelta(seconds=1)  # even if nobody seems to have written
RETRY_AFTER = timedelta(seconds=5)  # after a mistake that somebody has to mend
BATCH = 500


@record
class Beat:
    """What one look did: something was, or `mistake` was met (reported once until it is over)."""

    at: datetime
    advanced: Advanced
    dispatched: Dispatched
    mistake: UserMistake | None = None


async def live(
    store: Store,
    channels: Sequence[Channel],
    timezone: tzinfo,
    clock: Callable[[], datetime],
    stop: asyncio.Event,
    report: Callable[[Beat], None],
) -> None:
    """Work until `stop` is set; the batch in hand is finished first.

    `clock` is the time now.  A mail server or store that cannot be reached is reported and tried
    again every few seconds; nothing is lost meanwhile.
    """
    stepper = Stepper(store, timezone)
    seen: int | None = None
    look_at = send_after = step_after = clock()
    troubles: set[str] = set()

    def met(mistake: UserMistake, now: datetime) -> None:
        if str(mistake) not in troubles:
            troubles.add(str(mistake))
            report(Beat(now, Advanced(), Dispatched(), mistake))

    while not stop.is_set():
        now = clock()
        more = False
        try:
            version = store.data_version()
            if now >= step_after and (version != seen or now >= look_at):
                store.live.refresh(now)
                advanced = stepper.advance_due(now, BATCH)
                more = advanced.people == BATCH
                sent = Dispatched()
                if now >= send_after:
                    try:
                        sent = await dispatch(store, channels, now, BATCH)
                        more = more or sent.total > 0
                        troubles.clear()
                    except UserMistake as mistake:
                        met(mistake, now)
                        send_after = now + RETRY_AFTER
                if advanced.people or sent.total:
                    report(Beat(now, advanced, sent))
                seen = version
                # While there is more, nobody has to work out when: that reads all that waits.
                look_at = now if more else _next_look(store, now, send_after)
        except UserMistake as mistake:
            met(mistake, now)
            step_after = now + RETRY_AFTER
        if not more:
            await _pause(stop)


def _next_look(store: Store, now: datetime, send_after: datetime) -> datetime:
    """When there is something to do even if nobody writes: due people, retries, segments."""
    instants = [now + LOOK_AGAIN]
    due, retry = store.next_due(), store.next_retry()
    for at in (due, store.live.next_check()):
        if at is not None:
            instants.append(at)
    if retry is not None:
        instants.append(max(retry, send_after))
    return max(now, min(instants))


async def _pause(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), LOOK_EVERY)
    except TimeoutError:
        return
