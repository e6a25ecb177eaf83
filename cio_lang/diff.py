"""Two sets of graphs in, what changed between them out.

Compares what graphs do, not how they are written: graphs by name, steps by id.  A step whose id
changed with its wording is the same step where it has the same place: it comes after the same step
by the same way.  If nothing but wording changed, every change is a patch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from cio_lang import ir
from cio_lang.graph_data import reading_order, successors, walk

Magnitude = Literal["major", "minor", "patch"]
"""`major`: who enters or who gets what; `minor`: something added; `patch`: wording."""

What = Literal["added", "removed", "changed"]

Part = (
    ir.Graph
    | ir.GraphNode
    | ir.Entry
    | ir.Condition
    | ir.Exit
    | ir.Goal
    | ir.Reentry
    | ir.Message
    | ir.WaitFor
    | ir.Assignment
    | tuple[ir.Channel, ...]
    | str
    | None
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.  `before` and `after` are parts of the graphs, None where absent.

    `path` names the part as graph files do: `entry`, `exits`, `nodes.welcome.send.text`.
    """

    graph: str
    magnitude: Magnitude
    what: What
    path: str
    before: Part
    after: Part


def diff(before: Mapping[str, ir.Graph], after: Mapping[str, ir.Graph]) -> tuple[Change, ...]:
    """Every change, by graph in alphabetical order, and in reading order within a graph."""
    changes: list[Change] = []
    for name in sorted(before.keys() | after.keys()):
        changes.extend(_graph(name, before.get(name), after.get(name)))
    return tuple(changes)


def _graph(name: str, old: ir.Graph | None, new: ir.Graph | None) -> Iterator[Change]:
    if isinstance(old, ir.JourneyGraph) and isinstance(new, ir.JourneyGraph):
        yield from _head(name, old, new)
        yield from _Steps(name, old, new).changes()
    elif isinstance(old, ir.SegmentGraph) and isinstance(new, ir.SegmentGraph):
        yield from _changed(name, "patch", "title", old.title, new.title)
        yield from _changed(name, "major", "where", old.where, new.where)
    else:
        if old is not None:
            yield Change(name, "major", "removed", "", old, None)
        if new is not None:
            yield Change(name, "minor", "added", "", None, new)


def _head(name: str, old: ir.JourneyGraph, new: ir.JourneyGraph) -> Iterator[Change]:
    """What stands above the steps."""
    yield from _changed(name, "patch", "title", old.title, new.title)
    yield from _changed(name, "major", "entry", old.entry, new.entry)
    yield from _changed(name, "major", "reentry", old.reentry, new.reentry)
    yield from _changed(name, "major", "only", old.only, new.only)
    if set(old.exits) == set(new.exits):
        for before, after in zip_longest(old.exits, new.exits):
            yield from _changed(name, "major", "exits", before, after)
    for exit in old.exits:
        if exit not in new.exits:
            yield Change(name, "major", "removed", "exits", exit, None)
    for exit in new.exits:
        if exit not in old.exits:
            yield Change(name, "major", "added", "exits", None, exit)
    yield from _changed(name, "major", "goal", old.goal, new.goal)
    yield from _changed(name, "major", "topic", old.topic, new.topic)


def _changed(
    name: str, magnitude: Magnitude, path: str, before: Part, after: Part
) -> Iterator[Change]:
    if repr(before) == repr(after):  # for `==`, yes and 1 are the same
        return
    what: What = "added" if before is None else "removed" if after is None else "changed"
    yield Change(name, magnitude, what, path, before, after)


