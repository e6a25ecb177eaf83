"""A text in, its blocks out: one for each declaration, read by itself.

An editor asks for the problems of a file with every key that is pressed.  Blocks whose text did
not change are taken over from before, wherever they stand now: the places in their trees are
counted from the block's first line, and in place of the file's name they carry the block's.

Afterwards the trees and problems of all blocks, moved to where the blocks stand, are those of the
whole file read at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count, pairwise

from cio_lang import ast
from cio_lang.grammar import opening_words, parse
from cio_lang.grammar.lines import Written, written
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.source import Source, Span

_numbers = count(1)

_TAB = re.compile(r"^[ ]*\t", re.M)
_MARGIN = re.compile(r"^([^\s#>]\S*)", re.M)


@dataclass(frozen=True)
class Block:
    """Some lines of a file, read by themselves; spans name the block and count from its start."""

    source: Source
    tree: ast.File
    problems: tuple[Problem, ...]

    @property
    def name(self) -> str:
        """The name that spans of this block carry."""
        return self.source.name


@record
class Placed:
    """A block with the number of the line that it starts on."""

    block: Block
    line: int


@dataclass(frozen=True)
class Document:
    """One file as it stands in the editor."""

    label: str
    source: Source
    blocks: tuple[Placed, ...]

    @cached_property
    def declarations(self) -> tuple[ast.Declaration, ...]:
        """The declarations of all blocks, in order; their spans are the blocks'."""
        return tuple(d for placed in self.blocks for d in placed.block.tree.declarations)

    @cached_property
    def tree(self) -> ast.File:
        """All declarations as one file."""
        last = len(self.source.lines)
        span = Span(self.label, 1, 1, last, len(self.source.line(last)) + 1)
        return ast.File(self.declarations, span=span)

    def at(self, line: int) -> tuple[Placed, int]:
        """The block of a line, and the number of the line within it."""
        found = self.blocks[0]
        for placed in self.blocks:
            if placed.line > line:
                break
            found = placed
        return found, line - found.line + 1


def read(label: str, text: str, before: Document | None = None) -> Document:
    """A file, with the blocks of `before` wherever their text is the same."""
    source = Source(label, text)
    known = _known(before)
    placed: list[Placed] = []
    for line, rows in _cut(source):
        piece = "\n".join(rows)
        same = known.get(piece)
        placed.append(Placed(same.pop() if same else _block(label, piece), line))
    return Document(label, source, tuple(placed))


def _known(before: Document | None) -> Mapping[str, list[Block]]:
    known: dict[str, list[Block]] = {}
    for placed in reversed(() if before is None else before.blocks):
        known.setdefault(placed.block.source.text, []).append(placed.block)
    return known


def _block(label: str, text: str) -> Block:
    source = Source(f"{label}\0{next(_numbers)}", text)
    tree, problems = parse(source)
    return Block(source, tree, problems)


def _cut(source: Source) -> Iterator[tuple[int, Sequence[str]]]:
    """The blocks of a file: the number of the first line, and the lines."""
    rows = source.lines
    starts = [1, *(line for line in _starts(source) if line > 1), len(rows) + 1]
    for start, end in pairwise(starts):
        yield start, rows[start - 1 : end - 1]


def _starts(source: Source) -> Iterable[int]:
    text = source.text
    # One line that is indented with a tab is told apart from the whole of the file.
    if "\t" in text and _TAB.search(text):
        return ()
    if '"""' in text:
        lines = [
            line.number
            for line in written(source)
            if isinstance(line, Written)
            and line.column == 1
            and not line.english
            and line.text.split(None, 1)[0] in _openers()
        ]
        return lines
    return [
        number
        for number, row in enumerate(source.lines, 1)
        if row and not row[0].isspace() and row.split(None, 1)[0] in _openers()
    ]


@cache
def _openers() -> frozenset[str]:
    """Words that begin a declaration and nothing else.

    A word that can begin a line of a journey as well (`topic`) stands below its journey where
    somebody forgot to indent it: the journey is told so.
    """
    return opening_words("declaration") - opening_words("journey_line")
