"""A graph as plain English, to be read back to whoever wrote it.

Says everything that the graph says and can be read in one way only: parts of a mixed condition
stand in parentheses, and where a missing value counts, it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cio_lang import ir
from cio_lang.backends.backend import Backend
from cio_lang.backends.heads import document, entry, goal, head, leaving, quiet, reentry
from cio_lang.backends.paragraph import answers, held_out, paragraph, shares
from cio_lang.backends.phrases import duration, name, quoted
from cio_lang.backends.steps import message, step
from cio_lang.backends.words import condition, people
from cio_lang.graph_data import reading_order

__all__ = [
    "BACKEND",
    "condition",
    "emit",
    "entry",
    "goal",
    "leaving",
    "message",
    "paragraph",
    "people",
    "quiet",
    "reentry",
    "step",
]


def emit(graph: ir.Graph) -> str:
    """The whole graph: who, how often, until when; the steps as a paragraph, then numbered."""
    match graph:
        case ir.SegmentGraph() | ir.TopicGraph() | ir.PolicyGraph() | ir.TemplateGraph():
            return f"{document(graph)}\n"
        case ir.JourneyGraph():
            return "\n".join(_journey(graph)) + "\n"


def _journey(graph: ir.JourneyGraph) -> Iterator[str]:
    yield f"Journey {quoted(graph.title)}"
    yield ""
    yield from head(graph)
    yield ""
    yield paragraph(graph)
    numbers = {name: number for number, name in enumerate(reading_order(graph), start=1)}
    if numbers:
        yield ""
    for node, number in numbers.items():
        yield from _step(number, graph.nodes[node], numbers, graph.topic)


def _step(
    number: int, node: ir.GraphNode, numbers: dict[ir.NodeId, int], topic: str | None
) -> Iterator[str]:
    said = f"{number}. {step(node)}"
    if isinstance(node, ir.SendNode) and node.topic not in (None, topic):
        said += f" about the topic {node.topic}"
    match node:
        case (
            ir.SendNode() | ir.CollectNode() | ir.ThrottleNode() | ir.SetNode() | ir.AddNode()
            | ir.TrackNode() | ir.MembershipNode() | ir.CallNode() | ir.StartNode()
        ):  # fmt: skip
            yield f"{said}.{_onward(node.next, number, numbers)}"
        case ir.WaitNode():
            yield f"{said}.{_onward(node.next, number, numbers)}"
            if isinstance(node.wait, ir.WaitDate):
                date = name(node.wait.date.attribute)
                yield f"   People with no {date}: {_go(node.missing, numbers)}."
        case ir.LeaveNode():
            yield f"{said}."
        case ir.BranchNode():
            cases = [f"if {condition(case.if_)}" for case in node.branch]
            whens = [cases[0], *(f"otherwise {case}" for case in cases[1:]), "otherwise"]
            ways = [*(case.next for case in node.branch), node.otherwise]
            yield from _ways(said, whens, ways, numbers)
        case ir.UntilNode():
            if node.until.at_most is None:
                yield f"{said}.{_onward(node.met, number, numbers)}"
                return
            whens = ["when it comes", f"after {duration(node.until.at_most)} without it"]
            yield from _ways(said, whens, [node.met, node.timeout], numbers)
        case ir.SplitNode():
            ways = [share.next for share in node.split]
            yield from _ways(said, shares(node.split), ways, numbers)
        case ir.ExperimentNode():
            whens, ways = shares(node.arms), [arm.next for arm in node.arms]
            held = held_out(node)
            if held is not None:
                whens, ways = [*whens, held], [*ways, node.held_out]
            yield from _ways(said, whens, ways, numbers)
        case ir.RepeatNode():
            yield from _ways(said, ["each round", "then"], [node.body, node.next], numbers)
        case ir.AskNode():
            yield from _ways(said, answers(node), [node.approved, node.refused], numbers)


def _ways(
    said: str,
    whens: Sequence[str],
    ways: Sequence[ir.NodeId | None],
    numbers: dict[ir.NodeId, int],
) -> Iterator[str]:
    yield f"{said}:"
    for index, (when, way) in enumerate(zip(whens, ways, strict=True), start=1):
        yield f"   - {when}: {_go(way, numbers)}{'.' if index == len(whens) else ';'}"


def _onward(after: ir.NodeId | None, number: int, numbers: dict[ir.NodeId, int]) -> str:
    if after is None:
        return " Then the journey ends."
    back = "back to " if numbers[after] < number else ""
    return "" if numbers[after] == number + 1 else f" Then {back}{_go(after, numbers)}."


def _go(after: ir.NodeId | None, numbers: dict[ir.NodeId, int]) -> str:
    return "the journey ends" if after is None else f"step {numbers[after]}"


BACKEND = Backend(
    name="english",
    summary="The graph read back in plain English.",
    ending=".txt",
    emit=emit,
)
