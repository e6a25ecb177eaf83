"""One-line statements, as written: what `cio say`, the SDK, HTTP and MCP take."""

from __future__ import annotations

from typing import Literal

from cio_lang.ast.conditions import Channel, Condition, Window
from cio_lang.ast.declarations import PersonRef
from cio_lang.ast.tree import Name, Node
from cio_lang.ast.values import Duration, Text, Value
from cio_lang.record import record


@record
class Fact(Node):
    """`alice did order_placed with amount $99 and items 3`."""

    person: PersonRef
    event: Name
    properties: tuple[tuple[Name, Value], ...] = ()


@record
class SetFact(Node):
    """`set plan of alice to "Pro"`."""

    attribute: Name
    person: PersonRef
    value: Value


@record
class Show(Node):
    """`show alice`."""

    person: PersonRef


@record
class ShowActivity(Node):
    """`show activity of alice [in the last 30 days]`."""

    person: PersonRef
    window: Window | None = None


@record
class CountPeople(Node):
    """`count people [where CONDITION]`."""

    condition: Condition | None = None


@record
class PeopleWhere(Node):
    """`people where CONDITION`: also as who a send or a start is for."""

    condition: Condition


Recipients = PersonRef | PeopleWhere


@record
class SendTo(Node):
    """`email "welcome" to alice`, `notify people in segment "VIP" "Complete your purchase"`.

    One canonical form: `notify "Complete your purchase" to people where …`.
    """

    channel: Channel | Literal["notify"]
    message: Text
    to: Recipients


@record
class StartFor(Node):
    """`start journey "Onboarding" for people where …`."""

    journey: Name
    people: Recipients


@record
class Preview(Node):
    """`preview template "welcome" for alice`."""

    template: Name
    person: PersonRef


@record
class Write(Node):
    """`write email for people in segment "Churned" about "win-back"`."""

    channel: Channel
    about: Text
    people: Recipients | None = None


@record
class Suggest(Node):
    """`suggest 5 subjects for template "cart-1"`."""

    count: int
    template: Name


@record
class Predict(Node):
    """`predict churn for people where …`; `predict order_placed in the next 30 days for …`."""

    event: Name | None
    within: Duration | None
    people: Recipients


@record
class BestTime(Node):
    """`best time to email alice`."""

    channel: Channel
    person: PersonRef


@record
class CompareSubjects(Node):
    """`compare subjects of journey "Cart recovery"`."""

    journey: Name


@record
class Improve(Node):
    """`improve journey "Cart recovery"`."""

    journey: Name


@record
class Forget(Node):
    """`forget alice`."""

    person: PersonRef


@record
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
