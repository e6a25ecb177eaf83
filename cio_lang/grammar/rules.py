"""The functions that the parser calls as soon as a rule or terminal of the grammar is complete.

Values come to a rule's function as finished trees, keywords are left out; an optional part that is
absent comes as None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cio_lang.grammar.words import Word
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.source import Span


class Stop(Exception):
    """Ends the parse of a line with a problem that a rule's function found."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@record
class Spoken:
    """Keywords that a rule chose among, in single spaces: `last month`."""

    text: str
    span: Span


RULES: dict[str, Callable[[list[Any]], Any]] = {}
TERMINALS: dict[str, Callable[[Word], Any]] = {}


def rule(
    *names: str,
) -> Callable[[Callable[[list[Any], Span], Any]], Callable[[list[Any], Span], Any]]:
    """Registers a function that takes the values of a rule and the rule's span."""

    def register(function: Callable[[list[Any], Span], Any]) -> Callable[[list[Any], Span], Any]:
        def callback(children: list[Any]) -> Any:
            first, last = children[0], children[-1]
            if first is None:
                first = next(child for child in children if child is not None)
            if last is None:
                last = next(child for child in reversed(children) if child is not None)
            span: Span = first.span.to(last.span) if last is not first else first.span
            return function([c for c in children if c.__class__ is not Word], span)

        for name in names:
            _add(name, callback)
        return function

    return register


def spoken(*names: str, **readings: str) -> None:
    """Registers rules whose value is the keywords that were written, or what these stand for."""

    def callback(children: list[Any]) -> Spoken:
        said = [child for child in children if child is not None]
        text = " ".join(said)
        return Spoken(readings.get(text, text), said[0].span.to(said[-1].span))

    for name in names:
        _add(name, callback)


def _add(name: str, callback: Callable[[list[Any]], Any]) -> None:
    if name in RULES:
        raise ValueError(f"two functions for the rule {name}")
    RULES[name] = callback


def terminal(name: str) -> Callable[[Callable[[Word], Any]], Callable[[Word], Any]]:
    """Registers a function that makes a value of a word."""

    def register(function: Callable[[Word], Any]) -> Callable[[Word], Any]:
        TERMINALS[name] = function
        return function

    return register
