"""The journey as written.

Frozen trees, one class for each thing that canonical text can say.  `span` and `trivia` are outside
equality: two trees are equal when they say the same.  Structure (journeys, entries, waits, branches,
conditions) is closed and matched without wildcards; leaf steps are open, one module each in
`cio_lang.steps`, all deriving from `Leaf`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from cio_lang.source import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Trivia:
    """What the formatter keeps around a line: comments (text after `#`), and one blank line before.

    `comments` stand above the line, `below` after all that is indented under it; in both, an empty
    line between comments is the entry `"\\n"`.
    """

    comments: tuple[str, ...] = ()
    trailing: str | None = None
    blank_before: bool = False
    below: tuple[str, ...] = ()


NO_TRIVIA = Trivia()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Base of every tree: where it was written."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Node):
    """Base of every tree that stands on a line of its own."""

    trivia: Trivia = field(default=NO_TRIVIA, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """The name of an event, attribute, property, segment, topic or journey, as written."""

    text: str


# ── values ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Text(Node):
    """Quoted text.  `block` says that it was written between triple quotes."""

    value: str
    block: bool = False


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A plain number, exactly as written (`1,200` and `1200` are equal)."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Money(Node):
    """An amount with its ISO 4217 currency: `$50` is (50, "USD")."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Date(Node):
    """A calendar day, written `2026-12-01`."""

    value: datetime.date


@dataclass(frozen=True, slots=True)
class YesNo(Node):
    """`yes` or `no`."""

    value: bool


Value = Text | Number | Money | Date | YesNo

