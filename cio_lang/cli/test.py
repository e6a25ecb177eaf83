"""`cio test`: scenarios carried out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cio_lang.cli import compiling, console, render
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem
from cio_lang.source import Source
from cio_lang.workspace import read_source
from cio_lang.workspace.problems import NoScenarios

__all__ = ["command"]


@click.command("test")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def command(files: tuple[Path, ...], as_json: bool) -> None:
    """Carry out scenarios: people, events, expected messages.

    Carries out the workspace's scenarios, or only FILES, against its journeys as they are now: with
    the real engine, on a clock of their own, and without a store.  Exits 1 where one fails.
    """
    from cio_lang import scenario

    workspace = console.here()
    built = compiling.build((workspace.root,))
    if built.failed:
        built.show_problems()
        raise SystemExit(1)
    chosen = compiling.files_in(files, ".scenario") if files else workspace.scenario_files()
    if not chosen:
        folder = workspace.root / "scenarios"
        raise UserMistake(NoScenarios(span=place(folder), folder=str(folder)))
    passed = failed = 0
    results: list[dict[str, Any]] = []
    for path in chosen:
        source = read_source(path, workspace.label(path))
        scenarios, problems = scenario.read(source)
        if problems:
            failed += 1
            results.append(_result(source.name, None, problems))
            if not as_json:
                _show(source, problems, workspace.root)
        for each in scenarios:
            outcome = scenario.run(
                each, built.compiled.graphs, built.compiled.checked.schema, workspace.zone
            )
            passed += outcome.passed
            failed += not outcome.passed
            results.append(_result(source.name, each.title, outcome.problems))
            if as_json:
                continue
            console.out(f"{'passed' if outcome.passed else 'FAILED'}  {each.title}")
            if not outcome.passed:
                _show(source, outcome.problems, workspace.root)
                for person, timeline in outcome.timelines.items():
                    console.out(f"  what happened to {person}:")
                    console.out("\n".join(f"    {line}" for line in timeline or ("nothing",)))
                console.out("")
    if as_json:
        console.print_json({"passed": passed, "failed": failed, "scenarios": results})
    else:
        console.out(f"{passed} passed, {failed} failed")
    if failed:
        raise SystemExit(1)


def _show(source: Source, problems: tuple[Problem, ...], root: Path) -> None:
    console.problems(problems, {source.name: source}, root=root, err=False)


def _result(file: str, title: str | None, problems: tuple[Problem, ...]) -> dict[str, Any]:
    return {
        "file": file,
        "scenario": title,
        "passed": not problems,
        "problems": [render.as_json(problem) for problem in problems],
    }
