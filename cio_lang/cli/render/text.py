"""A problem in, text for a person out, with or without colour.

Every door shows problems in the same shape: where, what, the line drawn with carets below the
place, why, and one way out.  Where a width is given, words are wrapped at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cio_lang.cli.render.drawing import columns, drawn, safe
from cio_lang.cli.render.renderer import Renderer, Sources
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.source import Source, Span

__all__ = ["COLOUR", "PLAIN", "plain", "summary", "terminal"]

_NO_WIDTH = 1_000_000


def plain(problem: Problem, source: Source | None) -> str:
    """The problem as plain text, several lines without a last line end."""
    return terminal(problem, source, colour=False)


def terminal(
    problem: Problem, source: Source | None, colour: bool, width: int | None = None
) -> str:
    """The problem for a terminal `width` columns wide, in colour where `colour` says so."""
    style = _COLOURS if colour else _PLAIN
    return "\n".join(_lines(problem, source, style, width or _NO_WIDTH))


def summary(problems: Iterable[Problem]) -> str:
    """`2 errors, 1 warning`; `no problems` where there are none."""
    severities = [problem.severity for problem in problems]
    counts = ((severities.count("error"), "error"), (severities.count("warning"), "warning"))
    parts = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n]
    return ", ".join(parts) or "no problems"


@record
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


def _lines(problem: Problem, source: Source | None, style: _Style, width: int) -> Iterator[str]:
    report = problem.report()
    mark = style.error if problem.severity == "error" else style.warning
    yield (
        f"{style.place}{_where(problem.span, source)}:{style.end} "
        f"{mark}{problem.severity}[{problem.code}]{style.end}"
    )
    yield from _indented(report.what, width)
    if source is not None and source.line(problem.span.line):
        for number, text in drawn(problem.span, source):
            if number == "...":
                yield f"{style.gutter}{number:>6}{style.end}"
            elif number:
                yield f"{style.gutter}{number:>5} |{style.end} {text}".rstrip()
            else:
                yield f"{style.gutter}      |{style.end} {mark}{text}{style.end}"
    yield from _indented(report.why, width)
    if report.help:
        help_lines = list(_indented(report.help, width, "        "))
        help_lines[0] = f"  {style.help}help:{style.end} {help_lines[0].strip()}"
        yield from help_lines


def _where(span: Span, source: Source | None) -> str:
    """`file:line:column`, or only the file where the mistake is about the whole of it."""
    whole = (span.line, span.column, span.end_line, span.end_column) == (1, 1, 1, 1)
    if whole and (source is None or not source.line(1)):
        return safe(span.file)
    return f"{safe(span.file)}:{span.line}:{span.column}"


def _indented(text: str, width: int, indent: str = "  ") -> Iterator[str]:
    for line in safe(text).split("\n"):
        for part in _wrapped(line, width - len(indent)):
            yield f"{indent}{part}".rstrip()


def _wrapped(line: str, width: int) -> Iterator[str]:
    """A line in pieces of at most `width` columns; what stands in backticks is not broken."""
    if columns(line) <= width:
        yield line
        return
    lead = line[: len(line) - len(line.lstrip())]
    piece = lead
    for word in re.findall(r"(?:`[^`]*`|\S)+", line):
        if piece.strip() and columns(piece) + 1 + columns(word) > width:
            yield piece
            piece = lead
        piece += word if not piece.strip() else f" {word}"
    yield piece


def _all(problems: Sequence[Problem], sources: Sources, colour: bool) -> str:
    return "\n\n".join(
        terminal(problem, sources.get(problem.span.file), colour) for problem in problems
    )


PLAIN = Renderer(
    name="plain",
    summary="Text without colour.",
    structured=False,
    render=lambda problems, sources: _all(problems, sources, False),
)
COLOUR = Renderer(
    name="terminal",
    summary="Text in colour.",
    structured=False,
    render=lambda problems, sources: _all(problems, sources, True),
)
