"""How a run goes from step to step."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cio_lang import ir
from cio_lang.calendar_time import add_local, parse_duration
from cio_lang.conditions import Event, holds
from cio_lang.conditions.values import is_number
from cio_lang.draw import draw, share_at, split_point
from cio_lang.graph_data import splits
from cio_lang.reference.story import Arm, Message, Run
from cio_lang.wall_clock import date_moment, next_time, slot_opens

if TYPE_CHECKING:
    from cio_lang.reference.life import Life

SLIDING = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}
"""How long the windows of throttles and caps are."""

_TICK = timedelta(microseconds=1)
_NO_DATE = "no date"
_WAITS = "waits on"


def walk(life: Life, run: Run) -> None:
    """Go on until the run waits, ends, or has changed something that entries and exits may see."""
    if run.waiting:
        after = _after_wait(life, run)
        run.waiting, run.due, run.answer, run.choices = False, None, None, []
        run.rested = (run.node or "", life.now)
        if after == _NO_DATE:
            return life.end(run, _NO_DATE)
        run.node = after
    while True:
        if run.node is None:
            return life.end(run, "finished")
        here = run.node
        node = run.graph.nodes[here]
        run.visits.append((here, life.now))
        match node:
            case ir.SendNode():
                topic = node.topic or run.graph.topic
                message = Message(run, here, life.now, node.send, topic, tuple(run.choices))
                life.story.messages.append(message)
                run.node = node.next
            case ir.WaitNode() | ir.UntilNode() | ir.AskNode() | ir.CollectNode():
                run.waiting, run.due = True, _due(life, run, node, here)
                return None
            case ir.BranchNode():
                choice = choose(life, run, node)
                run.choices.append((here, choice))
                run.node = node.branch[choice].next if choice is not None else node.otherwise
                life.note(run.graph, "branch", f"{here}: {choice}")
            case ir.SplitNode():
                number = splits(run.graph)[here]
                point = split_point(life.person.key, run.graph.name, number)
                share = share_at(point, node.split)
                run.node = share.next
                life.note(run.graph, "drawn", share.label)
            case ir.ExperimentNode():
                run.node = _experiment(life, run, node)
            case ir.RepeatNode():
                run.node = _repeat(life, run, node, here)
            case ir.ThrottleNode():
                passed = life.passed.setdefault((run.graph.name, here), [])
                since = life.now - SLIDING[node.throttle.per]
                if sum(at > since for at in passed) >= node.throttle.times:
                    return life.end(run, "throttled")
                passed.append(life.now)
                run.node = node.next
            case ir.CallNode():
                life.story.calls.append((life.now, node.call))
                run.node = node.next
            case ir.LeaveNode():
                return life.end(run, "leave")
            case (
                ir.SetNode() | ir.AddNode() | ir.TrackNode() | ir.MembershipNode() | ir.StartNode()
            ):
                run.node = node.next
                _change(life, run, node, here)
                if run.left is not None or run.node is not None or run.rounds:
                    return None  # entries and exits are looked at before the next step


def is_ready(life: Life, run: Run) -> bool:
    """Whether a run can walk: it does not wait, or what it waits for has come."""
    return not run.waiting or _after_wait(life, run) != _WAITS


def _after_wait(life: Life, run: Run) -> str | None:
    """The node after a wait that is over; `_WAITS` where it is not, `_NO_DATE` where it cannot be.

    What ends a wait goes before its time-out.
    """
    node = run.graph.nodes[run.node or ""]
    over = run.due is not None and run.due <= life.now
    match node:
        case ir.WaitNode(wait=ir.WaitDate()):
            # The date is read again: whoever has it moved waits for the new one.
            run.due = _due(life, run, node, "")
            if run.due is None:
                return node.missing or _NO_DATE
            return node.next if run.due <= life.now else _WAITS
        case ir.WaitNode() | ir.CollectNode():
            return node.next if over else _WAITS
        case ir.UntilNode():
            until = node.until
            met = until.condition is not None and holds(until.condition, life.moment(run))
            if met or any(
                life.reaches(run, event, match_)
                for event in life.story.events
                for match_ in until.events
            ):
                return node.met
            return node.timeout if over else _WAITS
        case ir.AskNode():
            if run.answer is not None:
                return node.approved if run.answer else node.refused
            return node.refused if over else _WAITS
        case (
            ir.SendNode()
            | ir.BranchNode()
            | ir.SplitNode()
            | ir.ExperimentNode()
            | ir.RepeatNode()
            | ir.ThrottleNode()
            | ir.SetNode()
            | ir.AddNode()
            | ir.TrackNode()
            | ir.MembershipNode()
            | ir.CallNode()
            | ir.StartNode()
            | ir.LeaveNode()
        ):
            return run.node


def _due(
    life: Life,
    run: Run,
    node: ir.WaitNode | ir.UntilNode | ir.AskNode | ir.CollectNode,
    here: str,
) -> datetime | None:
    """When a wait that begins now is over, whatever comes."""
    now, tz = life.now, life.tz
    match node:
        case ir.WaitNode():
            match node.wait:
                case ir.WaitFor():
                    return add_local(now, parse_duration(node.wait.for_), tz)
                case ir.WaitTime():
                    # A step does not end twice at one instant: in a repeat it takes the next day.
                    wait, since = (
                        node.wait,
                        now + (_TICK if run.rested == (here, now) else timedelta()),
                    )
                    return next_time(since, wait.time, wait.weekday, life.zone_of(wait.zone))
                case ir.WaitSlot():
                    return slot_opens(now, node.wait, life.zone_of(node.wait.zone))
                case ir.WaitDate():
                    about = node.wait.date
                    arrived = run.visits[-1][1]
                    stored = life.story.attributes.get(about.attribute)
                    return date_moment(stored, about, life.zone_of(about.zone), arrived)
        case ir.UntilNode():
            return _in(life, node.until.at_most)
        case ir.AskNode():
            return _in(life, node.ask.at_most)
        case ir.CollectNode():
            return _in(life, node.collect)


def _in(life: Life, length: ir.IsoDuration | None) -> datetime | None:
    return None if length is None else add_local(life.now, parse_duration(length), life.tz)


def choose(life: Life, run: Run, node: ir.BranchNode) -> int | None:
    """Which case holds first; None for `otherwise`."""
    moment = life.moment(run)
    return next((n for n, case in enumerate(node.branch) if holds(case.if_, moment)), None)


def _arm(life: Life, experiment: str, arms: tuple[ir.Share, ...]) -> ir.Share:
    """The arm drawn for this person: once, and kept on re-entry and in a new version."""
    kept = _followed(life.arms.get(experiment), arms)
    arm = kept or share_at(draw(life.person.key, "experiment", experiment), arms)
    life.arms[experiment] = Arm(arm.label, arms)
    return arm


def _followed(arm: Arm | None, arms: tuple[ir.Share, ...]) -> ir.Share | None:
    """An arm of some version in this one: of as many percent each, they only changed names."""
    if arm is None:
        return None
    if [each.percent for each in arm.among] == [each.percent for each in arms]:
        pairs = zip(arm.among, arms, strict=True)
        return next((now for was, now in pairs if was.label == arm.label), None)
    return next((now for now in arms if now.label == arm.label), None)


def _experiment(life: Life, run: Run, node: ir.ExperimentNode) -> str | None:
    """Held-out people stay so; the others get the winner where there is one, else what is drawn."""
    trial = node.experiment
    if draw(life.person.key, "hold out", trial.name) < trial.hold_out:
        life.note(run.graph, "held out", trial.name)
        return node.held_out
    drawn = _arm(life, trial.name, node.arms)
    share = _followed(life.winners.get(trial.name), node.arms) or drawn
    life.note(run.graph, "drawn", share.label)
    return share.next


def _repeat(life: Life, run: Run, node: ir.RepeatNode, here: str) -> str | None:
    """Into the next round, or past the repeat."""
    if not run.rounds or run.rounds[-1][0] != here:
        run.rounds.append((here, 0))
    begun = run.rounds.pop()[1]
    until = node.repeat.until
    if begun < node.repeat.times and not (until and holds(until, life.moment(run))):
        run.rounds.append((here, begun + 1))
        return node.body
    return node.next


def _change(
    life: Life,
    run: Run,
    node: ir.SetNode | ir.AddNode | ir.TrackNode | ir.MembershipNode | ir.StartNode,
    here: str,
) -> None:
    """Change something about the person."""
    match node:
        case ir.SetNode():
            life.become(node.set.attribute, plain(node.set.to))
        case ir.AddNode():
            number = life.story.attributes.get(node.add.attribute, 0)
            if is_number(number) and not isinstance(number, Decimal):
                life.become(node.add.attribute, number + node.add.by)
        case ir.TrackNode():
            properties = {name: plain(value) for name, value in node.track.properties.items()}
            number = len(life.story.events)
            life.did(Event(node.track.event, life.now, properties, f"{here} {number}"))
        case ir.MembershipNode():
            members, change = life.story.members, node.membership
            (members.add if change.change == "add" else members.discard)(change.segment)
        case ir.StartNode():
            life.start(node.start)


def plain(value: ir.Scalar) -> Any:
    """A value as it is stored."""
    if isinstance(value, ir.Money):
        return {"amount": value.amount, "currency": value.currency}
    return value
