"""The check never raises, whatever tree it gets, and says the same every time."""

from __future__ import annotations

import dataclasses
import datetime
from decimal import Decimal
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ast
from cio_lang.check import check, check_condition, check_statement
from cio_lang.lint import lint
from cio_lang.problem import Problem
from cio_lang.schema import Settings, collect
from cio_lang.steps.send import Email, Notify
from cio_lang.steps.set_attribute import SetAttribute

WORDS = st.sampled_from(["plan", "seats", "email", "created_at", "a", "b", "a b", "", "é", "Plan"])
NAMES = st.builds(ast.Name, WORDS)
NUMBERS = st.sampled_from([Decimal(n) for n in ("0", "1", "-3", "5.50", "1E+3", "99999999999")])
VALUES = st.one_of(
    st.builds(
        ast.Text, st.one_of(WORDS, st.just("{{ person.plann }} {{event.a|x}}")), st.booleans()
    ),
    st.builds(ast.Number, NUMBERS),
    st.builds(ast.Money, NUMBERS, st.sampled_from(["USD", "EUR"])),
    st.builds(ast.Date, st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 1, 5))),
    st.builds(ast.YesNo, st.booleans()),
)
UNITS = st.sampled_from(["second", "hour", "day", "month", "year"])
DURATIONS = st.builds(ast.Duration, st.sampled_from([-1, 0, 1, 7, 30, 10**12]), UNITS)
COUNTS = st.builds(
    ast.Count, st.sampled_from(["at_least", "exactly", "fewer_than"]), st.integers(-1, 3)
)

TESTS: st.SearchStrategy[ast.Test] = st.one_of(
    st.builds(ast.Compare, st.sampled_from(get_args(ast.CompareOp)), VALUES),
    st.builds(ast.OneOf, st.lists(VALUES, max_size=2).map(tuple), st.booleans()),
    st.builds(ast.Known, st.booleans()),
    st.builds(ast.Between, VALUES, VALUES),
    st.builds(ast.Within, st.sampled_from(get_args(ast.WithinOp)), DURATIONS),
)
SUBJECTS = st.one_of(
    *(st.builds(k, NAMES) for k in (ast.Attribute, ast.Property, ast.EntryProperty))
)
WINDOWS = st.one_of(
    st.builds(ast.Last, DURATIONS),
    st.builds(ast.Calendar, st.sampled_from(["today", "this week"])),
    st.builds(ast.BetweenAgo, st.integers(-1, 3), st.integers(-1, 3), UNITS),
    st.builds(ast.SinceEntering),
)


def _larger(inner: st.SearchStrategy[ast.Condition]) -> st.SearchStrategy[ast.Condition]:
    maybe = st.none() | inner
    parts = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        st.builds(ast.Did, NAMES, maybe, st.none() | COUNTS, st.none() | WINDOWS),
        st.builds(ast.DidNot, NAMES, maybe, st.none() | WINDOWS),
        st.builds(ast.Never, NAMES, maybe),
        st.builds(ast.And, parts),
        st.builds(ast.Or, parts),
        st.builds(ast.Not, inner),
    )


