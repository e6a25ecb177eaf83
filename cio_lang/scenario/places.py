"""Compiled files in, their scenarios out, each with the problems that stand in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cio_lang import ast
from cio_lang.problem import Problem
from cio_lang.record import record

__all__ = ["Found", "scenarios_of"]


@record
class Found:
    """A scenario of a file, and the errors in its lines: with one it cannot be carried out."""

    file: str
    scenario: ast.Scenario
    problems: tuple[Problem, ...]


def scenarios_of(
    files: Sequence[ast.File], problems: Sequence[Problem], chosen: Collection[str]
) -> tuple[tuple[Found, ...], tuple[Problem, ...]]:
    """The scenarios of the chosen files, and the errors that stand in no scenario at all."""
    starts = {
        file.span.file: sorted(
            (each.span.line, isinstance(each, ast.Scenario)) for each in file.declarations
        )
        for file in files
    }
    inside: dict[tuple[str, int], list[Problem]] = {}
    outside: list[Problem] = []
    for problem in problems:
        if problem.severity != "error":
            continue
        place = problem.span
        above = [start for start in starts.get(place.file, ()) if start[0] <= place.line]
        if above and above[-1][1]:
            inside.setdefault((place.file, above[-1][0]), []).append(problem)
        else:
            outside.append(problem)
    found = [
        Found(
            file.span.file,
            each,
            tuple(inside.get((file.span.file, each.span.line), ())),
        )
        for file in files
        if file.span.file in chosen
        for each in file.declarations
        if isinstance(each, ast.Scenario)
    ]
    return tuple(found), tuple(outside)
