"""Every word of the language can be a name, in every place where a name can stand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from cio_lang import ast
from cio_lang.format import condition, statement
from cio_lang.grammar import parse_condition, parse_statement, tables
from cio_lang.source import Source

NAMES = [*sorted(tables.words().keywords), "and then", "in any year", "EUR", "event.", "USD 5"]
DAYS, KNOWN, YES, HELLO = ast.Duration(3, "day"), ast.Known(), ast.YesNo(True), ast.Text("Hello")


def conditions(name: ast.Name) -> Iterator[ast.Condition]:
    """Conditions with the name wherever there can be one."""
    where = ast.Comparison(ast.Property(name), KNOWN)
    attribute = ast.Comparison(ast.Attribute(name), KNOWN)
    yield attribute
    yield ast.Not(ast.Or((attribute, attribute)))
    yield ast.Comparison(ast.EntryProperty(name), KNOWN)
    total = ast.Aggregate("total", name, name, where, ast.Last(DAYS))
    yield ast.Comparison(total, ast.Compare("more_than", ast.Number(Decimal(5))))
    yield ast.Comparison(ast.Aggregate("number", None, name), KNOWN)
    yield ast.Did(name, where, None, ast.Last(DAYS), name)
    yield ast.Did(name, key=name)
    yield ast.And((ast.Did(name), attribute))
    yield ast.DidNot(name, where, None, name)
    yield ast.Never(name, None, name)
    yield ast.Sequence(name, name, DAYS)
    yield ast.Sequence(name, name, DAYS, True, where, where)
    yield ast.Likely(name, DAYS)
    yield ast.TopLikely(ast.Percent(Decimal(10)), name)
    yield ast.InDraw(ast.Percent(Decimal(10)), name)
    yield ast.InSegment(name)
    yield ast.Subscribed(name)


def statements(name: ast.Name) -> Iterator[ast.Statement]:
    """Statements with the name wherever there can be one, and for a person."""
    person = ast.PersonRef(name.text)
    people = ast.PeopleWhere(ast.Comparison(ast.Attribute(name), KNOWN))
    yield ast.Fact(person, name)
    yield ast.Fact(person, name, ((name, YES), (name, YES)))
    yield ast.SetFact(name, person, YES)
    yield ast.Show(person)
    yield ast.ShowActivity(person)
    yield people
    yield ast.CountPeople(people.condition)
    for channel in ("in-app", "email"):
        yield ast.SendTo(channel, HELLO, person)
        yield ast.SendTo(channel, HELLO, people)
        yield ast.Write(channel, HELLO, person)
        yield ast.BestTime(channel, person)
    yield ast.StartFor(name, person)
    yield ast.StartFor(name, people)
    yield ast.Preview(name, person)
    yield ast.Suggest(3, name)
    yield ast.Predict(name, DAYS, person)
    yield ast.Predict(name, None, people)
    yield ast.Predict(None, DAYS, people)
    yield ast.Predict(None, None, person)
    yield ast.CompareSubjects(name)
    yield ast.Improve(name)
    yield ast.Forget(person)
    yield ast.WhyNot(person, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_word_can_be_a_name_in_a_condition(name: str) -> None:
    for tree in conditions(ast.Name(name)):
        assert parse_condition(Source("made", condition(tree))) == (tree, ())


@pytest.mark.parametrize("name", NAMES)
def test_a_word_can_be_a_name_in_a_statement(name: str) -> None:
    for tree in statements(ast.Name(name)):
        assert parse_statement(Source("made", statement(tree))) == (tree, ())
