"""What a transaction changed, gathered until its end: then the segments that depend on it follow.

Where a store has no segments, all of this is one look-up in an empty table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal
from weakref import WeakKeyDictionary

from cio_lang.store.database import Database
from cio_lang.store.segments.live import any_segment

Cause = Literal["event", "attribute", "time", "hand", "redefined"]


@dataclass(slots=True)
class Touched:
    """Who was changed, by id, and how; `now` is the latest instant that was told."""

    now: int
    events: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """By name: who did one, and its properties as JSON."""
    ahead: dict[str, set[int]] = field(default_factory=dict)
    """Events that lie in the future."""
    attributes: dict[str, set[int]] = field(default_factory=dict)
    members: dict[str, set[int]] = field(default_factory=dict)
    whole: dict[int, Cause] = field(default_factory=dict)
    """People of whom everything is looked at: they are new, or known since another instant."""


_gathered: WeakKeyDictionary[Database, Touched] = WeakKeyDictionary()


def events_came(
    database: Database,
    rows: Sequence[tuple[str, str, str, int, int, str]],
    ids: Mapping[str, int],
    fresh: Iterable[int],
) -> None:
    """Events were stored; `fresh` are people who are new, or known since earlier than before."""
    if not any_segment(database):
        return
    now = max(row[4] for row in rows)
    touched = _touched(database, now)
    events = touched.events
    for row in rows:
        done = events.get(row[2])
        if done is None:
            done = events[row[2]] = []
        done.append((ids[row[0]], row[5]))
    for row in rows:
        if row[3] > now:
            touched.ahead.setdefault(row[2], set()).add(ids[row[0]])
    touched.whole.update(dict.fromkeys(fresh, "event"))


def attributes_changed(
    database: Database, changes: Iterable[tuple[int, Iterable[str] | None]], now: int
) -> None:
    """Attributes of people were written: their names, or None where everything is looked at."""
    if not any_segment(database):
        return
    touched = _touched(database, now)
    for person, names in changes:
        if names is None:
            touched.whole[person] = "attribute"
        else:
            for name in names:
                touched.attributes.setdefault(name, set()).add(person)


def look_again(database: Database, people: Iterable[int], now: int) -> None:
    """Everything of these people is to be looked at: they were two, say."""
    if any_segment(database):
        _touched(database, now).whole.update(dict.fromkeys(people, "attribute"))


def members_changed(database: Database, segment: str, people: Iterable[int], now: int) -> None:
    """People came into or out of a segment that is kept by hand."""
    _touched(database, now).members.setdefault(segment, set()).update(people)


def _touched(database: Database, now: int) -> Touched:
    """What the open transaction has gathered; follows up on it at the end."""
    found = _gathered.get(database)
    if found is None or not database.awaits("segments"):
        found = _gathered[database] = Touched(now)
        database.at_end("segments", partial(_follow, database))
    found.now = max(found.now, now)
    return found


def _follow(database: Database) -> None:
    from cio_lang.store.segments.upkeep import follow

    follow(database, _gathered.pop(database))
