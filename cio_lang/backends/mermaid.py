"""A graph as a Mermaid flowchart, as GitHub and most editors draw it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from cio_lang import ir
from cio_lang.backends import heads, steps
from cio_lang.backends.backend import Backend
from cio_lang.backends.phrases import duration, percent, value
from cio_lang.backends.phrases import name as name_of
from cio_lang.backends.words import condition, people
from cio_lang.graph_data import reading_order, ways

LONGEST = 160
"""Most characters of a message or condition in a label."""


def emit(graph: ir.Graph) -> str:
    """A flowchart: entry, steps, branches; goal, ways out and manners beside the entry."""
    match graph:
        case ir.SegmentGraph() | ir.TopicGraph() | ir.PolicyGraph() | ir.TemplateGraph():
            lines = [_node(graph.kind, "([", heads.document(graph), "])")]
        case ir.JourneyGraph():
            lines = list(_journey(graph))
    return "\n".join(["flowchart TD", *(f"  {line}" for line in lines)]) + "\n"


def _journey(graph: ir.JourneyGraph) -> Iterator[str]:
    names = _names(graph)
    yield _node("entry", "([", heads.entry(graph.entry), "])")
    for name, said in _beside(graph):
        yield _node(name, ">", said, "]")
        yield f"entry -.- {name}"
    for name, drawn in names.items():
        yield _step(drawn, graph.nodes[name])
    edges = [f"entry --> {_end(graph.start, names)}"]
    for name, drawn in names.items():
        edges.extend(_edges(drawn, graph.nodes[name], names))
    if any(edge.endswith(" done") for edge in edges):
        yield _node("done", "((", "end", "))")
    yield from edges


def _beside(graph: ir.JourneyGraph) -> Iterator[tuple[str, str]]:
    """What is noted beside the entry."""
    if graph.only is not None:
        yield "only", f"only {people(graph.only)}"
    if graph.key is not None:
        yield "key", heads.reentry(graph.reentry, graph.key)
    for index, one in enumerate(graph.exits, start=1):
        yield f"exit{index}", heads.leaving(one)
    if graph.goal is not None:
        yield "goal", heads.goal(graph.goal)
    if graph.quiet is not None:
        yield "quiet", heads.quiet(graph.quiet)
    if graph.priority != "normal":
        yield "priority", f"{graph.priority} priority"
    if graph.exempt_from_caps:
        yield "caps", "exempt from caps"
    if graph.spread is not None:
        yield "spread", heads.spread(graph.spread)


def _names(graph: ir.JourneyGraph) -> dict[ir.NodeId, str]:
    """What each node is called in the drawing: its id, in letters that Mermaid takes anywhere."""
    names: dict[ir.NodeId, str] = {}
    for name in reading_order(graph):
        plain = "s_" + re.sub(r"[^a-zA-Z0-9]", "_", name)
        while plain in names.values():
            plain += "_"
        names[name] = plain
    return names


def _step(drawn: str, node: ir.GraphNode) -> str:
    match node:
        case ir.SendNode():
            by = ", else ".join(node.send.channels)
            template = node.send.template
            what = node.send.text if template is None else f"{template} (template)"
            return _node(drawn, "[", f"{by}: {what}{steps.manner(node.send)}", "]")
        case ir.WaitNode():
            return _node(drawn, "{{", f"wait {steps.wait(node.wait)}", "}}")
        case ir.UntilNode():
            return _node(drawn, "{{", f"wait {steps.until(node.until)}", "}}")
        case ir.CollectNode():
            return _node(drawn, "{{", f"collect for {duration(node.collect)}", "}}")
        case ir.BranchNode(branch=(case,)):
            return _node(drawn, "{", f"{condition(case.if_)}?", "}")
        case ir.BranchNode():
            return _node(drawn, "{", "the first that fits", "}")
        case ir.SplitNode():
            return _node(drawn, "{", "split", "}")
        case ir.ExperimentNode():
            trial = node.experiment
            winner = "" if trial.winner_at is None else f", winner at {percent(trial.winner_at)}"
            return _node(drawn, "{", f"experiment {trial.name}: {name_of(trial.goal)}{winner}", "}")
        case ir.RepeatNode():
            return _node(drawn, "[/", f"repeat {steps.loop(node.repeat)}", "\\]")
        case ir.AskNode():
            return _node(drawn, "[/", f"ask {steps.asked(node.ask)}", "/]")
        case ir.ThrottleNode():
            return _node(drawn, "[\\", f"let through {steps.rate(node.throttle)}", "/]")
        case ir.SetNode():
            said = f"set {name_of(node.set.attribute)} to {value(node.set.to)}"
            return _node(drawn, "[[", said, "]]")
        case ir.AddNode() | ir.TrackNode() | ir.MembershipNode() | ir.CallNode() | ir.StartNode():
            said = steps.step(node)
            return _node(drawn, "[[", said[:1].lower() + said[1:], "]]")
        case ir.LeaveNode():
            return _node(drawn, "((", "leave", "))")


def _edges(drawn: str, node: ir.GraphNode, names: Mapping[ir.NodeId, str]) -> Iterator[str]:
    for said, (_, way) in zip(_whens(node), ways(node), strict=True):
        arrow = "-->" if said is None else f"-->|{label(said)}|"
        yield f"{drawn} {arrow} {_end(way, names)}"


def _whens(node: ir.GraphNode) -> Sequence[str | None]:
    """What stands at each way out of a node; nothing at the only one."""
    match node:
        case ir.WaitNode(wait=ir.WaitDate(date)):
            return [None, f"no {name_of(date.attribute)}"]
        case ir.UntilNode() if node.until.at_most is not None:
            return ["when it comes", f"after {duration(node.until.at_most)}"]
        case ir.BranchNode(branch=(_,)):
            return ["yes", "otherwise"]
        case ir.BranchNode():
            return [*(condition(case.if_) for case in node.branch), "otherwise"]
        case ir.SplitNode():
            return [_share(share) for share in node.split]
        case ir.ExperimentNode():
            out = node.experiment.hold_out
            held = [f"held out: {percent(out)}"] if out else []
            return [*map(_share, node.arms), *held]
        case ir.RepeatNode():
            return ["each round", "then"]
        case ir.AskNode():
            return ["approved", "refused" if node.ask.at_most is None else "refused, or no answer"]
        case (
            ir.SendNode() | ir.WaitNode() | ir.UntilNode() | ir.CollectNode() | ir.ThrottleNode()
            | ir.SetNode() | ir.AddNode() | ir.TrackNode() | ir.MembershipNode() | ir.CallNode()
            | ir.StartNode()
        ):  # fmt: skip
            return [None]
        case ir.LeaveNode():
            return []


def _share(share: ir.Share) -> str:
    return f"{percent(share.percent)} {share.label}"


def _end(name: ir.NodeId | None, names: Mapping[ir.NodeId, str]) -> str:
    return "done" if name is None else names[name]


def _node(drawn: str, opening: str, words: str, closing: str) -> str:
    return f"{drawn}{opening}{label(words)}{closing}"


def label(words: str) -> str:
    """Words as a label that Mermaid takes as they are, in lines of a readable width.

    Everything but letters, digits, spaces and a few marks is written as its number: quotes and
    brackets end a label, backticks start Markdown, `%%{` a directive, `<` markup, and a colon
    before a `#` makes Mermaid drop the end of the line.  Held against Mermaid 11's own parser.
    """
    plain = " ".join(words.split())
    if len(plain) > LONGEST:
        plain = plain[: LONGEST - 1].rstrip() + "…"
    lines = textwrap.wrap(plain, 40, break_on_hyphens=False) or [" "]
    return '"' + "<br/>".join(map(_spelled, lines)) + '"'


_MARKUP = re.compile(
    # A line that begins with a figure or a dash would be a list, two `$` a formula, and `_` around
    # a word emphasis.
    r"[^\w .,!?'$€£…-]|^[\d-]|\$(?=\$)|(?<=\$)\$|(?<![^\W_])_|_(?![^\W_])"
)


def _spelled(line: str) -> str:
    return _MARKUP.sub(lambda found: f"#{ord(found.group())};", line)


BACKEND = Backend(
    name="mermaid",
    summary="The graph as a Mermaid flowchart.",
    ending=".mmd",
    emit=emit,
)
