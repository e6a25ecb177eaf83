"""What a condition depends on: condition and segments in, names out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

from cio_lang import ir
from cio_lang.conditions.values import DATE_OPS

TIMEZONE = "timezone"
"""The attribute with a person's zone: calendar words and dates depend on it."""


@dataclass(frozen=True, slots=True)
class Names:
    """The events and attributes a condition looks at; `any_event` where every event matters."""

    events: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    any_event: bool = False

    def __or__(self, other: Names) -> Names:
        """What either depends on."""
        return Names(
            self.events | other.events,
            self.attributes | other.attributes,
            self.any_event or other.any_event,
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
            yield Names(events=frozenset({condition.event}))
            if condition.window is not None and condition.window.calendar is not None:
                yield _ZONE
            if condition.where is not None:
                yield from _names(condition.where, segments, inside)
        case ir.InactiveTest():
            yield Names(any_event=True)
        case ir.SegmentTest():
            segment = None if condition.segment in inside else segments.get(condition.segment)
            if segment is not None:
                yield from _names(segment, segments, (*inside, condition.segment))
        case ir.All():
            for part in condition.all:
                yield from _names(part, segments, inside)
        case ir.Any_():
            for part in condition.any:
                yield from _names(part, segments, inside)
        case ir.Not():
            yield from _names(condition.not_, segments, inside)


def _zoned(op: ir.Op) -> Names:
    return _ZONE if op in DATE_OPS else _NOTHING
