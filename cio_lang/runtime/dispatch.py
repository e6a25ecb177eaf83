"""Handing queued messages to their channels: at most once, and never without a trace.

Claim and render a batch; then, a few at a time and as fast as the channel takes them, commit
`attempting` with the exact bytes, and only then open the mouth.  Outcomes are written under the
fence of the claim, with the next commit.  A process that dies therefore leaves in doubt only the
few messages that were on the wire: they become `unknown` when their lease ends, and all others are
sent by whoever comes next.  What fails before its last byte is sent again later, unchanged.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from cio_lang.channels import Channel, Draft, Outcome, Outgoing, Unreachable
from cio_lang.crash import crash_point
from cio_lang.mistake import UserMistake
from cio_lang.record import record
from cio_lang.store import Attempt, Claimed, Settlement, Store
from cio_lang.store.release import LEFT
from cio_lang.store.state import OutboxStatus
from cio_lang.templates import Rendered, TemplateFailed, render, render_inline

CLAIM = 15.0  # seconds to render in; who takes longer only finds that the fence has risen
LEASE = timedelta(minutes=15)  # more than BEGIN_WITHIN and the longest single hand-over together
BEGIN_WITHIN = 300.0  # seconds
BATCH = 400
ATTEMPTS = 10
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)


@record
class Dispatched:
    """How many messages ended how, by outbox status."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    def __add__(self, other: Dispatched) -> Dispatched:
        names = sorted({*self.counts, *other.counts})
        return Dispatched({n: self.counts.get(n, 0) + other.counts.get(n, 0) for n in names})


@record
class _Ready:
    claimed: Claimed
    channel: Channel
    outgoing: Outgoing


async def dispatch(
    store: Store, channels: Sequence[Channel], now: datetime, limit: int = BATCH
) -> Dispatched:
    """Hand over up to `limit` queued messages.

    Raises `UserMistake` where a channel has no server to hand over to: its messages are queued as
    before.
    """
    store.expire_leases(now)
    claimed = store.claim_outbox(now, limit, CLAIM)
    if not claimed:
        return Dispatched()
    crash_point("claimed")
    ready, skipped = await _prepare(store, channels, claimed, now)
    counts: Counter[str] = Counter()
    _settle(store, skipped, counts)
    mistakes: list[UserMistake] = []
    for channel in channels:
        line = _Line(store, [each for each in ready if each.channel is channel], now, counts)
        if line.waiting:
            try:
                await line.hand_over(channel)
            except UserMistake as mistake:
                mistakes.append(mistake)
    if mistakes:
        raise mistakes[0]
    return Dispatched(dict(counts))


async def dispatch_all(
    store: Store,
    channels: Sequence[Channel],
    now: datetime,
    on_progress: Callable[[Dispatched], None] | None = None,
) -> Dispatched:
    """Hand over everything that waits at `now`, batch by batch.  Raises as `dispatch` does."""
    total = Dispatched()
    while (done := await dispatch(store, channels, now)).total:
        total += done
        if on_progress is not None:
            on_progress(done)
    return total


async def _prepare(
    store: Store, channels: Sequence[Channel], claimed: Sequence[Claimed], now: datetime
) -> tuple[list[_Ready], list[Settlement]]:
    """Each message as bytes, or why it is not sent."""
    by_name: dict[str, Channel] = {channel.name: channel for channel in channels}
    templates = store.templates()
    ready: list[_Ready] = []
    skipped: list[Settlement] = []
    for number, each in enumerate(claimed):
        if number % 20 == 19:
            await asyncio.sleep(0)  # what is on its way meanwhile goes on
        found = as_bytes(each, by_name, templates)
        if isinstance(found, _Ready):
            ready.append(found)
        else:
            skipped.append(Settlement(each.row.id, each.fence, "skipped", now, reason=found.reason))
    return ready, skipped


def as_bytes(
    claimed: Claimed, channels: Mapping[str, Channel], templates: Mapping[str, str]
) -> _Ready | Unreachable:
    """A message by the first channel that reaches the person, or why it is not sent."""
    row = claimed.row
    if claimed.left and claimed.attempts:
        return Unreachable(LEFT)  # while it was being sent, so that the exit could not skip it
    reached = _reach(claimed, channels)
    if isinstance(reached, Unreachable):
        return reached
    channel, recipient = reached
    if claimed.message is not None and claimed.recipient is not None:
        # Sent before without success: a retry sends the same bytes to the same address.
        return _Ready(
            claimed,
            channel,
            Outgoing(row.id, claimed.recipient, claimed.message, channel.message_id(row.id)),
        )
    try:
        words = _render(claimed, templates)
        draft = Draft(row.id, recipient, words.subject, words.text, words.html, row.made_at)
        return _Ready(claimed, channel, channel.compose(draft))
    except TemplateFailed as error:
        return Unreachable(f"template failed: {error}")
    except ValueError as error:
        return Unreachable(f"cannot be written as a message: {error}")


