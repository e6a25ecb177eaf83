"""Addresses that a journey calls: an address in, problems out.

Afterwards every call goes to the outside, and nobody can read a password in it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from cio_lang import ast
from cio_lang.problem import Problem, Report
from cio_lang.record import record

_INSIDE = re.compile(r"(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home\.arpa)$")


@record(kw_only=True)
class CallWithPassword(Problem):
    """A call to an address with a name and password in it."""

    code = "call-with-password"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This address has a name or password in it.",
            "These files are kept in git, where everybody who reads them could use it.",
            "take out what stands before the `@`, and have a new password made",
        )


@record(kw_only=True)
class CallToInside(Problem):
    """A call to an address that only the machine itself, or its own network, can reach."""

    code = "call-to-inside"
    host: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.host}` is not on the internet.",
            "It would be whatever answers by that name inside the network that cio runs in.",
            "name a host that everybody can reach, as in `https://example.com/hooks/cio`",
        )


def check(address: ast.Text) -> Iterator[CallWithPassword | CallToInside]:
    """Problems with an address that is called; that it is one is checked by the step itself."""
    host = _host(address.value)
    if host is None or "{" in host[1]:
        return
    if "@" in host[1]:
        yield CallWithPassword(span=address.span)
    if _is_inside(host[0]):
        yield CallToInside(span=address.span, host=host[0])


def _host(url: str) -> tuple[str, str] | None:
    """The host, and all that stands where hosts do."""
    try:
        parts = urlsplit(url)
        return None if parts.hostname is None else (parts.hostname, parts.netloc)
    except ValueError:
        return None


def _is_inside(host: str) -> bool:
    bare = host.casefold().rstrip(".")
    try:
        number = ipaddress.ip_address(bare.strip("[]"))
    except ValueError:
        # `127.1` and `2130706433` are addresses too, for those who look them up.
        return (
            bool(_INSIDE.search(bare)) or re.fullmatch(r"[0-9.]+|0x[0-9a-f.x]+", bare) is not None
        )
    mapped = number.ipv4_mapped if isinstance(number, ipaddress.IPv6Address) else None
    return not (mapped or number).is_global
