"""The record that every renderer ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.source import Source

__all__ = ["Renderer"]

Sources = Mapping[str, Source]


@record
class Renderer:
    """One way to print problems.

    `render` takes the problems in their order and the texts that they are about, by name; it
    gives all of the output, without a last line end.  `structured` says that it is for programs:
    then it is all that goes to standard output, whatever there was to find.
    """

    name: str
    summary: str
    structured: bool
    render: Callable[[Sequence[Problem], Sources], str]
