"""Scenarios: every case, and what the runner makes of any.

`UPDATE_CASES=1 pytest tests/test_scenario.py` writes the `.txt` files again; read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cio_lang import ast, scenario
from cio_lang.cli.render import plain
from cio_lang.compiler import Compiled, compile_sources
from cio_lang.format import format_file
from cio_lang.grammar import parse
from cio_lang.lower import lower
from cio_lang.scenario import Outcome
from cio_lang.scenario.by_engine import ByEngine
from cio_lang.scenario.by_reference import ByReference
from cio_lang.scenario.machine import Machine
from cio_lang.schema import Settings
from cio_lang.source import Source

CASES = Path(__file__).parent / "cases" / "scenario"
UPDATE = os.environ.get("UPDATE_CASES") == "1"
ZONE = ZoneInfo("America/New_York")
GOOD = sorted((CASES / "good").glob("*.scenario"))
BAD = sorted((CASES / "bad").glob("*.scenario"))
SETTINGS = Settings(templates=frozenset({"trial-ends", "rescue", "last-call"}))
MACHINES: tuple[type[Machine], ...] = (ByEngine, ByReference)


def workspace_of(path: Path) -> Source:
    """The journeys of a case: in a file beside it that begins like it, else those of all cases."""
    own = path.with_suffix(".journey")
    used = own if own.exists() else CASES / "workspace.journey"
    return Source(used.name, used.read_text())


def carried_out(
    source: Source, journeys: Source, machine: type[Machine] | None = None
) -> tuple[list[Outcome], list[str], Compiled]:
    """The outcomes of a file, and all its problems and timelines as text."""
    compiled = compile_sources([journeys, source], SETTINGS)
    found, outside = scenario.scenarios_of(compiled.files, compiled.problems, {source.name})
    text = [plain(problem, source) for problem in outside]
    graphs = lower(compiled.checked, {journeys.name: journeys, source.name: source})
    outcomes = []
    for each in found:
        if each.problems:
            outcomes.append(Outcome(each.scenario, each.problems, {}))
        else:
            schema = compiled.checked.schema
            outcomes.append(scenario.run(each.scenario, graphs, schema, ZONE, machine))
    for outcome in outcomes:
        text += [plain(problem, source) for problem in outcome.problems]
        for person, timeline in outcome.timelines.items():
            text.append("\n".join([f"what happened to {person}:", *timeline]))
    return outcomes, text, compiled


def machines_for(path: Path) -> tuple[type[Machine], ...]:
    """Every machine that carries out the journeys of a case."""
    graphs = compile_sources([workspace_of(path)], SETTINGS).graphs
    return MACHINES if scenario.machine_for(graphs) is ByEngine else (ByReference,)


@pytest.mark.parametrize(
    ("path", "machine"),
    [(path, machine) for path in GOOD for machine in machines_for(path)],
    ids=lambda value: value.stem if isinstance(value, Path) else value.__name__,
)
def test_a_good_case_passes(path: Path, machine: type[Machine]) -> None:
    source = Source(path.name, path.read_text())
    outcomes, text, _ = carried_out(source, workspace_of(path), machine)
    assert text == []
    assert outcomes and all(outcome.passed for outcome in outcomes)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_case_is_canonical_or_becomes_so(path: Path) -> None:
    file, problems = parse(Source(path.name, path.read_text()))
    assert problems == ()
    again, problems = parse(Source(path.name, format_file(file)))
    assert (again, problems) == (file, ())


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_case_says_why(path: Path) -> None:
    source = Source(path.name, path.read_text())
    outcomes, text, _ = carried_out(source, workspace_of(path))
    assert not any(outcome.passed for outcome in outcomes)
    written = "\n\n".join(text) + "\n"
    golden = path.with_suffix(".txt")
    if UPDATE:
        golden.write_text(written)
    assert written == golden.read_text()


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_both_machines_say_the_same_of_a_bad_case(path: Path) -> None:
    source = Source(path.name, path.read_text())
    told = [
        [
            problem
            for outcome in carried_out(source, workspace_of(path), machine)[0]
            for problem in outcome.problems
        ]
        for machine in machines_for(path)
    ]
    assert all(each == told[0] for each in told)


def test_a_bad_line_costs_one_message_and_its_own_scenario() -> None:
    text = (
        'scenario "One"\n  nonsense\n  given a\n  more nonsense\n  expect email to a\n\n'
        'scenario "Two"\n  given a\n  expect no email to a\n'
    )
    source = Source("a.scenario", text)
    compiled = compile_sources([source], Settings())
    one, two = scenario.scenarios_of(compiled.files, compiled.problems, {source.name})[0]
    assert [problem.span.line for problem in one.problems] == [2, 4]
    assert two.problems == ()


def test_scenarios_stand_beside_journeys() -> None:
    text = workspace_of(CASES / "x").text + "\n" + GOOD[0].read_text()
    source = Source("all.journey", text)
    outcomes, told, compiled = carried_out(source, Source("none.journey", ""))
    assert compiled.problems == ()
    assert told == []
    assert outcomes


def test_the_same_scenario_gives_the_same_outcome() -> None:
    path = CASES / "bad" / "did-not-leave.scenario"
    source = Source(path.name, path.read_text())
    first, second = (carried_out(source, workspace_of(path))[:2] for _ in range(2))
    assert first == second


def test_the_engine_runs_what_it_carries_out_and_the_reference_the_rest() -> None:
    def machine(steps: str) -> type[Machine]:
        text = f'event a\n\njourney "J"\n  when someone does a\n\n{steps}\n'
        return scenario.machine_for(compile_sources([Source("j.journey", text)], SETTINGS).graphs)

    assert machine('  email "trial-ends"') is ByEngine
    assert machine("  wait until they do a, up to 1 day") is ByReference
    assert machine('  if received "trial-ends"\n    leave') is ByReference


def test_lines_are_of_the_language() -> None:
    lines = {type(line) for path in GOOD for line in _lines(path)}
    assert lines == set(ast.ScenarioLine.__args__)


def _lines(path: Path) -> list[ast.ScenarioLine]:
    file, _ = parse(Source(path.name, path.read_text()))
    return [
        line for each in file.declarations if isinstance(each, ast.Scenario) for line in each.lines
    ]
