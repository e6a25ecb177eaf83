"""Values and lengths of time, as written."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from cio_lang.ast.tree import Node


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
    """A length of time in one unit: up to hours exact, from days on calendar steps."""

    count: int
    unit: Unit
