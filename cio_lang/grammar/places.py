"""Where lines stand, and what they can begin with there."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from lark import UnexpectedToken

from cio_lang.grammar import problems, tables
from cio_lang.grammar.expected import keywords
from cio_lang.grammar.lines import Written, shortened
from cio_lang.grammar.rules import Stop
from cio_lang.grammar.words import Word
from cio_lang.problem import Problem, nearest

PLACES = {
    "declaration": "at the left margin",
    "event_line": "below `event`",
    "attribute_line": "below `attribute`",
    "segment_line": "below `segment`",
    "policy_line": "below `policy`",
    "guarantee_line": "below `guarantee`",
    "template_line": "below `template`",
    "scenario_line": "below `scenario`",
    "journey_line": "of a journey",
    "share_line": "below `split` or `experiment`",
    "block_line": "of this kind",
    "statement": "of this kind",
    "condition": "of this kind",
}

_USUAL = {
    "share_line": ("50%", "hold out", "pick the winner"),
    "journey_line": (
        *("when", "only", "leave", "goal", "topic"),
        *("email", "notify", "wait", "if", "split", "set"),
    ),
}
"""The most usual first words, where there are many."""

_FIRST_WORDS_ONLY = (
    "declaration",
    "attribute_line",
    "policy_line",
    "guarantee_line",
    "template_line",
    "scenario_line",
    "journey_line",
    "share_line",
)
"""Places where every line begins with one of a few words."""

JOINERS = ("and", "or")
"""Words that go on with what stands before them; no line begins with one."""

_OWNERS = ("journey", "policy", "guarantee", "template", "scenario")
"""Declarations whose lines say by themselves what they belong to."""

_LINES = (*_FIRST_WORDS_ONLY, "event_line", "segment_line")


@cache
def starters(start: str) -> tuple[str, ...]:
    """The words that a line read by the rule `start` can begin with, in alphabetical order."""
    driver = tables.driver()
    return tuple(sorted(keywords(frozenset(driver.states[driver.starts[start]]))))


def reads(line: Written, start: str, text: str) -> bool:
    """Whether `text` could stand in place of a line, or be the beginning of one that could."""
    try:
        tables.driver().parse(replace(line, text=text), start)
    except UnexpectedToken as mistake:
        return bool(text) and mistake.token.type == "$END"
    except Stop:
        return True
    return True


def elsewhere(line: Written, start: str) -> Problem | None:
    """The problem with a line that can be read, only not where it stands."""
    if start not in _LINES:
        return None
    if start == "declaration" and (":" in line.text or line.text.startswith("said ")):
        try:
            tables.driver().parse(line, "event_line")
            return problems.LineOutOfPlace(
                span=line.span, words=shortened(line.text), owner="event"
            )
        except (UnexpectedToken, Stop):
            pass
    for owner in _OWNERS:
        place = f"{owner}_line"
        if place == start or (start == "journey_line" and _is_daily(line)):
            continue
        try:
            tables.driver().parse(line, place)
        except (UnexpectedToken, Stop):
            continue
        words = shortened(line.text)
        if owner != "journey":
            return problems.LineOutOfPlace(span=line.span, words=words, owner=owner)
        word = words.split()[0]
        if start == "declaration":
            return problems.StepOutsideJourney(span=line.span, word=word)
        if start == "share_line":
            return problems.StepBetweenShares(span=line.span, words=words)
        return problems.LineOutOfPlace(span=line.span, words=words, owner=owner)
    return None


def _is_daily(line: Written) -> bool:
    """Whether a line among steps is probably a step in other words, not one of a scenario."""
    return line.text.split(None, 1)[0] in ("after", "set", "when")


def first_word(word: Word, start: str) -> Problem | None:
    """The problem with a line that cannot begin with its first word."""
    if start == "declaration":
        if word in starters("journey_line") or word in ("said",):
            return problems.StepOutsideJourney(span=word.span, word=str(word))
    elif word in starters("declaration") and start not in ("statement", "condition"):
        return problems.DeclarationIndented(span=word.span, word=str(word))
    allowed = _USUAL.get(start) or starters(start)
    if start == "share_line" and word in starters("journey_line"):
        return problems.StepBetweenShares(span=word.span, words=str(word))
    if start not in ("statement", "condition"):
        for owner in ("guarantee", "template", "scenario", "policy"):
            if word in starters(f"{owner}_line"):
                return problems.LineOutOfPlace(span=word.span, words=str(word), owner=owner)
    if word in JOINERS and start not in ("statement", "condition"):
        return problems.GoesOn(span=word.span, joiner=str(word), rest="")
    suggestion = nearest(word, starters(start))
    if word.type == "NAME" and start in _FIRST_WORDS_ONLY:
        return problems.UnknownLine(
            span=word.span,
            word=str(word),
            suggestion=suggestion,
            place=PLACES[start],
            allowed=allowed,
            more=start in _USUAL,
        )
    return None
