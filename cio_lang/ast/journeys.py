"""Journeys, as written: entries, parts and steps."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from cio_lang.ast.conditions import Condition
from cio_lang.ast.tree import Line, Name, Node, Trivia
from cio_lang.ast.values import Duration, Percent, Text, TimeOfDay, Weekday
from cio_lang.record import record

# ── entries ──────────────────────────────────────────────────────────────────────────────────────


@record
class OnEvent(Line):
    """`when someone does order_placed where amount is more than $50`."""

    event: Name
    where: Condition | None = None


@record
class OnMatch(Line):
    """`when someone matches CONDITION [including people who match already]`."""

    condition: Condition
    existing: bool = False


@record
class OnSegment(Line):
    """`when someone joins segment "VIP"`, `when someone leaves segment "VIP"`."""

    verb: Literal["joins", "leaves"]
    segment: Name


@record
class OnDate(Line):
    """`3 days before trial_ends_at at 09:00 their time [for people where …]`.

    Without an offset `on trial_ends_at at 09:00 their time`; yearly `on birthday every year at …`.
    """

    side: Literal["before", "after", "on"]
    attribute: Name
    at: TimeOfDay
    offset: Duration | None = None
    yearly: bool = False
    audience: Condition | None = None


@record
class OnSchedule(Line):
    """`every Monday at 09:00 their time for people where …`.

    `every` is a weekday, `day`, `weekday` (Monday to Friday), or a day of the month (1 to 31):
    `on day 1 of every month at 09:00 their time for people where …` (a shorter month: its last).
    """

    every: Weekday | Literal["day", "weekday"] | int
    at: TimeOfDay
    audience: Condition


@record
class OnceFor(Line):
    """`once for people where …`: all of them, when it is applied."""

    audience: Condition


@record
class OnStart(Line):
    """`when started`: by another journey, the API, or `start journey …`."""


Entry = OnEvent | OnMatch | OnSegment | OnDate | OnSchedule | OnceFor | OnStart

# ── other parts ──────────────────────────────────────────────────────────────────────────────────


@record
class OnlyWhere(Line):
    """`only people where country is "US"`."""

    condition: Condition


@record
class LeaveOnEvent(Line):
    """`leave when they do plan_upgraded [where …]`."""

    event: Name
    where: Condition | None = None


@record
class LeaveWhenUnmatched(Line):
    """`leave when they no longer match`."""


@record
class LeaveWhere(Line):
    """`leave when plan is "Pro"`."""

    condition: Condition


Exit = LeaveOnEvent | LeaveWhenUnmatched | LeaveWhere


@record
class Goal(Line):
    """`goal order_placed [where …] [within 14 days] [then leave]`."""

    event: Name
    where: Condition | None = None
    within: Duration | None = None
    then_leave: bool = False


@record
class Once(Line):
    """`once ever`."""


@record
class EveryTime(Line):
    """`every time`."""


@record
class AgainAfter(Line):
    """`again after 30 days`."""

    duration: Duration


Reentry = Once | EveryTime | AgainAfter


@record
class Key(Line):
    """`key cart_id`: one run per person and value of that property of the entry event."""

    property: Name


@record
class TopicOf(Line):
    """`topic "Product tips"` inside a journey: what its messages are about."""

    topic: Name


@record
class Quiet(Line):
    """`quiet from 21:00 to 08:00 their time`: messages are held until it ends."""

    start: TimeOfDay
    end: TimeOfDay


@record
class Priority(Line):
    """`priority high`: who goes first when a cap lets only some through."""

    level: Literal["high", "normal", "low"]


@record
class ExemptFromCaps(Line):
    """`exempt from caps`: only for a transactional topic."""


@record
class SpreadOver(Line):
    """`send over 2 hours`: the messages of one batch are spread over that long."""

    duration: Duration


Part = (
    Entry
    | OnlyWhere
    | Exit
    | Goal
    | Reentry
    | Key
    | TopicOf
    | Quiet
    | Priority
    | ExemptFromCaps
    | SpreadOver
)
"""A line above the steps of a journey."""

# ── steps ────────────────────────────────────────────────────────────────────────────────────────


@record
class Wait(Line):
    """`wait 3 days`."""

    duration: Duration


@record
class AtTime(Node):
    """`09:00 their time`: the next one; with a weekday, `Tuesday 10:00 their time`."""

    at: TimeOfDay
    weekday: Weekday | None = None


@record
class AtDate(Node):
    """`1 day before trial_ends_at [at 09:00 their time]`; without an offset the date itself."""

    side: Literal["before", "after", "on"]
    attribute: Name
    offset: Duration | None = None
    at: TimeOfDay | None = None


@record
class InSlot(Node):
    """`between 09:00 and 17:00 their time [on weekdays]`: at once inside, else when it opens."""

    start: TimeOfDay
    end: TimeOfDay
    weekdays: bool = False


@record
class WaitUntilMoment(Line):
    """`wait until 09:00 their time`, `wait until 1 day before trial_ends_at`, …

    Below a line `otherwise` stands what people get who do not have the date.

    In the tree, there is an `otherwise` only with `AtDate`.
    """

    moment: AtTime | AtDate | InSlot
    otherwise: Otherwise | None = None


@record
class EventPattern(Node):
    """`they do activated [where …]`."""

    event: Name
    where: Condition | None = None


@record
class WaitUntil(Line):
    """`wait until CONDITION or they do EVENT, up to 3 days`, with what to do when it came.

    What they have done since they entered the journey counts, also before this line.

    In the tree, at least one of `condition` and `events`.
    """

    condition: Condition | None
    events: tuple[EventPattern, ...]
    at_most: Duration | None
    met: tuple[Step, ...] = ()
    otherwise: Otherwise | None = None


@record
class Arm(Line):
    """One arm of an `if`: `if CONDITION` or `otherwise if CONDITION`, with its steps."""

    condition: Condition
    steps: tuple[Step, ...]


@record
class Otherwise(Line):
    """`otherwise`, with its steps."""

    steps: tuple[Step, ...]


@record
class If(Line):
    """`if … / otherwise if … / otherwise …`.  At least one arm."""

    arms: tuple[Arm, ...]
    otherwise: Otherwise | None = None


@record
class Share(Line):
    """`50% "discount"` with its steps (an arm may have none: those people get nothing)."""

    percent: Percent
    label: Text
    steps: tuple[Step, ...] = ()


@record
class Split(Line):
    """`split`: each person is drawn once into one share, and stays there."""

    shares: tuple[Share, ...]


@record
class HoldOut(Line):
    """`hold out 10%`: they get nothing of the experiment and are measured beside the rest."""

    percent: Percent


@record
class PickWinner(Line):
    """`pick the winner at 95%`: once one arm is better with that probability, all go to it."""

    confidence: Percent


@record
class Experiment(Line):
    """`experiment "Subject" on order_placed`, with `hold out`, `pick the winner` and shares."""

    title: Name
    goal: Name
    shares: tuple[Share, ...]
    hold_out: HoldOut | None = None
    pick: PickWinner | None = None


@record
class Repeat(Line):
    """`repeat up to 3 times [until CONDITION]`."""

    times: int
    steps: tuple[Step, ...]
    until: Condition | None = None


@record
class Ask(Line):
    """`ask "Growth team" to approve[, up to 2 days]`; `otherwise`: refused, or no answer."""

    who: Text
    at_most: Duration | None = None
    otherwise: Otherwise | None = None


@record
class Collect(Line):
    """`collect for 1 hour`: entry events of that time join this run, as `event.items`."""

    duration: Duration


@record
class Throttle(Line):
    """`at most 1 per day`: runs of one person beyond that leave here."""

    times: int
    per: Literal["hour", "day", "week", "month"]


@record
class Leave(Line):
    """`leave`: the run ends here."""


@record
class Leaf(Line):
    """Base of the leaf steps (one module each in `cio_lang.steps`)."""


Step = (
    Wait
    | WaitUntilMoment
    | WaitUntil
    | If
    | Split
    | Experiment
    | Repeat
    | Ask
    | Collect
    | Throttle
    | Leave
    | Leaf
)


@record
class Journey(Line):
    """`journey "Trial conversion"`: what it is for in English, who enters and leaves, its steps.

    In the tree, `parts` are in the canonical order; `check()` makes sure that there is one entry.
    `lines` is what the formatter keeps around the lines of English.
    """

    title: Name
    english: tuple[str, ...]
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    lines: tuple[Trivia, ...] = field(default=(), compare=False, repr=False)
