"""The nodes of a journey graph: what happens to a run."""

from __future__ import annotations

from dataclasses import field
from typing import Any, ClassVar, Literal

from cio_lang.ir.conditions import Channel, Condition, EventMatch
from cio_lang.ir.values import CONFIG, Clock, IsoDuration, Scalar, Slug, Zone
from cio_lang.record import record


@record
class DateMoment:
    """A moment measured from a date of the person's: `offset` is signed (`-P3D` is before)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    attribute: str
    offset: IsoDuration = "P0D"
    at: Clock | None = None  # without it, the date's own time of day (midnight for a bare date)
    zone: Zone = "person"
    yearly: bool = False


NodeId = str


@record
class Message:
    """What is sent.  `channels` in order of preference; either a template or inline text."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    channels: tuple[Channel, ...]
    template: str | None = None
    text: str | None = None
    to: str | None = None  # an attribute that holds the address, instead of the person's own
    best_time: bool = False  # held until the hour at which the person usually opens


@record
class SendNode:
    """Send a message, by the first of its channels that reaches the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    send: Message
    topic: Slug | None = None
    next: NodeId | None = None


@record
class WaitFor:
    """A length of time: hours exact, days and longer as calendar steps in the person's zone."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    for_: IsoDuration


@record
class WaitTime:
    """Until the next such time of day; with a weekday (lower case), on that day."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    time: Clock
    weekday: str | None = None
    zone: Zone = "person"


@record
class WaitDate:
    """Until a moment measured from a date of the person's; past: due now; none: `missing`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    date: DateMoment


@record
class WaitSlot:
    """Until the clock is between `start` and `end`; inside it, no wait at all."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    start: Clock
    end: Clock
    weekdays: bool = False
    zone: Zone = "person"


@record
class WaitNode:
    """Wait.  `missing` (only with `WaitDate`): where people without the date go; else they end."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    wait: WaitFor | WaitTime | WaitDate | WaitSlot
    next: NodeId | None = None
    missing: NodeId | None = None


@record
class Until:
    """What is waited for: a condition, or one of the events after entering."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    condition: Condition | None = None
    events: tuple[EventMatch, ...] = ()
    at_most: IsoDuration | None = None


@record
class UntilNode:
    """Wait until something comes: `met` when it does, `timeout` when `at_most` has passed."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    until: Until
    met: NodeId | None = None
    timeout: NodeId | None = None


@record
class Case:
    """Where a branch goes when its condition holds."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    if_: Condition
    next: NodeId | None = None


@record
class BranchNode:
    """The first case that holds, else `otherwise`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    branch: tuple[Case, ...]
    otherwise: NodeId | None = None


@record
class Assignment:
    """What an attribute becomes."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    attribute: str
    to: Scalar


@record
class SetNode:
    """Set an attribute of the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    set: Assignment
    next: NodeId | None = None


@record
class Share:
    """One arm: its part of 100, its name, and where its people go."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    percent: int | float
    label: str
    next: NodeId | None = None


@record
class SplitNode:
    """Each person draws one number per journey and split: the share that it falls into is theirs.

    So they keep it on re-entry, whatever the shares are called; with other percentages, only they
    move whose number lies between the old bound and the new.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    split: tuple[Share, ...]


@record
class Trial:
    """What an experiment measures, who is held out, and when a winner is picked (percent)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    name: Slug
    goal: str
    hold_out: int | float = 0
    winner_at: int | float | None = None


@record
class ExperimentNode:
    """Like a split, drawn once per experiment; held-out people go to `held_out`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    experiment: Trial
    arms: tuple[Share, ...]
    held_out: NodeId | None = None


@record
class Loop:
    """How often at most, and what ends it early (asked before each round)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    times: int
    until: Condition | None = None


@record
class RepeatNode:
    """Goes to `body` up to `times` times; the body's last steps come back here; then `next`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    repeat: Loop
    body: NodeId
    next: NodeId | None = None


@record
class Approval:
    """Who is asked, and for how long the run waits."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    who: str
    at_most: IsoDuration | None = None


@record
class AskNode:
    """Waits for a person's yes: `approved`, or `refused` (also when nobody answered in time)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    ask: Approval
    approved: NodeId | None = None
    refused: NodeId | None = None


@record
class CollectNode:
    """A digest: entry events of this person (and key) within that time join this run."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    collect: IsoDuration
    next: NodeId | None = None


@record
class Rate:
    """So many per sliding hour, 24 hours, 7 or 30 days."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    times: int
    per: Literal["hour", "day", "week", "month"]


@record
class ThrottleNode:
    """Lets so many runs of one person through; the others leave with the reason `throttled`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    throttle: Rate
    next: NodeId | None = None


@record
class Increment:
    """What is added to a number; a missing one counts as 0."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    attribute: str
    by: int | float


@record
class AddNode:
    """Add to a number of the person's (less than 0 takes away)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    add: Increment
    next: NodeId | None = None


@record
class Tracked:
    """An event that the journey records for the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    event: str
    properties: dict[str, Scalar] = field(default_factory=dict)


@record
class TrackNode:
    """Record an event."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    track: Tracked
    next: NodeId | None = None


@record
class Membership:
    """Into or out of a segment kept by hand."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    change: Literal["add", "remove"]
    segment: Slug


@record
class MembershipNode:
    """Put the person into a segment kept by hand, or take them out."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    membership: Membership
    next: NodeId | None = None


@record
class CallNode:
    """POST the person and the entry event to an https address (Liquid in it sees both)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    call: str
    next: NodeId | None = None


@record
class StartNode:
    """Start another journey for the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    start: Slug
    next: NodeId | None = None


@record
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
"""A way that is null (or left out) ends the run.  The last steps of a repeat's body name the repeat
node: that is the only way back there is."""
