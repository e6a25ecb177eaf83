"""What `cio export` writes: rows of people with their history, and of events, with all their times.

A table has columns `person`, `known_since`, `names`, `history` and `attributes.NAME`, or `event`,
`person`, `id`, `at`, `received_at` and `properties.NAME`; an object has the same with `attributes`
or `properties` inside.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC
from typing import Any, get_args

from cio_lang.importing.cells import BadCell, Instants
from cio_lang.importing.coded import decode, decode_name
from cio_lang.importing.facts import Fact, Happened, Known, Names, Who
from cio_lang.importing.mapping import ExportMapping
from cio_lang.store.identity import Kind
from cio_lang.store.limits import encoded

PEOPLE = ("person", "known_since", "names", "history")
EVENTS = ("event", "person", "id", "at", "received_at")

ATTRIBUTE, PROPERTY = "attributes.", "properties."


class OwnRows:
    """What rows say; `coded` are the columns whose cells are as in `coded`, None: all of them."""

    def __init__(self, mapping: ExportMapping, coded: Collection[str] | None) -> None:
        self._mapping, self._coded = mapping, coded
        self._instants = Instants(UTC)
        self.left_out: dict[str, int] = {}

    def facts(self, row: Mapping[str, Any]) -> Sequence[Fact]:
        """What one row says; nothing where it is to be left out.  Raises `BadCell`."""
        if row.get("event") not in (None, ""):
            return self._event(row)
        if "known_since" in row:
            return self._person(row)
        raise BadCell("it is neither a person nor an event as `cio export` writes them")

    def _event(self, row: Mapping[str, Any]) -> Sequence[Fact]:
        told = decode_name(row["event"]) or ""
        name = self._mapping.events.get(told, told)
        if name is None:
            self.left_out[told] = self.left_out.get(told, 0) + 1
            return ()
        who, uid = Who(self._named(row, "person")), self._named(row, "id")
        given = self._mapping.properties
        values = {
            renamed: each
            for property, each in self._values(row, PROPERTY).items()
            if (renamed := given.get(property, property)) is not None
        }
        received = row.get("received_at")
        got = self._at(row, "received_at") if received not in (None, "") else None
        text = encoded(who.key or "", values, "properties")
        return (Happened(who, uid, name, self._at(row, "at"), got, text),)

    def _person(self, row: Mapping[str, Any]) -> Sequence[Fact]:
        who = Who(self._named(row, "person"), self._names(row))
        facts: list[Fact] = [Known(who, {}, self._at(row, "known_since"))]
        told, given = self._values(row, ATTRIBUTE), self._mapping.attributes
        steps: dict[int, dict[str, Any]] = {}
        for attribute, line in self._object(row, "history").items():
            name = given.get(attribute, attribute)
            told.pop(attribute, None)
            for at, value in self._steps(attribute, line) if name is not None else ():
                steps.setdefault(at, {})[str(name)] = value
        facts += [Known(who, steps[at], at) for at in sorted(steps)]
        rest = {
            renamed: each
            for attribute, each in told.items()
            if (renamed := given.get(attribute, attribute)) is not None
        }
        if rest:  # written by hand, or by an older cio
            facts.append(Known(who, rest, None))
        return facts

    def _steps(self, name: str, line: Any) -> list[tuple[int, Any]]:
        if not isinstance(line, list) or not all(isinstance(each, Mapping) for each in line):
            raise BadCell(f"the history of `{name[:40]}` is no list of steps")
        return [(self._at(each, "at"), each.get("value")) for each in line]

    def _names(self, row: Mapping[str, Any]) -> Names:
        names: list[tuple[Kind, str]] = []
        for told, values in self._object(row, "names").items():
            kind: Kind | None = next((each for each in get_args(Kind) if each == told), None)
            if kind is None or not isinstance(values, list):
                raise BadCell(f"`{told[:40]}` is no kind of name")
            names += [(kind, str(each)) for each in values]
        return tuple(names)

    def _values(self, row: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        inside = row.get(prefix.rstrip("."))
        if isinstance(inside, Mapping):
            return dict(inside)
        return {
            column.removeprefix(prefix): value
            for column, cell in row.items()
            if column.startswith(prefix) and (value := self._value(column, cell)) is not None
        }

    def _value(self, column: str, cell: Any) -> Any:
        if isinstance(cell, str) and (self._coded is None or column in self._coded):
            return decode(cell)
        return cell

    def _object(self, row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        found = row.get(name)
        if found in (None, ""):
            return {}
        if isinstance(found, str):
            try:
                found = json.loads(found)
            except (ValueError, RecursionError):
                raise BadCell(f"`{name}` is not JSON") from None
        if not isinstance(found, Mapping):
            raise BadCell(f"`{name}` is no object")
        return found

    def _named(self, row: Mapping[str, Any], name: str) -> str:
        # In Parquet and JSON, names stand as they are.
        cell = row.get(name)
        found = decode_name(cell) if self._coded is None else cell
        if not isinstance(found, str) or not found:
            raise BadCell(f"`{name}` is empty")
        return found

    def _at(self, row: Mapping[str, Any], name: str) -> int:
        try:
            return self._instants.micros(row.get(name))
        except BadCell as error:
            raise BadCell(f"`{name}`: {error}") from None
