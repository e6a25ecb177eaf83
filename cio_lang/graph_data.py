"""A graph as plain data, and the digest of what it does.

`as_data` turns any part of a graph into dictionaries, lists and scalars: keys in the order of the
fields, defaults left out.  What is written to files, digested and compared all comes from it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from cio_lang import ir

Data = dict[str, Any] | list[Any] | str | int | float | bool | None

_NO_DEFAULT = object()

_PLAIN = frozenset({str, int, float, bool})


@cache
def fields_of(kind: Hashable) -> tuple[tuple[str, str, object], ...]:
    """(attribute, key, default) of each field of a graph class, in order."""
    found: list[tuple[str, str, object]] = []
    fields = dataclasses.fields(cast(Any, kind))
    for field in fields:
        default: object = _NO_DEFAULT
        if field.default is not dataclasses.MISSING:
            # `leave: true` is what marks a leave node, so a default that stands alone is kept.
            default = field.default if len(fields) > 1 else _NO_DEFAULT
        elif field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        found.append((field.name, field.name.rstrip("_"), default))
    return tuple(found)


def as_data(part: object) -> Any:
    """Any part of a graph as plain data; a new copy each time."""
    if part is None or isinstance(part, str | int | float):
        return part
    if isinstance(part, tuple | list):
        return [as_data(one) for one in part]
    if isinstance(part, dict):
        return {key: as_data(one) for key, one in part.items()}
    data: dict[str, Any] = {}
    kind: Any = type(part)
    for name, key, default in fields_of(kind):
        value = getattr(part, name)
        if value is default or (default is not _NO_DEFAULT and value == default):
            continue
        plain = value.__class__ in _PLAIN
        data[key] = value if plain else as_data(value)
    return data


def text_digest(text: str) -> str:
    """`sha256:…` of a text in UTF-8."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def ways(node: ir.GraphNode) -> tuple[tuple[str, ir.NodeId | None], ...]:
    """Where a run can go from `node`, in the order written, each with the path of its key.

    None is the end of the journey.  A wait without a date to miss has no `missing`, one without an
    end no `timeout`, an experiment that holds nobody out no `held_out`.
    """
    match node:
        case ir.WaitNode():
            missing = (("missing", node.missing),) if isinstance(node.wait, ir.WaitDate) else ()
            return (("next", node.next), *missing)
        case ir.UntilNode():
            late = () if node.until.at_most is None else (("timeout", node.timeout),)
            return (("met", node.met), *late)
        case ir.BranchNode():
            cases = ((f"branch[{n}].next", case.next) for n, case in enumerate(node.branch, 1))
            return (*cases, ("otherwise", node.otherwise))
        case ir.SplitNode():
            return tuple((f"split[{n}].next", one.next) for n, one in enumerate(node.split, 1))
        case ir.ExperimentNode():
            held = (("held_out", node.held_out),) if node.experiment.hold_out else ()
            return (*((f"arms[{n}].next", arm.next) for n, arm in enumerate(node.arms, 1)), *held)
        case ir.RepeatNode():
            return (("body", node.body), ("next", node.next))
        case ir.AskNode():
            return (("approved", node.approved), ("refused", node.refused))
        case (
            ir.SendNode() | ir.CollectNode() | ir.ThrottleNode() | ir.SetNode() | ir.AddNode()
            | ir.TrackNode() | ir.MembershipNode() | ir.CallNode() | ir.StartNode()
        ):  # fmt: skip
            return (("next", node.next),)
        case ir.LeaveNode():
            return ()


def successors(node: ir.GraphNode) -> tuple[ir.NodeId | None, ...]:
    """Where a run can go from `node`, in the order written; None is the end of the journey."""
    return tuple(way for _, way in ways(node))


def walk(start: ir.NodeId | None, nodes: Mapping[ir.NodeId, ir.GraphNode]) -> tuple[ir.NodeId, ...]:
    """The nodes that a run can reach from `start`, each once, before all that lie behind it.

    The order follows from the ways alone, so it is the same whatever the nodes are called.
    """
    # Reverse postorder, arms taken from the last: a node is listed once all behind it are.
    backwards: list[ir.NodeId] = []
    seen: set[ir.NodeId] = set()
    waiting: list[tuple[ir.NodeId | None, bool]] = [(start, False)]
    while waiting:
        name, done = waiting.pop()
        if name is None:
            continue
        if done:
            backwards.append(name)
        elif name not in seen and name in nodes:
            seen.add(name)
            waiting.append((name, True))
            waiting.extend((after, False) for after in successors(nodes[name]))
    return tuple(reversed(backwards))


def splits(graph: ir.JourneyGraph) -> dict[ir.NodeId, int]:
    """The splits, numbered from 1 in the order of `walk`; what it does not reach comes last.

    The number is what tells the draws of two splits apart: unlike the id, it does not follow the
    names of shares, so that other names draw nobody anew.
    """
    order = dict.fromkeys((*walk(graph.start, graph.nodes), *graph.nodes))
    found = (name for name in order if isinstance(graph.nodes[name], ir.SplitNode))
    return {name: number for number, name in enumerate(found, start=1)}


def reading_order(graph: ir.JourneyGraph) -> tuple[ir.NodeId, ...]:
    """The nodes that a run can reach, in the order in which the journey says them."""
    reached = set(walk(graph.start, graph.nodes))
    return tuple(name for name in graph.nodes if name in reached)


_FROM_THE_FIRST = ("entry", "reentry", "only", "exits", "goal", "topic")
"""Parts of a journey that always count, said or not."""

_SINCE_THE_FIRST = ("key", "quiet", "priority", "exempt_from_caps", "spread")
"""Parts of a journey that count where they are said; without them nothing has changed."""


def behaviour(graph: ir.JourneyGraph, reached: Sequence[ir.NodeId] | None = None) -> str:
    """`sha256:…` of what the journey does to people, apart from its wording.

    `reached` are its nodes as `walk` has them, for those who know them already.

    Who enters and leaves, the goal, conditions, waits, channels, shares and topics count.  The
    title, the origin, the template or text of a message and the names of shares do not; neither do
    node ids, which follow the wording: nodes are numbered by the ways between them instead.
    """
    reached = walk(graph.start, graph.nodes) if reached is None else reached
    numbers = {name: n for n, name in enumerate(reached)}
    what = {key: as_data(getattr(graph, key)) for key in _FROM_THE_FIRST}
    for name, key, default in fields_of(ir.JourneyGraph):
        if key in _SINCE_THE_FIRST and getattr(graph, name) != default:
            what[key] = as_data(getattr(graph, name))
    steps = [_unworded(graph.nodes[name], numbers) for name in numbers]
    return text_digest(json.dumps([what, steps], separators=(",", ":"), sort_keys=True))


_WAYS = (
    "next",
    "otherwise",
    "missing",
    "met",
    "timeout",
    "held_out",
    "body",
    "approved",
    "refused",
)


def _unworded(node: ir.GraphNode, numbers: dict[str, int]) -> Any:
    data = as_data(node)
    if "send" in data:
        for wording in ("template", "text"):
            data["send"].pop(wording, None)
    for case in data.get("branch", ()):
        case["next"] = numbers.get(case.get("next"))
    for share in (*data.get("split", ()), *data.get("arms", ())):
        share["next"] = numbers.get(share.get("next"))
        del share["label"]
    for key in _WAYS:
        if key in data:
            data[key] = numbers.get(data[key])
    return data
