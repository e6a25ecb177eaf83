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
@click.option("--fix", is_flag=True, help="Make the fixes that need no further thought.")
@click.option("--bounds", is_flag=True, help="Print the most messages that one person can get.")
def command(paths: tuple[Path, ...], as_json: bool, form: str, fix: bool, bounds: bool) -> None:
    """Find what compiles but was hardly meant.

    Looks at the workspace, or only at PATHS.  Exits 1 where there are findings; with --bounds, only
    where the policy or a guarantee forbids what is possible.
    """
    from cio_lang.cli import fixing

    form = "json" if as_json else form
    built = compiling.build(paths)
    if bounds:
        return _bounds(built, form)
    if fix:
        made = fixing.fix(built)
        built = made.built
        for problem in made.problems:
            span, what = problem.span, problem.report().what
            line = f"{span.file}:{span.line}:{span.column}: fixed[{problem.code}] {what}"
            (console.out if form == "text" else console.note)(line)
    found = fixing.findings(built)
    console.report(found, built.sources, form, built.root)
    if found:
        raise SystemExit(1)


def _bounds(built: compiling.Build, form: str) -> None:
    """The table, and what a policy would have to hold."""
    if built.failed:
        console.report(list(built.shown_problems()), built.sources, form, built.root)
        raise SystemExit(1)
    from cio_lang import proof
    from cio_lang.cli import bounds, render

    checked, graphs = built.compiled.checked, built.compiled.graphs
    found: list[Problem] = [
        *proof.over_policy(checked, graphs),
        *proof.held_by_policy(checked, graphs),
    ]
    if form == "json":
        problems = [render.as_json(problem) for problem in found]
        console.print_json({**bounds.as_data(graphs), "problems": problems})
    else:
        console.out(bounds.table(graphs))
        if found:
            console.out("")
            console.report(found, built.sources, form, built.root)
    if any(problem.severity == "error" for problem in found):
        raise SystemExit(1)
