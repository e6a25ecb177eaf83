"""Echoes: problems of the check that only say again that a line could not be read.

A line that was not read may be the entry that a journey lacks, or the declaration of a name that is
unknown elsewhere.  One mistake is to cost one message, so such problems are left out; all others,
in the same file and even in the same journey, stay.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cio_lang import names
from cio_lang.check import placeholders
from cio_lang.check.problems import OMISSIONS
from cio_lang.grammar.problems import NothingBelow
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.source import Source
from cio_lang.steps.send import UnknownTemplate

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^\W\d][\w-]*')


@record
class _Unread:
    """Where lines were not read: the declarations by their first lines, and every word in them."""

    blocks: frozenset[tuple[str, int]]
    words: frozenset[str]


def silenced(
    found: Iterable[Problem], unread: Sequence[Problem], sources: Mapping[str, Source]
) -> Iterator[Problem]:
    """The problems that are no echo of the `unread` lines."""
    if not unread:
        yield from found
        return
    firsts = {
        name: [n for n, line in enumerate(source.lines, 1) if _begins(line)]
        for name, source in sources.items()
    }
    lines = _lines(unread, sources, firsts)
    for problem in found:
        name = _unknown(problem)
        if name is not None and name in lines.words:
            continue
        if type(problem) in OMISSIONS and _block(problem, firsts) in lines.blocks:
            continue
        yield problem


def _lines(
    unread: Sequence[Problem], sources: Mapping[str, Source], firsts: Mapping[str, Sequence[int]]
) -> _Unread:
    blocks: set[tuple[str, int]] = set()
    words: set[str] = set()
    for problem in unread:
        file, first = _block(problem, firsts)
        source = sources.get(file)
        blocks.add((file, first))
        if source is None:
            continue
        if isinstance(problem, NothingBelow):
            # All that is there was read; only what such a line declares is missing.
            if problem.span.line == first:
                words.update(_words(source.line(first)))
            continue
        # Of a declaration whose first line was not read, nothing was.
        last = (
            _end(first, source, firsts[file])
            if problem.span.line == first
            else problem.span.end_line
        )
        for number in range(problem.span.line, last + 1):
            words.update(_words(source.line(number)))
    return _Unread(frozenset(blocks), frozenset(words))


def _words(line: str) -> Iterator[str]:
    return (word.strip('"') for word in _WORD.findall(line))


def _block(problem: Problem, firsts: Mapping[str, Sequence[int]]) -> tuple[str, int]:
    """The file and the first line of the declaration that a problem is in."""
    file, line = problem.span.file, problem.span.line
    before = bisect_right(firsts.get(file, ()), line)
    return file, firsts[file][before - 1] if before else 1 if file in firsts else line


def _end(first: int, source: Source, firsts: Sequence[int]) -> int:
    """The last line of the declaration that begins in a line."""
    after = bisect_right(firsts, first)
    return firsts[after] - 1 if after < len(firsts) else len(source.lines)


def _begins(line: str) -> bool:
    """Whether a line stands at the left margin."""
    return bool(line) and not line[0].isspace() and not line.startswith("#")


def _unknown(problem: Problem) -> str | None:
    """The name that is not known."""
    match problem:
        case names.UnknownEvent():
            return problem.event
        case names.UnknownAttribute():
            return problem.attribute
        case names.UnknownProperty():
            return problem.property
        case names.UnknownSegment():
            return problem.segment
        case names.UnknownTopic():
            return problem.topic
        case names.UnknownJourney():
            return problem.journey
        case names.WrongKind() | placeholders.UnknownPlaceholder():
            return problem.name
        case placeholders.TemplateWithoutEvent():
            return problem.property
        case UnknownTemplate():
            return problem.template
        case Problem():
            return None
