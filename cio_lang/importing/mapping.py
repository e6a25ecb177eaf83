"""What the columns of a file mean: options and the workspace's schema in, a mapping out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from cio_lang import ast
from cio_lang.importing.problems import RepeatedColumn, UndeclaredImport, UnknownColumn
from cio_lang.mistake import UserMistake
from cio_lang.problem import Problem, nearest
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span

OPTIONS = Span("<options>", 1, 1, 1, 1)
"""Where a mapping is written: on the command line."""

Values = tuple[tuple[str, str], ...]
"""(name, column) pairs."""


@record
class EventMapping:
    """One event per row.  `properties` of None means: all that the workspace knows.

    Without a column `id`, an event is known by its person, time and properties.  Rows that are then
    the same in one file are one event, unless `repeats` says that each counts.
    """

    event: str
    person: str
    time: str
    id: str | None = None
    properties: Values | None = None
    types: Mapping[str, ast.Type] = field(default_factory=dict)
    declared: bool = False  # the event's properties are declared: other columns are left alone
    zone: tzinfo = UTC
    repeats: Literal["once", "each"] = "once"


@record
class PeopleMapping:
    """One person per row.  `attributes` of None means: all that the workspace knows.

    `time` is the column that says since when the person is known; without it, since the import.
    """

    person: str
    attributes: Values | None = None
    time: str | None = None
    types: Mapping[str, ast.Type] = field(default_factory=dict)
    declared: bool = False
    zone: tzinfo = UTC


ImportMapping = EventMapping | PeopleMapping


def event_mapping(
    schema: Schema,
    event: str,
    person: str,
    time: str,
    *,
    id: str | None = None,
    properties: str | None = None,
    repeats: Literal["once", "each"] = "once",
) -> EventMapping:
    """`--event NAME --person COLUMN --time COLUMN [--id COLUMN] [--properties a,b=column]`.

    Raises `UserMistake` for an event or property that the workspace does not declare, if it
    declares any.
    """
    declaration = schema.events.get(event)
    if declaration is None and schema.events:
        raise UserMistake(_undeclared("event", event, schema.events))
    lines = () if declaration is None else declaration.properties
    types = {line.name.text: line.type for line in lines}
    return EventMapping(
        event=event,
        person=person,
        time=time,
        id=id,
        properties=_values(properties, "property", types),
        types=types,
        declared=bool(types),
        zone=ZoneInfo(schema.settings.timezone),
        repeats=repeats,
    )


def people_mapping(
    schema: Schema,
    person: str,
    *,
    attributes: str | None = None,
    time: str | None = None,
) -> PeopleMapping:
    """`--people --person COLUMN [--attributes a,b=column] [--time COLUMN]`.

    Raises `UserMistake` for an attribute that the workspace does not declare, if it declares any.
    """
    types = {name: declared.type for name, declared in schema.attributes.items()}
    return PeopleMapping(
        person=person,
        attributes=_values(attributes, "attribute", types),
        time=time,
        types=types,
        declared=bool(types),
        zone=ZoneInfo(schema.settings.timezone),
    )


def _values(
    written: str | None, kind: Literal["property", "attribute"], types: Mapping[str, ast.Type]
) -> Values | None:
    if written is None:
        return None
    pairs: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for part in filter(None, map(str.strip, written.split(","))):
        name, _, column = (piece.strip() for piece in part.partition("="))
        # Everybody has an email and a time zone, declared or not: messages and waits need them.
        if types and name not in types and not (kind == "attribute" and name in _ALWAYS):
            problems.append(_undeclared(kind, name, types))
        pairs.append((name, column or name))
    if problems:
        raise UserMistake(*problems)
    return tuple(pairs)


_ALWAYS = frozenset({"email", "timezone"})


def _undeclared(
    kind: Literal["event", "attribute", "property"], name: str, names: Iterable[str]
) -> UndeclaredImport:
    return UndeclaredImport(span=OPTIONS, kind=kind, name=name, suggestion=nearest(name, names))


@record
class Positions:
    """A mapping over the columns of one file: where each thing stands in a row."""

    person: int
    time: int | None
    id: int | None
    values: tuple[tuple[str, int, ast.Type | None], ...]  # name, position, type
    ignored: tuple[str, ...]  # columns that nothing is read from


def positions(mapping: ImportMapping, columns: Sequence[str], place: Span) -> Positions:
    """Where the mapping's columns are; `UserMistake` names each that is missing or there twice."""
    match mapping:
        case EventMapping():
            named, event_id = mapping.properties, mapping.id
        case PeopleMapping():
            named, event_id = mapping.attributes, None
    used = [column for column in (mapping.person, mapping.time, event_id) if column is not None]
    if named is None:
        named = tuple(
            (column, column)
            for column in columns
            if column
            and column not in used
            and (
                not mapping.declared
                or column in mapping.types
                or (isinstance(mapping, PeopleMapping) and column in _ALWAYS)
            )
        )
    wanted = [*used, *(column for _, column in named)]
    problems: list[Problem] = []
    for column in dict.fromkeys(wanted):
        if column not in columns:
            problems.append(
                UnknownColumn(
                    span=place,
                    column=column,
                    columns=tuple(columns),
                    suggestion=nearest(column, columns),
                )
            )
        elif columns.count(column) > 1:
            problems.append(RepeatedColumn(span=place, column=column))
    if problems:
        raise UserMistake(*problems)
    return Positions(
        person=columns.index(mapping.person),
        time=None if mapping.time is None else columns.index(mapping.time),
        id=None if event_id is None else columns.index(event_id),
        values=tuple(
            (name, columns.index(column), mapping.types.get(name)) for name, column in named
        ),
        ignored=tuple(column for column in columns if column and column not in wanted),
    )