class _Steps:
    """The steps of two versions of a journey, paired."""

    def __init__(self, name: str, old: ir.JourneyGraph, new: ir.JourneyGraph) -> None:
        self.name = name
        self.old, self.new = old, new
        self.pairs: dict[ir.NodeId, ir.NodeId] = {}
        self.partners: dict[ir.NodeId, ir.NodeId] = {}
        same = old.behaviour == new.behaviour
        if not same:
            for node in walk(old.start, old.nodes):
                if node in new.nodes and _kind(old.nodes[node]) == _kind(new.nodes[node]):
                    self._pair(node, node)
            # The places of steps that kept their ids tell where those stand that did not.
            for node in list(self.pairs):
                for one, other in self._behind(node, self.pairs[node]):
                    self._meet(one, other)
        self._meet(old.start, new.start)

    def _pair(self, old: ir.NodeId, new: ir.NodeId) -> None:
        self.pairs[old], self.partners[new] = new, old

    def _meet(self, old: ir.NodeId | None, new: ir.NodeId | None) -> None:
        """Pair the steps at two places and those behind them, while they are of one kind."""
        waiting = [(old, new)]
        while waiting:
            one, other = waiting.pop()
            if one is None or other is None or one in self.pairs or other in self.partners:
                continue
            if _kind(self.old.nodes[one]) == _kind(self.new.nodes[other]):
                self._pair(one, other)
                waiting.extend(reversed(self._behind(one, other)))

    def _behind(
        self, old: ir.NodeId, new: ir.NodeId
    ) -> list[tuple[ir.NodeId | None, ir.NodeId | None]]:
        return list(zip_longest(successors(self.old.nodes[old]), successors(self.new.nodes[new])))

    def changes(self) -> Iterator[Change]:
        """In the reading order of the new version; what was removed comes last."""
        yield from self._way("start", self.old.start, self.new.start)
        for node in reading_order(self.new):
            old = self.partners.get(node)
            if old is None:
                yield Change(
                    self.name, "minor", "added", f"nodes.{node}", None, self.new.nodes[node]
                )
            else:
                yield from self._step(old, node)
        for node in reading_order(self.old):
            if node not in self.pairs:
                gone = self.old.nodes[node]
                yield Change(self.name, "major", "removed", f"nodes.{node}", gone, None)

    def _step(self, old_id: ir.NodeId, new_id: ir.NodeId) -> Iterator[Change]:
        old, new, path = self.old.nodes[old_id], self.new.nodes[new_id], f"nodes.{new_id}"
        if isinstance(old, ir.BranchNode) and isinstance(new, ir.BranchNode):
            yield from self._branch(path, old, new)
            return
        if isinstance(old, ir.SendNode) and isinstance(new, ir.SendNode):
            channels = (old.send.channels, new.send.channels)
            yield from _changed(self.name, "major", f"{path}.send.channels", *channels)
            yield from _changed(self.name, "major", f"{path}.topic", old.topic, new.topic)
            if (old.send.template, old.send.text) != (new.send.template, new.send.text):
                yield Change(self.name, "patch", "changed", f"{path}.send", old.send, new.send)
        if isinstance(old, ir.WaitNode) and isinstance(new, ir.WaitNode):
            yield from _changed(self.name, "major", f"{path}.wait", old.wait, new.wait)
        if isinstance(old, ir.SetNode) and isinstance(new, ir.SetNode):
            yield from _changed(self.name, "major", f"{path}.set", old.set, new.set)
        for one, other in zip_longest(successors(old), successors(new)):
            yield from self._way(f"{path}.next", one, other)

    def _branch(self, path: str, old: ir.BranchNode, new: ir.BranchNode) -> Iterator[Change]:
        """Arms are compared in their order, because the first that holds is taken."""
        same = SequenceMatcher(
            None, [repr(case.if_) for case in old.branch], [repr(case.if_) for case in new.branch]
        )
        for _, low, high, new_low, new_high in same.get_opcodes():
            pairs = zip_longest(old.branch[low:high], new.branch[new_low:new_high])
            for number, (one, other) in enumerate(pairs, start=new_low + 1):
                where = f"{path}.branch[{number}]"
                before = None if one is None else one.if_
                after = None if other is None else other.if_
                yield from _changed(self.name, "major", f"{where}.if", before, after)
                if one is not None and other is not None:
                    yield from self._way(f"{where}.next", one.next, other.next)
        yield from self._way(f"{path}.otherwise", old.otherwise, new.otherwise)

    def _way(self, path: str, old: ir.NodeId | None, new: ir.NodeId | None) -> Iterator[Change]:
        """A way that leads to another step, unless added and removed steps on it tell why."""
        before = self._surviving(old, self.old, self.pairs)
        after = self._surviving(new, self.new, self.partners)
        if (None if before is None else self.pairs[before]) != after:
            yield Change(self.name, "major", "changed", path, old, new)

    def _surviving(
        self,
        node: ir.NodeId | None,
        graph: ir.JourneyGraph,
        paired: Mapping[ir.NodeId, ir.NodeId],
    ) -> ir.NodeId | None:
        """The first step from `node` on that both versions have; past a branch, its otherwise."""
        while node is not None and node not in paired:
            node = next(reversed([*successors(graph.nodes[node])]), None)
        return node


def _kind(node: ir.GraphNode) -> str:
    return type(node).__name__
