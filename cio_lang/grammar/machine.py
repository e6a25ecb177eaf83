"""The parser's tables without its values: which words may come, and which make a line whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from cio_lang.grammar import tables
from cio_lang.grammar.expected import BEFORE_TITLES

__all__ = ["Machine", "Stack"]

_SAMPLES: Mapping[str, str] = {
    "NAME": "other_name",
    "QUOTED": '"Other text"',
    "FIGURE": "2",
    "AMOUNT": "$2",
    "PRICE": "USD 2",
    "PERCENT": "50%",
    "CALENDAR_DAY": "2026-01-01",
    "CLOCK": "09:00",
    "CURRENCY": "USD",
    "PERSON": "alice",  # not a word that stands for nobody in particular
    "AND_THEN": "and then",
    "IN_ANY_YEAR": "in any year",
    "UP_TO": "up to",
}
"""A text of each kind of word that is not one of the language's own."""

_MARKS = {
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": ",",
    "COLON": ":",
    "SLASH": "/",
    "EVENT_DOT": "event.",
}
"""How the parser calls the marks."""

_OPEN = {"NAME": "…", "QUOTED": '"…"', "PERSON": "…", "FIGURE": "3"}
"""What stands in an ending that is shown for what only its writer can know."""

_USUAL = (
    *("PERSON", "NAME", "QUOTED", "FIGURE", "WHERE", "IS", "THEIR", "DAYS", "TIMES"),
    *("MESSAGES", "EMAILS", "EMAIL", "TEXT"),
)
"""Of several endings of one length the first in this order is taken."""

_BEFORE_NUMBERS = ("than", "least", "most")

_LONGEST_ENDING = 9
_MOST_STACKS = 4_000
_LONGEST_PHRASE = 5
_MOST_WAYS = 6
"""A word that more than so many others can follow is offered alone."""

Stack = tuple[int, ...]


class Machine:
    """Which words lead where."""

    def __init__(self) -> None:
        self._driver = tables.driver()
        self.spelled = {kind: word for word, kind in tables.words().keywords.items()}
        self.spelled["SLASH"] = "/"

    def after(self, stack: Stack, kind: str) -> Stack | None:
        """The stack after one more word, or None where it cannot come."""
        states = [*stack]
        return tuple(states) if self._driver.advance(states, kind) else None

    def accepts(self, stack: Stack) -> frozenset[str]:
        """The kinds of words that may come."""
        return self._driver.accepts(stack)

    def phrases(self, stack: Stack, kind: str, longest: int = _LONGEST_PHRASE) -> Iterator[str]:
        """A word with those that have to follow it: `only people where`, `more than`.

        Where a value can follow as well (`in 10% to …`, `in segment`), the word is also alone.
        """
        word = self.spelled[kind]
        after = self.after(stack, kind)
        onward = frozenset[str]() if after is None else self.accepts(after)
        if (
            after is None
            or longest == 1
            or not onward
            or not onward & self.spelled.keys()
            or "$END" in onward
            or len(onward) > _MOST_WAYS
        ):
            yield word
        else:
            if not onward <= self.spelled.keys():
                yield word
            for other in onward & self.spelled.keys():
                for rest in self.phrases(after, other, longest - 1):
                    yield f"{word}{rest}" if rest[0] in "/" or word[-1] in "/" else f"{word} {rest}"

    def sample(self, kind: str) -> str:
        """A text of a kind of word."""
        return _SAMPLES.get(kind) or _MARKS.get(kind) or self.spelled[kind]

    def shown_ending(self, stack: Stack, last: str) -> str:
        """The fewest words that make a line whole, with `…` for what only its writer knows.

        `last` is the word before.
        """
        if _begins_condition(self.accepts(stack)):
            return 'plan is "Pro"'
        kinds = self.ending(stack, last) or ()
        words = [last]
        for kind in kinds:
            after = self.after(stack, kind)
            assert after is not None
            stack = after
            words.append(_shown(kind, words[-1]) or self.sample(kind))
            if kind == "CLOCK" and "THEIR" in self.accepts(stack):
                words.append("their time")
        if _asks(last, kinds):
            words.append("…")
        return " ".join(words[1:])

    def ending(self, stack: Stack, shown_behind: str = "") -> tuple[str, ...] | None:
        """The fewest words that make the line whole.

        To be shown behind a word, those that lead up to a condition are enough.
        """
        waiting: deque[tuple[Stack, tuple[str, ...]]] = deque([(stack, ())])
        seen = {stack}
        while waiting and len(seen) < _MOST_STACKS:
            here, words = waiting.popleft()
            if self.after(here, "$END") is not None:
                return words
            if shown_behind and _asks(shown_behind, words):
                return words
            if len(words) < _LONGEST_ENDING:
                for kind, there in self._onward(here):
                    if there not in seen:
                        seen.add(there)
                        waiting.append((there, (*words, kind)))
        return None

    def _onward(self, stack: Stack) -> Iterator[tuple[str, Stack]]:
        for kind in sorted(self._driver.states[stack[-1]], key=_usual_first):
            if kind.isupper() and kind not in ("$END", "BLOCK"):
                there = self.after(stack, kind)
                if there is not None:
                    yield kind, there


def _usual_first(kind: str) -> tuple[int, str]:
    return (_USUAL.index(kind) if kind in _USUAL else len(_USUAL), kind)


def _shown(kind: str, before: str) -> str | None:
    if kind == "NAME" and before in BEFORE_TITLES:
        return _OPEN["QUOTED"]
    if kind == "QUOTED" and before in _BEFORE_NUMBERS:
        return _OPEN["FIGURE"]
    return _OPEN.get(kind)


def _asks(last: str, kinds: tuple[str, ...]) -> bool:
    """Whether words end with `people where` or `matches`: a condition follows."""
    before = [last.upper(), *kinds]
    return bool(kinds) and (before[-2:] == ["PEOPLE", "WHERE"] or before[-1] == "MATCHES")


def _begins_condition(kinds: frozenset[str]) -> bool:
    return {"DID", "NEVER"} <= kinds
