"""`cio lint`: what compiles but was hardly meant."""

from __future__ import annotations

from pathlib import Path

import click

from cio_lang.cli import compiling, console
from cio_lang.problem import Problem

__all__ = ["command"]


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice(console.FORMATS),
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
    console.report(found, built.sources, "json" if as_json else form, built.root)
    if found:
        raise SystemExit(1)
