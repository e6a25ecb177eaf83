"""Does a condition hold: condition and moment in, yes or no out.

Total: for a condition that the schema of graphs admits it never raises, whatever is stored.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from cio_lang import draw, ir
from cio_lang.calendar_time import earlier, exact, later, parse_duration
from cio_lang.conditions.counting import (
    at_of,
    currency_of,
    is_key,
    limit,
    made_of,
    window_slice,
)
from cio_lang.conditions.moment import Event, Moment
from cio_lang.conditions.values import DATE_OPS, equal, is_text, length, passes

OURS = "message_"
"""How the names of events begin that messages cause; they are no activity of the person."""

UNSUBSCRIBED = "unsubscribed"
"""The attribute that is true for whoever wants no message of any topic."""

ADDRESS: dict[ir.Channel, str | None] = {
    "email": "email",
    "sms": "phone",
    "whatsapp": "phone",
    "push": None,
    "in_app": None,
    "slack": None,
}
"""The attribute with the address for a channel, where nothing else says whom it reaches."""


def holds(condition: ir.Condition, moment: Moment) -> bool:
    """Whether the condition holds for the person at `moment.now`."""
    return test(condition, moment, None, ())


def matches_event(
    where: ir.Condition | None, event: Event, now: datetime | None = None, timezone: tzinfo = UTC
) -> bool:
    """Whether one event passes a `where`; dates in it are seen from `now`, else its own time."""
    if where is None:
        return True
    at = event.at if now is None else now
    return test(where, Moment({}, (), at, timezone, at), event, ())


def test(
    condition: ir.Condition, moment: Moment, event: Event | None, inside: tuple[str, ...]
) -> bool:
    """Whether it holds: `event` is the one a `where` is about, `inside` the segments around it."""
    match condition:
        case ir.AttributeTest():
            stored = moment.attributes.get(condition.attribute)
            return passes(condition.op, stored, condition.value, moment.now, moment.timezone)
        case ir.EventTest():
            return _count_passes(condition, moment, inside)
        case ir.All():
            return all(test(part, moment, event, inside) for part in condition.all)
        case ir.Any_():
            return any(test(part, moment, event, inside) for part in condition.any)
        case ir.Not():
            return not test(condition.not_, moment, event, inside)
        case ir.PropertyTest():
            stored = None if event is None else event.properties.get(condition.property)
            return passes(condition.op, stored, condition.value, moment.now, moment.timezone)
        case ir.EntryTest():
            entry = moment.entry_event
            stored = None if entry is None else entry.properties.get(condition.entry)
            return passes(condition.op, stored, condition.value, moment.now, moment.timezone)
        case ir.AggregateTest():
            if condition.op in DATE_OPS and condition.of.function not in ("latest", "first"):
                return False  # what is made of many numbers is a number, and no date
            made = aggregate(condition, moment, inside)
            return passes(condition.op, made, condition.value, moment.now, moment.timezone)
        case ir.HeldTest():
            since = moment.changed.get(condition.attribute)
            stored = moment.attributes.get(condition.attribute)
            if since is None or not equal(stored, condition.held):
                return False
            return since <= earlier(moment.now, length(condition.for_))
        case ir.SequenceTest():
            return _comes_then(condition, moment, inside)
        case ir.InactiveTest():
            return _is_inactive(condition, moment)
        case ir.SegmentTest():
            slug = condition.segment
            segment = None if slug in inside else moment.segments.get(slug)
            if segment is None:
                return slug in moment.members
            return test(segment, moment, None, (*inside, slug))
        case ir.SubscribedTest():
            return _wants_messages(moment) and condition.subscribed not in moment.unsubscribed
        case ir.ReachTest():
            return _wants_messages(moment) and reaches(condition.can_receive, moment)
        case ir.ChurnTest():
            limit_ = condition.percent / 100
            return passes(condition.churn_risk, moment.churn, limit_, moment.now, moment.timezone)
        case ir.LikelyTest():
            within = exact(parse_duration(condition.within))
            chances = moment.predictions.get(condition.likely, {})
            return any(length <= within and chance >= 0.5 for length, chance in chances.items())
        case ir.TopTest():
            place = moment.top.get(condition.likely)
            return place is not None and place <= condition.top
        case ir.DrawTest():
            if moment.lot is None:
                return False
            drawn = draw.place(condition.draw, moment.lot)
            return draw.edge(condition.from_) <= drawn < draw.edge(condition.to)


def counted(
    name: str,
    where: ir.Condition | None,
    window: ir.Window | None,
    moment: Moment,
    inside: tuple[str, ...],
) -> Iterator[Event]:
    """The events with that name in a window that pass a `where`, in order."""
    first, last = window_slice(window, moment)
    for position in range(first, last):
        event = moment.events[position]
        if event.name == name and (where is None or test(where, moment, event, inside)):
            yield event


def aggregate(condition: ir.AggregateTest, moment: Moment, inside: tuple[str, ...]) -> object:
    """What the comparison is about: a total, an average, a value of the last event, …"""
    of = condition.of
    values = [
        None if of.property is None else event.properties.get(of.property)
        for event in counted(of.event, of.where, of.window, moment, inside)
    ]
    return made_of(of.function, values, currency_of(condition.value))


def reaches(channel: ir.Channel, moment: Moment) -> bool:
    """Whether there is an address for the channel."""
    if moment.reach is not None:
        return channel in moment.reach
    attribute = ADDRESS[channel]
    return attribute is not None and is_text(moment.attributes.get(attribute))


def _wants_messages(moment: Moment) -> bool:
    return moment.attributes.get(UNSUBSCRIBED) is not True


def _count_passes(condition: ir.EventTest, moment: Moment, inside: tuple[str, ...]) -> bool:
    op, n = limit(condition.times)
    enough = n + 1 if op == "exactly" else n
    count, key = 0, condition.key
    if enough > 0 and not (key is not None and moment.key is None):
        for event in counted(condition.event, condition.where, condition.window, moment, inside):
            if key is not None and not in_run(event, key, moment):
                continue
            count += 1
            if count >= enough:
                break
    match op:
        case "at_least":
            return count >= n
        case "exactly":
            return count == n
        case "fewer_than":
            return count < n


def in_run(event: Event, key: str, moment: Moment) -> bool:
    """Whether an event has the key of the moment's run in its property `key`."""
    return moment.key is not None and is_key(event.properties.get(key), moment.key[1])


def _comes_then(condition: ir.SequenceTest, moment: Moment, inside: tuple[str, ...]) -> bool:
    within = length(condition.within)
    first, then = condition.first, condition.then
    seconds = list(counted(then.event, then.where, None, moment, inside))
    for event in counted(first.event, first.where, None, moment, inside):
        until = later(event.at, within)
        if condition.missing and until > moment.now:
            return False  # as it is for all that follow
        position = bisect_right(seconds, event.at, key=at_of)
        came = position < len(seconds) and seconds[position].at <= until
        if came is not condition.missing:
            return True
    return False


def _is_inactive(condition: ir.InactiveTest, moment: Moment) -> bool:
    since = earlier(moment.now, length(condition.inactive))
    if moment.known_since > since:
        return False
    first, last = window_slice(ir.Window(last=condition.inactive), moment)
    return all(moment.events[position].name.startswith(OURS) for position in range(first, last))
