"""A graph as plain English, to be read back to whoever wrote it.

Says everything that the graph says and can be read in one way only: parts of a mixed condition
stand in parentheses, and where a missing value counts, it says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ir
from cio_lang.backends.backend import Backend
from cio_lang.backends.words import condition, duration, people, quoted, value, where
from cio_lang.graph_data import reading_order

__all__ = ["BACKEND", "condition", "emit", "people", "step"]


def emit(graph: ir.Graph) -> str:
    """The whole graph: who, how often, until when, and the steps, numbered."""
    match graph:
        case ir.SegmentGraph():
            return f"Segment {quoted(graph.title)}: {people(graph.where)}.\n"
        case ir.JourneyGraph():
            return "\n".join(_journey(graph)) + "\n"


def _journey(graph: ir.JourneyGraph) -> Iterator[str]:
    yield f"Journey {quoted(graph.title)}"
    yield ""
    yield f"{entry(graph.entry)}."
    if graph.only is not None:
        yield f"Only {people(graph.only)} enter."
    yield f"{reentry(graph.reentry)}."
    for one in graph.exits:
        yield f"{leaving(one)}."
    if graph.goal is not None:
        yield f"{goal(graph.goal)}."
    if graph.topic is not None:
        yield f"Its messages are about the topic {graph.topic}."
    yield ""
    numbers = {name: number for number, name in enumerate(reading_order(graph), start=1)}
    if not numbers:
        yield "It has no steps."
    for name, number in numbers.items():
        yield from _step(number, graph.nodes[name], numbers)


def entry(starts: ir.Entry) -> str:
    """Who enters."""
    match starts:
        case ir.EventMatch():
            return f"Starts each time someone does {starts.event}{where(starts.where)}"
        case ir.Match(existing="include"):
            return f"Starts with {people(starts.match)}, also those who match already"
        case ir.Match():
            return f"Starts when someone comes to be among the {people(starts.match)}"


def reentry(rule: ir.Reentry) -> str:
    """How often one person may enter."""
    match rule.allow:
        case "once":
            return "Each person enters once ever"
        case "every_time":
            return "A person can enter again once they are through"
        case "after":
            return f"A person can enter again {duration(rule.after or '')} after entering"


def leaving(one: ir.Exit) -> str:
    """When people leave before the end."""
    match one:
        case ir.ExitOnEvent():
            return f"Leave when they do {one.event}{where(one.where)}"
        case ir.ExitWhen():
            return f"Leave as soon as this holds: {condition(one.when)}"


def goal(aim: ir.Goal) -> str:
    """What counts as success."""
    within = "" if aim.within is None else f" within {duration(aim.within)} of entering"
    then = "; then they leave" if aim.leave else ""
    return f"The goal is that they do {aim.event}{where(aim.where)}{within}{then}"


def _step(number: int, node: ir.GraphNode, numbers: dict[ir.NodeId, int]) -> Iterator[str]:
    match node:
        case ir.SendNode() | ir.WaitNode() | ir.SetNode():
            yield f"{number}. {step(node)}.{_onward(node.next, number, numbers)}"
        case ir.LeaveNode():
            yield f"{number}. {step(node)}."
        case ir.BranchNode():
            yield f"{number}. {step(node)}:"
            for index, case in enumerate(node.branch):
                first = "if" if index == 0 else "otherwise if"
                yield f"   - {first} {condition(case.if_)}: {_go(case.next, numbers)};"
            yield f"   - otherwise: {_go(node.otherwise, numbers)}."


def step(node: ir.GraphNode) -> str:
    """One step, without where it leads."""
    match node:
        case ir.SendNode():
            return (
                f"Send {message(node.send)} by {', else '.join(map(_channel, node.send.channels))}"
            )
        case ir.WaitNode():
            return f"Wait {duration(node.wait.for_)}"
        case ir.SetNode():
            return f"Set {node.set.attribute} to {value(node.set.to)}"
        case ir.LeaveNode():
            return "Leave the journey"
        case ir.BranchNode():
            return "Take the first that fits"


def message(sent: ir.Message) -> str:
    """The template or the words."""
    if sent.template is not None:
        return f"the template {quoted(sent.template)}"
    return quoted(sent.text or "")


def _channel(channel: ir.Channel) -> str:
    match channel:
        case "push":
            return "push notification"
        case "email":
            return "email"
        case "sms":
            return "text message"


def _onward(after: ir.NodeId | None, number: int, numbers: dict[ir.NodeId, int]) -> str:
    if after is None:
        return " Then the journey ends."
    return "" if numbers.get(after) == number + 1 else f" Then {_go(after, numbers)}."


def _go(after: ir.NodeId | None, numbers: dict[ir.NodeId, int]) -> str:
    return "the journey ends" if after is None else f"step {numbers[after]}"


BACKEND = Backend(
    name="english",
    summary="The graph read back in plain English.",
    ending=".txt",
    emit=emit,
)
