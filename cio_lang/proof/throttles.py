"""What throttles let through: bounds for journeys that can be entered any number of times."""

from __future__ import annotations

from cio_lang import ir
from cio_lang.graph_data import ways
from cio_lang.proof.journeys import LENGTHS, WINDOWS, Holding, Window
from cio_lang.proof.profile import LIMIT, most_within
from cio_lang.proof.walks import TooLong, Walk, block_order, latest


def throttled(
    graph: ir.JourneyGraph,
    counted: frozenset[ir.NodeId],
    held: Holding,
    slack: int,
    horizon: int,
) -> dict[Window, int]:
    """The most messages by window, where every one of them comes after a throttle; else nothing.

    Whatever is sent in a window comes from a run that was let through in it, or up to as long
    before as the steps in between can take.
    """
    gates = {name: node for name, node in graph.nodes.items() if isinstance(node, ir.ThrottleNode)}
    if not gates or graph.start is None:
        return {}
    in_block = set(block_order(graph, graph.start, None, {}))
    if not gates.keys() <= in_block or _reached(graph, frozenset(gates)) & counted:
        return {}
    most = dict.fromkeys(WINDOWS, 0)
    for name, gate in gates.items():
        after = latest(graph, name, slack)
        late = max((after[each] for each in counted if each in after), default=0)
        if late == float("inf"):
            return {}
        try:
            walked = Walk(graph, counted, slack, horizon).run(None, name)
        except TooLong:
            return {}
        for window in WINDOWS:
            each, _ = most_within(walked.between, LENGTHS[window], held.released)
            if each >= LIMIT:
                return {}
            long = LENGTHS[window] + held.longest + int(late)
            most[window] += each * gate.throttle.times * -(-long // LENGTHS[gate.throttle.per])
    return most


def _reached(graph: ir.JourneyGraph, gates: frozenset[ir.NodeId]) -> frozenset[ir.NodeId]:
    """What runs come to without passing a throttle."""
    found: set[ir.NodeId] = set()
    waiting = [graph.start]
    while waiting:
        here = waiting.pop()
        if here is None or here in found or here in gates or here not in graph.nodes:
            continue
        found.add(here)
        waiting.extend(after for _, after in ways(graph.nodes[here]))
    return frozenset(found)
