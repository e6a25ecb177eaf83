"""What could have come where the parser stopped, as the parser and as a person would say it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, get_args

from cio_lang import ast
from cio_lang.grammar import tables
from cio_lang.grammar.lines import Written

UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months", "years")

_WEEKDAYS = frozenset(get_args(ast.Weekday))

_SENT = frozenset({"email", "text", "push", "in-app", "whatsapp", "slack"})

NAMED = {
    "$END": "the end of the line",
    "NAME": "a name",
    "QUOTED": "text in quotes",
    "BLOCK": "text in quotes",
    "FIGURE": "a number",
    "AMOUNT": "an amount such as `$50`",
    "PRICE": "an amount such as `$50`",
    "PERCENT": "a percentage such as `70%`",
    "CALENDAR_DAY": "a date such as `2026-12-01`",
    "CLOCK": "a time of day such as `09:00`",
    "CURRENCY": "a currency such as `EUR`",
    "PERSON": "a person's id or email address",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "`,`",
    "COLON": "`:`",
    "SLASH": "`/`",
    "EVENT_DOT": "`event.`",
    "AND_THEN": "`and then`",
    "IN_ANY_YEAR": "`in any year`",
    "UP_TO": "`up to`",
}


BEFORE_TITLES = ("topic", "segment", "journey", "template", "experiment", "scenario")
"""Words before what is called by a title in quotes, and not by a name of one word."""

_MANY = 14
"""Of more words than so many, only the usual ones are told."""

_USUAL = ("when", "email", "wait", "if", "split", "set", "leave")


def expected(line: Written, start: str, stopped: Any) -> frozenset[str]:
    """What could have come where the parser stopped.

    Asked before it takes the word: rules share their states, so that it may have closed some on
    account of a word that only another rule would go on with.
    """
    return _accepted(tables.driver().before(line, start, stopped))


@lru_cache(maxsize=1_000)
def _accepted(states: tuple[int, ...]) -> frozenset[str]:
    return tables.driver().accepts(states)


@lru_cache(maxsize=1_000)
def described(kinds: frozenset[str]) -> str:
    """What could come at a point, as a person would say it."""
    if {"IS", "STARTS"} <= kinds:
        return "a comparison such as `is`, `is more than` or `contains`"
    if {"DID", "NEVER"} <= kinds:
        return 'a condition such as `plan is "Pro"` or `did order_placed`'
    if {"QUOTED", "FIGURE", "AMOUNT", "CALENDAR_DAY"} <= kinds:
        also = ", or a comparison such as `more than`" if "MORE" in kinds else ""
        return f'a value such as `"Pro"`, `5`, `$50`, `2026-12-01` or `yes`{also}'
    names = [NAMED[one] for one in NAMED if one in kinds]
    words = keywords(kinds)
    if words >= {"days", "weeks"}:
        words = {word for word in words if word.removesuffix("s") + "s" not in UNITS}
        names.append("a unit of time such as `days`")
    if words >= _WEEKDAYS:
        words -= _WEEKDAYS | {day.lower() for day in _WEEKDAYS}
        names.append("a day such as `Monday`")
    if words >= _SENT and len(words) <= _MANY:
        several = "emails" in words
        words -= {word for word in words if word.removesuffix("s").removesuffix("e") in _SENT}
        words -= {"message", "messages"} if several else set()
        sent = "what is sent, such as `emails` or `messages`"
        names.append(sent if several else "a channel such as `email`")
    words -= {"contain", "includes", "time"} if len(words) > 1 else set()
    if len(words) > _MANY:
        usual = [f"`{word}`" for word in _USUAL if word in words] or sorted(words)[:_MANY]
        names.append(f"a word such as {', '.join(usual[:-1])} or {usual[-1]}")
        words = set()
    choices = list(dict.fromkeys([*names, *(f"`{word}`" for word in sorted(words))]))
    if "the end of the line" in choices and len(choices) > 1:
        choices = [*choices[1:], choices[0]]
    if len(choices) < 2:
        return choices[0] if choices else ""
    return ", ".join(choices[:-1]) + f" or {choices[-1]}"


def keywords(kinds: frozenset[str]) -> set[str]:
    """The words of the language among kinds of words."""
    return {word for word, kind in tables.words().keywords.items() if kind in kinds}
