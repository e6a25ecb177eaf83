"""What of the history a journey can see: the events that it names, and how far back it looks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from cio_lang import ir
from cio_lang.conditions.reach import reach
from cio_lang.record import record


@record
class Looks:
    """`events` None: at every event there is.  `segments`: those that it asks for, by any way."""

    events: frozenset[str] | None
    segments: frozenset[str]
    back: timedelta | None  # how long before the beginning; None: for ever

    def since(self, start: datetime) -> datetime | None:
        """From when on events count; None: all of them."""
        try:
            return None if self.back is None else start - self.back
        except OverflowError:
            return None


def looks(graph: ir.JourneyGraph, segments: Mapping[str, ir.Condition]) -> Looks:
    """What a journey looks at, with the conditions of the segments that it names."""
    seen: set[str] = set()
    parts: list[ir.Graph | ir.Condition] = [graph]
    names: set[str] = set()
    every = False
    for part in parts:  # grows while it is gone through
        for each in _inside(part):
            if isinstance(each, ir.SegmentTest) and each.segment not in seen:
                seen.add(each.segment)
                if each.segment in segments:
                    parts.append(segments[each.segment])
            every = every or isinstance(each, ir.InactiveTest)
            event = getattr(each, "event", None)
            if isinstance(event, str):
                names.add(event)
    found = reach(parts)
    back = [found.of(name) for name in (*names, "")]
    longest = None if None in back else max(each for each in back if each is not None)
    return Looks(None if every else frozenset(names), frozenset(seen), longest)


def _inside(part: object) -> Iterator[object]:
    """A part of a graph, and all that is in it."""
    if isinstance(part, Mapping):
        for value in part.values():
            yield from _inside(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from _inside(value)
    elif dataclasses.is_dataclass(part):
        yield part
        for field in dataclasses.fields(part):
            yield from _inside(getattr(part, field.name))
