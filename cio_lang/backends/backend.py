"""The record that every backend ends in."""

from __future__ import annotations

from collections.abc import Callable

from cio_lang import ir
from cio_lang.record import record


@record
class Backend:
    """Something to make of a graph, and of nothing else: `cio compile --emit NAME`.

    `ending` is that of the files it makes, with its dot.
    """

    name: str
    summary: str
    ending: str
    emit: Callable[[ir.Graph], str]
