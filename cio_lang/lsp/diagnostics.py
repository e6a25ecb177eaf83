"""A snapshot in, the problems of one file as an editor shows them out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Literal

from cio_lang.lsp.positions import Encoding, Range, range_of
from cio_lang.lsp.snapshot import Snapshot, in_order
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.source import Source, Span


@record
class Related:
    """Another place that a problem is about."""

    label: str
    range: Range
    message: str


@record
class Diagnostic:
    """A problem with its place as editors count."""

    range: Range
    severity: Literal["error", "warning"]
    code: str
    message: str
    unused: bool
    related: tuple[Related, ...]


_UNUSED = frozenset({"unreachable-step", "branch-never-taken", "otherwise-never-taken"})
"""Codes of problems that say that something might as well not be there: editors fade it out."""


def diagnostics(
    snapshot: Snapshot, label: str, encoding: Encoding, warnings: Sequence[Problem] = ()
) -> tuple[Diagnostic, ...]:
    """The problems of a file, and those of `warnings` about it, in the order of the text."""
    source = snapshot.source(label)
    if source is None:
        return ()
    found = in_order(
        problem for problem in (*snapshot.problems, *warnings) if problem.span.file == label
    )
    return tuple(_diagnostic(problem, source, snapshot, encoding) for problem in found)


def _diagnostic(
    problem: Problem, source: Source, snapshot: Snapshot, encoding: Encoding
) -> Diagnostic:
    report = problem.report()
    return Diagnostic(
        range=range_of(problem.span, source, encoding),
        severity=problem.severity,
        code=problem.code,
        message=f"{report.what}\n{report.why}\nHelp: {report.help}",
        unused=problem.code in _UNUSED,
        related=tuple(_related(problem, snapshot, encoding)),
    )


def _related(problem: Problem, snapshot: Snapshot, encoding: Encoding) -> Iterator[Related]:
    for field in dataclasses.fields(problem):
        span = getattr(problem, field.name)
        if field.name == "span" or not isinstance(span, Span):
            continue
        source = snapshot.source(span.file)
        if source is not None:
            words = field.name.replace("_", " ")
            yield Related(span.file, range_of(span, source, encoding), f"{words}: here")
