"""Text in, trees and problems out.

Total: any text at all gives a tree of what could be read and one problem for each line that could
not.  Only this package knows Lark.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cio_lang import ast
from cio_lang.grammar import problems, sentence, structure
from cio_lang.grammar.colouring import (
    Coloured,
    coloured,
    opening_words,
    words_of_the_language,
)
from cio_lang.grammar.completing import STAND_IN, Choices, choices
from cio_lang.grammar.level import Why, told
from cio_lang.grammar.lines import Outline, Written, hidden, outline
from cio_lang.problem import Problem
from cio_lang.source import Source, Span

__all__ = [
    "STAND_IN",
    "Choices",
    "Coloured",
    "choices",
    "coloured",
    "hidden",
    "opening_words",
    "parse",
    "parse_condition",
    "parse_statement",
    "tokens",
    "words_of_the_language",
]


def parse(source: Source) -> tuple[ast.File, tuple[Problem, ...]]:
    """The file as far as it can be read, and the problems with its lines in their order."""
    return structure.file(source, outline(source))


def parse_statement(source: Source) -> tuple[ast.Statement | None, tuple[Problem, ...]]:
    """A one-liner such as `alice did order_placed`, or None and why it cannot be read."""
    return _single(source, "statement", "show alice")


def parse_condition(source: Source) -> tuple[ast.Condition | None, tuple[Problem, ...]]:
    """A condition alone, or None and why it cannot be read."""
    return _single(source, "condition", 'plan is "Pro"')


def tokens(source: Source) -> Iterator[tuple[int, str, str]]:
    """The words of a file: line, kind and text of each, as the parser tells them apart."""
    found: list[tuple[int, str, str]] = []

    def read(line: Written, start: str) -> tuple[Any, Problem | Why | None]:
        if line.problem is None:
            words = sentence.words(line, start)
            found.extend((word.span.line, word.type, str(word)) for word in words)
        return sentence.read(line, start)

    structure.file(source, outline(source), read)
    yield from sorted(found, key=lambda entry: entry[0])


def _single(source: Source, start: str, example: str) -> tuple[Any, tuple[Problem, ...]]:
    read = outline(source)
    lines = [nest.line for nest in _all(read)]
    if not lines:
        place = Span(source.name, 1, 1, 1, 1)
        return None, (problems.NothingWritten(span=place, example=example),)
    if len(lines) > 1:
        return None, (problems.MoreThanOneLine(span=lines[1].span),)
    unseen = tuple(hidden(source))
    if unseen:
        return None, unseen[:1]
    if lines[0].english:
        return None, (problems.EnglishOutOfPlace(span=lines[0].span),)
    tree, problem = sentence.read(lines[0], start)
    return tree, () if problem is None else (told(problem),)


def _all(read: Outline) -> Iterator[Any]:
    waiting = list(reversed(read.nests))
    while waiting:
        nest = waiting.pop()
        yield nest
        waiting.extend(reversed(nest.children))
