"""Walking a run from step to step, until it waits or is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from hashlib import blake2b
from typing import Any

from cio_lang import ir
from cio_lang.calendar_time import add_local, parse_duration
from cio_lang.conditions import holds
from cio_lang.draw import share_at, split_point
from cio_lang.runtime.plan import in_words
from cio_lang.runtime.progress import Progress, plain
from cio_lang.store.state import OutboxRow, Run
from cio_lang.wall_clock import next_time, slot_opens

NOT_CARRIED = "this step is not carried out yet"
"""Why a run ends at a step that `cio apply` refuses: only a graph put there by hand has one."""


def next_to_walk(person: Progress) -> Run | None:
    """The run that has something to do now: those that entered first go first.

    Runs of a paused journey have nothing to do until it is resumed, which makes their people due.
    """
    ready = [
        run
        for run in (person.runs[run_id] for run_id in person.live)
        if (run.due is None or run.due <= person.now) and run.journey not in person.plan.paused
    ]
    return min(ready, key=lambda run: (run.entered_at, run.journey, run.id), default=None)


def walk(person: Progress, run: Run) -> None:
    """Walk until the run waits, is over, or has set an attribute.

    After an attribute is set, exits and entries have to be looked at before the next step: the run
    comes back with `due` at this instant.  A run arrives at a step with `due` None and its wait is
    over where `due` is not after now.
    """
    pinned = person.plan.pinned[run.digest]
    graph = pinned.graph
    here = run.node
    if run.due is not None and here is not None:
        waited = graph.nodes.get(here)
        if isinstance(waited, ir.WaitNode):
            here = waited.next
        run = replace(run, due=None)
    visits = dict(run.visits)
    while here is not None:
        if (run.id, here) in person.met:
            return _over(person, replace(run, node=here, visits=visits), "goes round in circles")
        person.met.add((run.id, here))
        node = graph.nodes.get(here)
        if node is None:
            return _over(person, replace(run, node=here, visits=visits), "the step is missing")
        visits[here] = visit = visits.get(here, 0) + 1
        match node:
            case ir.SendNode():
                _send(person, run, here, visit, node, graph.topic)
                here = node.next
            case ir.WaitNode():
                due = _until(person, node.wait)
                if due is None:
                    return _over(person, replace(run, node=here, visits=visits), NOT_CARRIED)
                person.decide("waited", run.journey, run.id, here, until=due.isoformat())
                if due > person.now:
                    person.put(replace(run, node=here, visits=visits, due=due))
                    return None
                here = node.next
            case ir.BranchNode():
                here = _branch(person, replace(run, node=here), node)
            case ir.SplitNode():
                point = split_point(person.person.key, graph.name, pinned.splits[here])
                share = share_at(point, node.split)
                person.decide("drawn", run.journey, run.id, here, share=share.label)
                here = share.next
            case ir.SetNode() | ir.AddNode():
                attribute, value = _change(person, node)
                person.set_attribute(attribute, value)
                person.decide("set", run.journey, run.id, here, attribute=attribute, to=value)
                if person.touched:
                    # Due None on the next step: it is arrived at when everything has been asked.
                    if node.next is None:
                        return _over(person, replace(run, node=None, visits=visits), "finished")
                    person.put(replace(run, node=node.next, visits=visits))
                    return None
                here = node.next
            case ir.LeaveNode():
                return _over(person, replace(run, node=here, visits=visits), "leave")
            case (
                ir.UntilNode()
                | ir.ExperimentNode()
                | ir.RepeatNode()
                | ir.AskNode()
                | ir.CollectNode()
                | ir.ThrottleNode()
                | ir.TrackNode()
                | ir.MembershipNode()
                | ir.CallNode()
                | ir.StartNode()
            ):
                return _over(person, replace(run, node=here, visits=visits), NOT_CARRIED)
    return _over(person, replace(run, node=None, visits=visits), "finished")


def _until(
    person: Progress, wait: ir.WaitFor | ir.WaitTime | ir.WaitDate | ir.WaitSlot
) -> datetime | None:
    """When a wait that begins now is over; None for one that is not carried out."""
    match wait:
        case ir.WaitFor():
            return add_local(person.now, parse_duration(wait.for_), person.timezone)
        case ir.WaitTime():
            return next_time(person.now, wait.time, wait.weekday, _zone(person, wait.zone))
        case ir.WaitSlot():
            return slot_opens(person.now, wait, _zone(person, wait.zone))
        case ir.WaitDate():
            return None


def _zone(person: Progress, zone: ir.Zone) -> tzinfo:
    return person.timezone if zone == "person" else person.plan.timezone


def _change(person: Progress, node: ir.SetNode | ir.AddNode) -> tuple[str, Any]:
    """An attribute and its new value.  What is not a number is not added to."""
    match node:
        case ir.SetNode():
            return node.set.attribute, plain(node.set.to)
        case ir.AddNode():
            before = person.attributes.get(node.add.attribute, 0)
            number = isinstance(before, int | float) and not isinstance(before, bool)
            return node.add.attribute, before + node.add.by if number else before


def _over(person: Progress, run: Run, reason: str) -> None:
    person.finish(run, reason)
    for key in [key for key in person.checks if key.startswith(f"{run.id} ")]:
        del person.checks[key]
    what = "finished" if reason == "finished" else "left"
    person.decide(what, run.journey, run.id, run.node, reason=reason)


def _branch(person: Progress, run: Run, node: ir.BranchNode) -> str | None:
    moment = person.moment(run)
    for position, case in enumerate(node.branch):
        if holds(case.if_, moment):
            person.decide(
                "branch",
                run.journey,
                run.id,
                run.node,
                case=position + 1,
                condition=in_words(case.if_),
            )
            return case.next
    person.decide("branch", run.journey, run.id, run.node, case="otherwise")
    return node.otherwise


def _send(
    person: Progress, run: Run, node_id: str, visit: int, node: ir.SendNode, topic: str | None
) -> None:
    row_id = blake2b(f"{run.id}\x00{node_id}\x00{visit}".encode(), digest_size=12).hexdigest()
    person.send(
        OutboxRow(
            id=row_id,
            person=person.person.id,
            run=run.id,
            journey=run.journey,
            node=node_id,
            visit=visit,
            channels=node.send.channels,
            channel=None,
            template=node.send.template,
            text=node.send.text,
            topic=node.topic or topic,
            made_at=person.now,
        )
    )
    person.decide("sent", run.journey, run.id, node_id, message=row_id)
