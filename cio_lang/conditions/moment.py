"""What is known of a person at an instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from cio_lang import ir
from cio_lang.record import record


@record
class Event:
    """Something that a person did."""

    name: str
    at: datetime
    properties: Mapping[str, Any]
    id: str


@record
class Moment:
    """A person at `now`: everything that a condition can ask about.

    `events` are sorted by time and may reach past `now`; those later ones do not count yet.
    `changed` is when each attribute got the value that it has; `key` is the property that runs of
    the journey are kept apart by, and its value in this run; `unsubscribed` are topics; `reach` are
    the channels with an address (None: worked out from the attributes); `churn` is the chance
    from 0 to 1 that they do not come back (None: not predicted); `predictions` are the chances of
    events, each within the lengths of time that it was predicted for; `top` is for each event how
    far from the top, in percent, the person's chance stands; `members` are the segments kept by
    hand that the person is in; `lot` is the person's number in draws (`cio_lang.draw.lot`; None:
    in no draw at all).
    """

    attributes: Mapping[str, Any]
    events: Sequence[Event]
    now: datetime
    timezone: tzinfo
    known_since: datetime
    entered_at: datetime | None = None
    entry_event: Event | None = None
    segments: Mapping[str, ir.Condition] = field(default_factory=dict)
    changed: Mapping[str, datetime] = field(default_factory=dict)
    key: tuple[str, Any] | None = None
    unsubscribed: frozenset[str] = frozenset()
    reach: frozenset[str] | None = None
    churn: float | None = None
    predictions: Mapping[str, Mapping[timedelta, float]] = field(default_factory=dict)
    top: Mapping[str, float] = field(default_factory=dict)
    members: frozenset[str] = frozenset()
    lot: int | None = None
