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
from cio_lang.schema import PERSON_ATTRIBUTES, Schema
from cio_lang.source import Span

OPTIONS = Span("<options>", 1, 1, 1, 1)
"""Where a mapping is written: on the command line."""

Values = tuple[tuple[str, str], ...]
"""(name, column) pairs."""

Types = Mapping[str, ast.Type]

ExportFormat = Literal["segment", "customerio", "cio"]
"""Exports whose rows say themselves what they are."""


@record
class EventMapping:
    """One event per row.  `properties` of None means: all that the workspace knows.

    Without a column `id`, an event is known by its person, time and properties.  Rows that are then
    the same in one file are one event, unless `repeats` says that each counts.

    `event` is the name of all of them, or where `kind` names a column, it is not looked at: the
    column says which event a row is, under the names of `events` (None: such rows are left out).
    """

    event: str
    person: str
    time: str
    id: str | None = None
    properties: Values | None = None
    types: Types = field(default_factory=dict)
    declared: bool = False  # the event's properties are declared: other columns are left alone
    zone: tzinfo = UTC
    repeats: Literal["once", "each"] = "once"
    kind: str | None = None
    events: Mapping[str, str | None] = field(default_factory=dict)
    known: frozenset[str] | None = None  # the declared events; None: any may be
    formats: Mapping[str, str] = field(default_factory=dict)
    """How the times and dates of a column are written: as in `strptime`, or `seconds` …"""


@record
class PeopleMapping:
    """One person per row.  `attributes` of None means: all that the workspace knows.

    `time` is the column that says since when the person is known; without it, since the import.
    """

    person: str
    attributes: Values | None = None
    time: str | None = None
    types: Types = field(default_factory=dict)
    declared: bool = False
    zone: tzinfo = UTC
    formats: Mapping[str, str] = field(default_factory=dict)


@record
class ExportMapping:
    """The rows of an export of another program, or of `cio export`.

    `events`, `attributes` and `properties` give names in the file the names that they have here;
    None leaves out what has the name.  Others are looked for in the schema as they are, then with
    `_` between their words.
    """

    format: ExportFormat
    events: Mapping[str, str | None] = field(default_factory=dict)
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    properties: Mapping[str, str | None] = field(default_factory=dict)
    zone: tzinfo = UTC
    event_types: Mapping[str, Types] | None = None  # the declared events; None: any may be
    attribute_types: Types | None = None  # the same for attributes


ImportMapping = EventMapping | PeopleMapping | ExportMapping


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
    types = property_types(schema, event)
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
    types = attribute_types(schema)
    return PeopleMapping(
        person=person,
        attributes=_values(attributes, "attribute", types if schema.attributes else {}),
        time=time,
        types=types,
        declared=bool(schema.attributes),
        zone=ZoneInfo(schema.settings.timezone),
    )


def export_mapping(schema: Schema, format: ExportFormat) -> ExportMapping:
    """`--format segment` and the like."""
    return ExportMapping(
        format=format,
        zone=ZoneInfo(schema.settings.timezone),
        event_types={name: property_types(schema, name) for name in schema.events} or None,
        attribute_types=attribute_types(schema) if schema.attributes else None,
    )


def property_types(schema: Schema, event: str, span: Span = OPTIONS) -> dict[str, ast.Type]:
    """The declared properties of an event.  Raises `UserMistake` where it is not declared."""
    declaration = schema.events.get(event)
    if declaration is None and schema.events:
        raise UserMistake(undeclared("event", event, schema.events, span))
    lines = () if declaration is None else declaration.properties
    return {line.name.text: line.type for line in lines}


def attribute_types(schema: Schema) -> dict[str, ast.Type]:
    """The declared attributes, and those that everybody has: messages and waits need them."""
    always = {known.name: ast.Type(known.kind) for known in PERSON_ATTRIBUTES}
    return always | {name: declared.type for name, declared in schema.attributes.items()}


def _values(
    written: str | None, kind: Literal["property", "attribute"], types: Types
) -> Values | None:
    if written is None:
        return None
    pairs: list[tuple[str, str]] = []
    for part in filter(None, map(str.strip, written.split(","))):
        name, _, column = (piece.strip() for piece in part.partition("="))
        pairs.append((name, column or name))
    check_names([name for name, _ in pairs], kind, types, OPTIONS)
    return tuple(pairs)


def check_names(
    names: Iterable[str], kind: Literal["property", "attribute"], types: Types, span: Span
) -> None:
    """Raises `UserMistake` for names that are not declared, where any are."""
    problems = [
        undeclared(kind, name, types, span) for name in names if types and name not in types
    ]
    if problems:
        raise UserMistake(*problems)


def undeclared(
    kind: Literal["event", "attribute", "property"], name: str, names: Iterable[str], span: Span
) -> UndeclaredImport:
    """That the workspace knows no such name."""
    return UndeclaredImport(span=span, kind=kind, name=name, suggestion=nearest(name, names))


@record
class Positions:
    """A mapping over the columns of one file: where each thing stands in a row."""

    person: int
    time: int | None
    id: int | None
    kind: int | None
    values: tuple[tuple[str, int, ast.Type | None, str | None], ...]
    """Name, position, type, and how dates are written."""
    ignored: tuple[str, ...]
    """Columns that nothing is read from."""


def positions(
    mapping: EventMapping | PeopleMapping, columns: Sequence[str], place: Span
) -> Positions:
    """Where the mapping's columns are; `UserMistake` names each that is missing or there twice."""
    match mapping:
        case EventMapping():
            named, event_id, kind = mapping.properties, mapping.id, mapping.kind
        case PeopleMapping():
            named, event_id, kind = mapping.attributes, None, None
    roles = (mapping.person, mapping.time, event_id, kind)
    used = [column for column in roles if column is not None]
    if named is None:
        named = tuple(
            (column, column)
            for column in dict.fromkeys(columns)
            if column and column not in used and (not mapping.declared or column in mapping.types)
        )
    wanted = dict.fromkeys([*used, *(column for _, column in named)])
    counts: dict[str, int] = {}
    for column in columns:
        counts[column] = counts.get(column, 0) + 1
    problems: list[Problem] = []
    for column in wanted:
        if column not in counts:
            close = nearest(column, columns[:1_000])
            shown = tuple(columns[:100])
            problems.append(
                UnknownColumn(span=place, column=column, columns=shown, suggestion=close)
            )
        elif counts[column] > 1:
            problems.append(RepeatedColumn(span=place, column=column))
    if problems:
        raise UserMistake(*problems)
    where = {column: position for position, column in enumerate(columns)}
    return Positions(
        person=where[mapping.person],
        time=None if mapping.time is None else where[mapping.time],
        id=None if event_id is None else where[event_id],
        kind=None if kind is None else where[kind],
        values=tuple(
            (name, where[column], mapping.types.get(name), mapping.formats.get(column))
            for name, column in named
        ),
        ignored=tuple(column for column in counts if column and column not in wanted),
    )
