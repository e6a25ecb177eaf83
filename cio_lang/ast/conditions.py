"""Conditions, as written: one language for entry, filter, branch, wait, exit, goal and segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cio_lang.ast.tree import Name, Node
from cio_lang.ast.values import Duration, Unit, Value


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
