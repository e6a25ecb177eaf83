"""Text in, lines and the tree of their indentation out.

A logical line is what one rule of the grammar parses: a line without its indentation and comment,
or several where a `\"\"\"` block runs on.  Afterwards every line of the source is in exactly one
logical line, comment or blank, and each line's children are the lines indented below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from cio_lang import ast
from cio_lang.grammar import problems
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.source import Source, Span

DEEPEST = 50
LONGEST = 10_000
LONGEST_WORDS = 60
"""How much of a line a problem repeats."""
BLANK = "\n"
"""Stands for an empty line among the comments of a `Trivia`."""

_Line = TypeVar("_Line", bound=ast.Line)

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates of bidirectional text."""

_GOING_ON = ("and ", "or ")

_MARKS = re.compile(r'"""|"(?:[^"\\]|\\.)*"|"|#')


@record
class Written:
    """One logical line: `text` starts at `column` of line `number` and holds no comment."""

    file: str
    number: int
    column: int
    text: str
    english: bool = False
    trailing: str | None = None
    problem: Problem | None = None
    last: int = 0

    @property
    def span(self) -> Span:
        """The place of the whole line, or of its first row where it has several."""
        width = len(self.text.split("\n", 1)[0].rstrip())
        return Span(self.file, self.number, self.column, self.number, self.column + width)


@dataclass(slots=True)
class Nest:
    """A line, what stands indented below it, and the comments around it."""

    line: Written
    width: int
    children: list[Nest] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    blank_before: bool = False

    @property
    def trivia(self) -> ast.Trivia:
        """What the formatter keeps."""
        if not (self.comments or self.below or self.blank_before or self.line.trailing is not None):
            return ast.NO_TRIVIA
        return ast.Trivia(
            tuple(self.comments), self.line.trailing, self.blank_before, tuple(self.below)
        )

    def around(self, tree: _Line) -> _Line:
        """The tree of the line with what the formatter keeps around it."""
        trivia = self.trivia
        return tree if trivia is ast.NO_TRIVIA else replace(tree, trivia=trivia)


@record
class Outline:
    """The lines at the left margin with all that is below them."""

    nests: tuple[Nest, ...]
    closing: tuple[str, ...]
    problems: tuple[Problem, ...]


def outline(source: Source) -> Outline:
    """The tree of a source's lines."""
    return _Outliner(source).run()


@record
class _Comment:
    text: str
    width: int


class _Outliner:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.top: list[Nest] = []
        self.stack: list[Nest] = []
        self.pending: list[_Comment | None] = []  # None is an empty line
        self.indent_style = ""

    def run(self) -> Outline:
        self.problems += hidden(self.source)
        for item in written(self.source):
            if isinstance(item, Written):
                self.add(item)
            elif item is not None or (self.pending[-1:] != [None]):
                self.pending.append(item)
        if self.pending[-1:] == [None]:
            self.pending.pop()
        # The margin of a file is where its declarations stand, even if all of it is indented.
        closing = self.attach(min((nest.width for nest in self.top), default=0))
        return Outline(tuple(self.top), tuple(_comments(closing)), tuple(self.problems))

    def add(self, line: Written) -> None:
        width = self.width_of(line)
        above = self.attach(width)
        nest = Nest(line, width)
        nest.blank_before = above[:1] == [None]
        nest.comments = _comments(above[1:] if nest.blank_before else above)
        left: int | None = None
        while self.stack and self.stack[-1].width >= width:
            popped = self.stack.pop()
            # A line that goes on with the one above it is aligned with nothing.
            left = None if popped.line.text.startswith(_GOING_ON) else popped.width
        if left is not None and left != width and line.problem is None:
            self.problems.append(problems.UnevenIndentation(span=line.span))
        if len(self.stack) == DEEPEST:
            nest.line = replace(
                line, problem=problems.NestedTooDeep(span=line.span, deepest=DEEPEST)
            )
        if len(self.stack) <= DEEPEST:
            (self.stack[-1].children if self.stack else self.top).append(nest)
        self.stack.append(nest)

    def attach(self, width: int) -> list[_Comment | None]:
        """Comments that stand deeper than the next line go below the line they follow."""
        pending, self.pending = self.pending, []
        rest = 0
        for index, item in enumerate(pending):
            if item is None:
                continue
            owner = next((n for n in reversed(self.stack) if n.width <= item.width), None)
            if owner is None or owner.width <= width:
                break
            owner.below.extend(_comments(pending[rest : index + 1], keep_first=True))
            rest = index + 1
        return pending[rest:]

    def width_of(self, line: Written) -> int:
        written_indent = self.source.line(line.number)[: line.column - 1]
        if not written_indent:
            return 0
        tabs = "\t" if "\t" in written_indent else ""
        style = tabs + (" " if written_indent.strip("\t") else "")
        if style != self.indent_style:
            if not self.indent_style and len(style) == 1:
                self.indent_style = style
            elif self.indent_style != "reported":
                self.indent_style = "reported"
                place = Span(line.file, line.number, 1, line.number, line.column)
                self.problems.append(problems.MixedIndentation(span=place))
        return len(written_indent.expandtabs(2))


