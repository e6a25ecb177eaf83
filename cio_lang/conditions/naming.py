"""What a condition depends on: condition and segments in, names out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

from cio_lang import ir
from cio_lang.conditions.evaluate import ADDRESS, UNSUBSCRIBED
from cio_lang.conditions.values import DATE_OPS
from cio_lang.record import record

TIMEZONE = "timezone"
"""The attribute with a person's zone: calendar words and dates depend on it."""


@record
class Names:
    """The events and attributes a condition looks at; `any_event` where every event matters.

    `consent`: unsubscribing or an address can change it; `predictions`: a new prediction can;
    `members`: segments kept by hand whose members it asks for.
    """

    events: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    any_event: bool = False
    consent: bool = False
    predictions: bool = False
    members: frozenset[str] = frozenset()

    def __or__(self, other: Names) -> Names:
        """What either depends on."""
        return Names(
            self.events | other.events,
            self.attributes | other.attributes,
            self.any_event or other.any_event,
            self.consent or other.consent,
            self.predictions or other.predictions,
            self.members | other.members,
        )


_NOTHING = Names()
_ZONE = Names(attributes=frozenset({TIMEZONE}))


def names(condition: ir.Condition, segments: Mapping[str, ir.Condition]) -> Names:
    """What the condition depends on, with its segments' conditions in place of their names."""
    return reduce(Names.__or__, _names(condition, segments, ()), _NOTHING)


def _names(
    condition: ir.Condition, segments: Mapping[str, ir.Condition], inside: tuple[str, ...]
) -> Iterator[Names]:
    match condition:
        case ir.AttributeTest():
            yield Names(attributes=frozenset({condition.attribute}))
            yield _zoned(condition.op)
        case ir.PropertyTest() | ir.EntryTest():
            yield _zoned(condition.op)
        case ir.EventTest():
            yield from _counted(
                condition.event, condition.where, condition.window, segments, inside
            )
        case ir.AggregateTest():
            made = condition.of
            yield from _counted(made.event, made.where, made.window, segments, inside)
            yield _zoned(condition.op)
        case ir.HeldTest():
            yield Names(attributes=frozenset({condition.attribute}))
        case ir.SequenceTest():
            for match_ in (condition.first, condition.then):
                yield from _counted(match_.event, match_.where, None, segments, inside)
        case ir.InactiveTest():
            yield Names(any_event=True)
        case ir.SegmentTest():
            slug = condition.segment
            segment = None if slug in inside else segments.get(slug)
            if segment is None:
                yield Names(members=frozenset({slug}))
            else:
                yield from _names(segment, segments, (*inside, slug))
        case ir.SubscribedTest():
            yield Names(attributes=frozenset({UNSUBSCRIBED}), consent=True)
        case ir.ReachTest():
            address = ADDRESS[condition.can_receive]
            attributes = {UNSUBSCRIBED} if address is None else {UNSUBSCRIBED, address}
            yield Names(attributes=frozenset(attributes), consent=True)
        case ir.ChurnTest() | ir.LikelyTest() | ir.TopTest():
            yield Names(predictions=True)
        case ir.DrawTest():
            return
        case ir.All():
            for part in condition.all:
                yield from _names(part, segments, inside)
        case ir.Any_():
            for part in condition.any:
                yield from _names(part, segments, inside)
        case ir.Not():
            yield from _names(condition.not_, segments, inside)


def _counted(
    event: str,
    where: ir.Condition | None,
    window: ir.Window | None,
    segments: Mapping[str, ir.Condition],
    inside: tuple[str, ...],
) -> Iterator[Names]:
    yield Names(events=frozenset({event}))
    if window is not None and (window.calendar or window.since_date or window.between_dates):
        yield _ZONE
    if where is not None:
        yield from _names(where, segments, inside)


def _zoned(op: ir.Op) -> Names:
    return _ZONE if op in DATE_OPS else _NOTHING
