"""Which steps send a message, and what its words are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cio_lang import ast
from cio_lang.check.blocks import every
from cio_lang.steps.send import Send


def messages(steps: Iterable[ast.Step]) -> Iterator[ast.Text]:
    """The words of every message below some steps."""
    for step in every(steps):
        if isinstance(step, Send):
            yield step.message
