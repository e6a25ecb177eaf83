"""What is known of a person, and since when: changes in, the newest values and the history out.

The newest value of each attribute stands with the person, with the instant at which it became so;
`attribute_changes` holds the values that were.  A change that is older than the newest value is
history and changes nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from cio_lang.store.bulk import insert_rows
from cio_lang.store.database import Database
from cio_lang.store.encoding import dump_value, stored
from cio_lang.store.tables import attribute_changes

Step = tuple[int, Any]
"""An instant, and the value from then on (None: taken away)."""


@dataclass(slots=True)
class Profile:
    """The attributes of one person while they are being changed."""

    attributes: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    past: list[tuple[str, int, Any]] = field(default_factory=list)
    """Values that were replaced: name, since when, value."""
    late: list[tuple[str, int, Any]] = field(default_factory=list)
    """What came late: it has a place in the history, which must be read first."""

    def set(self, values: Mapping[str, Any], at: int) -> bool:
        """Set values as of `at`; whether anything is new."""
        new = False
        for name, given in values.items():
            value = stored(given)
            since = self.changed.get(name)
            old = self.attributes.get(name)
            if since is not None and at < since:
                self.late.append((name, at, value))
                new = True
            elif not same(old, value):
                if since is not None and since < at:
                    self.past.append((name, since, old))
                self._become(name, value, at)
                new = True
        return new

    def _become(self, name: str, value: Any, at: int) -> None:
        self.changed[name] = at
        if value is None:
            self.attributes.pop(name, None)
        else:
            self.attributes[name] = value


def same(one: Any, other: Any) -> bool:
    """Whether two stored values are one: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict | list) and isinstance(other, dict | list):
        return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    return bool(one == other)


def line(steps: Iterable[Step]) -> list[Step]:
    """Steps in the order of time; of those at one instant the last, and none that changes nothing.

    Steps at one instant come in the order in which they were told.
    """
    ordered = sorted(steps, key=lambda step: step[0])
    last = [a for a, b in pairwise(ordered) if a[0] != b[0]] + ordered[-1:]
    found: list[Step] = []
    for at, value in last:
        if not same(found[-1][1] if found else None, value):
            found.append((at, value))
    return found or last[-1:]


def settle_late(database: Database, profiles: Sequence[tuple[int | None, Profile]]) -> None:
    """Give what came late its place in the history of people (by id; None for new ones)."""
    for person, profile in profiles:
        if profile.late:
            _settle_late(database, person, profile)


def write_past(database: Database, profiles: Sequence[tuple[int, Profile]]) -> None:
    """Store the values that were replaced."""
    rows = [
        (person, name, at, None if value is None else dump_value(value))
        for person, profile in profiles
        for name, at, value in profile.past
    ]
    insert_rows(database, attribute_changes, ("person", "name", "at", "value"), rows)


def _settle_late(database: Database, person: int | None, profile: Profile) -> None:
    names = {name for name, _, _ in profile.late}
    known = {} if person is None else past_of(database, person, names)
    for name in names:
        steps = [
            *known.get(name, ()),
            *((at, value) for what, at, value in profile.past if what == name),
            *((at, value) for what, at, value in profile.late if what == name),
            (profile.changed[name], profile.attributes.get(name)),
        ]
        *past, (since, _) = line(steps)
        profile.changed[name] = since
        profile.past = [entry for entry in profile.past if entry[0] != name]
        profile.past += [(name, at, value) for at, value in past]
    profile.late.clear()
    if person is None:
        return
    table = attribute_changes
    database.execute(
        sa.delete(table).where(
            table.c.person == person, database.among(table.c.name, sorted(names))
        )
    )


def past_of(
    database: Database, person: int, names: Iterable[str] | None = None
) -> dict[str, list[Step]]:
    """The values that a person's attributes had before the newest, by name, in order."""
    table = attribute_changes
    query = sa.select(table.c.name, table.c.at, table.c.value).where(table.c.person == person)
    if names is not None:
        query = query.where(database.among(table.c.name, sorted(names)))
    found: dict[str, list[Step]] = {}
    for name, at, text in database.execute(query.order_by(table.c.name, table.c.at, table.c.id)):
        found.setdefault(name, []).append((at, None if text is None else json.loads(text)))
    return found
