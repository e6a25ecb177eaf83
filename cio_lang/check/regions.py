"""What a value can be: a region holds at least all values that pass the tests it was made from.

A stored value is missing, text, a plain number, an amount in a currency, yes or no, a list, or
something else.  Text and plain numbers can be dates besides.  Where a region is empty, nothing at
all passes; that is certain, whatever is stored.  The reverse is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from cio_lang.check import spans
from cio_lang.check.spans import ALL, NONE, Spans
from cio_lang.record import record

Axis = str
"""What a date is measured on: `date` (days of the calendar), `now` (seconds from now), or the
number of days, weeks, months or years that it lies from this one."""

PLAIN = ""
"""The currency of numbers without one."""


@record
class Texts:
    """Texts, letter case apart: only some (`only`), without some, and what they have in them."""

    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    has: frozenset[tuple[str, str]] = frozenset()
    lacks: frozenset[tuple[str, str]] = frozenset()

    def meet(self, other: Texts) -> Texts:
        """Texts that are in both."""
        if self.only is None or other.only is None:
            only = self.only if other.only is None else other.only
        else:
            only = self.only & other.only
        return Texts(
            only, self.without | other.without, self.has | other.has, self.lacks | other.lacks
        )

    def is_empty(self) -> bool:
        """Whether no text is like that."""
        if self.only is not None:
            return not any(self._takes(text) for text in self.only)
        return any(_rules_out(one, other) for one in self.has for other in self.has) or any(
            _implies(one, other) for one in self.has for other in self.lacks
        )

    def _takes(self, text: str) -> bool:
        return (
            text not in self.without
            and all(_like(text, test) for test in self.has)
            and not any(_like(text, test) for test in self.lacks)
        )


def _like(text: str, test: tuple[str, str]) -> bool:
    op, part = test
    if op == "starts_with":
        return text.startswith(part)
    return text.endswith(part) if op == "ends_with" else part in text


def _rules_out(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether no text begins (or ends) in both ways."""
    (op, part), (other_op, other_part) = one, other
    if op != other_op or op == "contains":
        return False
    short, long = sorted((part, other_part), key=len)
    return not _like(long, (op, short))


def _implies(has: tuple[str, str], lacks: tuple[str, str]) -> bool:
    """Whether what a text has in it is what it must not have."""
    (op, part), (other_op, _) = has, lacks
    return (op == other_op or other_op == "contains") and _like(part, lacks)


_NO_TEXT = Texts(only=frozenset())


@record
class Region:
    """A set of stored values.

    `amounts` has the numbers by currency, `elsewhere` those in any other currency.  A value that is
    a date lies on every one of the `axes`; with `dated`, only dates are in the region.
    """

    missing: bool = True
    texts: Texts = Texts()
    amounts: Mapping[str, Spans] = field(default_factory=dict)
    elsewhere: Spans = ALL
    answers: frozenset[bool] = frozenset({True, False})
    lists: bool = True
    includes: frozenset[object] = frozenset()
    excludes: frozenset[object] = frozenset()
    others: bool = True
    dated: bool = False
    axes: Mapping[Axis, Spans] = field(default_factory=dict)

    def meet(self, other: Region) -> Region:
        """Values that are in both."""
        return Region(
            self.missing and other.missing,
            self.texts.meet(other.texts),
            {
                currency: spans.meet(self.amount(currency), other.amount(currency))
                for currency in self.amounts.keys() | other.amounts.keys()
            },
            spans.meet(self.elsewhere, other.elsewhere),
            self.answers & other.answers,
            self.lists and other.lists,
            self.includes | other.includes,
            self.excludes | other.excludes,
            self.others and other.others,
            self.dated or other.dated,
            {
                axis: spans.meet(self.axes.get(axis, ALL), other.axes.get(axis, ALL))
                for axis in self.axes.keys() | other.axes.keys()
            },
        )

    def amount(self, currency: str) -> Spans:
        """The numbers in one currency."""
        return self.amounts.get(currency, self.elsewhere)

    def is_empty(self) -> bool:
        """Whether no value is like that."""
        words, numbers = not self.texts.is_empty(), bool(self.amount(PLAIN))
        if self.dated:
            return not (words or numbers) or not all(self.axes.values())
        return not (
            self.missing
            or words
            or numbers
            or self.elsewhere
            or any(self.amounts.values())
            or self.answers
            or (self.lists and not self.includes & self.excludes)
            or self.others
        )


EVERYTHING = Region()
NOTHING = Region(False, _NO_TEXT, {}, NONE, frozenset(), False, others=False)
MISSING = replace(NOTHING, missing=True)
KNOWN = Region(missing=False)
DATES = Region(
    False,
    amounts={PLAIN: ALL},
    elsewhere=NONE,
    answers=frozenset(),
    lists=False,
    others=False,
    dated=True,
)
"""Only dates."""


def only_texts(texts: Texts) -> Region:
    """Only texts, and only these."""
    return replace(NOTHING, texts=texts)


def only_numbers(numbers: Spans, currency: str | None) -> Region:
    """Only these numbers: of any currency, or plain ones and those in one currency."""
    if currency is None:
        return replace(NOTHING, amounts={PLAIN: numbers}, elsewhere=numbers)
    return replace(NOTHING, amounts={PLAIN: numbers, currency: numbers})


def without_numbers(numbers: Spans, currency: str | None) -> Region:
    """Everything but these numbers."""
    rest = spans.outside(numbers)
    if currency is None:
        return Region(amounts={PLAIN: rest}, elsewhere=rest)
    return Region(amounts={PLAIN: rest, currency: rest})
