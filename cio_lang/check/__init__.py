"""The meaning of names and types: files in, `Checked` and problems out.

Afterwards, if no problem is an error, every name is resolved, every comparison is typed, every
condition can hold and every step can be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cio_lang import ast
from cio_lang.check import (
    answers,
    conditions,
    duplicates,
    guarantees,
    journeys,
    looping,
    placeholders,
    policies,
    reserved,
    scenario_files,
    scenarios,
    secrets,
    segments,
    shares,
    statements,
    templates,
)
from cio_lang.check.blocks import every
from cio_lang.check.problems import OMISSIONS, PROBLEMS
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.schema import Schema, Settings, collect

__all__ = [
    "OMISSIONS",
    "PROBLEMS",
    "Checked",
    "check",
    "check_bodies",
    "check_condition",
    "check_declaration",
    "check_statement",
    "check_together",
]


@record
class Checked:
    """The files with what is known of their names.  Only `check` makes one."""

    files: tuple[ast.File, ...]
    schema: Schema


def check(files: Sequence[ast.File], settings: Settings) -> tuple[Checked, tuple[Problem, ...]]:
    """Check all files of a workspace together; problems come in the order of the text."""
    schema = collect(files, settings)
    order = {file.span.file: index for index, file in enumerate(files)}
    found: list[Problem] = []
    for file in files:
        for declaration in file.declarations:
            found += check_declaration(declaration, settings, schema)
    found += check_together(files, schema)
    found += check_bodies(settings, schema)
    found.sort(key=lambda problem: _position(problem, order))
    return Checked(tuple(files), schema), _each_once(found)


def check_declaration(
    declaration: ast.Declaration, settings: Settings, schema: Schema
) -> tuple[Problem, ...]:
    """Problems with one declaration.

    Of other journeys it depends on their titles and parts alone, of all else on the whole.
    """
    return (*_declaration(declaration, settings, schema), *secrets.check(declaration))


def check_bodies(settings: Settings, schema: Schema) -> tuple[Problem, ...]:
    """Problems with the texts of templates that are files."""
    found = [*placeholders.files(settings.bodies, schema)]
    for body in settings.bodies.values():
        found += secrets.in_file(body)
    return tuple(found)


def check_condition(condition: ast.Condition, schema: Schema) -> tuple[Problem, ...]:
    """Problems with a condition that stands by itself, outside a journey."""
    return _each_once(conditions.check(condition, statements.SCOPE, schema))


def check_statement(statement: ast.Statement, schema: Schema) -> tuple[Problem, ...]:
    """Problems with a one-line statement."""
    return _each_once(statements.check(statement, schema))


def _declaration(
    declaration: ast.Declaration, settings: Settings, schema: Schema
) -> Iterator[Problem]:
    match declaration:
        case ast.SegmentDeclaration():
            yield from segments.check(declaration, schema)
        case ast.TemplateDeclaration():
            yield from templates.check(declaration, settings, schema)
        case ast.Policy():
            yield from policies.check(declaration)
        case ast.Guarantee():
            yield from guarantees.check(declaration, schema)
        case ast.Scenario():
            yield from scenarios.check(declaration, schema)
        case ast.Journey():
            yield from journeys.check(declaration, schema)
        case ast.EventDeclaration():
            yield from reserved.check(declaration)
        case ast.AttributeDeclaration() | ast.TopicDeclaration():
            return


def check_together(files: Sequence[ast.File], schema: Schema) -> Iterator[Problem]:
    """Problems between declarations: names that are given twice, segments and journeys in circles,
    policies and experiments of which there can only be one.
    """
    yield from duplicates.check(files)
    yield from scenario_files.check(files)
    yield from segments.cycles(schema)
    declared = [declaration for file in files for declaration in file.declarations]
    yield from policies.only_one(each for each in declared if isinstance(each, ast.Policy))
    experiments = [
        step
        for each in declared
        if isinstance(each, ast.Journey)
        for step in every(each.steps)
        if isinstance(step, ast.Experiment)
    ]
    yield from shares.one_draw(experiments)
    yield from answers.check(declared)
    yield from looping.circles(looping.started_at_once(schema.journeys))


def _position(problem: Problem, order: dict[str, int]) -> tuple[int, int, int]:
    span = problem.span
    return order.get(span.file, len(order)), span.line, span.column


def _each_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))
