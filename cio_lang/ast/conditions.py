"""Conditions, as written: one language for entry, filter, branch, wait, exit, goal and segment."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from cio_lang.ast.tree import Name, Node, Trivia
from cio_lang.ast.values import Date, Duration, Percent, Text, Unit, Value
from cio_lang.record import record

# ── what a comparison is about ───────────────────────────────────────────────────────────────────


@record
class Attribute(Node):
    """An attribute of the person: `plan`."""

    name: Name


@record
class Property(Node):
    """A property of the event that a `where` is about: `amount`."""

    name: Name


@record
class EntryProperty(Node):
    """A property of the event that started the run: `event.amount`."""

    name: Name


Function = Literal["total", "average", "smallest", "largest", "latest", "first", "number"]


@record
class Aggregate(Node):
    """`total amount of order_placed [where …] [in the last 90 days]`; `number of order_placed …`.

    In the tree, `property` is None for `number` only.
    """

    function: Function
    property: Name | None
    event: Name
    where: Condition | None = None
    window: Window | None = None


Subject = Attribute | Property | EntryProperty | Aggregate

# ── what is asked of it ──────────────────────────────────────────────────────────────────────────

CompareOp = Literal[
    "is",
    "is_not",
    "more_than",
    "at_least",
    "less_than",
    "at_most",
    "starts_with",
    "ends_with",
    "contains",
    "does_not_contain",
    "includes",  # lists: `tags include "vip"`
    "does_not_include",
    "before",  # dates
    "after",
]


@record
class Compare(Node):
    """`is "Pro"`, `is more than 5`, `contains "x"`, `include "vip"`, `is before 2026-12-01`."""

    op: CompareOp
    value: Value


@record
class OneOf(Node):
    """`is one of "a", "b"`; negated: `is not one of "a", "b"`."""

    values: tuple[Value, ...]
    negated: bool = False


@record
class Known(Node):
    """`is known`; negated: `is unknown`."""

    negated: bool = False


@record
class Between(Node):
    """`is between 5 and 9`, both ends in."""

    low: Value
    high: Value


WithinOp = Literal[
    "in_next",  # is in the next 3 days
    "in_last",  # is in the last 3 days
    "more_than_ago",  # is more than 30 days ago
    "less_than_ago",  # is less than 30 days ago
    "more_than_ahead",  # is more than 90 days ahead
    "ago",  # is 7 days ago: that calendar day
    "ahead",  # is 7 days ahead: that calendar day
]


@record
class Within(Node):
    """A date measured from now: `is in the next 3 days`, `is 7 days ago` (that calendar day)."""

    op: WithinOp
    duration: Duration


CalendarSpan = Literal[
    "yesterday",
    "today",
    "tomorrow",
    "last week",
    "this week",
    "next week",
    "last month",
    "this month",
    "next month",
    "last year",
    "this year",
    "next year",
]


@record
class During(Node):
    """A date in a calendar span: `is next month`; yearly: `is this month in any year`."""

    span_of: CalendarSpan
    yearly: bool = False


@record
class HasBeen(Node):
    """`plan has been "trial" for 7 days`: it is so now and has been since at least then."""

    value: Value
    duration: Duration


Test = Compare | OneOf | Known | Between | Within | During | HasBeen


@record
class Comparison(Node):
    """`plan is "Pro"`."""

    subject: Subject
    test: Test


# ── when an event counts ─────────────────────────────────────────────────────────────────────────


@record
class Last(Node):
    """`in the last 30 days`: that many times 24 hours, up to now.

    In the tree, half open: (now − N, now].
    """

    duration: Duration


@record
class Calendar(Node):
    """`today`, `this week`, `last month`, …: in the person's zone.  Never a span of the future."""

    word: Literal[
        "today",
        "yesterday",
        "this week",
        "last week",
        "this month",
        "last month",
        "this year",
        "last year",
    ]


@record
class BetweenAgo(Node):
    """`between 6 and 7 days ago`: from 7 times 24 hours ago until 6 times 24 hours ago.

    In the tree, half open: [now − far, now − near).
    """

    near: int
    far: int
    unit: Unit


@record
class SinceDate(Node):
    """`since 2026-10-01`: from the start of that day in the person's zone."""

    date: Date


@record
class BetweenDates(Node):
    """`between 2026-11-01 and 2026-11-15`, both days in, in the person's zone."""

    first: Date
    last: Date


@record
class SinceEntering(Node):
    """`since entering`: after the moment this run entered."""


Window = Last | Calendar | BetweenAgo | SinceDate | BetweenDates | SinceEntering


