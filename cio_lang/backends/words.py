"""Conditions of a graph in English.

In two voices: after `if` (`plan is "Pro"`), and of people (`people whose plan is "Pro"`).
"""

from __future__ import annotations

from collections.abc import Mapping

from cio_lang import ir
from cio_lang.backends.phrases import (
    CHANNELS,
    duration,
    name,
    percent,
    quoted,
    test,
    times,
    value,
    window,
)
from cio_lang.record import record

__all__ = ["condition", "duration", "event_of", "people", "quoted", "value", "where"]


@record
class _Voice:
    """How a clause begins, by what it is about: what people have, do and are."""

    has: str
    does: str
    are: str
    entry: str
    negated: str


_PLAIN = _Voice(has="", does="", are="", entry="the entry event's ", negated="not ({})")
_PEOPLE = _Voice(
    has="whose ",
    does="who ",
    are="who are ",
    entry="whose entry event's ",
    negated="of whom it does not hold that ({})",
)


def condition(what: ir.Condition) -> str:
    """A condition as it reads after `if` or `where`: `plan is "Pro" and never did order_placed`."""
    return _clause(what, _PLAIN, "people", inner=False)


def people(what: ir.Condition) -> str:
    """Whom a condition takes: `people whose plan is "Pro" and who never did order_placed`."""
    return f"people {_clause(what, _PEOPLE, 'people', inner=False)}"


def where(what: ir.Condition | None) -> str:
    """What narrows an event, in parentheses, or nothing."""
    return "" if what is None else f" (where {_clause(what, _PLAIN, 'events', inner=False)})"


def event_of(match_: ir.EventMatch | ir.ExitOnEvent | ir.Goal) -> str:
    """An event and what narrows it: `order_placed (where amount is more than $50)`."""
    return f"{name(match_.event)}{where(match_.where)}"


def _clause(what: ir.Condition, voice: _Voice, of: str, *, inner: bool) -> str:
    match what:
        case ir.AttributeTest():
            begin = voice.has + name(what.attribute)
            return begin + test(what.op, what.value, f"{of} with no {name(what.attribute)}")
        case ir.PropertyTest():
            begin = name(what.property)
            return begin + test(what.op, what.value, f"events with no {begin}")
        case ir.EntryTest():
            begin = voice.entry + name(what.entry)
            return begin + test(what.op, what.value, f"entry events with no {name(what.entry)}")
        case ir.EventTest():
            return _event(what, voice)
        case ir.AggregateTest():
            return voice.has + _aggregate(what)
        case ir.HeldTest():
            begin = f"{voice.has}{name(what.attribute)} has been {value(what.held)}"
            return f"{begin} for at least {duration(what.for_)}"
        case ir.SequenceTest():
            said = voice.does + _sequence(what)
            return f"({said})" if inner else said
        case ir.InactiveTest():
            return f"{voice.does}did nothing at all for {duration(what.inactive)}"
        case ir.SegmentTest():
            return f"{voice.are}in segment {what.segment}"
        case ir.SubscribedTest():
            return f"{voice.are}subscribed to {what.subscribed}"
        case ir.ReachTest():
            return f"{voice.does}can receive {_by(what.can_receive)}"
        case ir.ChurnTest():
            amount = f"{what.churn_risk.replace('_', ' ')} {percent(what.percent)}"
            return f"{voice.has}predicted churn risk is {amount}"
        case ir.LikelyTest():
            likely = f"{voice.are}likely to do {name(what.likely)}"
            chance = "(a predicted chance of at least 50%)"
            return f"{likely} in the next {duration(what.within)} {chance}"
        case ir.TopTest():
            chance = f"predicted chance of doing {name(what.likely)}"
            return f"{voice.are}in the top {percent(what.top)} of people by {chance}"
        case ir.DrawTest():
            return f"{voice.are}in {_part_of(what)}"
        case ir.Not(ir.SegmentTest(segment)):
            return f"{voice.are}not in segment {segment}"
        case ir.Not(ir.SubscribedTest(topic)):
            return f"{voice.are}not subscribed to {topic}"
        case ir.Not(ir.ReachTest(channel)):
            return f"{voice.does}cannot receive {_by(channel)}"
        case ir.Not(ir.DrawTest() as drawn):
            return f"{voice.are}not in {_part_of(drawn)}"
        case ir.Not():
            return voice.negated.format(_clause(what.not_, _PLAIN, of, inner=False))
        case ir.All():
            joined = " and ".join(_clause(part, voice, of, inner=True) for part in what.all)
            return f"({joined})" if inner else joined
        case ir.Any_():
            joined = " or ".join(_clause(part, voice, of, inner=True) for part in what.any)
            return f"(either {joined})" if inner else f"either {joined}"


