"""A graph as plain data, and the digest of what it does.

`as_data` turns any part of a graph into dictionaries, lists and scalars: keys in the order of the
fields, defaults left out.  What is written to files, digested and compared all comes from it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from typing import Any, cast

from cio_lang import ir

Data = dict[str, Any] | list[Any] | str | int | float | bool | None

_NO_DEFAULT = object()


@cache
def fields_of(kind: Hashable) -> tuple[tuple[str, str, object], ...]:
    """(attribute, key, default) of each field of a graph class, in order."""
    found: list[tuple[str, str, object]] = []
    for field in dataclasses.fields(cast(Any, kind)):
        default: object = _NO_DEFAULT
        if field.default is not dataclasses.MISSING:
            # `leave: true` is what marks a leave node, so a default that stands alone is kept.
            default = field.default if field.default is not True else _NO_DEFAULT
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
        if default is not _NO_DEFAULT and value == default:
            continue
        data[key] = as_data(value)
    return data


def text_digest(text: str) -> str:
    """`sha256:…` of a text in UTF-8."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def successors(node: ir.GraphNode) -> Iterator[ir.NodeId | None]:
    """Where a run can go from `node`, in the order written; None is the end of the journey."""
    match node:
        case ir.SendNode() | ir.WaitNode() | ir.SetNode():
            yield node.next
        case ir.BranchNode():
            for case in node.branch:
                yield case.next
            yield node.otherwise
        case ir.LeaveNode():
            return


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


def reading_order(graph: ir.JourneyGraph) -> tuple[ir.NodeId, ...]:
    """The nodes that a run can reach, in the order in which the journey says them."""
    reached = set(walk(graph.start, graph.nodes))
    return tuple(name for name in graph.nodes if name in reached)


def behaviour(graph: ir.JourneyGraph) -> str:
    """`sha256:…` of what the journey does to people, apart from its wording.

    Who enters and leaves, the goal, conditions, waits, channels and topics count.  The title, the
    origin, and the template or text of a message do not; neither do node ids, which follow the
    wording: nodes are numbered by the ways between them instead.
    """
    numbers = {name: n for n, name in enumerate(walk(graph.start, graph.nodes))}
    what = {
        key: as_data(getattr(graph, key))
        for key in ("entry", "reentry", "only", "exits", "goal", "topic")
    }
    steps = [_unworded(graph.nodes[name], numbers) for name in numbers]
    return text_digest(json.dumps([what, steps], separators=(",", ":"), sort_keys=True))


def _unworded(node: ir.GraphNode, numbers: dict[str, int]) -> Any:
    data = as_data(node)
    if "send" in data:
        data["send"] = {"channels": data["send"]["channels"]}
    for case in data.get("branch", ()):
        case["next"] = numbers.get(case.get("next"))
    for key in ("next", "otherwise"):
        if key in data:
            data[key] = numbers[data[key]]
    return data