@record
class Count(Node):
    """`at least 3 times`, `exactly 2 …`, `fewer than 4 …`, `more than 2 …`, `at most 5 …`."""

    op: Literal["at_least", "exactly", "fewer_than", "more_than", "at_most"]
    times: int


# ── conditions ───────────────────────────────────────────────────────────────────────────────────


@record
class Did(Node):
    """`did order_placed where amount is more than $50 at least 3 times in the last 30 days`.

    `where` is one comparison over the event's properties, or a condition in parentheses.  `key` is
    the last words `for this cart_id`: only events with the key of this run.
    """

    event: Name
    where: Condition | None = None
    count: Count | None = None
    window: Window | None = None
    key: Name | None = None


@record
class DidNot(Node):
    """`did not do logged_in in the last 30 days`."""

    event: Name
    where: Condition | None = None
    window: Window | None = None
    key: Name | None = None


@record
class Never(Node):
    """`never did order_placed`."""

    event: Name
    where: Condition | None = None
    key: Name | None = None


@record
class Sequence(Node):
    """`did signed_up then order_placed within 7 days`.

    Negated, `did signed_up and then did not do project_created within 7 days`: the first happened,
    the time has passed, and the second did not come within it.
    """

    first: Name
    second: Name
    within: Duration
    negated: bool = False
    first_where: Condition | None = None
    second_where: Condition | None = None


@record
class Inactive(Node):
    """`inactive for 30 days`: did nothing at all for that long."""

    duration: Duration


MessageVerb = Literal["opened", "clicked", "received", "delivered", "bounced", "replied"]


@record
class MessageTest(Node):
    """`opened "Welcome"`, `clicked any email in the last 7 days`, `did not open "Welcome"`.

    Behind the verb stands the name of a template, `any message`, or `any` and a channel.
    `received` is what was handed over; `delivered` needs the provider's word.
    """

    verb: MessageVerb
    message: Text | None = None
    channel: Channel | None = None
    window: Window | None = None
    negated: bool = False


Channel = Literal["email", "text", "push", "in-app", "whatsapp", "slack"]


@record
class InSegment(Node):
    """`in segment "Cart abandoners"`; negated: `not in segment "Cart abandoners"`."""

    segment: Name
    negated: bool = False


@record
class Subscribed(Node):
    """`subscribed to "Product tips"`; negated: `not subscribed to "Product tips"`."""

    topic: Name
    negated: bool = False


@record
class CanReceive(Node):
    """`can receive email`; negated: `cannot receive email`."""

    channel: Channel
    negated: bool = False


@record
class ChurnRisk(Node):
    """`churn risk is more than 70%`."""

    op: Literal["more_than", "at_least", "less_than", "at_most"]
    percent: Percent


@record
class Likely(Node):
    """`likely to order_placed in the next 30 days`: predicted chance of at least one half."""

    event: Name
    within: Duration


@record
class TopLikely(Node):
    """`in the top 10% most likely to plan_upgraded`."""

    percent: Percent
    event: Name


@record
class InDraw(Node):
    """`in the first 10% of the draw "holdout 2026"`, or a part: `in 10% to 20% of the draw "…"`.

    A draw puts everybody into an order of chance that its name alone decides, and that stays.
    Negated: `not in the first 10% of the draw "holdout 2026"`.
    """

    to: Percent
    draw: Name
    from_: Percent | None = None
    negated: bool = False


@record
class And(Node):
    """`plan is "Pro" and did order_placed`, or an `all of` block: all of them must hold.

    In the tree, two or more parts; `block` says that they stand on lines, and `lines` is then what
    the formatter keeps around each.
    """

    parts: tuple[Condition, ...]
    block: bool = field(default=False, compare=False)
    lines: tuple[Trivia, ...] = field(default=(), compare=False, repr=False)


@record
class Or(Node):
    """`plan is "Pro" or did order_placed`, or an `any of` block: one of them must hold.

    In the tree, two or more parts; `block` says that they stand on lines, and `lines` is then what
    the formatter keeps around each.
    """

    parts: tuple[Condition, ...]
    block: bool = field(default=False, compare=False)
    lines: tuple[Trivia, ...] = field(default=(), compare=False, repr=False)


@record
class Not(Node):
    """`not (…)`."""

    part: Condition


Condition = (
    Comparison
    | Did
    | DidNot
    | Never
    | Sequence
    | Inactive
    | MessageTest
    | InSegment
    | Subscribed
    | CanReceive
    | ChurnRisk
    | Likely
    | TopLikely
    | InDraw
    | And
    | Or
    | Not
)
