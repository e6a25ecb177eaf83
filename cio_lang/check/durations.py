"""Lengths of time: a duration in, the problem with it out.

Afterwards every duration is longer than nothing and short enough to be added to any date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cio_lang import ast, text
from cio_lang.problem import Problem, Report

Use = Literal["wait", "again", "goal", "window", "inactive"]

_ZERO: dict[Use, tuple[str, str]] = {
    "wait": ("Nobody would wait at all.", "leave the line out, or write `wait 1 day`"),
    "again": (
        "Coming back after no time at all is coming back every time.",
        "write `every time`, or `again after 1 day`",
    ),
    "goal": (
        "Nobody can reach a goal in no time.",
        "leave `within` out, or write `within 14 days`",
    ),
    "window": (
        "Nothing can happen in so short a time.",
        "write a length of at least 1, as in `30 days`",
    ),
    "inactive": (
        "Everybody has been inactive for that long.",
        "write a length of at least 1, as in `inactive for 30 days`",
    ),
}

SECONDS: dict[ast.Unit, int] = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_592_000,
    "year": 31_536_000,
}
"""How long a unit is in a window: a month is 30 days, a year 365."""

YEARS = 100
"""The longest time that a journey can name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroDuration(Problem):
    """A length of time is zero or less."""

    code = "zero-duration"
    written: str
    use: Use

    def report(self) -> Report:
        """What, why, one way out."""
        why, way_out = _ZERO[self.use]
        return Report(f"`{self.written}` is no time at all.", why, way_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationTooLong(Problem):
    """A length of time is longer than anyone will be around."""

    code = "duration-too-long"
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` is longer than {YEARS} years.",
            "Nobody will be there to get the message.",
            f"write at most {YEARS} years",
        )


def seconds(duration: ast.Duration) -> int:
    """The length in seconds, as a window counts it."""
    return duration.count * SECONDS[duration.unit]


def duration(written: ast.Duration, use: Use) -> Problem | None:
    """The problem with a length of time."""
    if written.count <= 0:
        return ZeroDuration(span=written.span, written=text.duration(written), use=use)
    return too_long(written)


def too_long(written: ast.Duration) -> Problem | None:
    """The problem with a length of time that may be zero."""
    if seconds(written) > YEARS * SECONDS["year"]:
        return DurationTooLong(span=written.span, written=text.duration(written))
    return None
