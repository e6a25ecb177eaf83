"""A journey's graph as steps within steps, in short words, for a picture.

Branches are cut where their arms meet again, so that what follows stands once, below them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

from cio_lang import ir, text
from cio_lang.backends import paragraph, words
from cio_lang.backends import steps as english
from cio_lang.backends.outline import Outline, outline
from cio_lang.backends.phrases import duration, name
from cio_lang.record import record


@record
class Arm:
    """One way out of a branch: when it is taken, and what is done then."""

    when: str
    steps: Steps


@record
class Step:
    """One node; `arms` only where it branches.  `kind` is the node's key in the graph."""

    node: str
    kind: str
    says: str
    arms: tuple[Arm, ...] = ()


Steps = tuple[Step, ...]


def steps(graph: ir.JourneyGraph, segments: Mapping[str, str]) -> Steps:
    """The steps of a journey from its start; `segments` are the titles of segments by name."""
    return _steps(outline(graph), segments)


def _steps(outlined: Sequence[Outline], segments: Mapping[str, str]) -> Steps:
    return tuple(_step(one, segments) for one in outlined)


def _step(one: Outline, segments: Mapping[str, str]) -> Step:
    kind = dataclasses.fields(one.node)[0].name
    if one.seen or not one.ways:
        return Step(one.name, kind, _titled(_says(one.node), segments))
    whens = [_titled(when, segments) for when in _whens(one.node)]
    arms = (
        Arm(when, _steps(way.inside, segments)) for when, way in zip(whens, one.ways, strict=True)
    )
    return Step(one.name, kind, _titled(_says(one.node), segments), tuple(arms))


def _says(node: ir.GraphNode) -> str:
    match node:
        case ir.SendNode():
            several = len(node.send.channels) > 1
            channel = "notify" if several else _CHANNELS[node.send.channels[0]]
            return f"{channel} {_message(node.send)}"
        case ir.WaitNode():
            return f"wait {english.wait(node.wait)}"
        case ir.BranchNode():
            return "choose"
        case ir.SplitNode():
            return "split"
        case ir.ExperimentNode():
            return f"experiment {node.experiment.name}"
        case ir.CollectNode():
            return f"collect for {duration(node.collect)}"
        case ir.CallNode():
            return "call a web address"
        case (
            ir.UntilNode() | ir.RepeatNode() | ir.AskNode() | ir.ThrottleNode() | ir.SetNode()
            | ir.AddNode() | ir.TrackNode() | ir.MembershipNode() | ir.StartNode()
        ):  # fmt: skip
            said = english.step(node)
            return said[:1].lower() + said[1:]
        case ir.LeaveNode():
            return "leave"


_CHANNELS: Mapping[ir.Channel, str] = {
    "push": "push",
    "email": "email",
    "sms": "text",
    "in_app": "in-app",
    "whatsapp": "whatsapp",
    "slack": "slack",
}


def _whens(node: ir.GraphNode) -> list[str]:
    """When each way of a step is taken."""
    match node:
        case ir.BranchNode():
            return [*(f"if {words.condition(case.if_)}" for case in node.branch), "otherwise"]
        case ir.WaitNode(wait=ir.WaitDate(date)):
            return ["then", f"no {name(date.attribute)}"]
        case ir.UntilNode():
            return ["when it comes", f"after {duration(node.until.at_most or '')}"]
        case ir.SplitNode():
            return paragraph.shares(node.split)
        case ir.ExperimentNode():
            held = paragraph.held_out(node)
            return [*paragraph.shares(node.arms), *([] if held is None else [held])]
        case ir.RepeatNode():
            return ["each round"]
        case ir.AskNode():
            return paragraph.answers(node)
        case (
            ir.SendNode() | ir.WaitNode() | ir.CollectNode() | ir.ThrottleNode() | ir.SetNode()
            | ir.AddNode() | ir.TrackNode() | ir.MembershipNode() | ir.CallNode() | ir.StartNode()
            | ir.LeaveNode()
        ):  # fmt: skip
            return []


def _titled(said: str, segments: Mapping[str, str]) -> str:
    """English with segments by their titles."""

    def titled(found: re.Match[str]) -> str:
        title = segments.get(found[1])
        return found[0] if title is None else f"in segment {text.quoted(title)}"

    return re.sub(r"in segment ([\w-]+)", titled, said)


def _message(message: ir.Message) -> str:
    """A template by its name, or the first words of what is sent."""
    if message.template is not None:
        return f'"{message.template}"'
    said = " ".join((message.text or "").split())
    return text.quoted(said if len(said) <= 40 else said[:39].rstrip() + "…")
