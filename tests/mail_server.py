"""A real SMTP server on loopback that keeps what it accepts, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import email
import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Rule = Callable[[str], str | None]


def accept(recipient: str) -> str | None:
    """Take every message."""
    return None


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_RCPT(
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._server.at_recipient(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        return answer

    async def handle_DATA(self, smtp: SMTP, session: Session, envelope: Envelope) -> str:
        if self._server.seconds:
            await asyncio.sleep(self._server.seconds)
        content = envelope.content
        assert isinstance(content, bytes)
        answer = self._server.at_end(envelope.rcpt_tos[0])
        if answer is None or answer == "accept and hang up":
            self._server.received.append(content)
        if answer is not None and answer.endswith("hang up"):
            assert smtp.transport is not None
            smtp.transport.abort()
        return answer or "250 OK"


class MailServer:
    """`with MailServer() as server:` listens at `server.port`; `received` is what it accepted.

    `at_recipient` and `at_end` answer a recipient or a whole message: None accepts, a reply
    refuses, and at the end `hang up` or `accept and hang up` break the connection instead.
    """

    def __init__(
        self, *, at_recipient: Rule = accept, at_end: Rule = accept, seconds: float = 0
    ) -> None:
        self.at_recipient = at_recipient
        self.at_end = at_end
        self.seconds = seconds
        self.received: list[bytes] = []
        self.port = free_port()
        self._controller: Any = None

    def __enter__(self) -> Self:
        self._controller = Controller(_Handler(self), hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()

    @property
    def ids(self) -> list[str]:
        """The outbox id of every message, in the order of arrival."""
        return [email.message_from_bytes(each)["X-Cio-Outbox"] for each in self.received]

    def wait_for(self, count: int, seconds: float = 20) -> None:
        """Return when so many messages are there."""
        deadline = time.monotonic() + seconds
        while len(self.received) < count:
            assert time.monotonic() < deadline, f"{len(self.received)} of {count} messages came"
            time.sleep(0.005)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
