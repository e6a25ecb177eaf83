"""Journeys, as written: entries, parts and steps."""

from __future__ import annotations

from dataclasses import dataclass

from cio_lang.ast.conditions import Condition
from cio_lang.ast.tree import Line, Name
from cio_lang.ast.values import Duration


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
