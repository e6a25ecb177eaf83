"""One-line statements, as written: what `cio say`, the SDK, HTTP and MCP take."""

from __future__ import annotations

from dataclasses import dataclass

from cio_lang.ast.conditions import Condition, Window
from cio_lang.ast.tree import Name, Node
from cio_lang.ast.values import Value


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
