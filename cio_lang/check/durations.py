"""Lengths of time: a duration in, the problem with it out.

Afterwards every duration is longer than nothing and short enough to be added to any date.
"""

from __future__ import annotations

from typing import Literal

from cio_lang import ast, text
from cio_lang.problem import Problem, Report
from cio_lang.record import record

Use = Literal[
    "wait",
    "up to",
    "again",
    "goal",
    "window",
    "inactive",
    "has been",
    "then",
    "soon",
    "offset",
    "spread",
    "collect",
    "after",
]

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
    "up to": ("Nobody would wait at all.", "write how long to wait at most, as in `up to 3 days`"),
    "has been": (
        "Whatever it is now, it has been for that long.",
        "ask what it is, as in `is …`, or write a length as in `for 7 days`",
    ),
    "then": (
        "Nobody can do the second thing in so short a time after the first.",
        "write a length of at least 1, as in `within 7 days`",
    ),
    "soon": (
        "Nobody can do anything in so short a time.",
        "write a length of at least 1, as in `in the next 30 days`",
    ),
    "offset": ("It is the date itself.", "write `on` and the date, or a length as in `3 days`"),
    "spread": (
        "All messages would go out at once, as they do without it.",
        "leave the line out, or write `send over 2 hours`",
    ),
    "collect": (
        "Nothing could come in, so there would be nothing to collect.",
        "leave the line out, or write `collect for 1 hour`",
    ),
    "after": ("The clock would not move.", "leave the line out, or write `after 1 day`"),
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


@record(kw_only=True)
class ZeroDuration(Problem):
    """A length of time is zero or less."""

    code = "zero-duration"
    written: str
    use: Use

    def report(self) -> Report:
        """What, why, one way out."""
        why, way_out = _ZERO[self.use]
        return Report(f"`{self.written}` is no time at all.", why, way_out)


@record(kw_only=True)
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
