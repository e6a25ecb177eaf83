"""The meaning of names and types: files in, `Checked` and problems out.

Afterwards, if no problem is an error, every name is resolved, every comparison is typed, every
condition can hold and every step can be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cio_lang import ast, values
from cio_lang.check import (
    conditions,
    contradictions,
    depth,
    duplicates,
    durations,
    empty,
    flow,
    journeys,
    names,
    placeholders,
    segments,
    statements,
    types,
)
from cio_lang.problem import Problem
from cio_lang.schema import Schema, Settings, collect
from cio_lang.steps import send

__all__ = ["PROBLEMS", "Checked", "check", "check_condition", "check_statement"]

PROBLEMS: tuple[type[Problem], ...] = (
    duplicates.DuplicateDeclaration,
    duplicates.SameSlug,
    duplicates.DuplicateProperty,
    duplicates.DuplicateChoice,
    names.UnknownEvent,
    names.UnknownProperty,
    names.UnknownSegment,
    names.UnknownTopic,
    values.UnknownAttribute,
    values.WrongKind,
    values.WrongType,
    values.NotOneOf,
    values.WrongCurrency,
    types.WrongComparison,
    types.WrongOperand,
    types.EmptyText,
    types.BetweenBackwards,
    types.EndsDiffer,
    conditions.SinceEnteringOutside,
    conditions.NoEntryEvent,
    conditions.PropertyOutsideWhere,
    conditions.OnlyPropertiesInWhere,
    conditions.CountOfZero,
    contradictions.NeverHolds,
    contradictions.AlwaysHolds,
    durations.ZeroDuration,
    durations.DurationTooLong,
    empty.EmptyCondition,
    depth.TooManyLevels,
    segments.SegmentInItself,
    journeys.NoEntry,
    journeys.RepeatedPart,
    journeys.NothingToMatch,
    flow.UnreachableStep,
    flow.BranchNeverTaken,
    placeholders.UnknownPlaceholder,
    send.UnknownTemplate,
    send.EmptyMessage,
)
"""Every problem that the check can find."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The files with what is known of their names.  Only `check` makes one."""

    files: tuple[ast.File, ...]
    schema: Schema


def check(files: Sequence[ast.File], settings: Settings) -> tuple[Checked, tuple[Problem, ...]]:
    """Check all files of a workspace together; problems come in the order of the text."""
    schema = collect(files, settings)
    order = {file.span.file: index for index, file in enumerate(files)}
    found = [*duplicates.check(files), *segments.cycles(schema), *_declarations(files, schema)]
    found.sort(key=lambda problem: _position(problem, order))
    return Checked(tuple(files), schema), _each_once(found)


def check_condition(condition: ast.Condition, schema: Schema) -> tuple[Problem, ...]:
    """Problems with a condition that stands by itself, outside a journey."""
    return _each_once(conditions.check(condition, statements.SCOPE, schema))


def check_statement(statement: ast.Statement, schema: Schema) -> tuple[Problem, ...]:
    """Problems with a one-line statement."""
    return _each_once(statements.check(statement, schema))


def _declarations(files: Iterable[ast.File], schema: Schema) -> Iterator[Problem]:
    for file in files:
        for declaration in file.declarations:
            match declaration:
                case ast.SegmentDeclaration():
                    yield from segments.check(declaration, schema)
                case ast.Journey():
                    yield from journeys.check(declaration, schema)
                case ast.EventDeclaration() | ast.AttributeDeclaration() | ast.TopicDeclaration():
                    continue


def _position(problem: Problem, order: dict[str, int]) -> tuple[int, int, int]:
    span = problem.span
    return order.get(span.file, len(order)), span.line, span.column


def _each_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))
