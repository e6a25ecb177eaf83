"""Journeys and the other documents of a workspace, as run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from cio_lang.ir.conditions import Channel, Condition, EventMatch
from cio_lang.ir.values import CONFIG, Clock, IsoDuration, Scalar, Slug, Zone


@dataclass(frozen=True, slots=True)
class Match:
    """Starts when the condition becomes true; `include` also takes who matches when applied."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    match: Condition
    existing: Literal["exclude", "include"] = "exclude"


@dataclass(frozen=True, slots=True)
class JoinEntry:
    """Starts when the person comes into a segment."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    joins: Slug


@dataclass(frozen=True, slots=True)
class LeaveEntry:
    """Starts when the person goes out of a segment."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    leaves: Slug


@dataclass(frozen=True, slots=True)
class DateMoment:
    """A moment measured from a date of the person's: `offset` is signed (`-P3D` is before)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    attribute: str
    offset: IsoDuration = "P0D"
    at: Clock | None = None  # without it, the date's own time of day (midnight for a bare date)
    zone: Zone = "person"
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class DateEntry:
    """Starts at a moment measured from a date of the person's."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    date: DateMoment
    audience: Condition | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """`every`: a weekday in lower case, `day`, `weekday`, or a day of the month."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    every: str | int
    at: Clock
    zone: Zone = "person"


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """Starts by the calendar, for everybody of the audience then."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    schedule: Schedule
    audience: Condition


@dataclass(frozen=True, slots=True)
class OnceEntry:
    """Starts once for everybody of the audience when the journey is applied."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    once: Condition


@dataclass(frozen=True, slots=True)
class StartEntry:
    """Starts when another journey, the API or a person says so."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    start: Literal["on_request"] = "on_request"


Entry = (
    EventMatch | Match | JoinEntry | LeaveEntry | DateEntry | ScheduleEntry | OnceEntry | StartEntry
)


@dataclass(frozen=True, slots=True)
class Quiet:
    """No messages from `start` to `end` (over midnight where end is before start)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    start: Clock
    end: Clock
    zone: Zone = "person"


@dataclass(frozen=True, slots=True)
class Reentry:
    """How often one person may enter."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    allow: Literal["once", "every_time", "after"]
    after: IsoDuration | None = None  # only with `after`: since the last entry


@dataclass(frozen=True, slots=True)
class ExitOnEvent:
    """Leave when they do the event after entering."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    event: str
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class ExitWhen:
    """Leave when the condition holds (`leave when they no longer match` is lowered to `not`)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    when: Condition


Exit = ExitOnEvent | ExitWhen


@dataclass(frozen=True, slots=True)
class Goal:
    """Counted once, if the event comes in (entered, entered + within]; also after the run ended."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    event: str
    where: Condition | None = None
    within: IsoDuration | None = None
    leave: bool = False


NodeId = str


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent.  `channels` in order of preference; either a template or inline text."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    channels: tuple[Channel, ...]
    template: str | None = None
    text: str | None = None
    to: str | None = None  # an attribute that holds the address, instead of the person's own
    best_time: bool = False  # held until the hour at which the person usually opens


@dataclass(frozen=True, slots=True)
class SendNode:
    """Send a message, by the first of its channels that reaches the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    send: Message
    topic: Slug | None = None
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class WaitFor:
    """A length of time: hours exact, days and longer as calendar steps in the person's zone."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    for_: IsoDuration


@dataclass(frozen=True, slots=True)
class WaitTime:
    """Until the next such time of day; with a weekday (lower case), on that day."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    time: Clock
    weekday: str | None = None
    zone: Zone = "person"


@dataclass(frozen=True, slots=True)
class WaitDate:
    """Until a moment measured from a date of the person's; past: due now; none: `missing`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    date: DateMoment


@dataclass(frozen=True, slots=True)
class WaitSlot:
    """Until the clock is between `start` and `end`; inside it, no wait at all."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    start: Clock
    end: Clock
    weekdays: bool = False
    zone: Zone = "person"


@dataclass(frozen=True, slots=True)
class WaitNode:
    """Wait.  `missing` (only with `WaitDate`) is for people without the date; none: the run ends."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    wait: WaitFor | WaitTime | WaitDate | WaitSlot
    next: NodeId | None = None
    missing: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """What is waited for: a condition, or one of the events after entering."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    condition: Condition | None = None
    events: tuple[EventMatch, ...] = ()
    at_most: IsoDuration | None = None