CONDITIONS: st.SearchStrategy[ast.Condition] = st.recursive(
    st.one_of(
        st.builds(ast.Comparison, SUBJECTS, TESTS),
        st.builds(ast.Inactive, DURATIONS),
        st.builds(ast.InSegment, NAMES, st.booleans()),
    ),
    _larger,
    max_leaves=6,
)
TEXTS = st.builds(ast.Text, st.sampled_from(["", "a", "HELLO EVERYBODY", "Hi {{ person.a }}!"]))
STEPS: st.SearchStrategy[tuple[ast.Step, ...]] = st.recursive(
    st.lists(
        st.one_of(
            st.builds(ast.Wait, DURATIONS),
            st.builds(ast.Leave),
            st.builds(Email, TEXTS),
            st.builds(Notify, TEXTS),
            st.builds(SetAttribute, NAMES, VALUES),
        ),
        max_size=3,
    ).map(tuple),
    lambda inner: st.builds(
        lambda before, arms, otherwise, after: (*before, ast.If(arms, otherwise), *after),
        inner,
        st.lists(st.builds(ast.Arm, CONDITIONS, inner), max_size=2).map(tuple),
        st.none() | st.builds(ast.Otherwise, inner),
        inner,
    ),
    max_leaves=5,
)
MAYBE = st.none() | CONDITIONS
PARTS = st.one_of(
    st.builds(ast.OnEvent, NAMES, MAYBE),
    st.builds(ast.OnMatch, CONDITIONS),
    st.builds(ast.OnlyWhere, CONDITIONS),
    st.builds(ast.LeaveOnEvent, NAMES, MAYBE),
    st.builds(ast.LeaveWhenUnmatched),
    st.builds(ast.LeaveWhere, CONDITIONS),
    st.builds(ast.Goal, NAMES, MAYBE, st.none() | DURATIONS),
    st.builds(ast.Once),
    st.builds(ast.EveryTime),
    st.builds(ast.AgainAfter, DURATIONS),
    st.builds(ast.TopicOf, NAMES),
)
TYPES = st.one_of(
    st.builds(ast.Type, st.sampled_from(get_args(ast.SimpleType))),
    st.just(ast.Type("one of", ("a", "Plan", "A"))),
    st.just(ast.Type("one of")),
    st.just(ast.Type("money", currency="EUR")),
)
PROPERTIES = st.lists(st.builds(ast.PropertyLine, NAMES, TYPES), max_size=3).map(tuple)
DECLARATIONS = st.one_of(
    st.builds(ast.EventDeclaration, NAMES, st.none(), PROPERTIES),
    st.builds(ast.AttributeDeclaration, NAMES, TYPES),
    st.builds(
        ast.SegmentDeclaration,
        NAMES,
        st.lists(st.builds(ast.ConditionLine, CONDITIONS), max_size=3).map(tuple),
    ),
    st.builds(ast.TopicDeclaration, NAMES, st.booleans()),
    st.builds(ast.Journey, NAMES, st.just(()), st.lists(PARTS, max_size=5).map(tuple), STEPS),
)
FILES = st.builds(ast.File, st.lists(DECLARATIONS, max_size=5).map(tuple))
STATEMENTS = st.one_of(
    st.builds(
        ast.Fact,
        st.just(ast.PersonRef("alice")),
        NAMES,
        st.lists(st.tuples(NAMES, VALUES), max_size=3).map(tuple),
    ),
    st.builds(ast.SetFact, NAMES, st.just(ast.PersonRef("alice")), VALUES),
    st.builds(ast.ShowActivity, st.just(ast.PersonRef("alice")), st.none() | WINDOWS),
    st.builds(ast.CountPeople, MAYBE),
    st.builds(ast.PeopleWhere, CONDITIONS),
)
SETTINGS = Settings(templates=frozenset({"a"}))
UNHURRIED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def said(problem: Problem) -> None:
    """Every report can be made, and is whole."""
    report = problem.report()
    assert all(part.strip() for part in dataclasses.astuple(report))
    assert problem.code


@UNHURRIED
@given(st.lists(FILES, max_size=2))
def test_files(files: list[ast.File]) -> None:
    checked, problems = check(files, SETTINGS)
    assert problems == check(files, SETTINGS)[1]
    assert len(set(problems)) == len(problems)
    for problem in (*problems, *lint(checked)):
        said(problem)


@UNHURRIED
@given(FILES, CONDITIONS, STATEMENTS)
def test_conditions_and_statements(
    file: ast.File, condition: ast.Condition, statement: ast.Statement
) -> None:
    schema = collect([file], SETTINGS)
    for problem in (*check_condition(condition, schema), *check_statement(statement, schema)):
        said(problem)
