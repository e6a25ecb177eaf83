"""Declarations, as written: what a file says about its workspace."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from cio_lang.ast.conditions import Channel, Condition
from cio_lang.ast.journeys import Journey, Quiet
from cio_lang.ast.tree import Line, Name, Node, Trivia
from cio_lang.ast.values import Date, Duration, Text, Time, TimeOfDay, Value
from cio_lang.record import record

SimpleType = Literal["text", "number", "money", "date", "time", "yes/no", "list"]


@record
class Type(Node):
    """`text`, `number`, `money in EUR`, `one of "free", "Pro"`, …; `values` only for `one of`."""

    kind: SimpleType | Literal["one of"]
    values: tuple[str, ...] = ()
    currency: str | None = None


@record
class Said(Line):
    """`said "placed an order", "bought"`: how the workspace's marketers name the thing."""

    phrases: tuple[str, ...]


@record
class PropertyLine(Line):
    """`amount: money` below an `event`."""

    name: Name
    type: Type


@record
class EventDeclaration(Line):
    """`event order_placed` with its `said` line and properties."""

    name: Name
    said: Said | None = None
    properties: tuple[PropertyLine, ...] = ()


@record
class AttributeDeclaration(Line):
    """`attribute plan: one of "free", "Pro"` with its `said` line."""

    name: Name
    type: Type
    said: Said | None = None


@record
class ConditionLine(Line):
    """One line of a segment: lines are joined by `and`."""

    condition: Condition


@record
class SegmentDeclaration(Line):
    """`segment "Cart abandoners"`: its condition lines are joined by `and`.

    `segment "Key accounts", by hand` has none: people are put into it and taken out.
    """

    name: Name
    conditions: tuple[ConditionLine, ...]
    said: Said | None = None
    by_hand: bool = False


@record
class TopicDeclaration(Line):
    """`topic "Receipts", transactional`: what people can unsubscribe from."""

    name: Name
    transactional: bool = False


# ── policies ─────────────────────────────────────────────────────────────────────────────────────


@record
class Cap(Line):
    """`at most 2 emails per day`; without a channel, `at most 5 messages per week`."""

    times: int
    channel: Channel | None
    per: Literal["hour", "day", "week", "month"]


@record
class Policy(Line):
    """`policy`, with its quiet hours and caps.  They hold for every journey that is not exempt."""

    quiet: Quiet | None = None
    caps: tuple[Cap, ...] = ()


# ── guarantees ───────────────────────────────────────────────────────────────────────────────────


@record
class AtMostMessages(Line):
    """`nobody gets more than 3 messages in a week`; with a channel, `more than 2 texts in a day`.

    The window slides: any 24 hours, 7 × 24 hours, 30 × 24 hours.
    """

    times: int
    channel: Channel | None
    window: Literal["hour", "day", "week", "month"]


@record
class NoneBetween(Line):
    """`no text between 21:00 and 08:00 their time`; without a channel, `no message between …`."""

    channel: Channel | None
    start: TimeOfDay
    end: TimeOfDay


@record
class AtLeastOne(Line):
    """`everyone who enters "Welcome" gets at least one message`; without a title, any journey."""

    journey: Name | None
    channel: Channel | None = None


Promise = AtMostMessages | NoneBetween | AtLeastOne


@record
class Guarantee(Line):
    """`guarantee`, with promises that are proved for every journey when compiling."""

    promises: tuple[Promise, ...]


# ── templates ────────────────────────────────────────────────────────────────────────────────────


@record
class TemplateDeclaration(Line):
    """`template "Welcome" for email`, with `subject`, `preheader` and `body` lines.

    Text with placeholders: `{{ person.name }}`, `{{ event.amount }}`.

    In the tree, `lines` is what the formatter keeps around those three lines.
    """

    name: Name
    channel: Channel
    body: Text
    subject: Text | None = None
    preheader: Text | None = None
    lines: tuple[Trivia, ...] = field(default=(), compare=False, repr=False)


# ── scenarios ────────────────────────────────────────────────────────────────────────────────────


@record
class At(Line):
    """`at 2026-03-08 09:00`: the clock goes there (workspace time), carrying out what is due."""

    date: Date
    time: Time | None = None


@record
class Given(Line):
    """`given alice since 2026-01-01 with plan "trial" and email "alice@example.com"`.

    `since` is from when on the person is known; left out, from one day before the first `at`.
    """

    person: PersonRef
    attributes: tuple[tuple[Name, Value], ...] = ()
    since: At | None = None


@record
class When(Line):
    """`when alice does order_placed with amount $20`."""

    person: PersonRef
    event: Name
    properties: tuple[tuple[Name, Value], ...] = ()


@record
class WhenSet(Line):
    """`when plan of alice becomes "Pro"`."""

    attribute: Name
    person: PersonRef
    value: Value


@record
class GivenIn(Line):
    """`given alice is in segment "VIP"`: she is in it already; the segment is kept by hand."""

    person: PersonRef
    segment: Name


@record
class WhenMoved(Line):
    """`when alice is added to segment "VIP"`, `when alice is removed from segment "VIP"`."""

    person: PersonRef
    segment: Name
    inside: bool


@record
class WhenAnswered(Line):
    """`when "Growth team" approves "Offer" for alice`, or `declines`: what `ask` waits for."""

    who: PersonRef
    approved: bool
    journey: Name
    person: PersonRef


@record
class WhenWon(Line):
    """`when "short" wins experiment "Subject"`: from then on everybody gets that arm."""

    arm: Text
    experiment: Name


@record
class After(Line):
    """`after 3 days`: the clock goes on, carrying out what is due."""

    duration: Duration


@record
class ExpectMessage(Line):
    """`expect email "trial-ends" to alice`: sent since the clock last moved, in order.

    Without a message any counts; negated, `expect no email to alice`.
    """

    person: PersonRef
    channel: Channel | Literal["message"]
    message: Text | None = None
    negated: bool = False


@record
class ExpectRun(Line):
    """`expect alice in "Trial"`, `expect alice not in …`, `expect alice reached the goal of …`.

    Also `entered`, `did not enter` and `left`, the last with a reason where it says `because "…"`.
    """

    person: PersonRef
    journey: Name
    what: Literal["in", "not in", "goal", "entered", "did not enter", "left"]
    because: Text | None = None


@record
class ExpectAttribute(Line):
    """`expect plan of alice is "Pro"`."""

    attribute: Name
    person: PersonRef
    value: Value


@record
class ExpectMatch(Line):
    """`expect alice matches plan is "free" and in segment "Buyers"`."""

    person: PersonRef
    condition: Condition


ScenarioLine = (
    Given
    | GivenIn
    | At
    | When
    | WhenSet
    | WhenMoved
    | WhenAnswered
    | WhenWon
    | After
    | ExpectMessage
    | ExpectRun
    | ExpectAttribute
    | ExpectMatch
)


@record
class Scenario(Line):
    """`scenario "Trial nudge"`: people and events on a virtual clock, and what must come of it."""

    title: Name
    lines: tuple[ScenarioLine, ...]


@record
class PersonRef(Node):
    """A person by id or email: `alice`, `alice@example.com`, `"user 123"`."""

    text: str


Declaration = (
    EventDeclaration
    | AttributeDeclaration
    | SegmentDeclaration
    | TopicDeclaration
    | TemplateDeclaration
    | Policy
    | Guarantee
    | Scenario
    | Journey
)


@record
class File(Node):
    """One `.journey` file.  `closing` are the comments after the last declaration."""

    declarations: tuple[Declaration, ...]
    closing: tuple[str, ...] = field(default=(), compare=False)
