"""One text through every pass: what must hold of any text at all."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from cio_lang.compiler import Compiled, compile_sources
from cio_lang.format import format_file
from cio_lang.grammar import parse
from cio_lang.graph_file import dump, load
from cio_lang.lint import lint
from cio_lang.problem import Problem
from cio_lang.schema import Settings
from cio_lang.source import Source


class TookTooLong(AssertionError):
    """A text kept the compiler busy for longer than it may."""


def survives(text: str) -> Compiled:
    """Compile `text` and hold it to what is promised; raises AssertionError where it is not.

    Every problem marks a place inside the text and can say what it is about; what was read without
    a problem formats to text that reads the same; every graph comes back from its file.
    """
    source = Source("any.journey", text)
    compiled = compile_sources([source], Settings())
    for problem in compiled.problems:
        _tells(problem, source)
    if not compiled.failed:
        for problem in lint(compiled.checked):
            _tells(problem, source)
    read, unread = parse(source)
    if not unread:
        formatted = format_file(read)
        again, found = parse(Source("formatted.journey", formatted))
        assert not found, f"formatted text cannot be read: {found[0].report().what}"
        assert again == read, "formatted text reads as something else"
        assert format_file(again) == formatted, "formatting twice differs from once"
    for graph in compiled.graphs:
        assert load(dump(graph), "any.yaml") == graph, "a graph does not come back from its file"
    return compiled


@contextmanager
def at_most(cpu_seconds: float) -> Iterator[None]:
    """Raise `TookTooLong` inside the block after so much time of the processor (main thread)."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"more than {cpu_seconds} seconds")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _tells(problem: Problem, source: Source) -> None:
    span, report = problem.span, problem.report()
    assert span.file == source.name, f"{problem.code} marks no place in the text"
    inside = (
        1 <= span.line <= span.end_line <= len(source.lines)
        and 1 <= span.column <= len(source.line(span.line)) + 1
        and 1 <= span.end_column <= len(source.line(span.end_line)) + 1
        and (span.line, span.column) <= (span.end_line, span.end_column)
    )
    assert inside, f"{problem.code} marks a place outside of the text: {span}"
    assert report.what.strip() and report.why.strip() and report.help.strip()
    fix = problem.fix()
    assert fix is None or fix.span.file == source.name, f"{problem.code} mends another file"
