"""Walking a run from step to step, until it waits or is over."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import Any

from cio_lang import ir
from cio_lang.conditions import Event, holds
from cio_lang.draw import share_at, split_point
from cio_lang.runtime.entering import start_journey, take_in
from cio_lang.runtime.plan import in_words
from cio_lang.runtime.progress import FOREVER, Progress, plain
from cio_lang.runtime.waiting import after_wait, is_ready, wait_begins
from cio_lang.store.state import OutboxRow, Run

NOT_CARRIED = "this step is not carried out yet"
"""Why a run ends at a step that `cio apply` refuses: only a graph put there by hand has one."""


def next_to_walk(person: Progress) -> Run | None:
    """The run that has something to do now: those that entered first go first.

    Runs of a paused journey have nothing to do until it is resumed, which makes their people due.
    """
    ready = [
        person.runs[run_id]
        for run_id in person.live
        if person.runs[run_id].journey not in person.plan.paused
        and is_ready(person, person.runs[run_id])
    ]
    return min(ready, key=lambda run: (run.entered_at, run.journey, run.id), default=None)


def walk(person: Progress, run: Run) -> None:
    """Walk until the run waits, is over, or has changed what entries and exits look at.

    Those are looked at before the next step: the run comes back with `due` None, as one that
    arrives at a step.  A run with `due` was waiting, and what it waited for has come.
    """
    pinned = person.plan.pinned[run.digest]
    graph = pinned.graph
    here = run.node
    if run.due is not None:
        here, ended = after_wait(person, run)
        run = replace(run, due=None)
        if ended is not None:
            return _over(person, run, ended)
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
            case ir.WaitNode() | ir.UntilNode():
                run = wait_begins(person, replace(run, node=here, visits=visits), node)
                if run.due is not None and run.due < FOREVER:
                    until = run.due.isoformat()
                    person.decide("waited", run.journey, run.id, here, until=until)
                else:
                    person.decide("waited", run.journey, run.id, here)
                if not is_ready(person, run):
                    person.put(run)
                    return None
                here, ended = after_wait(person, run)
                run = replace(run, due=None)
                if ended is not None:
                    return _over(person, run, ended)
                visits = dict(run.visits)
            case ir.BranchNode():
                here = _branch(person, replace(run, node=here), node)
            case ir.SplitNode():
                point = split_point(person.person.key, graph.name, pinned.splits[here])
                share = share_at(point, node.split)
                person.decide("drawn", run.journey, run.id, here, share=share.label)
                here = share.next
            case ir.RepeatNode():
                here = _repeat(person, replace(run, node=here, visits=visits), node, visits)
            case ir.SetNode() | ir.AddNode():
                attribute, value = _change(person, node)
                person.set_attribute(attribute, value)
                person.decide("set", run.journey, run.id, here, attribute=attribute, to=value)
                if person.touched:
                    return _look_first(person, replace(run, node=node.next, visits=visits))
                here = node.next
            case ir.TrackNode() | ir.StartNode():
                person.put(replace(run, node=node.next, visits=visits))
                if isinstance(node, ir.StartNode):
                    start_journey(person, node.start)
                else:
                    _track(person, run, here, visit, node)
                if run.id in person.live:
                    return _look_first(person, person.runs[run.id])
                return None
            case ir.LeaveNode():
                return _over(person, replace(run, node=here, visits=visits), "leave")
            case (
                ir.ExperimentNode()
                | ir.AskNode()
                | ir.CollectNode()
                | ir.ThrottleNode()
                | ir.MembershipNode()
                | ir.CallNode()
            ):
                return _over(person, replace(run, node=here, visits=visits), NOT_CARRIED)
    return _over(person, replace(run, node=None, visits=visits), "finished")


def _look_first(person: Progress, run: Run) -> None:
    """Entries and exits are looked at before the next step, where there is one."""
    inside = person.plan.pinned[run.digest].repeats
    if run.node is None and not any(run.visits.get(_rounds(each)) for each in inside):
        return _over(person, run, "finished")
    person.put(run)
    return None


def _repeat(person: Progress, run: Run, node: ir.RepeatNode, visits: dict[str, int]) -> str | None:
    """Into the next round, or past the repeat."""
    rounds, until = _rounds(run.node or ""), node.repeat.until
    begun = visits.pop(rounds, 0)
    if begun >= node.repeat.times or (until is not None and holds(until, person.moment(run))):
        return node.next
    visits[rounds] = begun + 1
    # The steps of the round are walked anew; the rounds are counted.
    person.met = {each for each in person.met if each[0] != run.id}
    return node.body


def _rounds(node_id: str) -> str:
    """Under which name `Run.visits` keeps how many rounds of a repeat have begun."""
    return f"{node_id} rounds"


def _track(person: Progress, run: Run, here: str, visit: int, node: ir.TrackNode) -> None:
    """Record an event: it counts as if it had come from outside, at once."""
    properties = {name: plain(value) for name, value in node.track.properties.items()}
    event = Event(node.track.event, person.now, properties, f"{here} {run.id} {visit}")
    person.decide("tracked", run.journey, run.id, here, event=event.name)
    person.track(event)
    take_in(person, event)


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
