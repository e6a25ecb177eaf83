"""What the reference told in, the ways through each journey that nobody took out.

A way is a line of a journey's drawing: into it, from step to step, out of it at its end, and out of
it by each `leave when`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from cio_lang import ir
from cio_lang.backends import heads, phrases, words
from cio_lang.calendar_time import add_local, parse_duration, zone
from cio_lang.graph_data import reading_order, ways
from cio_lang.record import record
from cio_lang.reference import Run, Story

__all__ = ["Coverage", "Way", "coverage"]


@record
class Way:
    """One way: from a step (None: from outside) by the path of its key in the graph."""

    start: ir.NodeId | None
    path: str
    end: ir.NodeId | None  # None: the journey is over
    says: str | None  # what leads this way, where more than one goes out


@record
class Coverage:
    """The ways through one journey, and those that no scenario took."""

    graph: ir.JourneyGraph
    ways: tuple[Way, ...]
    missed: tuple[Way, ...]


def coverage(
    graphs: Sequence[ir.Graph], stories: Sequence[Story], workspace: tzinfo
) -> tuple[Coverage, ...]:
    """For each journey, in the order of the graphs, what of it was tried."""
    taken: dict[str, set[tuple[ir.NodeId | None, str]]] = {}
    for story in stories:
        for run in story.runs:
            taken.setdefault(run.graph.name, set()).update(_taken(run, story, workspace))
    found = []
    for graph in graphs:
        if isinstance(graph, ir.JourneyGraph):
            all_ = tuple(_ways(graph))
            tried = taken.get(graph.name, set())
            missed = tuple(way for way in all_ if (way.start, way.path) not in tried)
            found.append(Coverage(graph, all_, missed))
    return tuple(found)


def _ways(graph: ir.JourneyGraph) -> Iterator[Way]:
    yield Way(None, "start", graph.start, None)
    for number, exit_ in enumerate(graph.exits, 1):
        yield Way(None, f"exits[{number}]", None, _lower(heads.leaving(exit_)))
    for name in reading_order(graph):
        node = graph.nodes[name]
        for path, end in ways(node):
            yield Way(name, path, end, _says(node, path))


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _says(node: ir.GraphNode, path: str) -> str | None:
    """What has to be so for a run to go this way."""
    number = int(path.partition("[")[2].partition("]")[0] or 0)
    match node:
        case ir.BranchNode():
            return words.condition(node.branch[number - 1].if_) if number else "otherwise"
        case ir.SplitNode():
            return node.split[number - 1].label
        case ir.ExperimentNode():
            return node.arms[number - 1].label if number else "held out"
        case ir.UntilNode() if node.until.at_most is not None:
            late = f"after {phrases.duration(node.until.at_most)}"
            return "when it comes" if path == "met" else late
        case ir.WaitNode(wait=ir.WaitDate(date)):
            return None if path == "next" else f"no {phrases.name(date.attribute)}"
        case ir.RepeatNode():
            return "each round" if path == "body" else "then"
        case ir.AskNode():
            return path
        case (
            ir.SendNode() | ir.WaitNode() | ir.UntilNode() | ir.CollectNode() | ir.ThrottleNode()
            | ir.SetNode() | ir.AddNode() | ir.TrackNode() | ir.MembershipNode() | ir.CallNode()
            | ir.StartNode() | ir.LeaveNode()
        ):  # fmt: skip
            return None


def _taken(run: Run, story: Story, workspace: tzinfo) -> Iterator[tuple[ir.NodeId | None, str]]:
    """The ways that a run took, by where they start and their path."""
    yield None, "start"
    tz = zone(story.attributes.get("timezone"), workspace)
    for place, (here, _) in enumerate(run.visits):
        if place + 1 < len(run.visits):
            yield here, _path(run, story, tz, place, run.visits[place + 1][0])
        elif run.left is not None and run.left[1] == "finished":
            yield here, _path(run, story, tz, place, None)
        elif run.left is not None and run.left[1] == "no date":
            yield here, "missing"
    if run.left is not None and run.by_exit:
        for number, exit_ in enumerate(run.graph.exits, 1):
            left = f"did {exit_.event}" if isinstance(exit_, ir.ExitOnEvent) else "condition"
            if left == run.left[1]:
                yield None, f"exits[{number}]"


def _path(run: Run, story: Story, tz: tzinfo, place: int, end: ir.NodeId | None) -> str:
    """Which way of a step leads where the run went next.

    Ways that meet at once at the same step are told apart by what was decided, and by the time.
    """
    here, arrived = run.visits[place]
    node = run.graph.nodes[here]
    possible = [path for path, to in ways(node) if to == end]
    if isinstance(node, ir.BranchNode):
        possible = [_case(each) for each in _details(run, story, "branch", place, here)]
    elif isinstance(node, ir.SplitNode | ir.ExperimentNode) and len(possible) > 1:
        drawn = _details(run, story, "drawn", place, None)
        possible = [path for path in possible if _says(node, path) in drawn] or possible
    elif isinstance(node, ir.UntilNode) and len(possible) > 1 and node.until.at_most:
        after = run.visits[place + 1 : place + 2]
        on = after[0][1] if after else run.left and run.left[0]
        until = add_local(arrived, parse_duration(node.until.at_most), tz)
        possible = ["timeout" if on is not None and on >= until else "met"]
    elif isinstance(node, ir.AskNode) and len(possible) > 1:
        possible = ["refused"]  # scenarios hold no answers: nobody approves
    return possible[0] if possible else "next"


def _details(run: Run, story: Story, what: str, place: int, here: str | None) -> list[str]:
    """What was decided in one way at the instant of a visit, at a step where it is named."""
    at = run.visits[place][1]
    return [
        each.detail
        for each in story.decisions
        if each.journey == run.graph.name
        and each.what == what
        and each.at == at
        and (here is None or each.detail.startswith(f"{here}: "))
    ]


def _case(detail: str) -> str:
    choice = detail.rpartition(": ")[2]
    return f"branch[{int(choice) + 1}].next" if choice.isdigit() else "otherwise"


def as_json(one: Coverage) -> Mapping[str, object]:
    """A journey's coverage as data."""
    return {
        "journey": one.graph.name,
        "title": one.graph.title,
        "ways": len(one.ways),
        "taken": len(one.ways) - len(one.missed),
        "missed": [
            {"from": way.start, "path": way.path, "to": way.end, "when": way.says}
            for way in one.missed
        ],
    }
