"""The lint rules: every rule's own examples, and every case of `cases/lint`.

`UPDATE_CASES=1` writes the messages anew; read them aloud before committing them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cio_lang.check import check
from cio_lang.grammar import parse
from cio_lang.lint import RULES, Rule, lint
from cio_lang.problem import Problem
from cio_lang.schema import Settings
from cio_lang.source import Source
from tests.problem_text import problems_text

CASES = Path(__file__).parent / "cases" / "lint"
BAD = sorted((CASES / "bad").glob("*.journey"))
GOOD = sorted((CASES / "good").glob("*.journey"))


def warnings_of(source: Source) -> tuple[Problem, ...]:
    file, unread = parse(source)
    assert unread == ()
    checked, errors = check([file], Settings(templates=frozenset({"welcome"})))
    assert [problem.report().what for problem in errors] == []
    return lint(checked)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_examples_of_a_rule_are_true(rule: Rule) -> None:
    assert [p.code for p in warnings_of(Source("bad.journey", rule.bad))] == [rule.code]
    assert warnings_of(Source("good.journey", rule.good)) == ()
    assert rule.fix.endswith(".")
    assert rule.problem.severity == "warning"


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good(path: Path) -> None:
    source = Source(path.name, path.read_text())
    assert problems_text(warnings_of(source), source) == ""


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad(path: Path) -> None:
    source = Source(path.name, path.read_text())
    drawn = problems_text(warnings_of(source), source)
    golden = path.with_suffix(".txt")
    if os.environ.get("UPDATE_CASES"):
        golden.write_text(drawn)
    assert drawn
    assert golden.read_text() == drawn


def test_every_rule_has_a_case_on_both_sides() -> None:
    drawn = "\n".join(path.with_suffix(".txt").read_text() for path in BAD)
    assert set(re.findall(r"^warning: ([a-z0-9-]+) in", drawn, re.M)) == {r.code for r in RULES}
    assert {rule.code for rule in RULES} <= {path.stem for path in GOOD}
