"""Where the steps of a graph lead: each to a step that is there, and none round for ever.

The one way back is the end of a repeat's body.  Whoever goes round must pass a repeat, which
counts, and a step that takes time: a loop in no time at all is a mistake even where it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cio_lang import ir
from cio_lang.graph_data import successors, ways
from cio_lang.problem import nearest

Complaint = tuple[tuple[str | int, ...], str, str]
Ways = Mapping[ir.NodeId, Sequence[ir.NodeId]]


def way_complaints(graph: ir.JourneyGraph) -> Iterator[Complaint]:
    """Steps that are named and not there, and ways that lead in a circle."""
    names = graph.nodes
    if graph.start is None and names:
        yield ("start",), "is missing", f"write `start: {next(iter(names))}`"
    known = True
    for path, name in _named(graph):
        if name not in names:
            known = False
            meant = nearest(name, names)
            way_out = f"write `{meant}`" if meant else "name a step that is there"
            yield path, f"is `{name}`, a step that is not there", way_out
    if not known:
        return
    # The body of a repeat is walked so many times and no more: without those ways, no circle is
    # left.
    circle = _circle({name: _forward(node) for name, node in names.items()})
    if circle is not None:
        fact = "leads back to itself: people would go round for ever"
        yield ("nodes", circle), fact, "let one of its steps go on to a later one"
        return
    circle = _circle({name: _at_once(node) for name, node in names.items()})
    if circle is not None:
        fact = "leads back to itself without a wait: all its rounds would come at once"
        yield ("nodes", circle), fact, "add a wait to what is repeated"


def _named(graph: ir.JourneyGraph) -> Iterator[tuple[tuple[str | int, ...], ir.NodeId]]:
    if graph.start is not None:
        yield ("start",), graph.start
    for name, node in graph.nodes.items():
        for key, after in ways(node):
            if after is not None:
                yield ("nodes", name, *_path(key)), after


def _path(key: str) -> tuple[str | int, ...]:
    """`branch[2].next` as the parts of a path, counted from 0."""
    parts: list[str | int] = []
    for part in key.split("."):
        name, _, number = part.partition("[")
        parts.append(name)
        if number:
            parts.append(int(number.rstrip("]")) - 1)
    return tuple(parts)


def _known(node: ir.GraphNode) -> tuple[ir.NodeId, ...]:
    return tuple(after for after in successors(node) if after is not None)


def _forward(node: ir.GraphNode) -> tuple[ir.NodeId, ...]:
    """Where a node leads, but for the rounds of a repeat."""
    if isinstance(node, ir.RepeatNode):
        return () if node.next is None else (node.next,)
    return _known(node)


def _at_once(node: ir.GraphNode) -> tuple[ir.NodeId, ...]:
    """Where a node leads without a stay: nowhere, if it waits, though perhaps not for long."""
    if isinstance(node, ir.WaitNode | ir.UntilNode | ir.AskNode | ir.CollectNode):
        return ()
    if isinstance(node, ir.RepeatNode) and node.repeat.until is None:
        # Past it come only those who went round, and a round without a wait is a circle already.
        return (node.body,)
    return _known(node)


def _circle(onward: Ways) -> ir.NodeId | None:
    """A node from which a way leads back to itself, or None."""
    done: set[ir.NodeId] = set()
    for first in onward:
        if first in done:
            continue
        way = {first: iter(onward[first])}
        while way:
            name, ahead = next(reversed(way.items()))
            here = next(ahead, None)
            if here is None:
                done.add(name)
                del way[name]
            elif here in way:
                return here
            elif here not in done:
                way[here] = iter(onward[here])
    return None
