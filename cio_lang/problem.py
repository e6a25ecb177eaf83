"""A mistake is a value.

Each kind of mistake is one record beside the check that finds it.  It carries a permanent
slug `code`, the `span` it is about, and whatever names and suggestions a quick fix would need as
fields.  `report()` says it to a person: what is written, why it cannot be, one way out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import ClassVar, Literal

from cio_lang.record import record
from cio_lang.source import Span

Severity = Literal["error", "warning"]


@record
class Report:
    """What a renderer shows: one line of what, why it cannot be, and one way out."""

    what: str
    why: str
    help: str


@record
class Fix:
    """A change of the text that puts a mistake right: what stands at `span` becomes `text`.

    An empty span is a place to insert at; empty text takes out what is there.
    """

    span: Span
    text: str


@record(kw_only=True)
class Problem:
    """Base of every mistake.  Subclasses set `code`, may set `severity`, and write `report`.

    Where the way out can be carried out without asking anything more, they write `fix` as well.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity] = "error"
    span: Span

    def report(self) -> Report:
        """What is written, why it cannot be, one way out: in the marketer's words."""
        raise NotImplementedError

    def fix(self) -> Fix | None:
        """The change that puts it right, where there is one that needs no further thought."""
        return None


_GAPS = re.compile(r"[\W_]+")
_CLOSE = 0.75
_SHORT = 3
"""Letters of a short word, which few changes turn into another word."""

_DOUBLED = re.compile(r"(.)\1")
_SWAPPED = 0.9
"""How close a word is whose only difference is that two neighbouring letters are swapped."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` was probably meant to be, or None where none is close.

    Close means a similarity of at least 0.75 (`difflib`), or two neighbouring letters swapped
    (`Por` for `Pro`), letter case apart; ties go to the first in alphabetical order so that
    messages are the same every time.  Words of two or three letters have to be closer: a letter
    doubled, swapped or left out.  Where none is close, a name that holds all the words of the other
    is close as well (`cart` for `cart_id`), if there is just one.
    """
    names = sorted(set(names))
    best: str | None = None
    best_ratio = _CLOSE
    written = name.casefold()
    for candidate in names:
        ratio = _similarity(written, candidate.casefold())
        if ratio > best_ratio or (ratio == best_ratio and best is None):
            best, best_ratio = candidate, ratio
    return best or _holding(written, names)


def _holding(written: str, names: Iterable[str]) -> str | None:
    """The only one of `names` in which all words of `written` stand beside each other."""
    part = _words(written)
    if len(part.strip()) < 3:
        return None
    found = [name for name in names if part in _words(name.casefold())]
    return found[0] if len(found) == 1 else None


def _words(name: str) -> str:
    """A name as words with a blank around each, all of them singular."""
    return f" {' '.join(word.removesuffix('s') for word in _GAPS.split(name))} "


def _similarity(written: str, candidate: str) -> float:
    if written == candidate:
        return 1.0
    ratio = SequenceMatcher(None, written, candidate).ratio()
    if _is_swap(written, candidate):
        return max(ratio, _SWAPPED)
    short = min(len(written), len(candidate)) <= _SHORT
    return 0.0 if short and not _is_slip(written, candidate) else ratio


def _is_slip(written: str, candidate: str) -> bool:
    """Whether a short word is another with a letter doubled, or left out of its end or middle.

    Every other change makes another word of it: `now` is not `no`, and `one` is not `on`.
    """
    if len(written) == len(candidate) + 1:
        return _DOUBLED.sub(r"\1", written) == _DOUBLED.sub(r"\1", candidate)
    if len(candidate) <= _SHORT or len(candidate) != len(written) + 1:
        return False
    left_out = (candidate[:at] + candidate[at + 1 :] for at in range(1, len(candidate)))
    return written in left_out


def _is_swap(one: str, other: str) -> bool:
    """Whether the words differ in one pair of neighbouring letters that changed places.

    A first letter is not swapped in words of two: `no` is a word of its own beside `on`.
    """
    if len(one) != len(other) or len(one) < 3:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), len(one))
    return one[at + 1 : at + 2] + one[at : at + 1] + one[at + 2 :] == other[at:]
