"""Reading lines of one level: what every kind of block needs.

Where a line holds no others, those that are indented below it are read as if they stood beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cio_lang import ast
from cio_lang.grammar import problems
from cio_lang.grammar.declarations import Block
from cio_lang.grammar.lines import Nest, Written, shortened
from cio_lang.grammar.places import JOINERS, starters
from cio_lang.problem import Problem
from cio_lang.source import Span

Why = Callable[[bool], Problem]
"""Finds out what is wrong with a line; given True, only where, and what could have come there."""

Read = Callable[[Written, str], tuple[Any, Problem | Why | None]]

_QUOTES = re.compile(r'"""|"')

MANY = 1_000
"""Problems of one file that are each looked into; past any reading, that would take minutes."""

OWN_LINES = ("event", "attribute", "segment", "policy", "guarantee", "template", "scenario")
"""Declarations whose lines are read by a rule of their own: `event_line`, …"""


@dataclass(slots=True)
class Level:
    """Reads lines, and conditions that stand in blocks; collects the problems with them."""

    problems: list[Problem]
    read: Read
    open_text: Written | None = field(default=None, init=False)

    def line(self, nest: Nest, start: str) -> Any:
        """The tree of one line without what is below it, or None."""
        if nest.line.english:
            self.problems.append(problems.EnglishOutOfPlace(span=nest.line.span))
            return None
        tree, problem = self.read(nest.line, start)
        if problem is None:
            self.open_text = None
        elif not self.goes_on(nest.line, start):
            self.unreadable(problem)
            self.open_text = self.left_open(nest.line)
        return tree

    def unreadable(self, problem: Problem | Why) -> None:
        """Reports a line that cannot be read."""
        self.problems.append(told(problem, len(self.problems) >= MANY))

    def left_open(self, line: Written) -> Written | None:
        """The line itself, where a quote is left open in it."""
        last = self.problems[-1]
        return line if isinstance(last, problems.UnclosedQuote | problems.UnclosedBlock) else None

    def goes_on(self, line: Written, start: str) -> bool:
        """Whether a line that cannot be read goes on with the text left open in the one above.

        Its mistake is that of the quote, which is told already.
        """
        if self.open_text is None or first_word(line) in starters(start):
            self.open_text = None
            return False
        if len(_QUOTES.findall(line.text)) % 2:
            self.open_text = None
        return True

    def lines_below(self, nest: Nest, start: str) -> list[Any]:
        """All lines below a declaration that can be read, each with its comments."""
        lines: list[Any] = []
        waiting = list(reversed(self.taken_from(nest)))
        while waiting:
            child = waiting.pop()
            tree = self.with_conditions(self.line(child, start), child)
            waiting.extend(self.left_below(child))
            if tree is not None:
                lines.append(child.around(tree))
        return lines

    def with_conditions(self, tree: Any, nest: Nest) -> Any:
        """The tree of a line with the conditions of the block that it opens, if it opens one.

        None where there is no condition in the block.
        """
        name, opened = _opened(tree)
        if opened is None:
            return tree
        condition = self.block(opened, nest)
        return None if condition is None else replace(tree, **{name: condition})

    def block(self, opened: Block, nest: Nest) -> ast.Condition | None:
        """The conditions on the lines below, joined; a single one stands for itself."""
        before = len(self.problems)
        parts: list[ast.Condition] = []
        lines: list[ast.Trivia] = []
        waiting = list(reversed(self.taken_from(nest)))
        last = opened.span
        while waiting:
            child = waiting.pop()
            tree = self.with_conditions(self.line(child, "block_line"), child)
            waiting.extend(self.left_below(child))
            if tree is None:
                continue
            parts.append(tree.condition)
            lines.append(child.trivia)
            last = child.line.span
            only = child
        if not parts:
            if len(self.problems) == before:
                self.nothing_below(nest, opened.span, "at least two conditions")
            return None
        if len(parts) == 1:
            _hand_over_comments(only, nest)
            return parts[0]
        span = opened.span.to(last)
        if opened.kind == "any of":
            return ast.Or(tuple(parts), block=True, lines=tuple(lines), span=span)
        return ast.And(tuple(parts), block=True, lines=tuple(lines), span=span)

    def left_below(self, nest: Nest) -> Iterable[Nest]:
        """What is still below a line that holds no others (last first): reported, and taken."""
        if not nest.children:
            return ()
        self.too_deep(nest)
        return reversed(self.taken_from(nest))

    def taken_from(self, nest: Nest) -> Sequence[Nest]:
        """What is below a line; afterwards there is nothing below it."""
        below, nest.children = nest.children, []
        return below

    def too_deep(self, nest: Nest) -> None:
        """Reports lines below one that holds none."""
        if nest.children and not self.told_by_itself(nest.children[0].line, nest.line):
            span = nest.children[0].line.span
            above = first_word(nest.line) if not nest.line.english else ">"
            self.problems.append(problems.IndentedTooDeep(span=span, above=above))

    def told_by_itself(self, line: Written, above: Written) -> bool:
        """Whether what is wrong with a line says enough of its indentation too."""
        return self.open_text is above or first_word(line) in JOINERS

    def nothing_below(self, nest: Nest, span: Span, needs: str) -> None:
        """Reports a line that needs others below it."""
        words = shortened(nest.line.text.strip())
        self.problems.append(problems.NothingBelow(span=span, words=words, needs=needs))

    def said_twice(self, span: Span, words: str, owner: str) -> None:
        """Reports the second of two lines that there can be one of."""
        self.problems.append(problems.SaidTwice(span=span, words=words, owner=owner))


def told(problem: Problem | Why, briefly: bool = False) -> Problem:
    """The problem with a line, found out if it was not yet."""
    return problem if isinstance(problem, Problem) else problem(briefly)


def first_word(line: Written) -> str:
    """The first word of a line."""
    return line.text.split(None, 1)[0] if line.text.strip() else ""


def _opened(tree: Any) -> tuple[str, Block | None]:
    """The block that a line opens, and which of its fields that is."""
    for name in ("condition", "audience"):
        value = getattr(tree, name, None)
        if isinstance(value, Block):
            return name, value
    return "", None


def _hand_over_comments(nest: Nest, to: Nest) -> None:
    """A line that is drawn into the one above leaves its comments there."""
    to.comments.extend(nest.comments)
    if nest.line.trailing is not None:
        to.comments.append(nest.line.trailing)
    to.below.extend(nest.below)
