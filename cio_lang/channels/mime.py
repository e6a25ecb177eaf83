"""A mail as bytes: RFC 5322 and MIME, the same bytes for the same draft.

Written out here because `EmailMessage` takes most of a millisecond per message and invents a new
boundary each time.  Headers that are not short ASCII still go through the policy of `email`, and
tests read every message back with `email`.
"""

from __future__ import annotations

import binascii
import re
from datetime import datetime
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_POLICY = SMTP.clone(max_line_length=78)


def header(name: str, value: str) -> str:
    """One header with its line ends, folded and encoded as it needs.

    Raises ValueError where the value holds a line break or another control character: it could end
    the header and start one of its own.
    """
    if _CONTROL.search(value):
        raise ValueError(f"`{name}` holds a control character")
    if value.isascii() and len(name) + len(value) <= 76 and "=?" not in value:
        return f"{name}: {value}\r\n"
    return _folded(name, value)


@lru_cache(maxsize=256)
def _folded(name: str, value: str) -> str:
    return str(_POLICY.fold(name, _POLICY.header_store_parse(name, value)[1]))


def one_line(text: str) -> str:
    """Text fit for a subject: control characters and runs of white space become one space."""
    return " ".join(_CONTROL.sub(" ", text).split())


def part(kind: str, content: str) -> str:
    """The headers and content of one text part (`plain` or `html`), ending in a line break."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: '
    if lines.isascii() and "\0" not in lines and max(map(len, lines.split("\n"))) <= 900:
        return f"{head}7bit\r\n\r\n" + lines.replace("\n", "\r\n")
    encoded = binascii.b2a_qp(lines.encode("utf-8", "replace"), istext=True).decode("ascii")
    return f"{head}quoted-printable\r\n\r\n" + encoded.replace("\r\n", "\n").replace("\n", "\r\n")


def write(
    *,
    sender: str,
    recipient: str,
    subject: str,
    date: datetime,
    message_id: str,
    outbox_id: str,
    text: str,
    html: str | None,
) -> bytes:
    """The whole message.  `date` is aware; `message_id` is without its angle brackets."""
    head = (
        header("From", sender)
        + header("To", recipient)
        + header("Subject", one_line(subject))
        + header("Date", format_datetime(date))
        + header("Message-ID", f"<{message_id}>")
        + header("X-Cio-Outbox", outbox_id)
        + "MIME-Version: 1.0\r\n"
    )
    plain = part("plain", text)
    if html is None:
        return (head + plain).encode("ascii")
    rich = part("html", html)
    boundary = f"=_cio_{outbox_id}"
    while boundary in plain or boundary in rich:
        boundary += "_"
    return (
        f'{head}Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\n{plain}\r\n--{boundary}\r\n{rich}\r\n--{boundary}--\r\n"
    ).encode("ascii")
