"""Rows of a file whose columns a mapping explains: a row in, what it says out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cio_lang.importing.cells import BadCell, Instants, value
from cio_lang.importing.facts import Fact, Happened, Known, Who
from cio_lang.importing.mapping import EventMapping, PeopleMapping, positions
from cio_lang.importing.rows import Row, Table
from cio_lang.source import Span
from cio_lang.store.events import derived_uid
from cio_lang.store.limits import encoded

NO_FACTS: tuple[Fact, ...] = ()


class MappedRows:
    """What the rows of a table say.  Raises `UserMistake` for columns that are not there."""

    def __init__(
        self, table: Table, mapping: EventMapping | PeopleMapping, currency: str, place: Span
    ) -> None:
        self._table, self._mapping = table, mapping
        self._currency, self._place = currency, place
        self._typed = table.header is None
        written = None if mapping.time is None else mapping.formats.get(mapping.time)
        self._instants = Instants(mapping.zone, written)
        self._repeats: dict[int, int] = {}
        self.left_out: dict[str, int] = {}
        self._find()

    def _find(self) -> None:
        self.where = positions(self._mapping, self._table.columns, self._place)
        self._width = len(self._table.columns)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns that nothing is read from."""
        return self.where.ignored

    def facts(self, row: Row) -> Sequence[Fact]:
        """What one row says; nothing where it is to be left out.  Raises `BadCell`."""
        if len(self._table.columns) != self._width:  # JSON Lines with a new key
            self._find()
        mapping = self._mapping
        match mapping:
            case EventMapping():
                return self._event(row, mapping)
            case PeopleMapping():
                person, values = self._person(row), self._values(row)
                at = None if self.where.time is None else self._at(row)
                return (Known(Who(person), values, at),)

    def _event(self, row: Row, mapping: EventMapping) -> Sequence[Fact]:
        name = mapping.event
        if self.where.kind is not None:
            named = self._kind(row, mapping)
            if named is None:
                return NO_FACTS
            name = named
        person, at, uid = self._person(row), self._at(row), self._id(row)
        properties = encoded(person, self._values(row), "properties")
        if uid is None and mapping.repeats == "each":
            uid = derived_uid(name, at, properties)
            # Keyed with the person, since ids are unique for one person only.
            key = hash((person, uid))
            count = self._repeats[key] = self._repeats.get(key, 0) + 1
            uid = uid if count == 1 else f"{uid}-{count}"
        return (Happened(Who(person), uid, name, at, None, properties),)

    def _kind(self, row: Row, mapping: EventMapping) -> str | None:
        assert self.where.kind is not None
        told = self._name(row, self.where.kind, "which event it is")
        name = mapping.events.get(told, told)
        if name is None:
            self.left_out[told] = self.left_out.get(told, 0) + 1
        elif mapping.known is not None and name not in mapping.known:
            raise BadCell(
                f"`{told[:40]}` is no event that the workspace declares (give it the name of one"
                " under `[events]` in a mapping file, or `false` to leave it out)"
            )
        return name

    def _person(self, row: Row) -> str:
        return self._name(row, self.where.person, "who it is about")

    def _id(self, row: Row) -> str | None:
        position = self.where.id
        return None if position is None else self._name(row, position, "which event it is")

    def _name(self, row: Row, position: int, role: str) -> str:
        cell = row.cells[position]
        if type(cell) is str and cell and (name := cell.strip()):
            return name
        if isinstance(cell, int) and not isinstance(cell, bool):
            cell = str(cell)
        if not isinstance(cell, str) or not (name := cell.strip()):
            column = self._table.columns[position]
            raise BadCell(f"`{column}`: the cell is empty, and it says {role}")
        return name

    def _at(self, row: Row) -> int:
        position = self.where.time
        assert position is not None
        try:
            return self._instants.micros(row.cells[position])
        except BadCell as error:
            raise BadCell(f"`{self._table.columns[position]}`: {error}") from None

    def _values(self, row: Row) -> dict[str, Any]:
        values: dict[str, Any] = {}
        cells = row.cells
        for name, position, kind, written in self.where.values:
            try:
                found = value(cells[position], kind, self._currency, written, typed=self._typed)
            except BadCell as error:
                raise BadCell(f"`{self._table.columns[position]}`: {error}") from None
            if found is not None:
                values[name] = found
        return values
