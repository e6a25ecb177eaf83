"""Graphs come into force: who is noted as matching already, and what becomes of runs inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cio_lang import ir
from cio_lang.conditions import holds
from cio_lang.reference.story import Apply, Run

if TYPE_CHECKING:
    from cio_lang.reference.life import Life


def apply(life: Life, what: Apply) -> None:
    """Put graphs into force.

    Who matches from now on only because of new words is noted silently and starts nothing.  Nor
    does who matches at this instant a journey that is new, where it does not include them.
    """
    life.look()  # what the world has changed so far, in the old words
    known, older = life.person.known_since <= life.now, set(life.journeys)
    for graph in what.graphs:
        match graph:
            case ir.JourneyGraph():
                life.journeys[graph.name], life.applied[graph.name] = graph, life.now
                include = isinstance(graph.entry, ir.Match) and graph.entry.existing == "include"
                life.stood.setdefault(graph.name, known and not include)
                for run in life.live_runs():
                    if run.graph.name == graph.name:
                        _carry_over(life, run, graph, what)
            case ir.SegmentGraph():
                life.segments.pop(graph.name, None)
                if graph.where is not None:
                    life.segments[graph.name] = graph.where
            case ir.TopicGraph():
                life.topics[graph.name] = graph
            case ir.PolicyGraph():
                life.policies[graph.name] = graph
            case ir.TemplateGraph():
                pass
    if not known:
        return
    for name in older:
        life.stood[name] = life.matches(life.journeys[name])
    for graph in what.graphs:
        once = graph.entry if isinstance(graph, ir.JourneyGraph) else None
        if isinstance(once, ir.OnceEntry) and holds(once.once, life.moment()):
            life.enter(life.journeys[graph.name], life.now, None)


def standing(entry: ir.Entry) -> ir.Condition | None:
    """What is asked again and again for an entry that comes with starting to match."""
    match entry:
        case ir.Match():
            return entry.match
        case ir.JoinEntry():
            return ir.SegmentTest(entry.joins)
        case ir.LeaveEntry():
            return ir.Not(ir.SegmentTest(entry.leaves))
        case (
            ir.EventMatch() | ir.DateEntry() | ir.ScheduleEntry() | ir.OnceEntry() | ir.StartEntry()
        ):
            return None


def _carry_over(life: Life, run: Run, graph: ir.JourneyGraph, what: Apply) -> None:
    """Runs stay in the version they entered, unless it is said that they stop or move.

    A run whose step is gone goes on at the nearest step after it that is still there, as one who
    comes to it now; the goal stays the one in force at entry.
    """
    if what.runs == "stop":
        life.end(run, "stopped", by_exit=True)
    elif what.runs == "move":
        ahead = [run.node]
        for node in ahead:  # grows as it goes: the nearest come first
            if node is not None and node not in graph.nodes:
                ahead += [each for each in _onward(run.graph.nodes[node]) if each not in ahead]
        run.graph, place = graph, next((n for n in ahead if n in graph.nodes), None)
        if place != run.node:
            run.node, run.waiting, run.due = place, False, None
        run.rounds = [each for each in run.rounds if each[0] in graph.nodes]


def _onward(node: ir.GraphNode) -> list[str | None]:
    """Where a node can lead."""
    match node:
        case ir.BranchNode():
            return [*(case.next for case in node.branch), node.otherwise]
        case ir.SplitNode():
            return [share.next for share in node.split]
        case ir.ExperimentNode():
            return [*(share.next for share in node.arms), node.held_out]
        case ir.UntilNode():
            return [node.met, node.timeout]
        case ir.AskNode():
            return [node.approved, node.refused]
        case ir.RepeatNode():
            return [node.body, node.next]
        case ir.WaitNode():
            return [node.next, node.missing]
        case ir.LeaveNode():
            return []
        case (
            ir.SendNode()
            | ir.CollectNode()
            | ir.ThrottleNode()
            | ir.SetNode()
            | ir.AddNode()
            | ir.TrackNode()
            | ir.MembershipNode()
            | ir.CallNode()
            | ir.StartNode()
        ):
            return [node.next]
