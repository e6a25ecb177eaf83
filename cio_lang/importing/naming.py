"""Names and values of another program's export, as this workspace has them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from cio_lang.importing.cells import BadCell, in_unit, value
from cio_lang.importing.mapping import ExportMapping, Types

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\WA-Z_]+|[A-Z]+")


@lru_cache(10_000)
def snake(name: str) -> str:
    """`Order Completed` and `orderCompleted` are `order_completed`."""
    words = _WORDS.findall(name)
    found = "_".join(word.lower() for word in words)
    if not found:
        return name
    return f"_{found}" if found[0].isdigit() else found


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Objects inside of objects laid open: `{"address": {"city": …}}` is `address_city`."""
    found: dict[str, Any] = {}
    waiting = [("", values, 0)]
    while waiting:
        before, inner, depth = waiting.pop()
        for name, each in inner.items():
            path = f"{before}{name}"
            if isinstance(each, Mapping) and not _is_money(each) and depth < 32:
                waiting.append((f"{path}_", each, depth + 1))
            else:
                found[path] = each
    return found


def _is_money(value: Mapping[str, Any]) -> bool:
    return value.keys() == {"amount", "currency"}


class Naming:
    """What the names of an export are here; what nothing is read from is counted."""

    def __init__(self, mapping: ExportMapping, currency: str, *, typed: bool = True) -> None:
        self._mapping, self._currency, self._typed = mapping, currency, typed
        self._events: dict[str, str | None] = {}
        self.left_out: dict[str, int] = {}
        """Events that the mapping leaves out."""
        self.ignored: dict[str, None] = {}
        """Attributes and properties that the workspace does not declare."""

    def event(self, told: str) -> str | None:
        """The name of an event, None where it is to be left out.  Raises `BadCell`."""
        told = told.strip()
        if not told:
            raise BadCell("the event has no name")
        if told not in self._events:
            if len(self._events) > 100_000:
                self._events.clear()
            self._events[told] = self._event(told)
        name = self._events[told]
        if name is None:
            self.left_out[told] = self.left_out.get(told, 0) + 1
        return name

    def _event(self, told: str) -> str | None:
        given = self._mapping.events
        if told in given:
            return given[told]
        known = self._mapping.event_types
        name = told if known is not None and told in known else snake(told)
        if name in given:
            return given[name]
        if known is not None and name not in known:
            raise BadCell(
                f"`{told[:60]}` is no event that the workspace declares (declare `{name[:60]}`, or"
                " give it another name under `[events]` in a mapping file, or `false` to leave it"
                " out)"
            )
        return name

    def attributes(self, told: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
        """Attributes of a person; what is null is taken away.  Raises `BadCell`."""
        types = self._mapping.attribute_types
        return self._values(told, prefix, self._mapping.attributes, types, "attribute")

    def properties(self, event: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """Properties of an event.  Raises `BadCell`."""
        types = (self._mapping.event_types or {}).get(event)
        found = self._values(told, "", self._mapping.properties, types or None, "property")
        return {name: each for name, each in found.items() if each is not None}

    def _values(
        self,
        told: Mapping[str, Any],
        prefix: str,
        given: Mapping[str, str | None],
        types: Types | None,
        what: Literal["attribute", "property"],
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path, cell in flat(told).items():
            written = f"{prefix}{path}"
            name = given[written] if written in given else self._name(written, types)
            if name is None or (types is not None and name not in types):
                self._ignore(written)
                continue
            try:
                found[name] = self._value(cell, types, name)
            except BadCell as error:
                raise BadCell(f"{what} `{written[:60]}`: {error}") from None
        return found

    def _ignore(self, name: str) -> None:
        if len(self.ignored) < 1_000:
            self.ignored[name] = None

    @staticmethod
    def _name(written: str, types: Types | None) -> str:
        return written if types is not None and written in types else snake(written)

    def _value(self, cell: Any, types: Types | None, name: str) -> Any:
        kind = None if types is None else types[name]
        if isinstance(cell, bytes | datetime) or (isinstance(cell, float) and cell != cell):
            return value(cell, kind, self._currency)
        if kind is None and not isinstance(cell, str):
            return cell  # lists of objects too, which nothing asks about and a message may show
        if kind is None:
            return value(cell, None, self._currency, typed=self._typed)
        if kind.kind == "date" and isinstance(cell, int | float) and not isinstance(cell, bool):
            return in_unit(cell, "seconds").isoformat()
        return value(cell, kind, self._currency, typed=True)


def text_of(values: Mapping[str, Any], *names: str) -> str | None:
    """The first of these that is there, as text: a name or an id.  Raises `BadCell`."""
    for name in names:
        found = values.get(name)
        if found is None or found == "":
            continue
        if isinstance(found, int) and not isinstance(found, bool):
            return str(found)
        if not isinstance(found, str):
            raise BadCell(f"`{name}` is no text")
        if text := found.strip():
            return text
    return None


def object_of(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object that is inside, or an empty one.  Raises `BadCell` where it is something else."""
    found = values.get(name)
    if found is None or found == "":
        return {}
    if isinstance(found, str) and found.lstrip().startswith("{"):  # in a cell of CSV or Parquet
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            raise BadCell(f"`{name}` is not JSON") from None
    if not isinstance(found, Mapping):
        raise BadCell(f"`{name}` is no object")
    return found
