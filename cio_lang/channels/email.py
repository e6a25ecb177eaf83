"""Email by SMTP: a few connections that stay open, each handing over one message after another."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, Literal

from cio_lang import ir
from cio_lang.channels import mime
from cio_lang.channels.channel import Draft, Outgoing, Unreachable
from cio_lang.channels.outcome import ACCEPTED, Outcome, Stage, after_reply, after_silence
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report
from cio_lang.record import record

if TYPE_CHECKING:
    import aiosmtplib

_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z"
)


@record(kw_only=True)
class NoMailServer(Problem):
    """Nothing answers where mail is to be handed over."""

    code = "no-mail-server"
    host: str
    port: int
    why: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"No mail server answers at `{self.host}:{self.port}`.",
            f"{self.why.rstrip('.')}. Messages stay in the queue and nothing is lost.",
            "start the mail server, or set `host` and `port` under `[email]` in `cio.toml`",
        )


@record(kw_only=True)
class BadSender(Problem):
    """The address that mail is to come from is not one."""

    code = "bad-sender"
    sender: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.sender}` is not an address that mail can come from.",
            "Mail servers refuse mail without a sender that they can answer to.",
            'write `from = "Your Shop <hello@example.com>"` under `[email]` in `cio.toml`',
        )


@record
class EmailSettings:
    """What `[email]` in `cio.toml` says; `sender` is `Shop <hello@shop.com>` or a bare address."""

    sender: str
    host: str = "127.0.0.1"
    port: int = 25
    username: str | None = None
    password: str | None = None
    tls: Literal["none", "starttls", "tls"] = "none"
    connections: int = 6
    timeout: float = 30.0  # seconds for one answer of the server


class Email:
    """The email channel.  Raises `UserMistake` where the sender's address is not one."""

    name: ir.Channel = "email"

    def __init__(self, settings: EmailSettings) -> None:
        _, self._from = parseaddr(settings.sender)
        if not _ADDRESS.match(self._from) or settings.sender != mime.one_line(settings.sender):
            raise UserMistake(BadSender(span=place("cio.toml"), sender=settings.sender))
        self._settings = settings
        self._domain = self._from.rpartition("@")[2].lower()
        self._idle: list[aiosmtplib.SMTP] = []

    def address(self, attributes: Mapping[str, Any]) -> str | Unreachable:
        """The `email` of the person; `unsubscribed: yes` is respected."""
        written = attributes.get("email")
        if written is None or not str(written).strip():
            return Unreachable("no address")
        if attributes.get("unsubscribed") is True:
            return Unreachable("unsubscribed")
        address = str(written).strip()
        return address if _ADDRESS.match(address) else Unreachable("bad address")

    def compose(self, draft: Draft) -> Outgoing:
        """A text mail, or text and HTML; `Message-ID` is made of the outbox id and our domain."""
        message_id = self.message_id(draft.id)
        content = mime.write(
            sender=self._settings.sender,
            recipient=draft.recipient,
            subject=draft.subject,
            date=draft.made_at,
            message_id=message_id,
            outbox_id=draft.id,
            text=draft.text,
            html=draft.html,
        )
        return Outgoing(draft.id, draft.recipient, content, message_id)

    def message_id(self, outbox_id: str) -> str:
        """The outbox id in our domain: the same in every attempt."""
        return f"{outbox_id}@{self._domain}"

    async def deliver(
        self, take: Callable[[int], Sequence[Outgoing]]
    ) -> AsyncIterator[tuple[str, Outcome]]:
        """Hand over what there is to take, over at most `connections` connections at a time."""
        self._idle = [client for client in self._idle if client.is_connected]
        if not self._idle:
            self._idle.append(await self._first_connection())
        taken: list[Outgoing] = []
        settled: asyncio.Queue[tuple[str, Outcome] | None] = asyncio.Queue()

        async def hand_over() -> None:
            client = self._idle.pop() if self._idle else None
            try:
                while True:
                    if not taken:
                        taken.extend(reversed(take(self._settings.connections)))
                        if not taken:
                            return
                    message = taken.pop()
                    if client is None or not client.is_connected:
                        try:
                            client = await self._connect()
                        except (OSError, _smtp_error()) as error:
                            outcome = after_silence("connect", _first_words(error))
                            settled.put_nowait((message.id, outcome))
                            continue
                    settled.put_nowait((message.id, await self._send(client, message)))
            finally:
                if client is not None and client.is_connected:
                    self._idle.append(client)
                settled.put_nowait(None)

        workers = [asyncio.create_task(hand_over()) for _ in range(self._settings.connections)]
        try:
            working = len(workers)
            while working:
                ended = await settled.get()
                if ended is None:
                    working -= 1
                else:
                    yield ended
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def greet(self) -> None:
        """Connect as for sending, and say goodbye.  Raises `UserMistake` where nobody answers."""
        self._idle.append(await self._first_connection())
        await self.close()

    async def close(self) -> None:
        """Say goodbye on every open connection."""
        clients, self._idle = self._idle, []
        for client in clients:
            try:
                await client.quit(timeout=2)
            except (OSError, _smtp_error()):
                client.close()

    async def _first_connection(self) -> aiosmtplib.SMTP:
        try:
            return await self._connect()
        except (OSError, _smtp_error()) as error:
            raise UserMistake(
                NoMailServer(
                    span=place(f"{self._settings.host}:{self._settings.port}"),
                    host=self._settings.host,
                    port=self._settings.port,
                    why=_first_words(error),
                )
            ) from error

    async def _connect(self) -> aiosmtplib.SMTP:
        import aiosmtplib

        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            local_hostname="localhost",
            timeout=settings.timeout,
        )
        await client.connect()
        await client.ehlo()
        return client

    async def _send(self, client: aiosmtplib.SMTP, message: Outgoing) -> Outcome:
        stage: Stage = "sender"
        try:
            reply = await client.execute_command(b"MAIL", f"FROM:<{self._from}>".encode())
            if reply.code == 250:
                stage = "recipient"
                reply = await client.execute_command(b"RCPT", f"TO:<{message.recipient}>".encode())
            if stage == "recipient" and reply.code in (250, 251):
                stage = "data"
                reply = await client.execute_command(b"DATA")
            if stage == "data" and reply.code == 354:
                stage = "end"
                reply = await _content(client, message.content, self._settings.timeout)
                return ACCEPTED if reply.code == 250 else after_reply(reply.code, reply.message)
            await client.execute_command(b"RSET")
            return after_reply(reply.code, reply.message)
        except (OSError, _smtp_error()) as error:
            client.close()
            return after_silence(stage, _first_words(error))


async def _content(
    client: aiosmtplib.SMTP, content: bytes, timeout: float
) -> aiosmtplib.SMTPResponse:
    """Send the message up to its final dot and wait for the answer.

    `SMTP.data` would do `DATA` and the content in one call, and then nobody could tell whether the
    connection broke before the final dot or after it.
    """
    protocol = client.protocol
    if protocol is None:
        raise ConnectionResetError("connection lost")
    body = re.sub(rb"(?m)^\.", b"..", content)
    protocol.write(body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"))
    return await protocol.read_response(timeout=timeout)


def _smtp_error() -> type[Exception]:
    import aiosmtplib

    return aiosmtplib.SMTPException


def _first_words(error: Exception) -> str:
    """An error in one line."""
    return " ".join(str(error).split())[:200] or type(error).__name__
