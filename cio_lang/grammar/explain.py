"""Why a line cannot be read, in the words of the person who wrote it.

The parser says where it stopped and what could have come there; this makes the one problem of it
that fits the situation best.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from lark import UnexpectedToken

from cio_lang.grammar import problems, tables
from cio_lang.grammar.days import day
from cio_lang.grammar.driver import END
from cio_lang.grammar.expected import NAMED, UNITS, described, keywords
from cio_lang.grammar.expected import expected as expected_at
from cio_lang.grammar.left_over import left_over
from cio_lang.grammar.lines import LONGEST_WORDS, Written, shortened
from cio_lang.grammar.places import JOINERS, elsewhere, first_word, starters
from cio_lang.grammar.rules import Stop
from cio_lang.grammar.unquoted import SENDS, joined, joined_name, without_quotes
from cio_lang.grammar.words import Word
from cio_lang.problem import Problem, nearest
from cio_lang.source import Span
from cio_lang.text import NOBODY

_SAME = {"equals": "is", "was": "is", "has": "is", "greater": "more", "bigger": "more"}
"""Everyday words for what the language says otherwise."""

_FUNCTIONS = ("total", "average", "smallest", "largest", "latest", "first")

_PLURAL = ("users", "people", "customers", "count", "list", "find", "show", "all", *SENDS)

_OTHER_QUOTES = re.compile(
    r"[“”„‟«»](?P<it>[^“”„‟«»\"]*)[“”„‟«»\"]|['‘’](?P<single>[^'‘’\"]*)['‘’]"
)

_ASKING = ("if", "and", "or", "where", "matches", "when", "until", "(")
"""Words before a condition."""

_MOMENTS = ("now", "today", "tomorrow", "yesterday", "tonight")
"""Words for moments that depend on when something is carried out."""

_LONE = (
    "help",
    "?",
    "commands",
    "usage",
    "undo",
    "redo",
    "quit",
    "exit",
    "status",
    "list",
    "hello",
)
"""Lines of one word that are hardly meant to be about somebody of that name."""

_MARKS = frozenset({"UP_TO", "LPAR", "RPAR", "COMMA", "COLON", "SLASH"})

_MONEY = {"dollar": "$", "dollars": "$", "euro": "€", "euros": "€", "pound": "£", "pounds": "£"}

_SHORT_UNITS = {"s": "seconds", "sec": "seconds", "secs": "seconds", "min": "minutes"}
_SHORT_UNITS |= {"mins": "minutes", "h": "hours", "hr": "hours", "hrs": "hours", "d": "days"}
_SHORT_UNITS |= {"w": "weeks", "wk": "weeks", "wks": "weeks", "mo": "months", "mos": "months"}
_SHORT_UNITS |= {"y": "years", "yr": "years", "yrs": "years"}
_TYPES = ("text", "number", "money", "date", "time", "yes/no", "list", "one of")


def explain(line: Written, start: str, mistake: UnexpectedToken, briefly: bool = False) -> Problem:
    """The problem with a line on which the parser stopped.

    Briefly, it is not looked into: only what stands there, and what could.
    """
    # Many patterns: only once something is wrong.
    from cio_lang.grammar.meant import meant
    from cio_lang.grammar.superfluous import superfluous

    words = _all_words(line)
    expected = expected_at(line, start, mistake.token)
    if briefly:
        return _briefly(words, mistake.token, expected)
    if mistake.token.type == "$END":
        return (
            _lone_command(words, start)
            or meant(line, start, words, None)
            or _half_condition(words, expected)
            or _ends_too_early(line, start, words, expected)
        )
    assert isinstance(mistake.token, Word)
    at = next(i for i, word in enumerate(words) if _reaches(word, mistake.token))
    word = words[at]
    return (
        superfluous(line, start)
        or _and_or(word, expected)
        or day(line, word)
        or (_statement(words, at, expected) if start == "statement" else None)
        or meant(line, start, words, word)
        or _half_condition(words[:at], expected)
        or elsewhere(line, start)
        or _total(words, at, expected)
        or _character(line, word)
        or _capitals(line, start, words[: at + 1])
        or (_command(words, at, expected) if start == "statement" else None)
        or _block(words, at, expected)
        or (_goes_on(words, start) if at == 0 else None)
        or (first_word(word, start) if at == 0 else None)
        or (_said(words[0], start) if at == 1 else None)
        or _count(word, expected)
        or _send_at(words, at, expected)
        or _currency(words, at, expected)
        or _unit(words, at, expected)
        or _type(word, expected)
        or _not(words, at, expected)
        or _where(words, at, expected)
        or _moment(words, at, expected)
        or joined_name(line, start, words, at)
        or _missing(word, expected)
        or _suggested(word, expected)
        or _share_without_name(words, at, start)
        or without_quotes(words, at, start, expected)
        or left_over(words, at, start, expected)
        or problems.UnexpectedWord(
            span=word.span, word=str(word), suggestion=None, expected=described(expected)
        )
    )


def _briefly(words: Sequence[Word], stopped: Word, expected: frozenset[str]) -> Problem:
    comes = described(expected)
    if stopped.type == "$END":
        return problems.EndsTooEarly(
            span=_behind(words[-1]), last=str(words[-1]), expected=comes, whole=""
        )
    return problems.UnexpectedWord(
        span=stopped.span, word=str(stopped), suggestion=None, expected=comes
    )


def _behind(word: Word) -> Span:
    """The place just behind a word."""
    at = word.span
    return Span(at.file, at.end_line, at.end_column, at.end_line, at.end_column)


def _all_words(line: Written) -> Sequence[Word]:
    return list(tables.words().cut(line, lambda: ()))


def _reaches(word: Word, other: Word) -> bool:
    return (word.span.end_line, word.span.end_column) > (other.span.line, other.span.column)


def _ends_too_early(
    line: Written, start: str, words: Sequence[Word], expected: frozenset[str]
) -> Problem:
    from cio_lang.grammar.machine import Machine  # only once something is wrong

    place = _behind(words[-1])
    comes = NAMED["RPAR"] if "RPAR" in expected else described(expected)
    stack = tables.driver().before(line, start, END)
    rest = Machine().shown_ending(stack, str(words[-1]))
    if start == "statement" and words[0] in SENDS and len(words) == 2:
        rest = "to …"
    if words[-1] in ("and", "or") and words[-2:-1]:
        rest = "did order_placed"
    gap = "" if rest[:1] in (":", ",", ")") else " "
    before = line.text if len(line.text) <= LONGEST_WORDS else f"… {words[-1]}"
    whole = f"{before}{gap}{rest}" if rest else ""
    otherwise = ""
    if "IS" in expected and words[-1].type == "NAME" and words[-2:-1] and words[-2] in _ASKING:
        whole = f"{before} is yes"
        otherwise = "; for what people do, write `did …`"
    if start == "journey_line" and words[0] == "on" and len(words) == 2:
        otherwise = f"; for what people do, write `when someone does {words[1]}`"
    return problems.EndsTooEarly(
        span=place, last=str(words[-1]), expected=comes, whole=whole, otherwise=otherwise
    )


def _character(line: Written, word: Word) -> Problem | None:
    if word.type == "UNCLOSED":
        return problems.UnclosedQuote(span=word.span)
    if word.type == "UNSUPPORTED":
        begin = word.span.column - line.column
        found = _OTHER_QUOTES.match(line.text, begin)
        if found is not None:
            end = line.column + found.end()
            place = Span(line.file, line.number, word.span.column, line.number, end)
            inside = found.group("it") or found.group("single")
            return problems.UnsupportedCharacter(
                span=place, character=str(word), quoted=f'"{inside}"'
            )
        return problems.UnsupportedCharacter(span=word.span, character=str(word))
    return None


def _capitals(line: Written, start: str, words: Sequence[Word]) -> Problem | None:
    """A keyword in capitals, where lower case would have let the parser go further."""
    keywords = tables.words().keywords
    if "\n" in line.text:
        return None
    suspects = [
        word
        for word in words
        if word.type == "NAME" and word not in keywords and word.lower() in keywords
    ]
    text = line.text
    for word in suspects:
        begin = word.span.column - line.column
        text = text[:begin] + word.lower() + text[begin + len(word) :]
    if not suspects or len(text) != len(line.text):
        return None
    try:
        tables.parser().parse(replace(line, text=text), start=start)
    except UnexpectedToken as again:
        stopped = words[-1].span
        if again.token.type != "$END" and again.token.column <= stopped.column:
            return None
    except Stop:
        pass
    return problems.WrittenInCapitals(span=suspects[0].span, word=str(suspects[0]))


def _and_or(word: Word, expected: frozenset[str]) -> Problem | None:
    other = {"and": "or", "or": "and"}.get(word)
    if other is None or other.upper() not in expected:
        return None
    return problems.MixedAndOr(span=word.span, word=str(word), other=other)


def _goes_on(words: Sequence[Word], start: str) -> Problem | None:
    """`and plan is "Pro"` on a line of its own."""
    if words[0] not in JOINERS or start in ("statement", "condition"):
        return None
    rest = joined(words[1:])[0] if len(words) > 1 else ""
    return problems.GoesOn(
        span=words[0].span.to(words[-1].span), joiner=str(words[0]), rest=shortened(rest)
    )


def _lone_command(words: Sequence[Word], start: str) -> Problem | None:
    """`help`, and what else is said to other programs."""
    if start != "statement" or len(words) > 1 or words[0].casefold() not in _LONE:
        return None
    return problems.UnknownStatement(span=words[0].span, word=str(words[0]), suggestion=None)


def _block(words: Sequence[Word], at: int, expected: frozenset[str]) -> Problem | None:
    """`if any of`: below that line stand steps."""
    if at == 0 or words[at] != "of" or words[at - 1] not in ("any", "all"):
        return None
    text, place = joined(words[at - 1 : at + 1])
    return problems.BlockInLine(span=place, words=text)


def _said(word: Word, start: str) -> Problem | None:
    """`sadi "bought"`: a misspelt `said` was taken for the name of a property."""
    if start not in ("event_line", "segment_line") or word.type != "NAME":
        return None
    if word == "said" or nearest(word, ("said",)) is None:
        return None
    return problems.UnexpectedWord(
        span=word.span, word=str(word), suggestion="said", expected="`said` or a name"
    )


def _statement(words: Sequence[Word], at: int, expected: frozenset[str]) -> Problem | None:
    """A message without quotes, or a group where one person stands."""
    texts = [word for word in words if word.type in ("QUOTED", "BLOCK")]
    if words[0] in SENDS and not texts and "to" in words[2:]:
        end = len(words) - 1 - words[::-1].index("to")
        if at <= end:
            text, place = joined(words[1:end])
            return problems.MissingQuotes(span=place, words=text, name=False)
    if words[at - 1] in NOBODY and words[at] == "where" and words[0] not in _PLURAL:
        return problems.NotAPerson(span=words[at - 1].span, word=str(words[at - 1]))
    return None


def _command(words: Sequence[Word], at: int, expected: frozenset[str]) -> Problem | None:
    """Nobody to set something of; or a misspelt command that was taken for a person."""
    if words[0] == "set" and words[at] == "to" and expected == {"OF"} and "of" not in words:
        return problems.NobodyToSet(span=words[at - 1].span, attribute=str(words[at - 1]))
    if at != 1 or expected != {"DID"}:
        return None
    suggestion = nearest(words[0], starters("statement"))
    if suggestion is None and words[1].type == "NAME":
        return None
    return problems.UnknownStatement(span=words[0].span, word=str(words[0]), suggestion=suggestion)


def _count(word: Word, expected: frozenset[str]) -> Problem | None:
    times = {"once": "1", "twice": "2"}.get(word, str(word))
    if not times.isdigit() or "EXACTLY" not in expected:
        return None
    return problems.BareCount(span=word.span, times=times)


def _total(words: Sequence[Word], at: int, expected: frozenset[str]) -> Problem | None:
    """`total amount is …` and `total of order_placed is …`."""
    if expected != {"OF"} or at < 2 or words[at - 2] not in _FUNCTIONS:
        return None
    lone = words[at - 1] == "of"
    text, place = joined(words[at - 2 : at + 1] if lone else words[at - 2 : at])
    return problems.TotalWithoutEvent(
        span=place, words=text, missing="property" if lone else "event"
    )


def _currency(words: Sequence[Word], at: int, expected: frozenset[str]) -> Problem | None:
    sign = _MONEY.get(words[at])
    if sign is None or words[at - 1].type != "FIGURE" or "CURRENCY" not in expected:
        return None
    _, place = joined(words[at - 1 : at + 1])
    return problems.CurrencyInWords(
        span=place, word=str(words[at]), written=f"{sign}{words[at - 1]}"
    )


def _half_condition(words: Sequence[Word], expected: frozenset[str]) -> Problem | None:
    """`plan is "a" or "b"`: after `or`, the value was taken for the name of an attribute."""
    if len(words) < 3 or "IS" not in expected or words[-1].type != "QUOTED":
        return None
    if words[-2] not in ("and", "or") or words[-3].type != "QUOTED":
        return None
    return problems.HalfCondition(span=words[-1].span, joiner=str(words[-2]), value=str(words[-1]))


def _missing(word: Word, expected: frozenset[str]) -> Problem | None:
    """The only thing that can come here, or the comma between two texts of a list."""
    if word.type == "QUOTED" and "COMMA" in expected:
        return problems.MissingWord(span=word.span, missing=",", before=str(word))
    if word == "transactional" and "COMMA" in expected:
        return problems.MissingWord(span=word.span, missing=",", before=str(word))
    choices = [*keywords(expected), *(NAMED[kind].strip("`") for kind in _MARKS & expected)]
    if len(choices) != 1 or len(expected) != 1:
        return None
    if SequenceMatcher(None, word.casefold(), choices[0]).ratio() >= 0.5:
        return problems.UnexpectedWord(
            span=word.span, word=str(word), suggestion=choices[0], expected=described(expected)
        )
    return problems.MissingWord(span=word.span, missing=choices[0], before=str(word))


def _turned(word: str, words: set[str]) -> str | None:
    """The one of `words` that has the same letters in another order: `nto` for `not`."""
    return next((one for one in sorted(words) if sorted(one) == sorted(word)), None)


def _unit(words: Sequence[Word], at: int, expected: frozenset[str]) -> Problem | None:
    word = words[at]
    if "DAYS" not in expected or word.type != "NAME" or words[at - 1].type != "FIGURE":
        return None
    if word in tables.words().keywords and "AND" in expected:
        return None
    suggestion = _SHORT_UNITS.get(word) or nearest(word, UNITS)
    return problems.UnknownUnit(span=word.span, word=str(word), suggestion=suggestion)


def _type(word: Word, expected: frozenset[str]) -> Problem | None:
    kinds = {tables.words().keywords[kind] for kind in ("text", "number", "money", "list")}
    if not kinds <= expected or word.type != "NAME":
        return None
    return problems.UnknownType(span=word.span, word=str(word), suggestion=nearest(word, _TYPES))


def _not(words: Sequence[Word], at: int, expected: frozenset[str]) -> Problem | None:
    if words[at - 1] != "not" or "LPAR" not in expected:
        return None
    rest, place = joined(words[at:])
    return problems.NotNeedsParentheses(span=words[at - 1].span.to(place), rest=rest)


def _where(words: Sequence[Word], at: int, expected: frozenset[str]) -> Problem | None:
    """`where did …`: after an event the parser took `did` for the name of a property."""
    if at == 0 or words[at - 1] not in ("did", "never", "inactive", "in") or "IS" not in expected:
        return None
    return problems.NotInWhere(span=words[at - 1].span, word=str(words[at - 1]))


def _suggested(word: Word, expected: frozenset[str]) -> Problem | None:
    if word.type != "NAME":
        return None
    words = keywords(expected)
    suggestion = _SAME.get(word) or _turned(word, words) or nearest(word, words)
    if suggestion is None or suggestion.split()[0] not in words:
        return None
    return problems.UnexpectedWord(
        span=word.span, word=str(word), suggestion=suggestion, expected=described(expected)
    )


def _moment(words: Sequence[Word], at: int, expected: frozenset[str]) -> Problem | None:
    """`set created_at to now`: the moment at which a step is carried out is no value."""
    word = str(words[at]).casefold()
    if word not in _MOMENTS or not {"CALENDAR_DAY", "QUOTED"} <= expected:
        return None
    asked = words[0] not in ("set", "when", "given", "track", "expect") and "with" not in words[:at]
    return problems.MomentAsValue(span=words[at].span, word=str(words[at]), asked=asked)


def _send_at(words: Sequence[Word], at: int, expected: frozenset[str]) -> Problem | None:
    """`email "welcome" at 09:00`: a moment behind a message that knows only `their best time`."""
    if expected != {"THEIR"} or words[at - 1] != "at" or words[0] not in SENDS:
        return None
    text, place = joined(words[at - 1 :])
    if words[at].type == "CLOCK":
        return problems.AfterTheEnd(
            span=place, words=text, way_out=f"write `wait until {joined(words[at:])[0]}` above it"
        )
    return problems.AfterTheEnd(
        span=place,
        words=text,
        way_out="take it out, or wait above it, as in `wait until 09:00 their time`; a journey "
        "waits for a date that people have, and for no day of the calendar",
    )


def _share_without_name(words: Sequence[Word], at: int, start: str) -> Problem | None:
    """`50% email …`: a step where the name of a share has to come."""
    if start != "share_line" or at != 1 or words[at] not in starters("journey_line"):
        return None
    return problems.EndsTooEarly(
        span=_behind(words[0]),
        last=str(words[0]),
        expected="the name of the share in quotes; its steps stand on lines below it",
        whole=f'{words[0]} "a"',
    )