Unit = Literal["second", "minute", "hour", "day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Duration(Node):
    """A length of time in one unit.  Hours and shorter are exact; days and longer are calendar steps."""

    count: int
    unit: Unit


# ── conditions ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """An attribute of the person: `plan`."""

    name: Name


@dataclass(frozen=True, slots=True)
class Property(Node):
    """A property of the event that a `where` is about: `amount`."""

    name: Name


@dataclass(frozen=True, slots=True)
class EntryProperty(Node):
    """A property of the event that started the run: `event.amount`."""

    name: Name


Subject = Attribute | Property | EntryProperty

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


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`is "Pro"`, `is more than 5`, `contains "x"`, `include "vip"`, `is before 2026-12-01`."""

    op: CompareOp
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf(Node):
    """`is one of "a", "b"`; negated: `is not one of "a", "b"`."""

    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Known(Node):
    """`is known`; negated: `is unknown`."""

    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`is between 5 and 9`, both ends in."""

    low: Value
    high: Value


WithinOp = Literal[
    "in_next",  # is in the next 3 days
    "in_last",  # is in the last 3 days
    "more_than_ago",  # is more than 30 days ago
    "less_than_ago",  # is less than 30 days ago
    "ago",  # is 7 days ago: that calendar day
    "ahead",  # is 7 days ahead: that calendar day
]


@dataclass(frozen=True, slots=True)
class Within(Node):
    """A date measured from now: `is in the next 3 days`, `is 7 days ago` (that calendar day)."""

    op: WithinOp
    duration: Duration


Test = Compare | OneOf | Known | Between | Within


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`plan is "Pro"`."""

    subject: Subject
    test: Test


@dataclass(frozen=True, slots=True)
class Last(Node):
    """`in the last 30 days`: N × 24 h, half open (now − N, now]."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Calendar(Node):
    """`today`, `yesterday`, `this week`, `this month`: in the person's zone."""

    word: Literal["today", "yesterday", "this week", "this month"]


@dataclass(frozen=True, slots=True)
class BetweenAgo(Node):
    """`between 6 and 7 days ago`: [now − far, now − near)."""

    near: int
    far: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class SinceEntering(Node):
    """`since entering`: after the moment this run entered."""


Window = Last | Calendar | BetweenAgo | SinceEntering


@dataclass(frozen=True, slots=True)
class Count(Node):
    """`at least 3 times`, `exactly 2 times`, `fewer than 4 times`."""

    op: Literal["at_least", "exactly", "fewer_than"]
    times: int


@dataclass(frozen=True, slots=True)
class Did(Node):
    """`did order_placed where amount is more than $50 at least 3 times in the last 30 days`.

    `where` is one comparison over the event's properties, or a condition in parentheses.
    """

    event: Name
    where: Condition | None = None
    count: Count | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class DidNot(Node):
    """`did not do logged_in in the last 30 days`."""

    event: Name
    where: Condition | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Never(Node):
    """`never did order_placed`."""

    event: Name
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class Inactive(Node):
    """`inactive for 30 days`: did nothing at all for that long."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class InSegment(Node):
    """`in segment "Cart abandoners"`; negated: `not in segment "Cart abandoners"`."""

    segment: Name
    negated: bool = False


@dataclass(frozen=True, slots=True)
class And(Node):
    """Two or more conditions that must all hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Two or more conditions of which one must hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not (…)`."""

    part: Condition


Condition = Comparison | Did | DidNot | Never | Inactive | InSegment | And | Or | Not


# ── journeys ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OnEvent(Line):
    """`when someone does order_placed where amount is more than $50`."""

    event: Name
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class OnMatch(Line):
    """`when someone matches CONDITION [including people who match already]`."""

    condition: Condition
    existing: bool = False


Entry = OnEvent | OnMatch


@dataclass(frozen=True, slots=True)
class OnlyWhere(Line):
    """`only people where country is "US"`."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class LeaveOnEvent(Line):
    """`leave when they do plan_upgraded [where …]`."""

    event: Name
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class LeaveWhenUnmatched(Line):
    """`leave when they no longer match`."""


@dataclass(frozen=True, slots=True)
class LeaveWhere(Line):
    """`leave when plan is "Pro"`."""

    condition: Condition


Exit = LeaveOnEvent | LeaveWhenUnmatched | LeaveWhere


@dataclass(frozen=True, slots=True)
class Goal(Line):
    """`goal order_placed [where …] [within 14 days] [then leave]`."""

    event: Name
    where: Condition | None = None
    within: Duration | None = None
    then_leave: bool = False


@dataclass(frozen=True, slots=True)
class Once(Line):
    """`once ever`."""


@dataclass(frozen=True, slots=True)
class EveryTime(Line):
    """`every time`."""


@dataclass(frozen=True, slots=True)
class AgainAfter(Line):
    """`again after 30 days`."""

    duration: Duration


Reentry = Once | EveryTime | AgainAfter


@dataclass(frozen=True, slots=True)
class TopicOf(Line):
    """`topic "Product tips"` inside a journey: what its messages are about."""

    topic: Name


Part = Entry | OnlyWhere | Exit | Goal | Reentry | TopicOf
"""A line above the steps of a journey."""


@dataclass(frozen=True, slots=True)
class Wait(Line):
    """`wait 3 days`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Arm(Line):
    """One arm of an `if`: `if CONDITION` or `otherwise if CONDITION`, with its steps."""

    condition: Condition
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Otherwise(Line):
    """`otherwise`, with its steps."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class If(Line):
    """`if … / otherwise if … / otherwise …`.  At least one arm."""

    arms: tuple[Arm, ...]
    otherwise: Otherwise | None = None


@dataclass(frozen=True, slots=True)
class Leave(Line):
    """`leave`: the run ends here."""


@dataclass(frozen=True, slots=True)
class Leaf(Line):
    """Base of the leaf steps (one module each in `cio_lang.steps`)."""


Step = Wait | If | Leave | Leaf


@dataclass(frozen=True, slots=True)
class Journey(Line):
    """A journey: title, the English it came from, its parts, its steps.

    `parts` are as written and in the order written; the formatter puts them into one order, so
    equality is over the ordered form.  `check()` makes sure that there is exactly one entry.
    """

    title: Name
    english: tuple[str, ...]
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]


# ── declarations ─────────────────────────────────────────────────────────────────────────────────

SimpleType = Literal["text", "number", "money", "date", "time", "yes/no", "list"]


@dataclass(frozen=True, slots=True)
class Type(Node):
    """`text`, `number`, `money in EUR`, `one of "free", "Pro"`, …; `values` only for `one of`."""

    kind: SimpleType | Literal["one of"]
    values: tuple[str, ...] = ()
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Said(Line):
    """`said "placed an order", "bought"`: how the workspace's marketers name the thing."""

    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PropertyLine(Line):
    """`amount: money` below an `event`."""

    name: Name
    type: Type


@dataclass(frozen=True, slots=True)
class EventDeclaration(Line):
    """`event order_placed` with its `said` line and properties."""

    name: Name
    said: Said | None = None
    properties: tuple[PropertyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeDeclaration(Line):
    """`attribute plan: one of "free", "Pro"` with its `said` line."""

    name: Name
    type: Type
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class ConditionLine(Line):
    """One line of a segment: lines are joined by `and`."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class SegmentDeclaration(Line):
    """`segment "Cart abandoners"`: its condition lines are joined by `and`."""

    name: Name
    conditions: tuple[ConditionLine, ...]
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class TopicDeclaration(Line):
    """`topic "Receipts", transactional`: what people can unsubscribe from."""

    name: Name
    transactional: bool = False


Declaration = (
    EventDeclaration | AttributeDeclaration | SegmentDeclaration | TopicDeclaration | Journey
)


@dataclass(frozen=True, slots=True)
class File(Node):
    """One `.journey` file.  `closing` are the comments after the last declaration."""

    declarations: tuple[Declaration, ...]
    closing: tuple[str, ...] = field(default=(), compare=False)


# ── one-line statements ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PersonRef(Node):
    """A person by id or email: `alice`, `alice@example.com`, `"user 123"`."""

    text: str


@dataclass(frozen=True, slots=True)
class Fact(Node):
    """`alice did order_placed with amount $99 and items 3`."""

    person: PersonRef
    event: Name
    properties: tuple[tuple[Name, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class SetFact(Node):
    """`set plan of alice to "Pro"`."""

    attribute: Name
    person: PersonRef
    value: Value


@dataclass(frozen=True, slots=True)
class Show(Node):
    """`show alice`."""

    person: PersonRef


@dataclass(frozen=True, slots=True)
class ShowActivity(Node):
    """`show activity of alice [in the last 30 days]`."""

    person: PersonRef
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class CountPeople(Node):
    """`count people [where CONDITION]`."""

    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class PeopleWhere(Node):
    """`people where CONDITION`."""

    condition: Condition


Statement = Fact | SetFact | Show | ShowActivity | CountPeople | PeopleWhere
