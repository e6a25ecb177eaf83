"""Words and marks that other languages need and this one does not, as in `end` or `- email …`.

A line in, the problem with what is too much in it out.  Where more than that is wrong with it, the
rest is told once this is taken out.
"""

from __future__ import annotations

import re

from cio_lang.grammar import problems
from cio_lang.grammar.lines import Written
from cio_lang.grammar.places import reads, starters
from cio_lang.problem import Problem
from cio_lang.source import Span

_INDENTED = "What is indented below a line belongs to it, and nothing else says where it ends."

_WHOLE = re.compile(
    r"(?:end|endif|end ?if|fi|done|endfor|end ?split|begin|\{|\}|\)|\]);?|[^\w\s\"$€£#>@]+"
)
"""Lines that only close or open something."""

_BEGINS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[-*•–—]\s+"), "Steps follow one another as lines, without a mark before them."),
    (re.compile(r"[0-9]+[.)]\s+"), "Steps follow one another as lines, without numbers."),
    (
        re.compile(r"(?:then|and then|next|after that|finally|please)\b,?\s*"),
        "Each step follows the one above it, so no word says so.",
    ),
    (
        re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?\\s*"),
        "Outside quotes, a line is made of words, numbers and a few marks.",
    ),
)
_ENDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s*:$"), _INDENTED),
    (re.compile(r"\s*(?:\{|\bdo|\bthen)$"), _INDENTED),
    (re.compile(r"\s*[.;,!]$"), "A line ends where it ends, without a mark."),
    (re.compile(r"\s*[)\]}]$"), "It closes nothing that was opened."),
    (
        re.compile(r"\s*,?\s*\b(?:and|or|and then|then|but)$"),
        "A line ends where it ends; what follows is on the next one.",
    ),
)
_COMMENT = re.compile(r"//+|/\*+|--+|<!--|;+|%+")


def superfluous(line: Written, start: str) -> Problem | None:
    """What can be taken out of a line that cannot be read, where that may mend it."""
    text = line.text
    if "\n" in text:
        return None
    comment = _COMMENT.match(text)
    if comment is not None and start != "statement":
        return problems.OtherWords(
            span=_place(line, 0, comment.end()),
            words=comment.group(),
            meant="#",
            reason="A comment begins with `#`.",
        )
    if _WHOLE.fullmatch(text.strip()) and start not in ("statement", "condition"):
        leaves = start == "journey_line" and text.strip() == "end"
        reason = f"{_INDENTED} A run ends with `leave`." if leaves else _INDENTED
        return problems.NotNeeded(span=line.span, words=text.strip(), reason=reason)
    for pattern, reason in _BEGINS:
        found = pattern.match(text)
        if found is not None and _first(text[found.end() :]) in starters(start):
            return _not_needed(line, found.start(), found.end(), reason)
    for pattern, reason in _ENDS:
        found = pattern.search(text)
        if found is not None and reads(line, start, text[: found.start()]):
            return _not_needed(line, found.start(), found.end(), reason)
    return None


def _first(text: str) -> str:
    return text.split(None, 1)[0] if text.strip() else ""


def _not_needed(line: Written, begin: int, end: int, reason: str) -> Problem:
    words = line.text[begin:end]
    begin += len(words) - len(words.lstrip())
    return problems.NotNeeded(span=_place(line, begin, end), words=words.strip(), reason=reason)


def _place(line: Written, begin: int, end: int) -> Span:
    return Span(line.file, line.number, line.column + begin, line.number, line.column + end)
