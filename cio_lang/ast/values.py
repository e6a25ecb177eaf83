"""Values and lengths of time, as written."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Literal

from cio_lang.ast.tree import Node
from cio_lang.record import record


@record
class Text(Node):
    """`"Hello"`: text in quotes, or over several lines between triple quotes.

    In the tree, `block` says that it was written between triple quotes.
    """

    value: str
    block: bool = False


@record
class Number(Node):
    """A plain number, exactly as written (`1,200` and `1200` are equal)."""

    value: Decimal


@record
class Money(Node):
    """An amount with its ISO 4217 currency: `$50`, `€50`, `50 SEK`."""

    amount: Decimal
    currency: str


@record
class Date(Node):
    """A calendar day, written `2026-12-01`."""

    value: datetime.date


@record
class Time(Node):
    """A time of day, written `09:00`."""

    value: datetime.time


@record
class YesNo(Node):
    """`yes` or `no`."""

    value: bool


Value = Text | Number | Money | Date | Time | YesNo


@record
class Percent(Node):
    """`70%`: a share of people, or a chance."""

    value: Decimal


Unit = Literal["second", "minute", "hour", "day", "week", "month", "year"]


@record
class Duration(Node):
    """A length of time in one unit: up to hours exact, from days on calendar steps."""

    count: int
    unit: Unit


@record
class TimeOfDay(Node):
    """`09:00 their time`, `09:00 workspace time`.  Left out on reading, it is their time."""

    time: Time
    theirs: bool = True


Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
