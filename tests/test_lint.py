"""The lint rules: every rule's own examples, and every case of `cases/lint`.

`UPDATE_CASES=1` writes the messages anew; read them aloud before committing them.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from cio_lang import ast
from cio_lang.check import check
from cio_lang.cli import main
from cio_lang.grammar import parse
from cio_lang.lint import RULES, Rule, lint
from cio_lang.lint.fixing import apart, applied
from cio_lang.problem import Fix, Problem
from cio_lang.schema import Settings
from cio_lang.source import Source, Span
from tests.problem_text import problems_text

CASES = Path(__file__).parent / "cases" / "lint"
BAD = sorted((CASES / "bad").glob("*.journey"))
GOOD = sorted((CASES / "good").glob("*.journey"))


FIXED = {
    "all-caps-subject",
    "last-branch-takes-the-rest",
    "looks-like-placeholder",
    "placeholder-without-default",
}
"""Rules whose way out needs no further thought."""


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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_fix_puts_the_example_right(rule: Rule) -> None:
    """Where a rule has a fix, it makes of the bad example the good one, and changes no more."""
    (problem,) = warnings_of(Source("bad.journey", rule.bad))
    made = problem.fix()
    assert (made is not None) == (rule.code in FIXED)
    if made is not None:
        assert applied(rule.bad, [made]) == rule.good


def test_the_way_out_of_a_gap_can_be_written_as_it_stands() -> None:
    """Also inside of quotes, where most messages stand."""
    text = 'journey "W"\n  when someone does signed_up\n\n  push "Hello {{ person.city }}!"\n'
    (problem,) = warnings_of(Source("w.journey", text))
    (told,) = re.findall(r"`(\{\{.*?\}\})`", problem.report().help)
    assert warnings_of(Source("w.journey", text.replace("{{ person.city }}", told))) == ()


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


def at(line: int, column: int, end_column: int, text: str, end_line: int | None = None) -> Fix:
    return Fix(Span("a.journey", line, column, end_line or line, end_column), text)


@pytest.mark.parametrize(
    ("before", "fix", "after"),
    [
        ("one\ntwo\n", at(2, 1, 4, "2"), "one\n2\n"),
        ("one\r\ntwo\r\n", at(1, 1, 4, "1"), "1\r\ntwo\r\n"),
        ("\ufeffone\n", at(1, 1, 4, "1"), "\ufeff1\n"),
        ("one\r\n", at(2, 1, 1, "  two\n"), "one\r\n  two\r\n"),
        ("one", at(2, 1, 1, "two\n"), "one\ntwo\n"),
        ("one\ntwo\nthree\n", at(2, 1, 1, "", end_line=3), "one\nthree\n"),
        ("\U0001f600 ab\n", at(1, 3, 5, "c"), "\U0001f600 c\n"),
    ],
)
def test_a_fix_changes_what_it_is_about_and_nothing_else(before: str, fix: Fix, after: str) -> None:
    assert applied(before, [fix]) == after


def test_fixes_that_touch_are_not_made_at_once() -> None:
    first, inside, beside = at(1, 1, 5, "a"), at(1, 2, 3, "b"), at(1, 5, 6, "c")
    later = at(1, 7, 8, "d")
    assert apart([later, inside, first, beside, first]) == (first, later)
    assert applied("12345678", apart([later, first])) == "a56d8"


WORKSPACE = {
    "cio.toml": 'name = "Acme"\n',
    "journeys/a.journey": (
        "# kept\n"
        'journey "Welcome"\n'
        "  when someone does signed_up\n"
        "  once ever\n"
        "\n"
        '  email "HELLO AND WELCOME {{ person.name }}"   # kept too\n'
        "  wait 1 hour\n"
        '  if plan is "free"\n'
        '    email   "One more thing to know"\n'
        '  otherwise if plan is not "free"\n'
        '    notify "See you there"\n'
    ),
}


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in WORKSPACE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "journeys" / "a.journey"


def test_cio_lint_fix_writes_what_it_fixed_and_says_so(acme: Path) -> None:
    ran = CliRunner().invoke(main, ["lint", "--fix"])
    assert ran.exit_code == 0
    assert ran.stdout.splitlines() == [
        "journeys/a.journey:6:9: fixed[all-caps-subject] "
        "`HELLO AND WELCOME {{ person.name }}` is all in capital letters.",
        "journeys/a.journey:10:16: fixed[last-branch-takes-the-rest] "
        'Everybody who gets here meets `plan is not "free"`.',
        "journeys/a.journey:6:28: fixed[placeholder-without-default] "
        "`{{ person.name }}` leaves a gap for people without `name`.",
    ]
    before = WORKSPACE["journeys/a.journey"]
    assert acme.read_text() == before.replace(
        "HELLO AND WELCOME {{ person.name }}",
        "Hello and welcome {{ person.name | default: 'there' }}",
    ).replace('otherwise if plan is not "free"', "otherwise")
    again = CliRunner().invoke(main, ["lint", "--fix"])
    assert (again.exit_code, again.stdout) == (0, "")


def test_cio_lint_fix_leaves_alone_what_it_cannot_better(acme: Path) -> None:
    """A name that was probably meant is put in; a misspelling that fits two things is not."""
    text = WORKSPACE["journeys/a.journey"].replace("signed_up", "signed_upp")
    acme.write_text("event signed_up\n\nevent order_placed\n\n" + text)
    ran = CliRunner().invoke(main, ["lint", "--fix", "--json"])
    assert ran.exit_code == 0
    assert json.loads(ran.stdout) == []
    assert "fixed[unknown-event]" in ran.stderr
    assert "when someone does signed_up\n" in acme.read_text()
    acme.write_text('journey "A"\n  when someone blinks\n')
    ran = CliRunner().invoke(main, ["lint", "--fix"])
    assert ran.exit_code == 1
    assert acme.read_text() == 'journey "A"\n  when someone blinks\n'


def test_cio_lint_bounds_prints_a_table_and_says_what_a_policy_would_hold(acme: Path) -> None:
    ran = CliRunner().invoke(main, ["lint", "--bounds"])
    assert ran.exit_code == 0
    assert "Welcome" in ran.stdout and "all journeys" in ran.stdout
    acme.write_text("policy\n  at most 1 message per day\n\n" + acme.read_text())
    ran = CliRunner().invoke(main, ["lint", "--bounds"])
    assert ran.exit_code == 1
    assert "error[bound-over-policy]" in ran.stdout
    data = json.loads(CliRunner().invoke(main, ["lint", "--bounds", "--json"]).stdout)
    assert data["journeys"][0]["most"]["all"]["day"]["most"] == 2
    assert [problem["code"] for problem in data["problems"]] == ["bound-over-policy"]
    acme.write_text("guarantee\n  nobody gets more than 1 message in a day\n\n" + acme.read_text())
    assert "guarantee-broken" not in CliRunner().invoke(main, ["lint", "--bounds"]).stdout
    acme.write_text(acme.read_text().replace("policy\n  at most 1 message per day\n\n", ""))
    ran = CliRunner().invoke(main, ["lint", "--bounds"])
    assert ran.exit_code == 1
    assert "error[guarantee-broken]" in ran.stdout


def test_an_if_that_code_built_without_branches() -> None:
    journey = ast.Journey(ast.Name("Some"), (), (ast.OnEvent(ast.Name("x")),), (ast.If(()),))
    checked, _ = check([ast.File((journey,))], Settings())
    assert [warning.code for warning in lint(checked)] == []
