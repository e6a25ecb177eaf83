"""What a channel is: how it finds a person's address, writes a message down and hands it over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from cio_lang import ir
from cio_lang.channels.outcome import Outcome
from cio_lang.record import record


@record
class Unreachable:
    """Why a person cannot be reached on a channel: `no address`, `bad address`, `unsubscribed`."""

    reason: str


@record
class Draft:
    """A rendered message before it is bytes; `id` is the outbox row's."""

    id: str
    recipient: str
    subject: str
    text: str
    html: str | None
    made_at: datetime


@record
class Outgoing:
    """A message as bytes: what is stored before the hand-over is exactly what is handed over."""

    id: str
    recipient: str
    content: bytes
    message_id: str


class Channel(Protocol):
    """One way to reach people.  An instance holds its connections: use it in one event loop."""

    @property
    def name(self) -> ir.Channel:
        """The name that graphs use."""

    def address(self, attributes: Mapping[str, Any]) -> str | Unreachable:
        """Where this channel reaches the person with these attributes, or why it cannot."""

    def compose(self, draft: Draft) -> Outgoing:
        """The message as bytes; the same draft gives the same bytes.

        Raises ValueError where a part of it can never be sent (a line break in an address).
        """

    def message_id(self, outbox_id: str) -> str:
        """The id that the message of an outbox row has for the rest of the world."""

    def deliver(
        self, take: Callable[[int], Sequence[Outgoing]]
    ) -> AsyncIterator[tuple[str, Outcome]]:
        """Hand over what `take(n)` gives, at most n at a time, until it gives nothing.

        `take` has committed that its messages are being sent when it returns, so a channel takes no
        more than it can begin at once.  Yields (id, outcome) as they become known, in any order.
        Raises `UserMistake` before anything is taken where there is no server to hand over to.
        """

    async def close(self) -> None:
        """Give up the connections."""
