"""Scenarios: every case, and what the runner makes of any.

`UPDATE_CASES=1 pytest tests/test_scenario.py` writes the `.txt` files again; read the diff.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from cio_lang import ast, scenario
from cio_lang.cli import main
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
    compiled = compile_sources([workspace_of(path)], SETTINGS)
    assert compiled.problems == ()
    graphs = compiled.graphs
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
    assert machine("  wait until they do a, up to 1 day") is ByEngine
    assert machine('  ask "Growth team" to approve, up to 1 day') is ByReference
    assert machine('  if received "trial-ends"\n    leave') is ByReference


@pytest.mark.parametrize("machine", [ByEngine, ByReference])
def test_a_journey_keeps_its_title_beside_a_document_of_the_same_name(
    machine: type[Machine],
) -> None:
    text = (
        'topic "News"\n\ntopic "Thanks"\n\njourney "THANKS"\n  when someone does signed_up\n'
        '  topic "News"\n\n  wait 1 day\n\nscenario "S"\n  when alice does signed_up\n'
        '  expect alice not in "THANKS"\n'
    )
    compiled = compile_sources([Source("x.journey", text)], Settings())
    (found,), _ = scenario.scenarios_of(compiled.files, compiled.problems, {"x.journey"})
    graphs, schema = compiled.graphs, compiled.checked.schema
    outcome = scenario.run(found.scenario, graphs, schema, ZoneInfo("UTC"), machine)
    assert any('entered "THANKS"' in line for line in outcome.timelines["alice"])


def test_lines_are_of_the_language() -> None:
    lines = {type(line) for path in GOOD for line in _lines(path)}
    assert lines == set(ast.ScenarioLine.__args__)


def _lines(path: Path) -> list[ast.ScenarioLine]:
    file, _ = parse(Source(path.name, path.read_text()))
    return [
        line for each in file.declarations if isinstance(each, ast.Scenario) for line in each.lines
    ]


# ── both machines, for any story ─────────────────────────────────────────────────────────────────

START = datetime(2026, 3, 6, 14, tzinfo=UTC)
PEOPLE = st.sampled_from(["alice", "bob"])
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "email": st.just("a@example.com"),
        "phone": st.just("+1555"),
        "plan": st.sampled_from(["free", "trial", "Pro"]),
        "trial_started_at": st.sampled_from(["2026-02-28", "2026-03-01", "2026-03-05"]),
        "unsubscribed": st.booleans(),
    },
)
MOVES = st.one_of(
    st.tuples(st.just("add"), PEOPLE, ATTRIBUTES, st.integers(0, 40)),
    st.tuples(
        st.just("happens"),
        PEOPLE,
        st.sampled_from(["signed_up", "order_placed", "plan_upgraded"]),
        st.none(),
    ),
    st.tuples(st.just("becomes"), PEOPLE, ATTRIBUTES, st.none()),
    st.tuples(st.just("walk"), st.none(), st.none(), st.integers(1, 120)),
)


def told_by(machine: type[Machine], moves: Sequence[Any]) -> list[Any]:
    """What was sent to whom, and who left what and why, after all that happened."""
    path = CASES / "workspace.journey"
    graphs = compile_sources([Source(path.name, path.read_text())], SETTINGS).graphs
    here = machine(graphs, START, ZONE)
    for what, who, about, number in moves:
        if what == "walk":
            here.walk(here.now + timedelta(hours=number))
        elif what == "happens":
            here.happens(who, about, {})
        elif what == "becomes":
            for name, value in about.items():
                here.becomes(who, name, value)
        elif who not in here.people:
            here.add(who, about, here.now - timedelta(days=number))
        here.walk(here.now)
    return [
        (
            who,
            dict(here.seen(who).attributes),
            [
                (m.journey, m.at, m.channel, m.template, m.text, m.outcome, m.reason)
                for m in here.seen(who).messages
            ],
            sorted((r.journey, r.entered, r.left, r.goal_at) for r in here.seen(who).runs),
        )
        for who in sorted(here.people)
    ]


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(MOVES, max_size=10))
def test_both_machines_tell_the_same(moves: Sequence[Any]) -> None:
    assert told_by(ByEngine, moves) == told_by(ByReference, moves)


# ── the page, and the command ────────────────────────────────────────────────────────────────────


def test_the_scenarios_of_the_page_pass() -> None:
    page = Path(__file__).parent.parent / "docs" / "scenarios.md"
    blocks = re.findall(r"^```journey\n(.*?)^```$", page.read_text(), re.M | re.S)
    names = frozenset({"welcome", "pro-tips"})
    for block in blocks:
        source = Source("page.journey", block)
        compiled = compile_sources([source], Settings(templates=names))
        assert compiled.problems == ()
        found, _ = scenario.scenarios_of(compiled.files, (), {source.name})
        assert found
        for each in found:
            schema = compiled.checked.schema
            assert scenario.run(each.scenario, compiled.graphs, schema, ZONE).problems == ()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with one journey, and one scenario in the same file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cio.toml").write_text('name = "Shop"\n')
    (tmp_path / "journeys").mkdir()
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "journeys" / "all.journey").write_text(
        'event signed_up\n\nattribute plan: text\n\njourney "Hello"\n'
        '  when someone does signed_up\n\n  email "Hello you!"\n  if plan is "Pro"\n'
        "    wait 1 day\n\n"
        'scenario "A & <b>"\n  given a with email "a@example.com"\n'
        '  when a does signed_up\n  expect email "Hello you!" to a\n'
    )
    return tmp_path


def cio(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_coverage_lists_the_ways_that_nobody_took(shop: Path) -> None:
    result = cio("test", "--coverage", "--json")
    assert result.exit_code == 0
    (journey,) = json.loads(result.stdout)["coverage"]["journeys"]
    assert (journey["ways"], journey["taken"]) == (5, 3)
    assert [(way["path"], way["when"]) for way in journey["missed"]] == [
        ("branch[1].next", 'plan is "Pro"'),
        ("next", None),
    ]
    text = cio("test", "--coverage").stdout
    assert '"Hello": 3 of 5 ways taken' in text
    assert '(plan is "Pro")' in text
    assert cio("test", "--fail-under", "60").exit_code == 0
    assert cio("test", "--fail-under", "61").exit_code == 1


def test_junit_has_a_suite_for_each_file_and_a_case_for_each_scenario(shop: Path) -> None:
    (shop / "scenarios" / "b.scenario").write_text(
        'scenario "Fails"\n  given a\n  when a does signed_up\n  expect email to a\n\n'
        'scenario "Cannot be read"\n  given a\n  nonsense\n  expect no email to a\n'
    )
    result = cio("test", "--junit", "out.xml")
    assert result.exit_code == 1
    assert result.stdout.endswith("1 passed, 2 failed\n")
    root = ElementTree.parse(shop / "out.xml").getroot()
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "3", "2")
    assert [suite.get("name") for suite in root] == ["journeys/all.journey", "scenarios/b.scenario"]
    assert [case.get("name") for case in root.iter("testcase")] == [
        "A & <b>",
        "Fails",
        "Cannot be read",
    ]
    failures = list(root.iter("failure"))
    assert [each.get("type") for each in failures] == ["expectation-failed", "unknown-line"]
    assert "what happened to a:" in (failures[0].text or "")
    for case in root.iter("testcase"):
        assert {"name", "classname", "file", "line", "time"} == set(case.attrib)
    assert cio("test", "--junit", "nowhere/out.xml").exit_code == 2


def test_other_commands_read_scenario_files(shop: Path) -> None:
    path = shop / "scenarios" / "b.scenario"
    path.write_text('scenario  "B"\n  given a\n  expect a is not in "Hello"\n')
    assert cio("compile").exit_code == 0
    assert cio("compile", "--check").exit_code == 0
    assert cio("fmt", "--check").exit_code == 1
    assert cio("fmt").exit_code == 0
    assert path.read_text() == 'scenario "B"\n  given a\n  expect a not in "Hello"\n'
    path.write_text('topic "T"\n')
    for words in (["compile", "--check"], ["lint"], ["test"]):
        result = cio(*words)
        assert result.exit_code == 1
        assert "not-a-scenario" in result.output


@pytest.mark.parametrize(
    ("zone", "codes"), [("America/New_York", ["clock-goes-back"]), ("UTC", [])]
)
def test_the_clock_of_a_scenario_is_that_of_the_workspace(zone: str, codes: list[str]) -> None:
    """An hour after 01:30 it is 03:30 there: the clock goes forward in that night."""
    text = """
scenario "An hour later"
  at 2026-03-08 01:30
  when alice does signed_up
  after 1 hour
  at 2026-03-08 03:00
  expect no message to alice
"""
    made = compile_sources([Source("a.scenario", text)], Settings(timezone=zone))
    assert [problem.code for problem in made.problems] == codes


@pytest.mark.parametrize("asked", ["moves", "answers", "wins"])
def test_the_engine_is_never_asked_for_what_it_does_not_carry_out(asked: str) -> None:
    journeys = workspace_of(CASES / "good" / "by-others.scenario")
    graphs = compile_sources([journeys], SETTINGS).graphs
    assert scenario.machine_for(graphs) is ByReference
    engine = ByEngine((), datetime(2026, 1, 1, tzinfo=UTC), UTC)
    arguments = {"moves": ("a", "vip", True), "answers": ("a", "offer", "b", True)}
    with pytest.raises(ValueError, match="the engine carries out no"):
        getattr(engine, asked)(*arguments.get(asked, ("subject", "short")))
