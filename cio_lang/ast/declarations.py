"""Declarations, as written: what a file says about its workspace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cio_lang.ast.conditions import Condition
from cio_lang.ast.journeys import Journey
from cio_lang.ast.tree import Line, Name, Node

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
