"""The graph as run: the contract between compiler and runtime.

Plain frozen dataclasses, closed and discriminated by the key that only one of them has.  They are
validated at the boundary by pydantic (`cio_lang.graph_file` loads, dumps and publishes the JSON
Schema), so that compiling needs no pydantic and stays quick.  A trailing underscore in a field name
is not part of the key: `not_` is `not` in YAML.  Durations are ISO 8601 text (`P3D`, `PT1H`), dates
`2026-12-01`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

_CONFIG: dict[str, Any] = {"extra": "forbid", "alias_generator": lambda name: name.rstrip("_")}

FORMAT = 1
"""The version of the graph format that this cio writes."""

IsoDuration = str
Slug = str


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    amount: int | float  # whole amounts stay whole, so that a file reads back as it was written
    currency: str


Scalar = bool | int | float | str | Money


# ── conditions ───────────────────────────────────────────────────────────────────────────────────

Op = Literal[
    "is",
    "is_not",
    "one_of",  # value: list
    "not_one_of",  # value: list
    "known",  # no value
    "unknown",  # no value
    "more_than",
    "at_least",
    "less_than",
    "at_most",
    "between",  # value: [low, high], both in
    "starts_with",
    "ends_with",
    "contains",
    "does_not_contain",
    "includes",
    "does_not_include",
    "before",  # value: a date
    "after",  # value: a date
    "in_next",  # value: a duration
    "in_last",
    "more_than_ago",
    "less_than_ago",
    "ago",  # value: a duration; that calendar day
    "ahead",  # value: a duration; that calendar day
]
"""Text comparisons fold case (`casefold`); `is_not`, `not_one_of`, `does_not_contain` and
`does_not_include` hold for a missing value; every other op but `unknown` does not."""

TestValue = Scalar | tuple[Scalar, ...] | None


@dataclass(frozen=True, slots=True)
class AttributeTest:
    """About an attribute of the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    attribute: str
    op: Op
    value: TestValue = None


@dataclass(frozen=True, slots=True)
class PropertyTest:
    """About a property of the event that the enclosing `where` is about."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    property: str
    op: Op
    value: TestValue = None


@dataclass(frozen=True, slots=True)
class EntryTest:
    """About a property of the event that started the run."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    entry: str
    op: Op
    value: TestValue = None


@dataclass(frozen=True, slots=True)
class BetweenAgo:
    """[now − far, now − near)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    near: IsoDuration
    far: IsoDuration


CalendarWord = Literal["today", "yesterday", "this_week", "this_month"]


@dataclass(frozen=True, slots=True)
class Window:
    """When an event counts; exactly one field is set."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    last: IsoDuration | None = None  # (now − last, now]; a day is 24 h here
    calendar: CalendarWord | None = None  # in the person's zone
    between_ago: BetweenAgo | None = None
    since: Literal["entering"] | None = None  # (entered, now]


@dataclass(frozen=True, slots=True)
class Times:
    """How often; `exactly 0` is what `never` and `did not do` become."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    op: Literal["at_least", "exactly", "fewer_than"]
    n: int


AT_LEAST_ONCE = Times("at_least", 1)
NOT_ONCE = Times("exactly", 0)


@dataclass(frozen=True, slots=True)
class EventTest:
    """How often the person did an event."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    event: str
    where: Condition | None = None
    times: Times = AT_LEAST_ONCE
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class InactiveTest:
    """Known for at least that long, and no event of theirs in (now − inactive, now]."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    inactive: IsoDuration


@dataclass(frozen=True, slots=True)
class SegmentTest:
    """Whether the person is in a segment."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    segment: Slug


@dataclass(frozen=True, slots=True)
class All:
    """Every one holds."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    all: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """At least one holds."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    any: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    not_: Condition


Condition = (
    AttributeTest
    | PropertyTest
    | EntryTest
    | EventTest
    | InactiveTest
    | SegmentTest
    | All
    | Any_
    | Not
)


# ── journeys ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class EventMatch:
    """An event, narrowed by its properties."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    event: str
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Starts when the condition becomes true; `include` also takes who matches when applied."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    match: Condition
    existing: Literal["exclude", "include"] = "exclude"


Entry = EventMatch | Match


@dataclass(frozen=True, slots=True)
class Reentry:
    """How often one person may enter."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    allow: Literal["once", "every_time", "after"]
    after: IsoDuration | None = None  # only with `after`: since the last entry


@dataclass(frozen=True, slots=True)
class ExitOnEvent:
    """Leave when they do the event after entering."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    event: str
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class ExitWhen:
    """Leave when the condition holds (`leave when they no longer match` is lowered to `not`)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    when: Condition


Exit = ExitOnEvent | ExitWhen


@dataclass(frozen=True, slots=True)
class Goal:
    """Counted once, if the event comes in (entered, entered + within]; also after the run ended."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    event: str
    where: Condition | None = None
    within: IsoDuration | None = None
    leave: bool = False


Channel = Literal["push", "email", "sms"]
NodeId = str


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent.  `channels` in order of preference; either a template or inline text."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    channels: tuple[Channel, ...]
    template: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SendNode:
    """Send a message, by the first of its channels that reaches the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    send: Message
    topic: Slug | None = None
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class WaitFor:
    """A length of time: hours exact, days and longer as calendar steps in the person's zone."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    for_: IsoDuration


@dataclass(frozen=True, slots=True)
class WaitNode:
    """Wait."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    wait: WaitFor
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Where a branch goes when its condition holds."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    if_: Condition
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class BranchNode:
    """The first case that holds, else `otherwise`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    branch: tuple[Case, ...]
    otherwise: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What an attribute becomes."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    attribute: str
    to: Scalar


@dataclass(frozen=True, slots=True)
class SetNode:
    """Set an attribute of the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    set: Assignment
    next: NodeId | None = None


@dataclass(frozen=True, slots=True)
class LeaveNode:
    """The run ends here because the journey says `leave`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    leave: Literal[True] = True


GraphNode = SendNode | WaitNode | BranchNode | SetNode | LeaveNode
"""`next: null` (or left out) ends the run: it has done everything."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a graph came from and the digest of its text."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    file: str
    digest: str  # "sha256:…"


@dataclass(frozen=True, slots=True)
class JourneyGraph:
    """One journey, ready to run.  Nothing else is needed but the segments it names."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
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
    start: NodeId | None = None
    nodes: dict[NodeId, GraphNode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SegmentGraph:
    """One segment: a named condition."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG
    cio: Literal[1]
    kind: Literal["segment"]
    name: Slug
    title: str
    source: Origin
    where: Condition


Graph = JourneyGraph | SegmentGraph
