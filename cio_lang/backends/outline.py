"""The steps of a journey within one another, the way a person reads them.

Ways are cut where they meet again, so that what follows stands once, below them; the body of a
repeat ends where it goes back.  A step that stands elsewhere already (only in graphs written by
hand) is named and not said again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cio_lang import ir
from cio_lang.graph_data import successors, ways
from cio_lang.record import record


@record
class Way:
    """One way out of a step: the path of its key (`branch[1].next`), and what is done on it.

    `ends` says that the journey ends there.
    """

    key: str
    inside: tuple[Outline, ...]
    ends: bool


@record
class Outline:
    """One step; `ways` only where there are several.  `seen`: it stands elsewhere already."""

    name: ir.NodeId
    node: ir.GraphNode
    ways: tuple[Way, ...] = ()
    seen: bool = False


def outline(graph: ir.JourneyGraph) -> tuple[Outline, ...]:
    """The steps from the start on."""
    return _Outlining(graph.nodes, set()).block(graph.start, frozenset())[0]


@record
class _Outlining:
    nodes: Mapping[ir.NodeId, ir.GraphNode]
    said: set[ir.NodeId]

    def block(
        self, start: ir.NodeId | None, stops: frozenset[ir.NodeId]
    ) -> tuple[tuple[Outline, ...], bool]:
        """The steps from `start` up to a stop, and whether the journey ends before one."""
        done: list[Outline] = []
        at = start
        while at is not None and at not in stops:
            node = self.nodes[at]
            if at in self.said:
                done.append(Outline(at, node, seen=True))
                return tuple(done), False
            self.said.add(at)
            if isinstance(node, ir.RepeatNode):
                body, ends = self.block(node.body, stops | {at})
                done.append(Outline(at, node, (Way("body", body, ends),)))
                at = node.next
                continue
            out = ways(node)
            if len(out) <= 1:
                done.append(Outline(at, node))
                if not out:
                    return tuple(done), True
                at = out[0][1]
                continue
            meet = self._meeting([way for _, way in out], stops)
            if meet is None:
                # Who is refused, or has no date, leaves there where nothing else is said.
                said = isinstance(node, ir.AskNode | ir.WaitNode)
                starts = [way for _, way in out if not (said and way is None)]
                meet = self._only_way_on(starts, stops)
            inner = stops if meet is None else stops | {meet}
            arms = []
            for key, way in out:
                steps, ends = self.block(way, inner)
                arms.append(Way(key, steps, ends))
            done.append(Outline(at, node, tuple(arms)))
            if meet is None:
                return tuple(done), all(arm.ends for arm in arms)
            at = meet
        return tuple(done), at is None

    def _meeting(
        self, starts: Sequence[ir.NodeId | None], stops: frozenset[ir.NodeId]
    ) -> ir.NodeId | None:
        """The first node that two of the ways have in common."""
        reached = [self._reachable(start, stops) for start in starts]
        for number, one in enumerate(reached):
            for node in one:
                if any(node in other for other in reached[number + 1 :]):
                    return node
        return None

    def _only_way_on(
        self, starts: Sequence[ir.NodeId | None], stops: frozenset[ir.NodeId]
    ) -> ir.NodeId | None:
        """The one way that is gone on, where all others say `leave`."""
        on = [start for start in starts if not self._leaves(start, stops)]
        return on[0] if len(on) == 1 and on[0] not in stops else None

    def _leaves(self, start: ir.NodeId | None, stops: frozenset[ir.NodeId]) -> bool:
        reached = self._reachable(start, stops)
        return (
            start is not None
            and not stops & reached.keys()
            and all(None not in successors(self.nodes[node]) for node in reached)
        )

    def _reachable(
        self, start: ir.NodeId | None, stops: frozenset[ir.NodeId]
    ) -> dict[ir.NodeId, None]:
        """Every node from `start` on up to and with the stops, nearest first."""
        found: dict[ir.NodeId, None] = {}
        waiting = [start]
        for at in waiting:
            if at is None or at in found:
                continue
            found[at] = None
            if at not in stops:
                waiting.extend(successors(self.nodes[at]))
        return found
