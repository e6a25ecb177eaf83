"""A text in, the edits that lay it out canonically out."""

from __future__ import annotations

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
    before = list(source.lines)
    after = format_file(tree).split("\n")
    top = _alike(before, after)
    bottom = _alike(before[top:][::-1], after[top:][::-1])
    old, new = before[top : len(before) - bottom], after[top : len(after) - bottom]
    if not old and not new:
        return (), ()
    if bottom:
        range_ = Range(Position(top, 0), Position(top + len(old), 0))
        return (Edit(range_, "".join(f"{line}\n" for line in new)),), ()
    end = Position(max(len(before) - 1, 0), units(before[-1], encoding))
    if top and old:
        return (Edit(Range(Position(top, 0), end), "\n".join(new)),), ()
    if top:
        return (Edit(Range(end, end), "".join(f"\n{line}" for line in new)),), ()
    return (Edit(Range(Position(0, 0), end), "\n".join(new)),), ()


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines at the beginning are the same in both."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