def _reach(claimed: Claimed, channels: Mapping[str, Channel]) -> tuple[Channel, str] | Unreachable:
    """The first channel of the message's that reaches the person, or why none does."""
    reason = f"no {' or '.join(claimed.row.channels)} channel is set up"
    for name in claimed.row.channels:
        channel = channels.get(name)
        if channel is None:
            continue
        address = channel.address(claimed.person.attributes)
        if isinstance(address, str):
            return channel, address
        reason = address.reason
    return Unreachable(reason)


def _render(claimed: Claimed, templates: Mapping[str, str]) -> Rendered:
    event = claimed.entry_event
    context: dict[str, Any] = {
        "person": claimed.person.attributes,
        "event": {} if event is None else event.properties,
    }
    if claimed.row.template is None:
        return render_inline(claimed.row.text or "", context)
    body = templates.get(claimed.row.template)
    if body is None:
        raise TemplateFailed(f"there is no template `{claimed.row.template}`")
    return render(body, context)


class _Line:
    """The messages of one channel in one batch, on their way."""

    def __init__(
        self, store: Store, ready: Sequence[_Ready], now: datetime, counts: Counter[str]
    ) -> None:
        self.waiting = list(reversed(ready))
        self._store = store
        self._now = now
        self._counts = counts
        self._sent: dict[str, _Ready] = {}
        self._ends: list[Settlement] = []
        self._deadline = time.monotonic() + BEGIN_WITHIN

    async def hand_over(self, channel: Channel) -> None:
        """Give everything to the channel and write what came of it."""
        try:
            async for row_id, outcome in channel.deliver(self._take):
                crash_point("sent")
                self._ends.append(_settlement(self._sent.pop(row_id), outcome, self._now))
        finally:
            # What is on the wire without an outcome (we were cancelled) is left to its lease.
            self._write_ends()
            back = [
                Settlement(each.claimed.row.id, each.claimed.fence, "queued", self._now)
                for each in self.waiting
            ]
            _settle(self._store, back, Counter())

    def _take(self, count: int) -> list[Outgoing]:
        """Commit the next few as being sent, with the outcomes that have come in."""
        while True:
            self._write_ends()
            if not self.waiting or time.monotonic() > self._deadline:
                return []
            few = [self.waiting.pop() for _ in range(min(count, len(self.waiting)))]
            crash_point("attempt")
            ours = self._store.record_attempts(
                Attempt(
                    each.claimed.row.id,
                    each.claimed.fence,
                    each.channel.name,
                    each.outgoing.recipient,
                    each.outgoing.content,
                    self._now + LEASE,
                )
                for each in few
            )
            crash_point("attempting")
            mine = [each for each in few if each.claimed.row.id in ours]
            if mine:  # else somebody else has claimed them meanwhile
                self._sent |= {each.claimed.row.id: each for each in mine}
                return [each.outgoing for each in mine]

    def _write_ends(self) -> None:
        ends, self._ends = self._ends, []
        _settle(self._store, ends, self._counts)


def _settlement(ready: _Ready, outcome: Outcome, now: datetime) -> Settlement:
    row_id, fence = ready.claimed.row.id, ready.claimed.fence
    attempts = ready.claimed.attempts + 1
    retry_at = now + min(FIRST_RETRY * 2 ** min(attempts - 1, 20), LONGEST_RETRY)
    match outcome.result:
        case "accepted":
            message_id = ready.outgoing.message_id
            return Settlement(row_id, fence, "accepted", now, message_id=message_id)
        case "rejected" | "unknown":
            return Settlement(row_id, fence, outcome.result, now, reason=outcome.detail)
        case "deferred" | "not_sent":
            if attempts >= ATTEMPTS:
                reason = f"given up after {attempts} attempts: {outcome.detail}"
                return Settlement(row_id, fence, "rejected", now, reason=reason)
            status: OutboxStatus = "deferred" if outcome.result == "deferred" else "queued"
            return Settlement(row_id, fence, status, now, reason=outcome.detail, retry_at=retry_at)


def _settle(store: Store, ends: Sequence[Settlement], counts: Counter[str]) -> None:
    """Write how messages ended, and count those that were ours to write."""
    if not ends:
        return
    crash_point("settle")
    written = store.settle_all(ends)
    crash_point("settled")
    counts.update(end.status for end in ends if end.id in written)
