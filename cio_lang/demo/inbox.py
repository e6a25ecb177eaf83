"""A real SMTP server on loopback, in a process of its own, that keeps each message as a file.

`Inbox(folder)` starts it and knows its port; the process ends when its standard input closes, so it
cannot outlive the demo, however the demo ends.  Each message becomes `FOLDER/MONTH/ID.eml`, exactly
the bytes that arrived: MONTH from its Date header, ID from its Message-ID.
"""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
import sys
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session


class Inbox:
    """The server's process, seen from the demo.  `port` is where it listens on 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        """Start it and wait until it listens.  Raises RuntimeError if it ends before that."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cio_lang.demo.inbox", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line.isdecimal():
            raise RuntimeError("the demo's SMTP server did not start")
        self.port = int(line)

    def __enter__(self) -> Inbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, and wait until it has ended: every accepted message is then on disk."""
        self._process.communicate(timeout=30)

    def messages(self) -> list[Path]:
        """The received messages, by month and name."""
        return sorted(self.folder.glob("*/*.eml"))


class _Keep:
    """What the server does with a message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.months: set[str] = set()
        self.headers = BytesHeaderParser()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Write the message to its file; only then is it accepted."""
        content = envelope.content
        assert isinstance(content, bytes)
        headers = self.headers.parsebytes(content[: content.find(b"\r\n\r\n") + 4])
        name = re.sub(r"[^A-Za-z0-9_-]", "_", str(headers["Message-ID"]).strip("<>").split("@")[0])
        month = f"{parsedate_to_datetime(str(headers['Date'])):%Y-%m}"
        if month not in self.months:
            (self.folder / month).mkdir(exist_ok=True)
            self.months.add(month)
        try:
            # A message that comes twice is kept twice, so that the count tells.
            file = open(self.folder / month / f"{name}.eml", "xb")  # noqa: SIM115
        except FileExistsError:
            copies = len(list((self.folder / month).glob(f"{name}*.eml")))
            file = open(self.folder / month / f"{name}-{copies + 1}.eml", "xb")  # noqa: SIM115
        with file:
            file.write(content)
        return "250 kept"


async def serve(folder: Path) -> None:
    """Listen on a free port of 127.0.0.1, print it, and go on until standard input closes."""
    from aiosmtpd.smtp import SMTP

    logging.getLogger("mail.log").setLevel(logging.ERROR)
    loop = asyncio.get_running_loop()
    keep = _Keep(folder)
    server = await loop.create_server(
        lambda: SMTP(keep, hostname="localhost", enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
