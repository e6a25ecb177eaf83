"""A problem in, text for a person (or JSON for a program) out.

Every door shows problems in the same shape: where, what, the line drawn with carets below the
place, why, and one way out.  Drawn lines keep their carets aligned under tabs, wide letters and
combining marks, and never pass control characters on to the terminal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cio_lang.problem import Problem
from cio_lang.source import Source, Span

__all__ = ["as_json", "drawn", "plain", "safe", "summary", "terminal"]

_TAB = 4
_WIDTH = 100
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def plain(problem: Problem, source: Source | None) -> str:
    """The problem as plain text, several lines without a last line end."""
    return "\n".join(_lines(problem, source, _PLAIN))


def terminal(problem: Problem, source: Source | None, colour: bool) -> str:
    """The problem for a terminal: `plain`, and in colour where `colour` says so."""
    return "\n".join(_lines(problem, source, _COLOURS if colour else _PLAIN))


def as_json(problem: Problem) -> dict[str, Any]:
    """The problem as JSON data: code, severity, place, what, why and help."""
    report, span = problem.report(), problem.span
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "what": report.what,
        "why": report.why,
        "help": report.help,
    }


def summary(problems: Iterable[Problem]) -> str:
    """`2 errors, 1 warning`; `no problems` where there are none."""
    severities = [problem.severity for problem in problems]
    counts = ((severities.count("error"), "error"), (severities.count("warning"), "warning"))
    parts = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n]
    return ", ".join(parts) or "no problems"


def drawn(span: Span, source: Source) -> Iterator[tuple[str, str]]:
    """The lines of `span` as (gutter, text), each followed by its carets under an empty gutter.

    Of a place that covers several lines the first and the last are drawn, and `...` stands for what
    is between.
    """
    last = max(span.line, span.end_line)
    if last > span.line and span.end_column <= 1:
        last -= 1
    for number in sorted({span.line, last}):
        if number == last and last > span.line + 1:
            yield "...", ""
        written = source.line(number)
        lead = len(written) - len(written.lstrip())
        start = span.column - 1 if number == span.line else lead
        end = span.end_column - 1 if number == span.end_line else len(written.rstrip())
        shown, offset, width = _cropped(written, start, max(end, start))
        yield str(number), shown
        yield "", " " * offset + "^" * max(width, 1)


def safe(text: str) -> str:
    """Text with control and direction characters made visible, so that none reaches a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c == "\n" else _shown(c) for c in text)


@dataclass(frozen=True, slots=True)
class _Style:
    """How parts are marked: ANSI sequences, or nothing."""

    place: str
    error: str
    warning: str
    gutter: str
    help: str
    end: str


_PLAIN = _Style("", "", "", "", "", "")
_COLOURS = _Style("\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[34m", "\x1b[32m", "\x1b[0m")


def _lines(problem: Problem, source: Source | None, style: _Style) -> Iterator[str]:
    report = problem.report()
    mark = style.error if problem.severity == "error" else style.warning
    yield (
        f"{style.place}{_where(problem.span, source)}:{style.end} "
        f"{mark}{problem.severity}[{problem.code}]{style.end}"
    )
    yield from _indented(report.what)
    if source is not None and source.line(problem.span.line):
        for number, text in drawn(problem.span, source):
            if number == "...":
                yield f"{style.gutter}{number:>6}{style.end}"
            elif number:
                yield f"{style.gutter}{number:>5} |{style.end} {text}".rstrip()
            else:
                yield f"{style.gutter}      |{style.end} {mark}{text}{style.end}"
    yield from _indented(report.why)
    if report.help:
        help_lines = list(_indented(report.help, "        "))
        help_lines[0] = f"  {style.help}help:{style.end} {help_lines[0].strip()}"
        yield from help_lines


def _where(span: Span, source: Source | None) -> str:
    """`file:line:column`, or only the file where the mistake is about the whole of it."""
    whole = (span.line, span.column, span.end_line, span.end_column) == (1, 1, 1, 1)
    if whole and (source is None or not source.line(1)):
        return safe(span.file)
    return f"{safe(span.file)}:{span.line}:{span.column}"


def _indented(text: str, indent: str = "  ") -> Iterator[str]:
    for line in safe(text).split("\n"):
        yield f"{indent}{line}".rstrip()


def _cropped(written: str, start: int, end: int) -> tuple[str, int, int]:
    """A line as drawn, where its carets begin and how many there are.

    A line that is too long for a terminal is cut around the place, with `…` for what was cut.
    """
    left = 0
    if _columns(written) > _WIDTH:
        left = max(0, start - _WIDTH // 3)
    prefix = "…" if left else ""
    shown = prefix
    column = len(prefix)
    begins = ends = None
    cut = False
    for index in range(left, len(written)):
        if index == start:
            begins = column
        if index == end:
            ends = column
        piece = _drawn_character(written[index], column)
        if column + _columns(piece) > _WIDTH + 1:
            cut = True
            break
        shown += piece
        column += _columns(piece)
    shown += "…" if cut else ""
    if begins is None:
        begins = column + max(0, start - len(written))
    if ends is None:
        ends = max(column, begins) if end <= len(written) or cut else begins + (end - start)
    return shown, begins, ends - begins


def _drawn_character(character: str, column: int) -> str:
    if character == "\t":
        return " " * (_TAB - column % _TAB)
    return _shown(character)


def _shown(character: str) -> str:
    if character == "\t":
        return " " * _TAB
    if character in _BIDI or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
        return "�"
    return character


def _columns(text: str) -> int:
    """How many terminal columns `text` takes."""
    if text.isascii():
        return len(text)
    columns = 0
    for character in text:
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
            continue
        columns += 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
    return columns
