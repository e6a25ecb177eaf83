"""The record that every lint rule ends in, and the walks that rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from cio_lang import ast
from cio_lang.check import Checked
from cio_lang.check.blocks import every
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.steps.send import Send


@record
class Rule:
    """One rule.  The docstring of `problem` is its page.

    `bad` is a whole file in which the rule finds exactly one problem and `good` the same file put
    right; `fix` says in a sentence how the one becomes the other.
    """

    problem: type[Problem]
    bad: str
    good: str
    fix: str
    find: Callable[[Checked], Iterable[Problem]]

    @property
    def code(self) -> str:
        """The permanent name of the rule."""
        return self.problem.code


def journeys(checked: Checked) -> Iterator[ast.Journey]:
    """Every journey of the workspace, in the order of the text."""
    return declared(checked, ast.Journey)


_Declared = TypeVar("_Declared", bound=ast.Declaration)


def declared(checked: Checked, kind: type[_Declared]) -> Iterator[_Declared]:
    """Every declaration of one kind, in the order of the text."""
    for file in checked.files:
        for declaration in file.declarations:
            if isinstance(declaration, kind):
                yield declaration


_Part = TypeVar("_Part", bound=ast.Line)


def parts(journey: ast.Journey, kind: type[_Part]) -> Iterator[_Part]:
    """The lines of one kind above the steps."""
    return (part for part in journey.parts if isinstance(part, kind))


def sends(steps: Iterable[ast.Step]) -> Iterator[Send]:
    """Every message below `steps`, in the order of the text."""
    return (step for step in every(steps) if isinstance(step, Send))


def is_transactional(journey: ast.Journey, checked: Checked) -> bool:
    """Whether the messages are about a topic that people have to get."""
    return any(
        topic.transactional
        for part in parts(journey, ast.TopicOf)
        if (topic := checked.schema.topics.get(part.topic.text)) is not None
    )


_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 7 * 86_400,
    "month": 30 * 86_400,
    "year": 365 * 86_400,
}


def seconds(duration: ast.Duration) -> int:
    """How long it is, a day having 24 hours and a month 30 days."""
    return duration.count * _SECONDS[duration.unit]
