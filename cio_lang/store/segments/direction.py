"""Which way an event can push a person: into a segment, out of it, or either.

Where more of an event can only bring people in, one more of it changes nothing for who is in
already: nothing has to be worked out for them.  Nor has the instant at which time alone can change
it, since with one more event it cannot come before the one that was noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Flag

from cio_lang import ir
from cio_lang.conditions.counting import limit
from cio_lang.conditions.evaluate import OURS


class Push(Flag):
    """What one more event can do."""

    NOTHING = 0
    IN = 1
    OUT = 2
    EITHER = 3


def push(
    condition: ir.Condition,
    event: str,
    segments: Mapping[str, ir.Condition],
    inside: tuple[str, ...] = (),
) -> Push:
    """What one more event of that name, not in the future, can do to whether a condition holds."""
    match condition:
        case ir.EventTest():
            if _asks_more(condition.where):
                return Push.EITHER
            if condition.event != event:
                return Push.NOTHING
            return _counted(condition.times)
        case ir.AggregateTest():
            if _asks_more(condition.of.where):
                return Push.EITHER
            if condition.of.event != event:
                return Push.NOTHING
            return _made(condition)
        case ir.SequenceTest():
            return _sequence(condition, event)
        case ir.InactiveTest():
            return Push.NOTHING if event.startswith(OURS) else Push.OUT
        case ir.SegmentTest():
            slug = condition.segment
            if slug in inside or slug not in segments:
                return Push.NOTHING
            return push(segments[slug], event, segments, (*inside, slug))
        case ir.All():
            return _any(condition.all, event, segments, inside)
        case ir.Any_():
            return _any(condition.any, event, segments, inside)
        case ir.Not():
            found = push(condition.not_, event, segments, inside)
            return {Push.IN: Push.OUT, Push.OUT: Push.IN}.get(found, found)
        case (
            ir.AttributeTest() | ir.PropertyTest() | ir.EntryTest() | ir.HeldTest()
            | ir.SubscribedTest() | ir.ReachTest() | ir.ChurnTest() | ir.LikelyTest()
            | ir.TopTest() | ir.DrawTest()
        ):  # fmt: skip
            return Push.NOTHING


def _any(
    parts: tuple[ir.Condition, ...],
    event: str,
    segments: Mapping[str, ir.Condition],
    inside: tuple[str, ...],
) -> Push:
    found = Push.NOTHING
    for part in parts:
        found |= push(part, event, segments, inside)
    return found


def _counted(times: ir.Times) -> Push:
    op, n = limit(times)
    match op:
        case "at_least":
            return Push.IN
        case "fewer_than":
            return Push.OUT
        case "exactly":
            return Push.OUT if n == 0 else Push.EITHER


def _made(test: ir.AggregateTest) -> Push:
    """A number of events only rises with one more, and so do the largest and, falling, smallest."""
    rises = test.op in ("more_than", "at_least")
    falls = test.op in ("less_than", "at_most")
    match test.of.function:
        case "number":
            return Push.IN if rises else Push.OUT if falls else Push.EITHER
        case "largest":
            return Push.IN if rises else Push.EITHER
        case "smallest":
            return Push.IN if falls else Push.EITHER
        case "total" | "average" | "latest" | "first":
            return Push.EITHER


def _sequence(test: ir.SequenceTest, event: str) -> Push:
    if _asks_more(test.first.where) or _asks_more(test.then.where):
        return Push.EITHER
    found = Push.NOTHING
    if event == test.first.event:
        found |= Push.IN
    if event == test.then.event:
        found |= Push.OUT if test.missing else Push.IN
    return found


def _asks_more(where: ir.Condition | None) -> bool:
    """Whether what narrows an event asks about other events, so that its answer may change."""
    match where:
        case None | ir.PropertyTest() | ir.AttributeTest() | ir.EntryTest() | ir.DrawTest():
            return False
        case ir.All():
            return any(_asks_more(part) for part in where.all)
        case ir.Any_():
            return any(_asks_more(part) for part in where.any)
        case ir.Not():
            return _asks_more(where.not_)
        case (
            ir.EventTest() | ir.AggregateTest() | ir.SequenceTest() | ir.HeldTest()
            | ir.InactiveTest() | ir.SegmentTest() | ir.SubscribedTest() | ir.ReachTest()
            | ir.ChurnTest() | ir.LikelyTest() | ir.TopTest()
        ):  # fmt: skip
            return True
