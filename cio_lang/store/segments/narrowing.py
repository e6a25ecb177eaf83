"""Which events of a name can matter to a segment at all, by what they carry.

A condition that looks only at purchases of books is none the wiser for the purchase of a game:
events that pass none of the `where`s that a condition has for their name change nothing in it, now
or later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from cio_lang import ir
from cio_lang.conditions import Event, Moment
from cio_lang.conditions.evaluate import test
from cio_lang.conditions.values import DATE_OPS
from cio_lang.store.encoding import load

Wheres = tuple[ir.Condition, ...]

_AT = datetime(2000, 1, 1, tzinfo=UTC)
_NOBODY = Moment({}, (), _AT, UTC, _AT)


def wheres(
    condition: ir.Condition, event: str, segments: Mapping[str, ir.Condition]
) -> Wheres | None:
    """What events of that name have to pass, one of them at least; None where all may matter."""
    found = list(_wheres(condition, event, segments, ()))
    plain = tuple(where for where in found if where is not None and _is_plain(where))
    return plain if len(plain) == len(found) else None


def passing(events: Sequence[tuple[int, str]], where: ir.Condition) -> set[int]:
    """The people who did an event that passes; events are a person and properties as JSON."""
    return {
        person
        for person, text in events
        if test(where, _NOBODY, Event("", _AT, load(text), ""), ())
    }


def _wheres(
    condition: ir.Condition,
    event: str,
    segments: Mapping[str, ir.Condition],
    inside: tuple[str, ...],
) -> Iterator[ir.Condition | None]:
    """The `where` of each mention of the event; None for a mention without any."""
    match condition:
        case ir.EventTest():
            if condition.event == event or _asks(condition.where):
                yield condition.where
        case ir.AggregateTest():
            if condition.of.event == event or _asks(condition.of.where):
                yield condition.of.where
        case ir.SequenceTest():
            for match_ in (condition.first, condition.then):
                if match_.event == event or _asks(match_.where):
                    yield match_.where
        case ir.InactiveTest():
            yield None
        case ir.SegmentTest():
            slug = condition.segment
            if slug in segments and slug not in inside:
                yield from _wheres(segments[slug], event, segments, (*inside, slug))
        case ir.All():
            for part in condition.all:
                yield from _wheres(part, event, segments, inside)
        case ir.Any_():
            for part in condition.any:
                yield from _wheres(part, event, segments, inside)
        case ir.Not():
            yield from _wheres(condition.not_, event, segments, inside)
        case (
            ir.AttributeTest() | ir.PropertyTest() | ir.EntryTest() | ir.HeldTest()
            | ir.SubscribedTest() | ir.ReachTest() | ir.ChurnTest() | ir.LikelyTest()
            | ir.TopTest() | ir.DrawTest()
        ):  # fmt: skip
            return


def _asks(where: ir.Condition | None) -> bool:
    """Whether what narrows an event looks beyond it."""
    return where is not None and not _is_plain(where)


def _is_plain(where: ir.Condition) -> bool:
    """Whether one event alone tells if it passes, at any time and in any zone."""
    match where:
        case ir.PropertyTest():
            return where.op not in DATE_OPS
        case ir.All():
            return all(_is_plain(part) for part in where.all)
        case ir.Any_():
            return all(_is_plain(part) for part in where.any)
        case ir.Not():
            return _is_plain(where.not_)
        case (
            ir.AttributeTest() | ir.EntryTest() | ir.EventTest() | ir.AggregateTest()
            | ir.SequenceTest() | ir.HeldTest() | ir.InactiveTest() | ir.SegmentTest()
            | ir.SubscribedTest() | ir.ReachTest() | ir.ChurnTest() | ir.LikelyTest()
            | ir.TopTest() | ir.DrawTest()
        ):  # fmt: skip
            return False
