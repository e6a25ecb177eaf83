"""How shells stop: a mistake of the user's that leaves nothing to go on with.

The compiler returns problems; files, stores, servers and commands raise this, holding the problems
that a door prints before it exits.
"""

from __future__ import annotations

from cio_lang.problem import Problem
from cio_lang.source import Span


class UserMistake(Exception):
    """Holds the problems to print; `exit_code` is 1 for findings, 2 for a call that cannot be."""

    def __init__(self, *problems: Problem, exit_code: int = 2) -> None:
        super().__init__("; ".join(problem.report().what for problem in problems))
        self.problems = problems
        self.exit_code = exit_code


def place(path: object) -> Span:
    """The span of a whole file or address."""
    return Span(str(path), 1, 1, 1, 1)
