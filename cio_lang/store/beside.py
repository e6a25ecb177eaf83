"""What is worked out when a row is written and stands beside it, as JSON text.

Databases do not agree on letters and do not know time zones as Python does, so that a condition
would mean different things in each.  What they would have to know is therefore told to them:

`folded`  {name: casefolded text} of texts that casefolding changes; a list with such a text in it
          stands there whole, its texts casefolded;
`dates`   {name: instant in microseconds} of values that read as a date, and under the empty name
          {name: month × 100 + day} of the day that it is where the person lives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any

import sqlalchemy as sa

from cio_lang.calendar_time import local_day, zone
from cio_lang.conditions.values import instant
from cio_lang.store.database import Database
from cio_lang.store.encoding import dump_value, load, micros
from cio_lang.store.tables import events, people

Beside = tuple[str | None, str | None, str | None]
"""The person's zone, casefolded texts, instants of dates."""

_UNKNOWN = object()

_PERHAPS_A_DATE = re.compile(r'[0-9](?:[eE]|[0-9]{8}|(?<=".)[0-9]{3}[-W0-9])')
"""JSON text without it holds no value that reads as a date."""


def beside(values: Mapping[str, Any], timezone: object, default: str) -> Beside:
    """What stands beside attributes or properties of a person who says to live in `timezone`."""
    known = zone(timezone, _UNKNOWN)  # type: ignore[arg-type]
    name = timezone if isinstance(timezone, str) and known is not _UNKNOWN else None
    return name, _folded(values), _dates(values, zone(name or default, UTC))


def beside_text(text: str, timezone: str | None, default: str) -> tuple[str | None, str | None]:
    """Casefolded texts and instants of dates of properties that are JSON text already."""
    small, undated = text.casefold() == text, _PERHAPS_A_DATE.search(text) is None
    if small and undated:
        return None, None
    if undated and "\\" not in text and "[" not in text and text.count("{") == 1:
        return _folded_flat(text), None
    values = load(text)
    return (
        None if small else _folded(values),
        None if undated else _dates(values, zone(timezone or default, UTC)),
    )


def default_zone(database: Database) -> str:
    """The workspace's zone."""
    return database.setting("timezone") or "UTC"


def rework_people(database: Database, ids: Sequence[int]) -> None:
    """Work out again what stands beside the attributes of people."""
    default, p = default_zone(database), people.c
    rows = database.execute(sa.select(p.id, p.attributes).where(database.among(p.id, ids)))
    values = [(person, load(text)) for person, text in rows]
    database.driver_many(
        database.marks("UPDATE people SET timezone = ?, folded = ?, dates = ? WHERE id = ?"),
        [(*beside(each, each.get("timezone"), default), person) for person, each in values],
    )


def rework_events(database: Database, ids: Sequence[int]) -> None:
    """Work out again what stands beside the events of people who live elsewhere now."""
    default, e, p = default_zone(database), events.c, people.c
    rows = database.execute(
        sa.select(e.id, e.properties, p.timezone, e.folded, e.dates)
        .join(people, p.id == e.person)
        .where(database.among(e.person, ids))
    )
    changed = []
    for event, text, timezone, *before in rows:
        now = beside_text(text, timezone, default)
        if now != tuple(before):
            changed.append((*now, event))
    database.driver_many(
        database.marks("UPDATE events SET folded = ?, dates = ? WHERE id = ?"), changed
    )


def _folded_flat(text: str) -> str | None:
    """`_folded` of JSON text in which nothing is nested or escaped: quotes begin and end texts.

    PostgreSQL writes a blank behind a colon.
    """
    found: dict[str, str] = {}
    parts = text.split('"')
    last, at = len(parts) - 1, 1
    while at < last:
        name, is_text = parts[at], parts[at + 1].strip() == ":"
        if is_text:
            value = parts[at + 2]
            folded = value.casefold()
            if folded != value:
                found[name] = folded
        at += 4 if is_text else 2
    # Casefolding makes nothing that JSON would have to escape.
    together = ",".join([f'"{name}":"{folded}"' for name, folded in found.items()])
    return f"{{{together}}}" if found else None


def _folded(values: Mapping[str, Any]) -> str | None:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, str):
            folded = value.casefold()
            if folded != value:
                found[name] = folded
        elif isinstance(value, list):
            listed = [each.casefold() if isinstance(each, str) else each for each in value]
            if listed != value:
                found[name] = listed
    return dump_value(found) if found else None


def _dates(values: Mapping[str, Any], tz: tzinfo) -> str | None:
    found: dict[str, Any] = {}
    days: dict[str, int] = {}
    for name, value in values.items():
        if name == "" or not isinstance(value, str | int | float):
            continue
        if isinstance(value, str) and not value[:1].isdigit():
            continue  # no ISO date begins otherwise
        at = instant(value, tz)
        if at is not None:
            day = local_day(at, tz)
            found[name], days[name] = micros(at), day.month * 100 + day.day
    if not found:
        return None
    return dump_value(found | {"": days})
