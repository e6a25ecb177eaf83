"""What every part of a graph is made of: values, durations, names."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from cio_lang.record import record

CONFIG: dict[str, Any] = {"extra": "forbid", "alias_generator": lambda name: name.rstrip("_")}
"""What pydantic is told of each record when it reads one: unknown keys are mistakes."""

FORMAT = 1
"""The version of the graph format that this cio writes."""

IsoDuration = str
Slug = str
Clock = str
"""A time of day, `09:00`."""
Zone = Literal["person", "workspace"]


@record
class Money:
    """An amount in a currency (ISO 4217)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    amount: int | float  # whole amounts stay whole, so that a file reads back as it was written
    currency: str


Scalar = bool | int | float | str | Money
