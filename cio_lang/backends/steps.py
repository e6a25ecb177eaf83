"""Single steps of a graph in English, without where they lead."""

from __future__ import annotations

from cio_lang import ir
from cio_lang.backends.phrases import (
    CHANNELS,
    at_clock,
    duration,
    hours,
    moment,
    name,
    percent,
    quoted,
    times,
    value,
    weekday,
    zone,
)
from cio_lang.backends.words import condition, event_of


def step(node: ir.GraphNode) -> str:
    """One step, as an order: `Wait 3 days`."""
    match node:
        case ir.SendNode():
            by = ", else ".join(CHANNELS[channel] for channel in node.send.channels)
            return f"Send {message(node.send)} by {by}{manner(node.send)}"
        case ir.WaitNode():
            return f"Wait {wait(node.wait)}"
        case ir.UntilNode():
            return f"Wait {until(node.until)}"
        case ir.BranchNode():
            return "Take the first that fits"
        case ir.SplitNode():
            return "Draw a share for each person, who keeps it when they enter again"
        case ir.ExperimentNode():
            return f"Experiment {trial(node.experiment)}"
        case ir.RepeatNode():
            return f"Repeat {loop(node.repeat)}"
        case ir.AskNode():
            return f"Ask {asked(node.ask)}"
        case ir.CollectNode():
            return (
                f"Collect for {duration(node.collect)} "
                "(what would start the journey again in that time joins this run)"
            )
        case ir.ThrottleNode():
            return f"Let a person go on {rate(node.throttle)} (beyond that, they leave)"
        case ir.SetNode():
            return f"Set {name(node.set.attribute)} to {value(node.set.to)}"
        case ir.AddNode():
            return added(node.add)
        case ir.TrackNode():
            return f"Record that they did {tracked(node.track)}"
        case ir.MembershipNode():
            return membership(node.membership)
        case ir.CallNode():
            return f"Call {quoted(node.call)} with the person and the entry event"
        case ir.StartNode():
            return f"Start the journey {node.start} for them"
        case ir.LeaveNode():
            return "Leave the journey"


def message(sent: ir.Message) -> str:
    """The template or the words."""
    if sent.template is not None:
        return f"the template {quoted(sent.template)}"
    return quoted(sent.text or "")


def manner(sent: ir.Message) -> str:
    """Where a message goes and when, if that is said."""
    to = "" if sent.to is None else f" to the address in {name(sent.to)}"
    hour = " at the hour at which the person usually opens" if sent.best_time else ""
    return to + hour


def wait(for_: ir.WaitFor | ir.WaitTime | ir.WaitDate | ir.WaitSlot) -> str:
    """`3 days`, `until 09:00 their time`."""
    match for_:
        case ir.WaitFor():
            return duration(for_.for_)
        case ir.WaitTime(weekday=None):
            return f"until the next {for_.time} {zone(for_.zone)}"
        case ir.WaitTime():
            day = weekday(for_.weekday or "")
            return f"until the next {day}{at_clock(for_.time, for_.zone)}"
        case ir.WaitDate():
            return f"until {moment(for_.date)} (at once where that is past)"
        case ir.WaitSlot():
            days = " from Monday to Friday" if for_.weekdays else ""
            slot = hours(for_.start, for_.end, for_.zone).replace(" to ", " and ", 1)
            return f"until it is between {slot}{days} (at once where it is)"


def until(waited: ir.Until) -> str:
    """`at most 3 days until they have done activated since entering`; the condition comes last."""
    ways = []
    if waited.events:
        did = " or ".join(event_of(event) for event in waited.events)
        ways.append(f"they have done {did} since entering")
    if waited.condition is not None:
        ways.append(f"this holds: {condition(waited.condition)}")
    at_most = waited.at_most
    long = "as long as it takes" if at_most is None else f"at most {duration(at_most)}"
    return f"{long} until {', or until '.join(ways)}"


def trial(measured: ir.Trial) -> str:
    """What an experiment is called, measures and does with the better arm."""
    winner = (
        ""
        if measured.winner_at is None
        else f"; once an arm is better with a probability of {percent(measured.winner_at)}, "
        "everybody gets it"
    )
    return f"{measured.name}, measured by whether people do {name(measured.goal)}{winner}"


def loop(repeated: ir.Loop) -> str:
    """How often at most, and what ends it early."""
    early = (
        ""
        if repeated.until is None
        else f" (and no more once this holds before a round: {condition(repeated.until)})"
    )
    return f"at most {times(repeated.times)}{early}"


def asked(approval: ir.Approval) -> str:
    """Who is asked, and for how long."""
    wait_ = "as long as it takes" if approval.at_most is None else duration(approval.at_most)
    return f"{quoted(approval.who)} to approve, and wait {wait_}"


def rate(allowed: ir.Rate) -> str:
    """`at most 1 time in any 24 hours`."""
    return f"at most {times(allowed.times)} {sliding(allowed.per)}"


def sliding(per: str) -> str:
    """`in any 24 hours`: every such window slides."""
    lengths = {"hour": "hour", "day": "24 hours", "week": "7 days", "month": "30 days"}
    return f"in any {lengths[per]}"


def added(to: ir.Increment) -> str:
    """`Add 1 to nudges`."""
    amount = value(abs(to.by))
    said = f"Take {amount} from" if to.by < 0 else f"Add {amount} to"
    return f"{said} {name(to.attribute)} (none counts as 0)"


def membership(moved: ir.Membership) -> str:
    """Into a segment or out of it."""
    if moved.change == "add":
        return f"Put them into segment {moved.segment}"
    return f"Take them out of segment {moved.segment}"


def tracked(event: ir.Tracked) -> str:
    """The event and what it carries."""
    carried = [f"{name(key)} {value(one)}" for key, one in event.properties.items()]
    return name(event.event) + (f" with {' and '.join(carried)}" if carried else "")
