"""A mistake is a value.

Each kind of mistake is one frozen dataclass beside the check that finds it.  It carries a permanent
slug `code`, the `span` it is about, and whatever names and suggestions a quick fix would need as
fields.  `report()` says it to a person: what is written, why it cannot be, one way out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import ClassVar, Literal

from cio_lang.source import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Report:
    """What a renderer shows: one line of what, why it cannot be, and one way out."""

    what: str
    why: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Base of every mistake.  Subclasses set `code`, may set `severity`, and write `report`."""

    code: ClassVar[str]
    severity: ClassVar[Severity] = "error"
    span: Span

    def report(self) -> Report:
        """What is written, why it cannot be, one way out: in the marketer's words."""
        raise NotImplementedError


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` was probably meant to be, or None where none is close.

    Close means a similarity of at least 0.75 (`difflib`), letter case apart; ties go to the first
    in alphabetical order so that messages are the same every time.
    """
    best: str | None = None
    best_ratio = 0.75
    for candidate in sorted(set(names)):
        ratio = SequenceMatcher(None, name.casefold(), candidate.casefold()).ratio()
        if ratio > best_ratio or (ratio == best_ratio and best is None):
            best, best_ratio = candidate, ratio
    return best
