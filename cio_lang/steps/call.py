"""`call "https://…"`: tell another system, by a POST of the person and the entry event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from cio_lang import ast, ir, text
from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span
from cio_lang.steps.kind import StepKind

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


@record
class Call(ast.Leaf):
    """`call "https://hooks.example.com/welcome"`."""

    address: ast.Text


@record(kw_only=True)
class NotAWebAddress(Problem):
    """What is called is no `https` address."""

    code = "not-a-web-address"
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        plain = self.written.startswith("http://")
        return Report(
            f"`{self.written}` cannot be called.",
            "What is sent there is about a person, and only `https` keeps it secret on the way."
            if plain
            else "A call goes to an address on the web.",
            f"write `https://{self.written.removeprefix('http://')}`"
            if plain
            else "write an address that begins with `https://` and the name of a host",
        )

    def fix(self) -> Fix | None:
        """The same address over https."""
        plain = self.written.startswith("http://")
        secure = text.quoted(f"https://{self.written.removeprefix('http://')}")
        return Fix(self.span, secure) if plain else None


def check(leaf: Call, schema: Schema) -> Iterator[Problem]:
    """It is an https address with a host that no placeholder fills in."""
    written = leaf.address.value
    try:
        parts = urlsplit(_PLACEHOLDER.sub("x", written))
        fine = parts.scheme == "https" and bool(parts.hostname) and not re.search(r"\s", parts.path)
        whole = urlsplit(written).netloc
    except ValueError:
        fine, whole = False, ""
    if not fine or "{" in whole:
        yield NotAWebAddress(span=leaf.address.span, written=written)


def words(leaf: Call) -> str:
    """The host and path."""
    address = _PLACEHOLDER.sub(" ", leaf.address.value).split("?", 1)[0]
    return f"call {address.removeprefix('https://')}"


def lower(leaf: Call, schema: Schema, topic: str | None, then: str | None) -> ir.GraphNode:
    """A call node."""
    return ir.CallNode(leaf.address.value, next=then)


def build(children: Sequence[Any], span: Span) -> Call:
    """From the address."""
    return Call(children[0], span=span)


KIND = StepKind(
    name="call",
    rule="call",
    tree=Call,
    summary="POST the person and the entry event to an address on the web.",
    example='call "https://hooks.example.com/welcome"',
    build=build,
    format=lambda leaf: f"call {text.quoted(leaf.address.value)}",
    check=check,
    words=words,
    lower=lower,
)
