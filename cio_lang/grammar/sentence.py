"""One line in, its tree or its one problem out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from lark import UnexpectedToken

from cio_lang.grammar import problems, tables
from cio_lang.grammar.explain import explain
from cio_lang.grammar.level import Why
from cio_lang.grammar.lines import DEEPEST, Written
from cio_lang.grammar.rules import Stop
from cio_lang.grammar.words import Word
from cio_lang.problem import Problem


def read(line: Written, start: str) -> tuple[Any, Problem | Why | None]:
    """The tree of a line by the rule `start`, or None and what is wrong with the line."""
    if line.problem is not None:
        return None, line.problem
    if line.text.count("(") > DEEPEST and (deep := _too_deep(line)) is not None:
        return None, problems.NestedTooDeep(span=deep.span, deepest=DEEPEST)
    try:
        return tables.driver().parse(line, start), None
    except Stop as stop:
        return None, stop.problem
    except UnexpectedToken as mistake:
        return None, partial(explain, line, start, mistake)


def words(line: Written, start: str) -> Iterator[Word]:
    """The words of a line as its rule sees them; after a mistake, as they are anywhere."""
    known: list[Word] = []
    session = tables.parser().parse_interactive(line, start=start)
    try:
        for word in session.iter_parse():
            assert isinstance(word, Word)
            known.append(word)
    except (UnexpectedToken, Stop):
        pass
    yield from known
    # Several words can have been read as one: how many there were says nothing.
    read = (known[-1].span.end_line, known[-1].span.end_column) if known else (0, 0)
    for word in tables.words().cut(line, lambda: ()):
        if (word.span.line, word.span.column) >= read:
            yield word


def _too_deep(line: Written) -> Word | None:
    depth = 0
    for word in tables.words().cut(line, lambda: ()):
        depth += (word == "(") - (word == ")")
        if depth > DEEPEST:
            return word
    return None
