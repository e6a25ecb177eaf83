"""`cio test`: scenarios carried out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from cio_lang.cli import compiling, console, render
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.workspace.problems import NoScenarios

if TYPE_CHECKING:
    from cio_lang.scenario import Coverage, Found, Outcome

__all__ = ["Result", "command"]


@record
class Result:
    """What came of one scenario, and how many seconds it took."""

    file: str
    line: int
    title: str
    problems: tuple[Problem, ...]
    timelines: tuple[tuple[str, tuple[str, ...]], ...]
    seconds: float


@click.command("test")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option(
    "--junit",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write the results to FILE as JUnit XML, for build servers.",
)
@click.option(
    "--coverage", "with_coverage", is_flag=True, help="Also list ways that no scenario took."
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit 1 where scenarios take fewer of the ways.  Implies --coverage.",
)
def command(
    files: tuple[Path, ...],
    as_json: bool,
    junit: Path | None,
    with_coverage: bool,
    fail_under: float | None,
) -> None:
    """Carry out scenarios: people, events, expected messages.

    Carries out the scenarios of the workspace, in journey files and in scenarios/, or only those of
    FILES, against its journeys as they are now: on a clock of their own, and without a store.
    Exits 1 where one fails.

    With --coverage, it says for each journey which ways from step to step no scenario took.
    """
    from cio_lang import scenario
    from cio_lang.lower import lower
    from cio_lang.scenario.by_reference import ByReference

    workspace = console.here()
    built = compiling.build(files, workspace)
    compiled = built.compiled
    found, outside = scenario.scenarios_of(compiled.files, compiled.problems, built.chosen)
    if outside:
        built.show_problems()
        raise SystemExit(1)
    if not found:
        folder = workspace.root / "scenarios"
        raise UserMistake(NoScenarios(span=place(folder), folder=str(folder)))
    # What is wrong inside a scenario is no matter of the graphs.
    graphs = compiled.graphs or lower(compiled.checked, built.sources)
    measured = with_coverage or fail_under is not None
    machine = ByReference if measured else scenario.machine_for(graphs)
    outcomes: list[Outcome] = []
    results: list[Result] = []
    progress = _Progress(len(found))
    for each in found:
        began = perf_counter()
        outcome = (
            scenario.Outcome(each.scenario, each.problems, {})
            if each.problems
            else scenario.run(
                each.scenario, graphs, compiled.checked.schema, workspace.zone, machine
            )
        )
        outcomes.append(outcome)
        results.append(_result(each, outcome, perf_counter() - began))
        if not as_json:
            _show(results[-1], built)
        progress.step()
    stories = [story for outcome in outcomes for story in outcome.stories]
    ways = scenario.coverage(graphs, stories, workspace.zone) if measured else ()
    if junit is not None:
        from cio_lang.cli.test_junit import write

        write(junit, results, built.sources)
    _report(results, ways, measured, as_json)
    failed = any(result.problems for result in results)
    short = fail_under is not None and _percent(ways) < fail_under
    if short and not as_json:
        console.note(f"{_percent(ways):.1f}% of the ways were taken, less than {fail_under:g}%")
    if failed or short:
        raise SystemExit(1)


class _Progress:
    """How far it has come, on standard error: each second, from the first on."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.told = total, 0, perf_counter()

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        if self.done < self.total and perf_counter() - self.told > 1:
            self.told = perf_counter()
            console.note(f"{self.done:,} of {self.total:,} scenarios …")


def _result(found: Found, outcome: Outcome, seconds: float) -> Result:
    return Result(
        found.file,
        found.scenario.span.line,
        found.scenario.title.text,
        outcome.problems,
        tuple(outcome.timelines.items()),
        seconds,
    )


def _show(result: Result, built: compiling.Build) -> None:
    console.out(f"{'FAILED' if result.problems else 'passed'}  {result.title}")
    if not result.problems:
        return
    console.problems(result.problems, built.sources, root=built.root, err=False)
    for person, timeline in result.timelines:
        console.out(f"  what happened to {person}:")
        console.out("\n".join(f"    {line}" for line in timeline or ("nothing",)))
    console.out("")


def _report(
    results: Sequence[Result], ways: Sequence[Coverage], measured: bool, as_json: bool
) -> None:
    failed = sum(bool(result.problems) for result in results)
    passed = len(results) - failed
    if not as_json:
        console.out(f"{passed} passed, {failed} failed")
        if measured:
            console.out("\n".join(["", *_covered(ways)]))
        return
    from cio_lang.scenario.coverage import as_json as covered

    data: dict[str, Any] = {
        "passed": passed,
        "failed": failed,
        "scenarios": [
            {
                "file": result.file,
                "scenario": result.title,
                "passed": not result.problems,
                "problems": [render.as_json(problem) for problem in result.problems],
                "timelines": {person: list(lines) for person, lines in result.timelines},
            }
            for result in results
        ],
    }
    if measured:
        data["coverage"] = {
            "percent": round(_percent(ways), 1),
            "journeys": [covered(one) for one in ways],
        }
    console.print_json(data)


def _covered(ways: Sequence[Coverage]) -> list[str]:
    lines = []
    for one in ways:
        taken = len(one.ways) - len(one.missed)
        lines.append(f'"{one.graph.title}": {taken} of {len(one.ways)} ways taken')
        for way in one.missed:
            says = f"  ({way.says})" if way.says else ""
            lines.append(f"  never: {way.start or 'in'} → {way.end or 'out'}{says}")
    lines.append(f"{_percent(ways):.1f}% of all ways taken")
    return lines


def _percent(ways: Sequence[Coverage]) -> float:
    all_ = sum(len(one.ways) for one in ways)
    return 100 * (1 - sum(len(one.missed) for one in ways) / all_) if all_ else 100.0
