"""Text and names of several words without quotes: words in, the problem with them out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cio_lang.grammar import problems, tables
from cio_lang.grammar.expected import BEFORE_TITLES
from cio_lang.grammar.lines import Written
from cio_lang.grammar.places import reads
from cio_lang.grammar.words import Word
from cio_lang.problem import Problem
from cio_lang.source import Span

SENDS = ("email", "text", "push", "in-app", "whatsapp", "slack", "notify")

_JOINTS = ("is", "not", "and", "or", "of", "in", "for", "where", "did", "does", "do", "has", "then")
"""Words that hold a line together: a name is not joined across them."""

_ONE_WORD = "A name is one word; several are joined by `_`."


def joined(words: Sequence[Word]) -> tuple[str, Span]:
    """Words as they stand in the line, and their place."""
    text = str(words[0])
    for before, word in pairwise(words):
        gap = word.span.column - before.span.end_column
        text += (" " if gap > 0 else "") + str(word)
    return text, words[0].span.to(words[-1].span)


def joined_name(line: Written, start: str, words: Sequence[Word], at: int) -> Problem | None:
    """`trial ends at`: words that are one name when `_` joins them."""
    if "\n" in line.text:
        return None
    for begin in (at - 1, at - 2):
        if begin < 1 or not _begins_name(words, begin, start):
            continue
        for end in range(max(at, begin + 1), min(len(words), begin + 4)):
            if not all(map(_in_a_name, words[begin + 1 : end + 1])):
                break
            text, place = joined(words[begin : end + 1])
            name = "_".join(text.split())
            first, last = place.column - line.column, place.end_column - line.column
            if reads(line, start, f"{line.text[:first]}{name}{line.text[last:]}"):
                return problems.OtherWords(span=place, words=text, meant=name, reason=_ONE_WORD)
    return None


def _in_a_name(word: Word) -> bool:
    return word.type == "NAME" and "_" not in word and word not in _JOINTS


def _begins_name(words: Sequence[Word], begin: int, start: str) -> bool:
    """Whether a name of several words can begin here, which stands without quotes."""
    word, before = words[begin], words[begin - 1]
    if word.type != "NAME" or word in tables.words().keywords or "_" in word:
        return False
    if start in ("scenario_line", "statement") and before not in ("did", "does"):
        return False
    return before not in BEFORE_TITLES


def without_quotes(
    words: Sequence[Word], at: int, start: str, expected: frozenset[str]
) -> Problem | None:
    """Text or a name of several words that stands without quotes."""
    keywords = tables.words().keywords
    begin = at
    name = "QUOTED" not in expected
    if name:
        begin = at - 1
        if at == 0 or words[begin].type != "NAME" or {"IS", "DOES"} & expected:
            return None
        if words[begin] in keywords or "_" in words[begin] or words[at] in keywords:
            return None
    if words[begin].type != "NAME" or (words[0], words[begin]) == ("ask", "to"):
        return None
    end = at
    whole_line = words[0] in (*SENDS, "call", "journey", "segment", "topic")
    while end + 1 < len(words) and (
        whole_line or (words[end + 1].type == "NAME" and words[end + 1] not in keywords)
    ):
        end += 1
    if any('"' in word for word in words[begin : end + 1]):
        return None
    text, place = joined(words[begin : end + 1])
    return problems.MissingQuotes(span=place, words=text, name=name)
