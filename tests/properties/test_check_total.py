"""The check never raises, whatever tree it gets, and says the same every time."""

from __future__ import annotations

import dataclasses

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ast
from cio_lang.check import check, check_condition, check_statement
from cio_lang.lint import lint
from cio_lang.problem import Problem
from cio_lang.schema import Settings, collect
from cio_lang.source import Source
from tests.properties import trees
from tests.properties.any_tree import TEXTS, tree

FILES = tree(ast.File, 8) | trees.files
SETTINGS = st.builds(
    lambda body: Settings(
        templates=frozenset({"a", "plan"}), bodies={"a": Source("templates/a.email.md", body)}
    ),
    st.sampled_from(TEXTS),
)
UNHURRIED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def said(problem: Problem) -> None:
    """Every report can be made, and is whole; a fix says something else than what is there."""
    report = problem.report()
    assert all(part.strip() for part in dataclasses.astuple(report))
    assert problem.code
    fix = problem.fix()
    assert fix is None or fix.span.file == problem.span.file


@UNHURRIED
@given(st.lists(FILES, max_size=2), SETTINGS)
def test_files(files: list[ast.File], given_settings: Settings) -> None:
    checked, problems = check(files, given_settings)
    assert problems == check(files, given_settings)[1]
    assert len(set(problems)) == len(problems)
    for problem in (*problems, *lint(checked)):
        said(problem)


@UNHURRIED
@given(FILES, tree(ast.Condition, 5), tree(ast.Statement, 5), SETTINGS)
def test_conditions_and_statements(
    file: ast.File, condition: ast.Condition, statement: ast.Statement, given_settings: Settings
) -> None:
    schema = collect([file], given_settings)
    for problem in (*check_condition(condition, schema), *check_statement(statement, schema)):
        said(problem)
