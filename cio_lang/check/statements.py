"""One-line statements: a statement in, problems out."""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast
from cio_lang.check import conditions, duplicates, names
from cio_lang.check.conditions import Scope
from cio_lang.problem import Problem
from cio_lang.schema import Schema
from cio_lang.values import assignable, fits

SCOPE = Scope("statement")
"""Outside any journey."""


def check(statement: ast.Statement, schema: Schema) -> Iterator[Problem]:
    """Problems with a statement, before anything is asked or done."""
    match statement:
        case ast.Fact():
            yield from _fact(statement, schema)
        case ast.SetFact():
            yield from assignable(statement.attribute, statement.value, schema)
        case ast.ShowActivity():
            if statement.window is not None:
                yield from conditions.window(statement.window, SCOPE)
        case ast.CountPeople() | ast.PeopleWhere():
            if statement.condition is not None:
                yield from conditions.check(statement.condition, SCOPE, schema)
        case ast.Show():
            return


def _fact(fact: ast.Fact, schema: Schema) -> Iterator[Problem]:
    unknown = names.event(fact.event, schema)
    if unknown is not None:
        yield unknown
        return
    yield from duplicates.properties(fact.event, (name for name, _ in fact.properties))
    for name, value in fact.properties:
        problem: Problem | None = names.property_of(fact.event, name, schema)
        kind = schema.property_type(fact.event.text, name.text)
        if problem is None and kind is not None:
            problem = fits(name, kind, value, schema.settings.currency)
        if problem is not None:
            yield problem