def _by(channel: ir.Channel) -> str:
    return "email" if channel == "email" else f"{CHANNELS[channel]}s"


def _part_of(what: ir.DrawTest) -> str:
    """`the first 10% of the random draw "holdout 2026"`."""
    part = f"the first {percent(what.to)}"
    if what.from_:
        part = f"the part from {percent(what.from_)} to {percent(what.to)}"
    return f"{part} of the random draw {quoted(what.draw)}"


def _event(what: ir.EventTest, voice: _Voice) -> str:
    key = "" if what.key is None else f" for the {name(what.key)} of this run"
    window_ = "" if what.window is None else f" {window(what.window)}"
    n = what.times.n
    message = _message(what)
    if message is not None and what.key is None:
        return f"{voice.does}{message}{window_}"
    event = f"{name(what.event)}{where(what.where)}{key}"
    did = f"{voice.does}did {event}"
    match what.times.op:
        case "exactly" if n == 0:
            if what.window is None:
                return f"{voice.does}never did {event}"
            return f"{voice.does}did not do {event}{window_}"
        case "at_least" if n == 1:
            return f"{did}{window_}"
        case "exactly":
            return f"{did} exactly {times(n)}{window_}"
        case "at_least":
            return f"{did} at least {times(n)}{window_}"
        case "more_than":
            return f"{did} more than {times(n)}{window_}"
        case "fewer_than":
            return f"{did} fewer than {times(n)}{window_} (or not at all)"
        case "at_most":
            return f"{did} at most {times(n)}{window_} (or not at all)"


_MESSAGES: Mapping[str, tuple[str, str, str]] = {
    "message_opened": ("opened {}", "open {}", "never opened {}"),
    "message_clicked": ("clicked in {}", "click in {}", "never clicked in {}"),
    "message_sent": ("received {}", "receive {}", "never received {}"),
    "message_delivered": ("had {} delivered", "have {} delivered", "never had {} delivered"),
    "message_bounced": ("had {} bounce", "have {} bounce", "never had {} bounce"),
    "message_replied": ("replied to {}", "reply to {}", "never replied to {}"),
}
"""What happened to a message: that it did, that it `did not …`, that it never did."""


def _message(what: ir.EventTest) -> str | None:
    """`opened the email "Welcome"`, where an event is about a message and says no more than which.

    Anything else about the events of messages is said as of any event.
    """
    if what.event not in _MESSAGES or what.times not in (ir.AT_LEAST_ONCE, ir.NOT_ONCE):
        return None
    which = _which(what.where)
    if which is None:
        return None
    did, did_not, never = (form.format(which) for form in _MESSAGES[what.event])
    if what.times == ir.AT_LEAST_ONCE:
        return did
    return never if what.window is None else f"did not {did_not}"


def _which(narrowed: ir.Condition | None) -> str | None:
    parts: tuple[ir.Condition, ...] = () if narrowed is None else (narrowed,)
    if isinstance(narrowed, ir.All):
        parts = narrowed.all
    said: dict[str, str] = {}
    for part in parts:
        if not isinstance(part, ir.PropertyTest) or part.op != "is" or part.property in said:
            return None
        if part.property == "template" and isinstance(part.value, str):
            said["template"] = quoted(part.value)
        elif part.property == "channel" and part.value in CHANNELS:
            said["channel"] = next(w for name, w in CHANNELS.items() if name == part.value)
        else:
            return None
    kind = said.get("channel", "message")
    return f"the {kind} {said['template']}" if "template" in said else f"any {kind}"


def _aggregate(what: ir.AggregateTest) -> str:
    of = what.of
    when = "" if of.window is None else f" {window(of.window)}"
    events = f"{name(of.event)}{where(of.where)}{when}"
    property_ = name(of.property or "")
    match of.function:
        case "number":
            return f"number of {events}" + test(what.op, what.value, None)
        case "total":
            return f"total {property_} of {events}" + test(what.op, what.value, None)
        case "average" | "smallest" | "largest":
            begin = f"{of.function} {property_} of {events}"
        case "latest" | "first":
            begin = f"{property_} of the {of.function} {events}"
    return begin + test(what.op, what.value, f"people with no such {name(of.event)}")


def _sequence(what: ir.SequenceTest) -> str:
    first, then = event_of(what.first), event_of(what.then)
    length = duration(what.within)
    if what.missing:
        return f"did {first}, then no {then} within {length}, which have passed"
    return f"did {first}, then {then} within {length}"
