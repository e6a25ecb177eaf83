"""Two sets of graphs in, what changed between them out.

Compares what graphs do, not how they are written: graphs by name, steps by id.  A step whose id
changed with its wording is the same step where it has the same place: it comes after the same step
by the same way.  If nothing but wording changed, every change is a patch.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from cio_lang import ir
from cio_lang.graph_data import reading_order, splits, successors, walk, ways
from cio_lang.record import record

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
    | ir.WaitTime
    | ir.WaitDate
    | ir.WaitSlot
    | ir.Until
    | ir.Share
    | ir.Trial
    | ir.Loop
    | ir.Approval
    | ir.Rate
    | ir.Assignment
    | ir.Increment
    | ir.Tracked
    | ir.Membership
    | ir.Quiet
    | ir.Cap
    | tuple[ir.Channel, ...]
    | bool
    | int
    | float
    | str
    | None
)


@record
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
    elif isinstance(old, ir.TopicGraph) and isinstance(new, ir.TopicGraph):
        yield from _changed(name, "patch", "title", old.title, new.title)
        whose = (old.transactional, new.transactional)
        yield from _changed(name, "major", "transactional", *whose)
    elif isinstance(old, ir.PolicyGraph) and isinstance(new, ir.PolicyGraph):
        yield from _changed(name, "patch", "title", old.title, new.title)
        yield from _changed(name, "major", "quiet", old.quiet, new.quiet)
        yield from _listed(name, "caps", old.caps, new.caps)
    elif isinstance(old, ir.TemplateGraph) and isinstance(new, ir.TemplateGraph):
        yield from _changed(name, "patch", "title", old.title, new.title)
        yield from _changed(name, "major", "channel", old.channel, new.channel)
        yield from _changed(name, "patch", "subject", old.subject, new.subject)
        yield from _changed(name, "patch", "preheader", old.preheader, new.preheader)
        yield from _changed(name, "patch", "body", old.body, new.body)
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
    yield from _listed(name, "exits", old.exits, new.exits)
    yield from _changed(name, "major", "goal", old.goal, new.goal)
    yield from _changed(name, "major", "topic", old.topic, new.topic)
    yield from _changed(name, "major", "key", old.key, new.key)
    yield from _changed(name, "major", "quiet", old.quiet, new.quiet)
    yield from _changed(name, "major", "priority", old.priority, new.priority)
    exempt = (old.exempt_from_caps, new.exempt_from_caps)
    yield from _changed(name, "major", "exempt_from_caps", *exempt)
    yield from _changed(name, "major", "spread", old.spread, new.spread)


def _listed(
    name: str, path: str, old: Sequence[ir.Exit | ir.Cap], new: Sequence[ir.Exit | ir.Cap]
) -> Iterator[Change]:
    """What was taken out of a list and put into it."""
    if set(old) == set(new):
        for before, after in zip_longest(old, new):
            yield from _changed(name, "major", path, before, after)
    for one in old:
        if one not in new:
            yield Change(name, "major", "removed", path, one, None)
    for one in new:
        if one not in old:
            yield Change(name, "major", "added", path, None, one)


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
        self.same = old.behaviour == new.behaviour
        self.draws = splits(old), splits(new)
        if not self.same:
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
        if isinstance(old, ir.SplitNode) and isinstance(new, ir.SplitNode):
            yield from self._shares(f"{path}.split", old.split, new.split)
            draws = self.draws[0][old_id], self.draws[1][new_id]
            yield from self._changed(f"{path}.draw", *draws)
            return
        if isinstance(old, ir.ExperimentNode) and isinstance(new, ir.ExperimentNode):
            yield from self._changed(f"{path}.experiment", old.experiment, new.experiment)
            yield from self._shares(f"{path}.arms", old.arms, new.arms)
            yield from self._way(f"{path}.held_out", old.held_out, new.held_out)
            return
        if isinstance(old, ir.SendNode) and isinstance(new, ir.SendNode):
            yield from self._message(path, old, new)
        else:
            (key, before), (_, after) = _said(old), _said(new)
            yield from self._changed(f"{path}.{key}", before, after)
        for one, other in zip_longest(ways(old), ways(new)):
            key = (other or one or ("next", None))[0]
            leads = (None if way is None else way[1] for way in (one, other))
            yield from self._way(f"{path}.{key}", *leads)

    def _changed(self, path: str, before: Part, after: Part) -> Iterator[Change]:
        yield from _changed(self.name, "major", path, before, after)

    def _message(self, path: str, old: ir.SendNode, new: ir.SendNode) -> Iterator[Change]:
        yield from self._changed(f"{path}.send.channels", old.send.channels, new.send.channels)
        yield from self._changed(f"{path}.send.to", old.send.to, new.send.to)
        best_time = (old.send.best_time, new.send.best_time)
        yield from self._changed(f"{path}.send.best_time", *best_time)
        yield from self._changed(f"{path}.topic", old.topic, new.topic)
        if (old.send.template, old.send.text) != (new.send.template, new.send.text):
            yield Change(self.name, "patch", "changed", f"{path}.send", old.send, new.send)

    def _shares(
        self, path: str, old: Sequence[ir.Share], new: Sequence[ir.Share]
    ) -> Iterator[Change]:
        """Shares are compared in their order, because numbers fall into them one after the other.

        Where something besides wording changed, their names tell which was put in or taken out.
        """
        before, after = ([share.label for share in shares] for shares in (old, new))
        blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if self.same:
            blocks = [("replace", 0, len(old), 0, len(new))]
        for _, low, high, new_low, new_high in blocks:
            pairs = zip_longest(old[low:high], new[new_low:new_high])
            for number, (one, other) in enumerate(pairs, start=new_low + 1):
                where = f"{path}[{number}]"
                if other is None:
                    yield Change(self.name, "major", "removed", path, one, None)
                elif one is None:
                    yield Change(self.name, "major", "added", where, None, other)
                else:
                    yield from self._changed(f"{where}.percent", one.percent, other.percent)
                    label = f"{where}.label"
                    yield from _changed(self.name, "patch", label, one.label, other.label)
                    yield from self._way(f"{where}.next", one.next, other.next)

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
        """The first step from `node` on that both versions have, by the way straight on."""
        while node is not None and node not in paired:
            node = _straight_on(graph.nodes[node])
        return node


def _kind(node: ir.GraphNode) -> str:
    return type(node).__name__


def _straight_on(node: ir.GraphNode) -> ir.NodeId | None:
    """Where a node leads to those of whom it wants nothing special: never round again."""
    if isinstance(node, ir.WaitNode):
        return node.next
    if isinstance(node, ir.AskNode):
        return node.approved
    after = successors(node)
    return after[-1] if after else None


def _said(node: ir.GraphNode) -> tuple[str, Part]:
    """The key that only such a node has, and what it says there."""
    key = dataclasses.fields(node)[0].name
    return key, getattr(node, key)
