"""`cio lint`: what compiles but was hardly meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cio_lang import __version__
from cio_lang.cli import compiling, console, render
from cio_lang.problem import Problem

__all__ = ["command"]


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="How to print findings: for people, for programs, for code hosts.",
)
def command(paths: tuple[Path, ...], as_json: bool, form: str) -> None:
    """Find what compiles but was hardly meant.

    Looks at the workspace, or only at PATHS.  Exits 1 where there are findings.
    """
    from cio_lang import lint

    built = compiling.build(paths)
    found: list[Problem] = list(built.compiled.problems)
    if not built.failed:
        found += lint.lint(built.compiled.checked)
    found = [problem for problem in found if problem.span.file in built.chosen]
    found.sort(key=lambda problem: (problem.span.file, problem.span.line, problem.span.column))
    if as_json or form == "json":
        console.print_json([render.as_json(problem) for problem in found])
    elif form == "sarif":
        console.print_json(sarif(found))
    elif form == "github":
        for problem in found:
            console.out(github(problem))
    else:
        console.problems(found, built.sources, root=built.root, err=False)
        console.note(f"\n{render.summary(found)}" if found else render.summary(found))
    if found:
        raise SystemExit(1)


def sarif(found: Sequence[Problem]) -> dict[str, Any]:
    """Findings as SARIF 2.1.0."""
    rules = {problem.code: type(problem) for problem in found}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "cio",
                        "version": __version__,
                        "rules": [_rule(code, rules[code]) for code in sorted(rules)],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(problem) for problem in found],
            }
        ],
    }


def github(problem: Problem) -> str:
    """A finding as a workflow command of GitHub Actions."""
    report, span = problem.report(), problem.span
    where = ",".join(
        f"{name}={_escaped(str(value), ',:')}"
        for name, value in (
            ("file", span.file),
            ("line", span.line),
            ("col", span.column),
            ("endLine", span.end_line),
            ("endColumn", span.end_column),
            ("title", problem.code),
        )
    )
    text = f"{report.what} {report.why} Help: {report.help}"
    return f"::{problem.severity} {where}::{_escaped(text, '')}"


def _rule(code: str, kind: type[Problem]) -> dict[str, Any]:
    page = (kind.__doc__ or code).strip()
    return {
        "id": code,
        "shortDescription": {"text": page.splitlines()[0]},
        "defaultConfiguration": {"level": kind.severity},
    }


def _result(problem: Problem) -> dict[str, Any]:
    report, span = problem.report(), problem.span
    return {
        "ruleId": problem.code,
        "level": problem.severity,
        "message": {"text": f"{report.what} {report.why} Help: {report.help}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(span.file)},
                    "region": {
                        "startLine": span.line,
                        "startColumn": span.column,
                        "endLine": max(span.line, span.end_line),
                        "endColumn": span.end_column,
                    },
                }
            }
        ],
    }


def _uri(file: str) -> str:
    from urllib.parse import quote

    return quote(file)


def _escaped(text: str, also: str) -> str:
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