@dataclass(frozen=True, slots=True)
class UntilNode:
    """Wait until something comes: `met` when it does, `timeout` when `at_most` has passed."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    until: Until
    met: NodeId | None = None
    timeout: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Where a branch goes when its condition holds."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    if_: Condition
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class BranchNode:
    """The first case that holds, else `otherwise`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    branch: tuple[Case, ...]
    otherwise: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What an attribute becomes."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    attribute: str
    to: Scalar


@dataclass(frozen=True, slots=True)
class SetNode:
    """Set an attribute of the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    set: Assignment
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One arm: its part of 100, its name, its first node (none: those people go straight on)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    percent: int | float
    label: str
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class SplitNode:
    """Each person is drawn once per journey and split, and keeps the share on re-entry."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    split: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What an experiment measures, who is held out, and when a winner is picked (percent)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    name: Slug
    goal: str
    hold_out: int | float = 0
    winner_at: int | float | None = None


@dataclass(frozen=True, slots=True)
class ExperimentNode:
    """Like a split, drawn once per experiment; held-out people go to `held_out`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    experiment: Trial
    arms: tuple[Share, ...]
    held_out: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """How often at most, and what ends it early (asked before each round)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    times: int
    until: Condition | None = None


@dataclass(frozen=True, slots=True)
class RepeatNode:
    """Goes to `body` up to `times` times; the body comes back here; then `next`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    repeat: Loop
    body: NodeId
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who is asked, and for how long the run waits."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    who: str
    at_most: IsoDuration | None = None


@dataclass(frozen=True, slots=True)
class AskNode:
    """Waits for a person's yes: `approved`, or `refused` (also when nobody answered in time)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    ask: Approval
    approved: NodeId | None = None
    refused: NodeId | None = None


@dataclass(frozen=True, slots=True)
class CollectNode:
    """A digest: entry events of this person (and key) within that time join this run."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    collect: IsoDuration
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """So many per sliding hour, 24 hours, 7 or 30 days."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    times: int
    per: Literal["hour", "day", "week", "month"]


@dataclass(frozen=True, slots=True)
class ThrottleNode:
    """Lets so many runs of one person through; the others leave with the reason `throttled`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    throttle: Rate
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Increment:
    """What is added to a number; a missing one counts as 0."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    attribute: str
    by: int | float


@dataclass(frozen=True, slots=True)
class AddNode:
    """Add to a number of the person's (less than 0 takes away)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    add: Increment
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Tracked:
    """An event that the journey records for the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    event: str
    properties: dict[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrackNode:
    """Record an event."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    track: Tracked
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """Into or out of a segment kept by hand."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    change: Literal["add", "remove"]
    segment: Slug


@dataclass(frozen=True, slots=True)
class MembershipNode:
    """Put the person into a segment kept by hand, or take them out."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    membership: Membership
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class CallNode:
    """POST the person and the entry event to an https address (Liquid in it sees both)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    call: str
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class StartNode:
    """Start another journey for the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    start: Slug
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class LeaveNode:
    """The run ends here because the journey says `leave`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    leave: Literal[True] = True


GraphNode = (
    SendNode
    | WaitNode
    | UntilNode
    | BranchNode
    | SplitNode
    | ExperimentNode
    | RepeatNode
    | AskNode
    | CollectNode
    | ThrottleNode
    | SetNode
    | AddNode
    | TrackNode
    | MembershipNode
    | CallNode
    | StartNode
    | LeaveNode
)
"""`next: null` (or left out) ends the run, or goes back to the repeat whose body it closes."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a graph came from and the digest of its text."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    file: str
    digest: str  # "sha256:…"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class SegmentGraph:
    """One segment: a named condition."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    cio: Literal[1]
    kind: Literal["segment"]
    name: Slug
    title: str
    source: Origin
    where: Condition | None = None  # none: kept by hand


@dataclass(frozen=True, slots=True)
class TopicGraph:
    """What people can unsubscribe from; a transactional topic ignores marketing consent and caps."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    cio: Literal[1]
    kind: Literal["topic"]
    name: Slug
    title: str
    source: Origin
    transactional: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many messages (of a channel) per person in a sliding window."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    times: int
    per: Literal["hour", "day", "week", "month"]
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
