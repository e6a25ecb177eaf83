"""Conditions as run."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from cio_lang.ir.values import CONFIG, IsoDuration, Scalar, Slug
from cio_lang.record import record

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
    "more_than_ahead",
    "ago",  # value: a duration; that calendar day
    "ahead",  # value: a duration; that calendar day
    "during",  # value: a calendar span, `next_month`
    "during_yearly",  # the same in any year: birthdays
]
"""Text comparisons fold case (`casefold`); `is_not`, `not_one_of`, `does_not_contain` and
`does_not_include` hold for a missing value; every other op but `unknown` does not."""

TestValue = Scalar | tuple[Scalar, ...] | None


@record
class AttributeTest:
    """About an attribute of the person."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    attribute: str
    op: Op
    value: TestValue = None


@record
class PropertyTest:
    """About a property of the event that the enclosing `where` is about."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    property: str
    op: Op
    value: TestValue = None


@record
class EntryTest:
    """About a property of the event that started the run."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    entry: str
    op: Op
    value: TestValue = None


@record
class BetweenAgo:
    """[now − far, now − near)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    near: IsoDuration
    far: IsoDuration


CalendarWord = Literal[
    "today",
    "yesterday",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "this_year",
    "last_year",
]


@record
class Window:
    """When an event counts; exactly one field is set."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    last: IsoDuration | None = None  # (now − last, now]; a day is 24 h here
    calendar: CalendarWord | None = None  # in the person's zone
    between_ago: BetweenAgo | None = None
    since: Literal["entering"] | None = None  # (entered, now]
    since_date: str | None = None  # from the start of that day in the person's zone
    between_dates: tuple[str, str] | None = None  # both days in, in the person's zone


@record
class Times:
    """How often; `exactly 0` is what `never` and `did not do` become."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    op: Literal["at_least", "exactly", "fewer_than", "more_than", "at_most"]
    n: int


AT_LEAST_ONCE = Times("at_least", 1)
NOT_ONCE = Times("exactly", 0)


@record
class EventTest:
    """How often the person did an event."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    event: str
    where: Condition | None = None
    times: Times = AT_LEAST_ONCE
    window: Window | None = None
    key: str | None = None  # a property: only events whose value of it is the run's key


@record
class Aggregate:
    """A number (or, of dates and texts, a value) made of a person's events.

    `latest` and `first` are the property of the last and of the first event; `number` has none.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    function: Literal["total", "average", "smallest", "largest", "latest", "first", "number"]
    event: str
    property: str | None = None
    where: Condition | None = None
    window: Window | None = None


@record
class AggregateTest:
    """About a total, average, … of events.  Of none, total and number are 0, the rest missing."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    of: Aggregate
    op: Op
    value: TestValue = None


@record
class HeldTest:
    """The attribute is `held` now and has been without a break for at least `for`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    attribute: str
    held: Scalar
    for_: IsoDuration


@record
class EventMatch:
    """An event, narrowed by its properties."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    event: str
    where: Condition | None = None


@record
class SequenceTest:
    """`first` at t and `then` in (t, t + within]; `missing`: none there, and t + within is past."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    first: EventMatch
    then: EventMatch
    within: IsoDuration
    missing: bool = False


@record
class SubscribedTest:
    """Whether the person wants messages about a topic."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    subscribed: Slug


Channel = Literal["push", "email", "sms", "in_app", "whatsapp", "slack"]


@record
class ReachTest:
    """Whether a channel reaches the person: there is an address and nothing forbids it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    can_receive: Channel


@record
class ChurnTest:
    """The predicted risk, in percent, that the person will not come back; unknown does not hold."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    churn_risk: Literal["more_than", "at_least", "less_than", "at_most"]
    percent: int | float


@record
class LikelyTest:
    """The predicted chance of the event within that time, or sooner, is at least one half."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    likely: str
    within: IsoDuration


@record
class TopTest:
    """Among the `top` percent of people by predicted chance of the event."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    top: int | float
    likely: str


@record
class DrawTest:
    """The person's place in a draw, in percent, is in [from, to): see `cio_lang.draw`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    draw: str
    to: int | float
    from_: int | float = 0


@record
class InactiveTest:
    """Known for at least that long, and no event of theirs in (now − inactive, now]."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    inactive: IsoDuration


@record
class SegmentTest:
    """Whether the person is in a segment."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    segment: Slug


@record
class All:
    """Every one holds."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    all: tuple[Condition, ...]


@record
class Any_:
    """At least one holds."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    any: tuple[Condition, ...]


@record
class Not:
    """It does not hold."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    not_: Condition


Condition = (
    AttributeTest
    | PropertyTest
    | EntryTest
    | EventTest
    | AggregateTest
    | HeldTest
    | SequenceTest
    | InactiveTest
    | SegmentTest
    | SubscribedTest
    | ReachTest
    | ChurnTest
    | LikelyTest
    | TopTest
    | DrawTest
    | All
    | Any_
    | Not
)
