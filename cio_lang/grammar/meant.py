"""A line that cannot be read in, the words that were probably meant out.

`other_words.py` lists how else people say things.  One of these is offered only where the line with
it put in reads further than the line as it stands, so that following the advice always helps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lark import UnexpectedToken

from cio_lang.grammar import problems, tables
from cio_lang.grammar.lines import Written
from cio_lang.grammar.other_words import REWRITES, Rewrite
from cio_lang.grammar.rules import Stop
from cio_lang.grammar.words import Word
from cio_lang.problem import Problem
from cio_lang.source import Span

_BEFORE, _BEHIND = 120, 120
"""How far from the mistake the other words can begin and end."""


def meant(line: Written, start: str, words: Sequence[Word], stopped: Word | None) -> Problem | None:
    """What other words are there around the word that reading stopped at (None: the line's end)."""
    if "\n" in line.text:
        return None
    text, place = line.text, len(line.text)
    if stopped is not None:
        place = stopped.span.column - line.column
    begins = {word.span.column - line.column for word in words}
    ends = {word.span.end_column - line.column for word in words}
    low, high = max(0, place - _BEFORE), min(len(text), place + _BEHIND)
    for rewrite in REWRITES:
        for found in rewrite.pattern.finditer(text, low, high):
            begin, end = found.span()
            if begin not in begins or end not in ends or begin > place:
                continue
            if end <= place and text[end:place].strip():
                continue
            better = _better(rewrite, found)
            whole = f"{text[:begin]}{better}{text[end:]}"
            if better == found.group() or not _reads_further(
                line, start, place, whole, begin + len(better)
            ):
                continue
            span = Span(line.file, line.number, line.column + begin, line.number, line.column + end)
            return problems.OtherWords(
                span=span,
                words=found.group(),
                meant=better,
                reason=rewrite.why,
                whole=rewrite.whole,
            )
    return None


def _better(rewrite: Rewrite, found: re.Match[str]) -> str:
    return found.expand(rewrite.meant) if isinstance(rewrite.meant, str) else rewrite.meant(found)


def _reads_further(line: Written, start: str, place: int, text: str, past: int) -> bool:
    """Whether `text` reads past its new words, and less of it is left unread than of the line."""
    try:
        tables.parser().parse(replace(line, text=text), start=start)
    except UnexpectedToken as again:
        if again.token.type == "$END":
            return place < len(line.text)
        stopped: int = again.token.column - line.column
        return stopped >= past and len(text) - stopped < len(line.text) - place
    except Stop:
        return True
    return True
