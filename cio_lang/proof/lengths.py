"""How short and how long a wait can really be, in seconds, and what the clock shows after it.

Days are steps on a person's calendar: across a change of the clock one is 23 or 25 hours.  `slack`
is how much the clock can jump: `CLOCK_CHANGE` for what must hold at all times, 0 for an ordinary
week.
"""

from __future__ import annotations

from datetime import time
from math import inf

from cio_lang import ir
from cio_lang.calendar_time import Period, parse_duration
from cio_lang.record import record
from cio_lang.wall_clock import WEEKDAYS

HOUR, DAY, WEEK = 3600, 86_400, 604_800

CLOCK_CHANGE = HOUR
"""No clock is put forward or back by more, and not twice in a month."""

AtOnce = (
    ir.SendNode
    | ir.BranchNode
    | ir.SplitNode
    | ir.ExperimentNode
    | ir.RepeatNode
    | ir.ThrottleNode
    | ir.SetNode
    | ir.AddNode
    | ir.TrackNode
    | ir.MembershipNode
    | ir.CallNode
    | ir.StartNode
    | ir.LeaveNode
)
"""Nodes that people go on from in the instant in which they come to them."""

_LEAST_DAYS = (0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334)
_MOST_DAYS = (0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337)
"""Days in so many months one after the other, at least and at most."""


def least(period: Period, slack: int) -> int:
    """The fewest seconds that a period takes."""
    years, months = divmod(period.months, 12)
    days = years * 365 + _LEAST_DAYS[months] + period.days
    return max(0, days * DAY + period.seconds - (slack if days else 0))


def most(period: Period, slack: int) -> int:
    """The most seconds that a period takes."""
    years, months = divmod(period.months, 12)
    days = years * 366 + _MOST_DAYS[months] + period.days
    return days * DAY + period.seconds + (slack if days else 0)


@record
class Showing:
    """What clocks show, in seconds since midnight.

    `rested` is the wait that ended at this very instant: it does not end twice in it.
    """

    second: int
    weekday: int | None
    zone: ir.Zone
    rested: ir.NodeId | None = None


def since_midnight(clock: ir.Clock) -> int:
    """The seconds of a time of day."""
    at = time.fromisoformat(clock)
    return (at.hour * 60 + at.minute) * 60 + at.second


def after_period(period: Period, showing: Showing | None, slack: int) -> tuple[int, Showing | None]:
    """The fewest seconds of a length of time, and what the clock shows after it."""
    seconds = least(period, slack)
    if showing is None or period.seconds:
        return seconds, None
    weekday = showing.weekday
    if weekday is not None:
        weekday = None if period.months else (weekday + period.days) % 7
    return seconds, Showing(showing.second, weekday, showing.zone)


def after_time(
    wait: ir.WaitTime, here: ir.NodeId, showing: Showing | None, slack: int
) -> tuple[int, Showing]:
    """The same of `wait until 09:00`: none at all at 09:00 itself, unless it has just ended."""
    weekday = None if wait.weekday is None else WEEKDAYS.index(wait.weekday)
    target = Showing(since_midnight(wait.time), weekday, wait.zone, here)
    if showing is None or showing.zone != wait.zone:
        return 0, target
    ahead = (target.second - showing.second) % DAY
    again = showing.rested == here
    if weekday is None:
        if showing.weekday is not None:
            past_midnight = target.second < showing.second or again
            shown = (showing.weekday + past_midnight) % 7
            target = Showing(target.second, shown, wait.zone, here)
        return max(0, (DAY if again else ahead) - slack), target
    if again:
        return WEEK - slack, target
    if showing.weekday is not None:
        at = showing.weekday * DAY + showing.second
        ahead = (weekday * DAY + target.second - at) % WEEK
    return max(0, ahead - slack), target


def after_slot(
    wait: ir.WaitSlot, showing: Showing | None, slack: int
) -> tuple[int, Showing | None]:
    """The same of `wait until between 09:00 and 17:00`."""
    if showing is None or showing.zone != wait.zone or wait.weekdays:
        return 0, None
    opens, closes = since_midnight(wait.start), since_midnight(wait.end)
    if (showing.second - opens) % DAY < ((closes - opens) % DAY or DAY):
        return 0, Showing(showing.second, showing.weekday, showing.zone)
    ahead = (opens - showing.second) % DAY
    weekday = showing.weekday
    if weekday is not None and opens < showing.second:
        weekday = (weekday + 1) % 7
    return max(0, ahead - slack), Showing(opens, weekday, showing.zone)


def longest(node: ir.GraphNode, slack: int) -> float:
    """The most seconds between coming to a node and going on from it."""
    if isinstance(node, AtOnce):
        return 0
    match node:
        case ir.WaitNode():
            match node.wait:
                case ir.WaitFor():
                    return most(parse_duration(node.wait.for_), slack)
                case ir.WaitTime():
                    return (DAY if node.wait.weekday is None else WEEK) + slack
                case ir.WaitSlot():
                    closed = (since_midnight(node.wait.start) - since_midnight(node.wait.end)) % DAY
                    return closed + (2 * DAY if node.wait.weekdays else 0) + slack
                case ir.WaitDate():
                    return inf
        case ir.UntilNode():
            limit = node.until.at_most
            return inf if limit is None else most(parse_duration(limit), slack)
        case ir.AskNode():
            limit = node.ask.at_most
            return inf if limit is None else most(parse_duration(limit), slack)
        case ir.CollectNode():
            return most(parse_duration(node.collect), slack)
