"""People and events of the store as rows: what is the same in every format of file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cio_lang.importing.own import ATTRIBUTE, EVENTS, PEOPLE, PROPERTY
from cio_lang.record import record
from cio_lang.store import Store
from cio_lang.store.encoding import instant
from cio_lang.store.everything import EveryEvent, EveryPerson

TIMES = frozenset(("known_since", "at", "received_at"))
"""Fields that are instants."""

OBJECTS = frozenset(("names", "history"))
"""Fields that are objects: in a table, JSON."""


@record
class OutRow:
    """The fields that every row has, and the values that each has others of."""

    fields: tuple[Any, ...]
    values: Mapping[str, Any]


@record
class People:
    """Rows of people; `ids` None: of all."""

    store: Store
    ids: Sequence[int] | None
    fields: tuple[str, ...] = PEOPLE
    prefix: str = ATTRIBUTE

    def rows(self) -> Iterator[OutRow]:
        """One after the other."""
        return map(_person, self.store.every_person(self.ids))


@record
class Events:
    """Rows of events, of these people and names; None: of all."""

    store: Store
    ids: Sequence[int] | None
    names: Sequence[str] | None
    fields: tuple[str, ...] = EVENTS
    prefix: str = PROPERTY

    def rows(self) -> Iterator[OutRow]:
        """One after the other."""
        return map(_event, self.store.every_event(self.ids, self.names))


def _person(person: EveryPerson) -> OutRow:
    history = {
        name: [{"at": instant(at).isoformat(), "value": value} for at, value in steps]
        for name, steps in sorted(person.history.items())
    }
    fields = (person.key, instant(person.known_since), person.names, history)
    return OutRow(fields, person.attributes)


def _event(event: EveryEvent) -> OutRow:
    times = instant(event.at), instant(event.received_at)
    return OutRow((event.name, event.person, event.id, *times), event.properties)
