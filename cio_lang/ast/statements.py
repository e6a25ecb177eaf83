"""One-line statements, as written: what `cio say`, the SDK, HTTP and MCP take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cio_lang.ast.conditions import Channel, Condition, Window
from cio_lang.ast.declarations import PersonRef
from cio_lang.ast.tree import Name, Node
from cio_lang.ast.values import Duration, Text, Value


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
    """`people where CONDITION`: also as who a send or a start is for."""

    condition: Condition


Recipients = PersonRef | PeopleWhere


@dataclass(frozen=True, slots=True)
class SendTo(Node):
    """`email "welcome" to alice`, `notify people in segment "VIP" "Complete your purchase"`.

    One canonical form: `notify "Complete your purchase" to people where …`.
    """

    channel: Channel | Literal["notify"]
    message: Text
    to: Recipients


@dataclass(frozen=True, slots=True)
class StartFor(Node):
    """`start journey "Onboarding" for people where …`."""

    journey: Name
    people: Recipients


@dataclass(frozen=True, slots=True)
class Preview(Node):
    """`preview template "welcome" for alice`."""

    template: Name
    person: PersonRef


@dataclass(frozen=True, slots=True)
class Write(Node):
    """`write email for people in segment "Churned" about "win-back"`."""

    channel: Channel
    about: Text
    people: Recipients | None = None


@dataclass(frozen=True, slots=True)
class Suggest(Node):
    """`suggest 5 subjects for template "cart-1"`."""

    count: int
    template: Name


@dataclass(frozen=True, slots=True)
class Predict(Node):
    """`predict churn for people where …`; `predict order_placed in the next 30 days for …`."""

    event: Name | None
    within: Duration | None
    people: Recipients


@dataclass(frozen=True, slots=True)
class BestTime(Node):
    """`best time to email alice`."""

    channel: Channel
    person: PersonRef


@dataclass(frozen=True, slots=True)
class CompareSubjects(Node):
    """`compare subjects of journey "Cart recovery"`."""

    journey: Name


@dataclass(frozen=True, slots=True)
class Improve(Node):
    """`improve journey "Cart recovery"`."""

    journey: Name


@dataclass(frozen=True, slots=True)
class Forget(Node):
    """`forget alice`."""

    person: PersonRef


@dataclass(frozen=True, slots=True)
class WhyNot(Node):
    """`why did alice not get "Cart recovery"`."""

    person: PersonRef
    journey: Name


Statement = (
    Fact
    | SetFact
    | Show
    | ShowActivity
    | CountPeople
    | PeopleWhere
    | SendTo
    | StartFor
    | Preview
    | Write
    | Suggest
    | Predict
    | BestTime
    | CompareSubjects
    | Improve
    | Forget
    | WhyNot
)
