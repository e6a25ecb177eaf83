"""Blocks of conditions in, the rows below the line that opens them out."""

from __future__ import annotations

from itertools import zip_longest

from cio_lang import ast
from cio_lang.format.conditions import condition
from cio_lang.format.layout import laid_out


def opened(written: ast.Condition) -> tuple[str, list[str]]:
    """What the line ends with, and the rows below it: none where it is no block."""
    if not isinstance(written, ast.And | ast.Or) or not written.block:
        return condition(written), []
    rows: list[str] = []
    for part, trivia in zip_longest(written.parts, written.lines[: len(written.parts)]):
        row, below = opened(part)
        rows += laid_out(trivia or ast.NO_TRIVIA, row, below, first=not rows)
    return "all of" if isinstance(written, ast.And) else "any of", rows
