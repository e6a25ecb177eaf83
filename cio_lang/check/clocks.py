"""Times of day: two ends in, problems out.

Afterwards every stretch of the day has a beginning and an end on one clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cio_lang import ast, text
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.source import Span

Use = Literal["quiet", "slot", "promise"]


@record(kw_only=True)
class NoTimeBetween(Problem):
    """A stretch of the day that begins and ends at the same time."""

    code = "no-time-between"
    at: str
    use: Use

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"From {self.at} to {self.at} is no time at all, or the whole day.",
            "It cannot be told which of the two is meant.",
            {
                "quiet": "write two times, as in `quiet from 21:00 to 08:00 their time`",
                "slot": "write two times, as in `between 09:00 and 17:00 their time`",
                "promise": "write two times, as in `between 21:00 and 08:00 their time`",
            }[self.use],
        )


@record(kw_only=True)
class TwoClocks(Problem):
    """A stretch of the day that begins on one clock and ends on another."""

    code = "two-clocks"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "One of the two times is on the person's clock, the other on the workspace's.",
            "For some people it would end before it begins.",
            "write `their time` or `workspace time` for both",
        )


def between(
    start: ast.TimeOfDay, end: ast.TimeOfDay, span: Span, use: Use
) -> Iterator[NoTimeBetween | TwoClocks]:
    """Problems with a stretch of the day; it may run over midnight."""
    if start.theirs is not end.theirs:
        yield TwoClocks(span=span)
    elif start.time == end.time:
        yield NoTimeBetween(span=span, at=text.clock(start.time), use=use)
