"""The record that every lint rule ends in, and the walks that rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cio_lang import ast
from cio_lang.check import Checked
from cio_lang.check.blocks import every
from cio_lang.problem import Problem
from cio_lang.steps.send import Send


@dataclass(frozen=True, slots=True)
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
    for file in checked.files:
        for declaration in file.declarations:
            if isinstance(declaration, ast.Journey):
                yield declaration


def sends(steps: Iterable[ast.Step]) -> Iterator[Send]:
    """Every message below `steps`, in the order of the text."""
    return (step for step in every(steps) if isinstance(step, Send))


def verb(send: Send) -> str:
    """The word that the step starts with."""
    return send.channel
