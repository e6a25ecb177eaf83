"""What the reference interpreter takes in and what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.record import record


@record
class Person:
    """Who it is about, as known at `known_since`.

    `reach` are the channels with an address; None: worked out from `email` and `phone`.
    """

    key: str
    known_since: datetime
    attributes: Mapping[str, Any] = field(default_factory=dict)
    unsubscribed: frozenset[str] = frozenset()
    reach: frozenset[str] | None = None
    churn: float | None = None
    predictions: Mapping[str, Mapping[timedelta, float]] = field(default_factory=dict)
    top: Mapping[str, float] = field(default_factory=dict)


# ── what happens ─────────────────────────────────────────────────────────────────────────────────


@record
class Apply:
    """Graphs come into force; `runs`: what becomes of runs in older versions of them."""

    at: datetime
    graphs: tuple[ir.Graph, ...]
    runs: Literal["stay", "move", "stop"] = "stay"


@record
class Did:
    """The person does something; it is received at `at`, which may be long after `event.at`."""

    at: datetime
    event: Event


@record
class Becomes:
    """An attribute has a new value; None takes it away."""

    at: datetime
    attribute: str
    value: Any


@record
class Member:
    """Somebody puts the person into a segment kept by hand, or takes them out."""

    at: datetime
    segment: str
    inside: bool


@record
class Consent:
    """The person unsubscribes from a topic, or subscribes again."""

    at: datetime
    topic: str
    wanted: bool


@record
class Answer:
    """Somebody approves or refuses what the runs of a journey ask."""

    at: datetime
    journey: str
    approved: bool


@record
class Start:
    """Somebody starts a journey for the person."""

    at: datetime
    journey: str


@record
class Arm:
    """An arm of an experiment, among those of the version that it is of: names may change."""

    label: str
    among: tuple[ir.Share, ...]


@record
class Winner:
    """An arm of an experiment is found to be better: everybody gets it from now on."""

    at: datetime
    experiment: str
    label: str


Happening = Apply | Did | Becomes | Member | Consent | Answer | Start | Winner

Choice = tuple[str, int | None]
"""A branch, and which of its cases held (None: `otherwise`)."""

# ── what comes of it ─────────────────────────────────────────────────────────────────────────────


@dataclass
class Run:
    """One passage of the person through a journey."""

    graph: ir.JourneyGraph
    entered: datetime
    event: Event | None
    key: Any
    goal: ir.Goal | None  # the one in force at entry
    node: str | None
    waiting: bool = False
    due: datetime | None = None  # while it waits: when it goes on, whatever comes
    answer: bool | None = None
    rounds: list[tuple[str, int]] = field(default_factory=list)  # repeats around it, rounds begun
    choices: list[Choice] = field(default_factory=list)  # since the last wait
    rested: tuple[str, datetime] | None = None  # the last wait, and when it was over
    collected: list[Event] = field(default_factory=list)
    visits: list[tuple[str, datetime]] = field(default_factory=list)
    left: tuple[datetime, str] | None = None
    by_exit: bool = False
    goal_at: datetime | None = None

    @property
    def context(self) -> Event | None:
        """The entry event; from collecting on, with the properties of all of them as `items`."""
        passed = (self.graph.nodes.get(node) for node, _ in self.visits)
        if self.event is None or not any(isinstance(node, ir.CollectNode) for node in passed):
            return self.event
        items = [dict(event.properties) for event in (self.event, *self.collected)]
        properties = {**self.event.properties, "items": items}
        return Event(self.event.name, self.event.at, properties, self.event.id)


@dataclass
class Message:
    """A message that a run made: sent, skipped for a reason, or still held."""

    run: Run
    node: str
    made: datetime
    message: ir.Message
    topic: str | None
    choices: tuple[Choice, ...]
    held: list[tuple[datetime, str]] = field(default_factory=list)  # until when, why
    channel: str | None = None
    sent: datetime | None = None
    skipped: str | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it is neither sent nor skipped yet."""
        return self.sent is None and self.skipped is None


What = Literal[
    "entered",
    "not entered",
    "joined",
    "left",
    "finished",
    "goal",
    "branch",
    "drawn",
    "held out",
    "held",
    "skipped",
    "sent",
]


@record
class Decision:
    """Something that was decided, for whoever asks why.

    `detail` is the reason; `message` what it is about, and `until` how long that is held.
    """

    at: datetime
    journey: str
    what: What
    detail: str = ""
    message: Message | None = None
    until: datetime | None = None


@dataclass
class Story:
    """All that came of it."""

    attributes: dict[str, Any]
    runs: list[Run] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    calls: list[tuple[datetime, str]] = field(default_factory=list)
    members: set[str] = field(default_factory=set)
