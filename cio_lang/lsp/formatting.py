"""A text in, the edits that lay it out canonically out."""

from __future__ import annotations

from collections.abc import Sequence

from cio_lang.format import format_file
from cio_lang.grammar import parse
from cio_lang.lsp.positions import Edit, Encoding, Position, Range, units
from cio_lang.problem import Problem
from cio_lang.source import Source


def formatting(source: Source, encoding: Encoding) -> tuple[tuple[Edit, ...], tuple[Problem, ...]]:
    """The edits; or none and the problems, where a line cannot be read: nothing may be lost."""
    tree, problems = parse(source)
    if problems:
        return (), problems
    before = _rows(source.lines)
    after = _rows(format_file(tree).split("\n"))
    top = _alike(before, after)
    bottom = _alike(before[top:][::-1], after[top:][::-1])
    new = after[top : len(after) - bottom]
    start, end = (_start(source, line, encoding) for line in (top, len(before) - bottom))
    if start == end and not new:
        return (), ()
    return (Edit(Range(start, end), "".join(new)),), ()


def _rows(lines: Sequence[str]) -> list[str]:
    """The lines with their ends; what is behind the last end only where there is something."""
    rows = [f"{line}\n" for line in lines[:-1]]
    return [*rows, lines[-1]] if lines[-1] else rows


def _start(source: Source, line: int, encoding: Encoding) -> Position:
    """Where a line (from 0) begins; behind the last one, the end of the text."""
    last = len(source.lines) - 1
    if line <= last:
        return Position(line, 0)
    return Position(last, units(source.lines[-1], encoding))


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines at the beginning are the same in both."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
