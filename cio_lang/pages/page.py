"""The record of a page that is made from the code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from cio_lang.record import record

__all__ = ["Page", "cell", "marked", "page_of"]


@record
class Page:
    """One file: `path` from the top of the source tree, and how its text is made."""

    path: str
    title: str
    render: Callable[[], str]


def page_of(thing: Any) -> str:
    """A docstring as Markdown; literal blocks and code stay as they are."""
    return re.sub(r"``(.+?)``", r"`\1`", inspect.getdoc(thing) or "")


def cell(text: str) -> str:
    """Text for a table of Markdown."""
    return " ".join(text.replace("|", "\\|").split())


def marked(line: str) -> str:
    """A line of a message: nothing in it is markup but what stands in backticks."""
    pieces = line.split("`")
    plain = [re.sub(r"([*_<>\[\]|\\])", r"\\\1", piece) for piece in pieces[::2]]
    code = pieces[1::2]
    if len(pieces) % 2 == 0:
        return re.sub(r"([*_<>\[\]|\\`])", r"\\\1", line)
    return "".join(
        f"{text}`{code[index]}`" if index < len(code) else text for index, text in enumerate(plain)
    )
