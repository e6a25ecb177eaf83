"""What throttles let through: bounds for journeys that can be entered any number of times."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from cio_lang import ir
from cio_lang.graph_data import ways
from cio_lang.proof.journeys import LENGTHS, WINDOWS, Holding, Window
from cio_lang.proof.profile import FOREVER, LIMIT, most_within
from cio_lang.proof.walks import TooLong, Walk, block_order, latest


def throttled(
    graph: ir.JourneyGraph,
    counted: frozenset[ir.NodeId],
    held: Holding,
    slack: int,
    horizon: int,
) -> dict[Window, int]:
    """The most messages by window, where every one of them comes after a throttle; else nothing.

    Whatever is sent in a window comes from a run that was let through as long before as the steps
    in between take.
    """
    gates = {name: node for name, node in graph.nodes.items() if isinstance(node, ir.ThrottleNode)}
    if not gates or graph.start is None:
        return {}
    in_block = set(block_order(graph, graph.start, None, {}))
    if not gates.keys() <= in_block or _reached(graph, frozenset(gates)) & counted:
        return {}
    most = dict.fromkeys(WINDOWS, 0)
    for name, gate in gates.items():
        let = _let_through(graph, name, gate.throttle, counted, held, slack, horizon)
        if let is None:
            return {}
        most = {window: most[window] + let[window] for window in WINDOWS}
    return most


def _let_through(
    graph: ir.JourneyGraph,
    gate: ir.NodeId,
    rate: ir.Rate,
    counted: frozenset[ir.NodeId],
    held: Holding,
    slack: int,
    horizon: int,
) -> dict[Window, int] | None:
    """The most messages of runs that one throttle lets through; None where it is not known.

    Once for all messages together, once for each by itself: the less of the two.
    """
    after = latest(graph, gate, slack)
    together = _of(graph, gate, rate, counted & after.keys(), after, held, slack, horizon)
    alone = [
        _of(graph, gate, rate, frozenset({each}), after, held, slack, horizon)
        for each in sorted(counted & after.keys())
    ]
    if together is None or None in alone:
        return together
    return {
        window: min(together[window], sum(each[window] for each in alone if each is not None))
        for window in WINDOWS
    }


def _of(
    graph: ir.JourneyGraph,
    gate: ir.NodeId,
    rate: ir.Rate,
    counted: frozenset[ir.NodeId],
    after: Mapping[ir.NodeId, float],
    held: Holding,
    slack: int,
    horizon: int,
) -> dict[Window, int] | None:
    late = max((after[each] for each in counted), default=0)
    if late == inf:
        return None
    try:
        walked = Walk(graph, counted, slack, FOREVER).run(None, gate)
        between = Walk(graph, counted, slack, horizon).run(None, gate).between
    except TooLong:
        return None
    early = next((quickest[0] for quickest in walked.first if quickest is not None), 0)
    found: dict[Window, int] = {}
    for window in WINDOWS:
        each, _ = most_within(between, LENGTHS[window], held.released)
        if each >= LIMIT:
            return None
        # Messages of a window come from runs let through in a time as much longer as runs differ.
        long = LENGTHS[window] + held.longest + int(late) - early
        found[window] = each * rate.times * -(-long // LENGTHS[rate.per])
    return found


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
