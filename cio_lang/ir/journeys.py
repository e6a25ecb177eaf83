"""Journeys and the other documents of a workspace, as run."""

from __future__ import annotations

from dataclasses import field
from typing import Any, ClassVar, Literal

from cio_lang.ir.conditions import Channel, Condition, EventMatch
from cio_lang.ir.nodes import DateMoment, GraphNode, NodeId
from cio_lang.ir.values import CONFIG, Clock, IsoDuration, Slug, Zone
from cio_lang.record import record


@record
class Match:
    """Starts when the condition becomes true; `include` also takes who matches when applied."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    match: Condition
    existing: Literal["exclude", "include"] = "exclude"


@record
class JoinEntry:
    """Starts when the person comes into a segment."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    joins: Slug


@record
class LeaveEntry:
    """Starts when the person goes out of a segment."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    leaves: Slug


@record
class DateEntry:
    """Starts at a moment measured from a date of the person's."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    date: DateMoment
    audience: Condition | None = None


@record
class Schedule:
    """`every`: a weekday in lower case, `day`, `weekday`, or a day of the month."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    every: str | int
    at: Clock
    zone: Zone = "person"


@record
class ScheduleEntry:
    """Starts by the calendar, for everybody of the audience then."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    schedule: Schedule
    audience: Condition


@record
class OnceEntry:
    """Starts once for everybody of the audience when the journey is applied."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    once: Condition


@record
class StartEntry:
    """Starts when another journey, the API or a person says so."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    start: Literal["on_request"] = "on_request"


Entry = (
    EventMatch | Match | JoinEntry | LeaveEntry | DateEntry | ScheduleEntry | OnceEntry | StartEntry
)


@record
class Quiet:
    """No messages from `start` to `end` (over midnight where end is before start)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    start: Clock
    end: Clock
    zone: Zone = "person"


@record
class Reentry:
    """How often one person may enter."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    allow: Literal["once", "every_time", "after"]
    after: IsoDuration | None = None  # only with `after`: since the last entry


@record
class ExitOnEvent:
    """Leave when they do the event after entering."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    event: str
    where: Condition | None = None


@record
class ExitWhen:
    """Leave when the condition holds (`leave when they no longer match` is lowered to `not`)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    when: Condition


Exit = ExitOnEvent | ExitWhen


@record
class Goal:
    """Counted once, if the event comes in (entered, entered + within]; also after the run ended."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    event: str
    where: Condition | None = None
    within: IsoDuration | None = None
    leave: bool = False


@record
class Origin:
    """The file a graph came from and the digest of its text."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    file: str
    digest: str  # "sha256:…"


@record
class JourneyGraph:
    """One journey, ready to run.  Nothing else is needed but the segments it names."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    cio: Literal[1]
    kind: Literal["journey"]
    name: Slug
    title: str
    source: Origin
    behaviour: str  # "sha256:…": changes only when what happens changes
    entry: Entry
    reentry: Reentry
    only: Condition | None = None
    exits: tuple[Exit, ...] = ()
    goal: Goal | None = None
    topic: Slug | None = None
    key: str | None = None  # a property of the entry event: one run per person and value
    quiet: Quiet | None = None
    priority: Literal["high", "normal", "low"] = "normal"
    exempt_from_caps: bool = False
    spread: IsoDuration | None = None
    start: NodeId | None = None
    nodes: dict[NodeId, GraphNode] = field(default_factory=dict)


@record
class SegmentGraph:
    """One segment: a named condition."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    cio: Literal[1]
    kind: Literal["segment"]
    name: Slug
    title: str
    source: Origin
    where: Condition | None = None  # none: kept by hand


@record
class TopicGraph:
    """What people can unsubscribe from; a transactional one ignores marketing consent and caps."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    cio: Literal[1]
    kind: Literal["topic"]
    name: Slug
    title: str
    source: Origin
    transactional: bool = False


@record
class Cap:
    """At most so many messages (of a channel) per person in a sliding window."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    times: int
    per: Literal["hour", "day", "week", "month"]
    channel: Channel | None = None


@record
class PolicyGraph:
    """What holds for all journeys of the workspace."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    cio: Literal[1]
    kind: Literal["policy"]
    name: Slug
    title: str
    source: Origin
    quiet: Quiet | None = None
    caps: tuple[Cap, ...] = ()


@record
class TemplateGraph:
    """A message written in a journey file: text with Liquid placeholders."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    cio: Literal[1]
    kind: Literal["template"]
    name: Slug
    title: str
    source: Origin
    channel: Channel
    body: str
    subject: str | None = None
    preheader: str | None = None


Graph = JourneyGraph | SegmentGraph | TopicGraph | PolicyGraph | TemplateGraph
