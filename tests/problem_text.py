"""Problems as the goldens hold them: the place, the line with carets, what, why, one way out."""

from __future__ import annotations

from collections.abc import Iterable

from cio_lang.problem import Problem
from cio_lang.source import Source


def problem_text(problem: Problem, source: Source) -> str:
    """One problem, drawn."""
    span, report = problem.span, problem.report()
    line = source.line(span.line)
    end = span.end_column if span.end_line == span.line else len(line) + 1
    more = "" if span.end_line == span.line else f" (to line {span.end_line})"
    return "\n".join(
        [
            f"{problem.severity}: {problem.code} in line {span.line}{more}",
            f"  {line}",
            f"  {' ' * (span.column - 1)}{'^' * max(1, end - span.column)}",
            report.what,
            report.why,
            f"help: {report.help}",
            "",
        ]
    )


def problems_text(problems: Iterable[Problem], source: Source) -> str:
    """All problems of one source, in their order."""
    return "\n".join(problem_text(problem, source) for problem in problems)
