"""Scenarios: every case, and what the reader makes of any text.

`UPDATE_CASES=1 pytest tests/test_scenario.py` writes the `.txt` files again; read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cio_lang import scenario
from cio_lang.cli.render import plain
from cio_lang.compiler import Compiled, compile_sources
from cio_lang.scenario import Outcome
from cio_lang.scenario.read import EXAMPLES
from cio_lang.schema import Settings
from cio_lang.source import Source

CASES = Path(__file__).parent / "cases" / "scenario"
UPDATE = os.environ.get("UPDATE_CASES") == "1"
ZONE = ZoneInfo("America/New_York")
GOOD = sorted((CASES / "good").glob("*.scenario"))
BAD = sorted((CASES / "bad").glob("*.scenario"))


@pytest.fixture(scope="module")
def workspace() -> Compiled:
    path = CASES / "workspace.journey"
    settings = Settings(templates=frozenset({"trial-ends"}))
    compiled = compile_sources([Source(path.name, path.read_text())], settings)
    assert compiled.problems == ()
    return compiled


def carried_out(source: Source, workspace: Compiled) -> tuple[list[Outcome], list[str]]:
    """The outcomes of a file, and all its problems and timelines as text."""
    scenarios, problems = scenario.read(source)
    outcomes = [
        scenario.run(each, workspace.graphs, workspace.checked.schema, ZONE) for each in scenarios
    ]
    text = [plain(problem, source) for problem in problems]
    for outcome in outcomes:
        text += [plain(problem, source) for problem in outcome.problems]
        for person, timeline in outcome.timelines.items():
            text.append("\n".join([f"what happened to {person}:", *timeline]))
    return outcomes, text


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_case_passes(path: Path, workspace: Compiled) -> None:
    outcomes, text = carried_out(Source(path.name, path.read_text()), workspace)
    assert text == []
    assert outcomes and all(outcome.passed for outcome in outcomes)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_case_says_why(path: Path, workspace: Compiled) -> None:
    outcomes, text = carried_out(Source(path.name, path.read_text()), workspace)
    assert not any(outcome.passed for outcome in outcomes)
    written = "\n\n".join(text) + "\n"
    golden = path.with_suffix(".txt")
    if UPDATE:
        golden.write_text(written)
    assert written == golden.read_text()


def test_a_bad_line_costs_one_message_and_its_own_scenario() -> None:
    text = (
        'scenario "One"\n  nonsense\n  more nonsense\n  expect email to a\n'
        'scenario "Two"\n  given a\n  expect no email to a\n'
    )
    scenarios, problems = scenario.read(Source("a.scenario", text))
    assert [each.title for each in scenarios] == ["Two"]
    assert [problem.span.line for problem in problems] == [2, 3]


@pytest.mark.parametrize("word", sorted(EXAMPLES))
def test_the_examples_of_messages_are_true(word: str) -> None:
    text = f'scenario "Example"\n  {EXAMPLES[word]}\n  expect no email to alice\n'
    scenarios, problems = scenario.read(Source("a.scenario", text))
    assert problems == ()
    assert len(scenarios[0].lines) == 2


def test_problems_are_where_their_words_are() -> None:
    line = '    when  "a b"   does  x with amount $1 and'
    text = f'scenario "Places"\n{line}\n  expect email to "a b"\n'
    _, problems = scenario.read(Source("a.scenario", text))
    (problem,) = problems
    assert problem.span.line == 2
    assert problem.span.column >= line.index("$1")


def test_the_same_scenario_gives_the_same_outcome(workspace: Compiled) -> None:
    source = Source("trial.scenario", (CASES / "bad" / "did-not-leave.scenario").read_text())
    assert carried_out(source, workspace) == carried_out(source, workspace)


WORDS = st.sampled_from(
    [
        *EXAMPLES,
        *("scenario", "alice", "with", "does", "no", "email", "to", "matches", "plan", "is"),
        *("since", "2026-03-08", "09:00", "3", "days", "#", "$1", "é", '"a', '"a b"', "\t"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=6))
def test_any_text_is_read(lines: list[str]) -> None:
    source = Source("a.scenario", "\n".join(lines))
    scenarios, problems = scenario.read(source)
    for problem in problems:
        assert 1 <= problem.span.line <= len(lines)
        assert plain(problem, source)
    assert all(each.lines for each in scenarios)
