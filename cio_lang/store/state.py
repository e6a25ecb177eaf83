"""What the store hands to the engine and takes back from it.

Plain values: times are aware `datetime`s in UTC.  A `PersonState` goes in, a `PersonChange` comes
out, and `Store.save_batch` writes many of them in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.record import record

RunStatus = Literal["live", "finished"]

OutboxStatus = Literal[
    "queued",
    "attempting",
    "accepted",
    "rejected",
    "deferred",
    "unknown",
    "skipped",
    "held",
]
"""`held` waits for something else than its turn, such as its journey being resumed.  `unknown` is a
hand-over whose result was never learned; it is not sent again by itself."""


@record
class PersonRow:
    """A person as stored: `key` is the workspace's own name for them, `id` is the store's."""

    id: int
    key: str
    attributes: dict[str, Any]
    created_at: datetime
    changed: Mapping[str, datetime] = field(default_factory=dict, compare=False)
    """When each attribute got the value that it has, or was taken away."""


@record
class NewEvent:
    """An event to store.

    `id` is unique for the person: the same id for the same person counts once.  Without one, the
    store derives it from the name, instant and properties.
    """

    person: str  # their key
    name: str
    at: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None
    received_at: datetime | None = None  # None: at the instant the event carries


@record
class Run:
    """One person in one journey, pinned to the graph (`digest`) that they entered.

    A finished run stays while its goal is still open or a re-entry rule has to see it.
    """

    id: str
    person: int
    journey: str
    digest: str
    entered_at: datetime
    entry_event: Event | None
    node: str | None  # where the run stands; None when it is past the last node
    visits: Mapping[str, int]
    """How often each node was entered; and by `… rounds`, how many rounds of a repeat have begun,
    by `… arrived`, when a wait for a date was come to (microseconds)."""
    due: datetime | None
    status: RunStatus = "live"
    reason: str | None = None  # why it finished
    goal_at: datetime | None = None
    goal_until: datetime | None = None
    finished_at: datetime | None = None


@record
class OutboxRow:
    """One message that a step made; unique per (run, node, visit), ever."""

    id: str
    person: int
    run: str
    journey: str
    node: str
    visit: int
    channels: tuple[str, ...]  # in order of preference
    channel: str | None  # the one chosen
    template: str | None
    text: str | None
    topic: str | None
    made_at: datetime
    status: OutboxStatus = "queued"
    reason: str | None = None


@record
class Decision:
    """Something that was decided about a person, and why: entered, left, branch taken, not sent."""

    person: int
    run: str | None
    journey: str
    at: datetime
    what: str
    node: str | None
    detail: Mapping[str, Any] = field(default_factory=dict)


@record
class PersonState:
    """All that the engine needs to know about one person.

    `new_events` have not been handled yet; the flag says that the event was already history when it
    was received (more than 72 hours old): it changes segments and starts no journey.
    `runs` are those that are live or whose goal is open, and the last one of each journey.
    """

    person: PersonRow
    events: list[Event]  # all of them, by (at, id)
    new_events: list[tuple[Event, bool]]
    runs: list[Run]
    standings: dict[str, bool]  # journey name → matched when last looked
    due: datetime | None = None  # the instant they were due at when loaded
    members: set[str] = field(default_factory=set)  # the segments kept by hand that they are in


@record
class Told:
    """What others than journeys changed of a person at an instant, as history has it.

    An attribute of None was taken away; `members` are all the segments kept by hand that they are
    in from then on (None: as before).
    """

    at: datetime
    attributes: Mapping[str, Any] = field(default_factory=dict)
    members: frozenset[str] | None = None


@record
class PersonChange:
    """What one person's step changed; `due` replaces their next instant (None: nothing is due)."""

    person_id: int
    runs: list[Run] = field(default_factory=list)
    outbox: list[OutboxRow] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, datetime] = field(default_factory=dict)
    """When the attributes were set; without an instant, as of the saving."""
    standings: dict[str, bool] = field(default_factory=dict)
    handled_events: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    """What steps tracked; among `handled_events` too."""
    due: datetime | None = None


@record
class Deployed:
    """An active journey; `applied_at` is since when it has let in whom it lets in."""

    graph: ir.JourneyGraph
    digest: str
    version: int
    applied_at: datetime


@record
class Deployment:
    """What applying did, by `kind name` (`journey welcome`, `segment vip`, `template pro-tips`)."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()  # names of journeys that stay out of force