def _comments(items: Sequence[_Comment | None], keep_first: bool = False) -> list[str]:
    texts = [BLANK if item is None else item.text for item in items]
    return texts if keep_first or texts[:1] != [BLANK] else texts[1:]


def shortened(words: str) -> str:
    """The beginning of a line, for a problem to repeat."""
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 3]}…"


def hidden(source: Source) -> Iterator[Problem]:
    """Characters that make a text look otherwise than it is read."""
    if source.text.isascii():
        return
    for number, row in enumerate(source.lines, 1):
        for found in () if row.isascii() else _TURNING.finditer(row):
            column = found.start() + 1
            place = Span(source.name, number, column, number, column + 1)
            yield problems.HiddenDirection(span=place, character=found[0])


def written(source: Source) -> Iterator[Written | _Comment | None]:
    """Every logical line, comment and (as None) empty line of a source, in order."""
    rows = source.lines
    number = 1
    while number <= len(rows):
        row = rows[number - 1]
        body = row.lstrip()
        column = len(row) - len(body) + 1
        if not body:
            yield None
        elif body[0] == "#":
            yield _Comment(body[1:].rstrip(), len(row[: column - 1].expandtabs(2)))
        elif len(row) > LONGEST:
            place = Span(source.name, number, column, number, column + 1)
            problem = problems.LineTooLong(span=place, longest=LONGEST)
            yield Written(source.name, number, column, body, problem=problem, last=number)
        elif body[0] == ">":
            text = body[1:].removeprefix(" ").rstrip()
            yield Written(source.name, number, column, text, english=True, last=number)
        elif '"' not in body and "#" not in body:
            yield Written(source.name, number, column, body.rstrip(), last=number)
        else:
            line = _quoted_line(source, number, column)
            yield line
            number = line.last
        number += 1


def _quoted_line(source: Source, number: int, column: int) -> Written:
    """A line with quotes or a comment in it; a block makes it run on."""
    row, position = source.line(number), column - 1
    begin, code = position, ""
    last, trailing = number, None
    while mark := _MARKS.search(row, position):
        position = mark.end()
        if mark.group() == "#":
            trailing = row[position:].rstrip()
            row = row[: mark.start()]
            break
        if mark.group() == '"':
            break
        if mark.group() != '"""':
            continue
        closing = row.find('"""', position)
        if closing >= 0:
            position = closing + 3
            continue
        opener = Span(source.name, last, mark.start() + 1, last, mark.end() + 1)
        end = _block_end(source, last, column)
        if end is None:
            last = _block_break(source, last, column)
            problem = problems.UnclosedBlock(span=opener)
            text = code + row[begin:].rstrip()
            return Written(source.name, number, column, text, problem=problem, last=last)
        inner = source.lines[last : end - 1]
        code += "\n".join((row[begin:], *inner)) + "\n"
        last, row, begin = end, source.line(end), 0
        position = row.index('"""') + 3
    return Written(
        source.name, number, column, code + row[begin:].rstrip(), trailing=trailing, last=last
    )


def _block_end(source: Source, number: int, column: int) -> int | None:
    """The line on which a block closes, or None where the next quotes open another one.

    Quotes close a block where they begin their line, or end a line that is deeper than the one
    that the block opened on; `email \"\"\"` at the same depth is the next step.
    """
    for end in range(number + 1, len(source.lines) + 1):
        row = source.line(end)
        at = row.find('"""')
        if at >= 0:
            indent = len(row) - len(row.lstrip())
            return end if at == indent or indent >= column else None
    return None


def _block_break(source: Source, number: int, column: int) -> int:
    """Where a block that is never closed is taken to end: before the next line as far left."""
    for end in range(number + 1, len(source.lines) + 1):
        row = source.line(end)
        if row.strip() and len(row) - len(row.lstrip()) < column:
            return end - 1
    return len(source.lines)
