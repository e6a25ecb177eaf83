"""Problems as SARIF 2.1.0 (OASIS), which code hosts show beside the lines.

Columns are counted in code points, as spans count them; the file says so in `columnKind`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from cio_lang import __version__
from cio_lang.cli.render.renderer import Renderer
from cio_lang.problem import Fix, Problem
from cio_lang.source import Span

__all__ = ["SARIF", "sarif"]


def sarif(problems: Sequence[Problem]) -> dict[str, Any]:
    """One run with its rules, results and fixes."""
    kinds = {problem.code: type(problem) for problem in problems}
    index = {code: number for number, code in enumerate(sorted(kinds))}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "cio",
                        "semanticVersion": __version__,
                        "rules": [_rule(kinds[code]) for code in index],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(problem, index[problem.code]) for problem in problems],
            }
        ],
    }


def _rule(kind: type[Problem]) -> dict[str, Any]:
    import inspect

    page = inspect.getdoc(kind) or kind.code
    return {
        "id": kind.code,
        "name": kind.__name__,
        "shortDescription": {"text": page.splitlines()[0]},
        "fullDescription": {"text": page},
        "help": {"text": f"cio explain {kind.code}", "markdown": f"`cio explain {kind.code}`"},
        "defaultConfiguration": {"level": kind.severity},
    }


def _result(problem: Problem, index: int) -> dict[str, Any]:
    report, fix = problem.report(), problem.fix()
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": problem.severity,
        "message": {"text": f"{report.what} {report.why} Help: {report.help}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(problem.span.file)},
                    "region": _region(problem.span),
                }
            }
        ],
    }
    if fix is not None:
        result["fixes"] = [_fix(fix, problem.span.file, report.help)]
    return result


def _fix(fix: Fix, file: str, words: str) -> dict[str, Any]:
    return {
        "description": {"text": words},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": quote(file)},
                "replacements": [
                    {
                        "deletedRegion": _region(fix.span),
                        "insertedContent": {"text": fix.text},
                    }
                ],
            }
        ],
    }


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": max(span.line, span.end_line),
        "endColumn": span.end_column,
    }


SARIF = Renderer(
    name="sarif",
    summary="SARIF 2.1.0, for code hosts and editors.",
    structured=True,
    render=lambda problems, _: json.dumps(sarif(problems), ensure_ascii=False, indent=2),
)
