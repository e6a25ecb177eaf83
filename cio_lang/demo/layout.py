"""A journey's graph as steps within steps, the way a person reads it.

Branches are cut where their arms meet again, so that what follows stands once, below them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cio_lang import ir, text
from cio_lang.backends import words


@dataclass(frozen=True, slots=True)
class Arm:
    """One way out of a branch: when it is taken, and what is done then."""

    when: str
    steps: Steps


@dataclass(frozen=True, slots=True)
class Step:
    """One node; `arms` only where it branches.  `kind` is the node's key in the graph."""

    node: str
    kind: str
    says: str
    arms: tuple[Arm, ...] = ()


Steps = tuple[Step, ...]


def steps(graph: ir.JourneyGraph, segments: Mapping[str, str]) -> Steps:
    """The steps of a journey from its start; `segments` are the titles of segments by name."""
    return _from(graph.start, None, graph.nodes, segments)


def _from(
    start: str | None,
    stop: str | None,
    nodes: Mapping[str, ir.GraphNode],
    segments: Mapping[str, str],
) -> Steps:
    """The steps from `start` up to, not including, `stop`."""
    done: list[Step] = []
    at = start
    while at is not None and at != stop:
        node = nodes[at]
        match node:
            case ir.SendNode():
                channel = "email" if node.send.channels == ("email",) else "notify"
                done.append(Step(at, "send", f"{channel} {_message(node.send)}"))
                at = node.next
            case ir.WaitNode():
                done.append(Step(at, "wait", f"wait {words.duration(node.wait.for_)}"))
                at = node.next
            case ir.SetNode(ir.Assignment(attribute, to)):
                done.append(Step(at, "set", f"set {attribute} to {words.value(to)}"))
                at = node.next
            case ir.LeaveNode():
                done.append(Step(at, "leave", "leave"))
                at = None
            case ir.BranchNode():
                ways = [case.next for case in node.branch] + [node.otherwise]
                meet = _meeting(ways, stop, nodes)
                arms = [
                    Arm(
                        f"if {_condition(case.if_, segments)}",
                        _from(case.next, meet, nodes, segments),
                    )
                    for case in node.branch
                ]
                arms.append(Arm("otherwise", _from(node.otherwise, meet, nodes, segments)))
                done.append(Step(at, "branch", "choose", tuple(arms)))
                at = meet
    return tuple(done)


def _condition(condition: ir.Condition, segments: Mapping[str, str]) -> str:
    """A condition in English, with segments by their titles."""
    said = words.condition(condition)
    for name, title in segments.items():
        said = said.replace(f"in segment {name}", f"in segment {text.quoted(title)}")
    return said


def _meeting(
    ways: list[str | None], stop: str | None, nodes: Mapping[str, ir.GraphNode]
) -> str | None:
    """The first node that two arms have in common, or `stop` where they never meet before."""
    reached = [_reachable(way, nodes) for way in ways]
    for way in reached:
        for node in way:
            if sum(node in other for other in reached) > 1:
                return node
    return stop


def _reachable(start: str | None, nodes: Mapping[str, ir.GraphNode]) -> list[str]:
    """Every node from `start` on, nearest first."""
    found: list[str] = []
    waiting = [start]
    while waiting:
        at = waiting.pop(0)
        if at is None or at in found:
            continue
        found.append(at)
        node = nodes[at]
        match node:
            case ir.SendNode() | ir.WaitNode() | ir.SetNode():
                waiting.append(node.next)
            case ir.BranchNode():
                waiting += [case.next for case in node.branch] + [node.otherwise]
            case ir.LeaveNode():
                pass
    return found


def _message(message: ir.Message) -> str:
    """A template by its name, or the first words of what is sent."""
    if message.template is not None:
        return f'"{message.template}"'
    said = " ".join((message.text or "").split())
    return text.quoted(said if len(said) <= 40 else said[:39].rstrip() + "…")
