"""Days in other ways of writing: a line that stopped inside of one in, the problem with it out."""

from __future__ import annotations

import re

from cio_lang.grammar import problems
from cio_lang.grammar.lines import Written
from cio_lang.grammar.words import Word
from cio_lang.problem import Problem
from cio_lang.source import Span

_DAY = re.compile(r"\b([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})\b")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?i:{'|'.join(_MONTHS)})[a-z]*"
_MONTH_AND_DAY = re.compile(
    rf"\b(?:(?P<m>{_MONTH})\.?\s+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<e>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?\s+(?P<n>{_MONTH}))\b(?!,?\s*[0-9]{{4}})"
)


def day(line: Written, word: Word) -> Problem | None:
    """`12/24/2026` or `December 24`, where the parser stopped at one of their words."""
    return _in_other_order(line, word) or _without_year(line, word)


def _in_other_order(line: Written, word: Word) -> Problem | None:
    """`12/01/2026`: the parser stops inside, at the first `/` or `.`."""
    place = word.span.column - line.column
    for found in _DAY.finditer(line.text):
        if not found.start() <= place < found.end() or "\n" in line.text:
            continue
        one, two, year = (int(part) for part in found.groups())
        days = {f"{year}-{month:02}-{day:02}" for month, day in ((one, two), (two, one))
                if 1 <= month <= 12 and 1 <= day <= 31}  # fmt: skip
        begin, end = (line.column + at for at in found.span())
        return problems.DateInOtherOrder(
            span=Span(line.file, line.number, begin, line.number, end),
            written=found.group(),
            days=tuple(sorted(days)),
        )
    return None


def _without_year(line: Written, word: Word) -> Problem | None:
    """`December 24`: the parser stops at one of the two."""
    place = word.span.column - line.column
    for found in _MONTH_AND_DAY.finditer(line.text):
        if not found.start() <= place < found.end() or "\n" in line.text:
            continue
        month = 1 + _MONTHS.index((found["m"] or found["n"])[:3].lower())
        day = int(found["d"] or found["e"])
        begin, end = (line.column + at for at in found.span())
        return problems.DateWithoutYear(
            span=Span(line.file, line.number, begin, line.number, end),
            written=found.group(),
            month=month,
            day=day,
        )
    return None
