"""Problems as JSON: one object each, in the order of the text."""

from __future__ import annotations

import json
from typing import Any

from cio_lang.cli.render.renderer import Renderer
from cio_lang.problem import Problem
from cio_lang.source import Span

__all__ = ["JSON", "as_json"]


def as_json(problem: Problem) -> dict[str, Any]:
    """The problem as JSON data: code, severity, place, what, why, help and (or null) its fix."""
    report, fix = problem.report(), problem.fix()
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": problem.span.file,
        **_place(problem.span),
        "what": report.what,
        "why": report.why,
        "help": report.help,
        "fix": None if fix is None else {**_place(fix.span), "text": fix.text},
    }


def _place(span: Span) -> dict[str, int]:
    return {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


JSON = Renderer(
    name="json",
    summary="One object for each problem.",
    structured=True,
    render=lambda problems, _: json.dumps(
        [as_json(problem) for problem in problems], ensure_ascii=False, indent=2
    ),
)
