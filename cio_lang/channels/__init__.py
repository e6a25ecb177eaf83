"""The ways to reach people: one module each, listed in `CHANNELS`."""

from __future__ import annotations

from collections.abc import Callable

from cio_lang import ir
from cio_lang.channels.channel import Channel, Draft, Outgoing, Unreachable
from cio_lang.channels.email import Email, EmailSettings
from cio_lang.channels.outcome import Outcome, Result
from cio_lang.record import record

__all__ = [
    "CHANNELS",
    "Channel",
    "ChannelKind",
    "Draft",
    "Email",
    "EmailSettings",
    "Outcome",
    "Outgoing",
    "Result",
    "Unreachable",
]


@record
class ChannelKind:
    """One channel that messages can go by."""

    name: ir.Channel
    summary: str
    open: Callable[[EmailSettings], Channel]


CHANNELS: tuple[ChannelKind, ...] = (
    ChannelKind("email", "Email by SMTP to the person's `email`.", Email),
)
