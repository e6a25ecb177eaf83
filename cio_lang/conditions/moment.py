"""What is known of a person at an instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from cio_lang import ir


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person did."""

    name: str
    at: datetime
    properties: Mapping[str, Any]
    id: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A person at `now`: everything that a condition can ask about.

    `events` are sorted by time and may reach past `now`; those later ones do not count yet.
    """

    attributes: Mapping[str, Any]
    events: Sequence[Event]
    now: datetime
    timezone: tzinfo
    known_since: datetime
    entered_at: datetime | None = None
    entry_event: Event | None = None
    segments: Mapping[str, ir.Condition] = field(default_factory=dict)
