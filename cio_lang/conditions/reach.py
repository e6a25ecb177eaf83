"""How far back conditions can look: graphs in, for each event the time that has to stay at hand.

Never too short: an event that is older than its reach changes no answer of any of the graphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, fields, is_dataclass
from datetime import timedelta

from cio_lang import ir
from cio_lang.conditions.values import length
from cio_lang.record import record

CALENDAR: Mapping[ir.CalendarWord, timedelta] = {
    "today": timedelta(days=3),
    "yesterday": timedelta(days=5),
    "this_week": timedelta(days=10),
    "last_week": timedelta(days=17),
    "this_month": timedelta(days=34),
    "last_month": timedelta(days=65),
    "this_year": timedelta(days=369),
    "last_year": timedelta(days=735),
}
"""How far back a calendar window can begin in any zone, with room to spare."""


@record
class Reach:
    """What has to stay at hand.

    `back`: for each event, how long (None: for ever).  `since_entering`: events that count from
    the moment the oldest live run entered.  `any_event`: how long every event matters.
    """

    back: Mapping[str, timedelta | None] = field(default_factory=dict)
    since_entering: frozenset[str] = frozenset()
    any_event: timedelta = timedelta()

    def of(self, event: str) -> timedelta | None:
        """How long an event with that name matters; None: for ever."""
        back = self.back.get(event, timedelta())
        return None if back is None else max(back, self.any_event)


@record
class _Look:
    """One look back of one condition; `event` None: at whatever was done."""

    event: str | None
    back: timedelta | None = None
    since_entering: bool = False


def reach(graphs: Iterable[ir.Graph | ir.Condition]) -> Reach:
    """How far back the conditions of these graphs look.

    Entries, exits and goals that are events look at what is new alone, hence nowhere back.
    """
    back: dict[str, timedelta | None] = {}
    entering: set[str] = set()
    any_event = timedelta()
    for look in (look for graph in graphs for look in _looks(graph)):
        if look.event is None:
            any_event = max(any_event, look.back or timedelta())
        elif look.since_entering:
            entering.add(look.event)
        else:
            known = back.get(look.event, timedelta())
            back[look.event] = None if known is None or look.back is None else max(known, look.back)
    return Reach(back, frozenset(entering), any_event)


def _looks(part: object) -> Iterator[_Look]:
    """Every look back in a part of a graph, wherever it stands in it."""
    if isinstance(part, ir.EventTest | ir.Aggregate):
        yield _window(part.event, part.window)
    elif isinstance(part, ir.SequenceTest):
        yield _Look(part.first.event)
        yield _Look(part.then.event)
    elif isinstance(part, ir.InactiveTest):
        yield _Look(None, length(part.inactive))
    elif isinstance(part, ir.Until):
        yield from (_Look(match_.event, since_entering=True) for match_ in part.events)
    if is_dataclass(part):
        for each in fields(part):
            yield from _looks(getattr(part, each.name))
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _looks(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from _looks(value)


def _window(event: str, window: ir.Window | None) -> _Look:
    if window is None or window.since_date is not None or window.between_dates is not None:
        return _Look(event)
    if window.since is not None:
        return _Look(event, since_entering=True)
    if window.last is not None:
        return _Look(event, length(window.last))
    if window.between_ago is not None:
        return _Look(event, length(window.between_ago.far))
    assert window.calendar is not None
    return _Look(event, CALENDAR[window.calendar])
