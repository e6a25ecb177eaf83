"""A graph as a Mermaid flowchart, as GitHub and most editors draw it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping

from cio_lang import ir
from cio_lang.backends import english
from cio_lang.backends.backend import Backend
from cio_lang.backends.words import condition, duration, people, value
from cio_lang.graph_data import reading_order

LONGEST = 160
"""Most characters of a message or condition in a label."""


def emit(graph: ir.Graph) -> str:
    """A flowchart: entry, steps, branches; the goal and the ways out beside the entry."""
    match graph:
        case ir.SegmentGraph():
            lines = [_node("segment", "([", f"{graph.title}: {people(graph.where)}", "])")]
        case ir.JourneyGraph():
            lines = list(_journey(graph))
    return "\n".join(["flowchart TD", *(f"  {line}" for line in lines)]) + "\n"


def _journey(graph: ir.JourneyGraph) -> Iterator[str]:
    names = _names(graph)
    yield _node("entry", "([", english.entry(graph.entry), "])")
    if graph.only is not None:
        yield _node("only", ">", f"only {people(graph.only)}", "]")
        yield "entry -.- only"
    for index, one in enumerate(graph.exits, start=1):
        yield _node(f"exit{index}", ">", english.leaving(one), "]")
        yield f"entry -.- exit{index}"
    if graph.goal is not None:
        yield _node("goal", ">", english.goal(graph.goal), "]")
        yield "entry -.- goal"
    for name, drawn in names.items():
        yield _step(drawn, graph.nodes[name])
    edges = [f"entry --> {_end(graph.start, names)}"]
    for name, drawn in names.items():
        edges.extend(_edges(drawn, graph.nodes[name], names))
    if any(edge.endswith(" done") for edge in edges):
        yield _node("done", "((", "end", "))")
    yield from edges


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
            what = (
                node.send.text if node.send.template is None else f"{node.send.template} (template)"
            )
            return _node(drawn, "[", f"{by}: {what}", "]")
        case ir.WaitNode():
            return _node(drawn, "{{", f"wait {duration(node.wait.for_)}", "}}")
        case ir.BranchNode(branch=(case,)):
            return _node(drawn, "{", f"{condition(case.if_)}?", "}")
        case ir.BranchNode():
            return _node(drawn, "{", "the first that fits", "}")
        case ir.SetNode():
            return _node(drawn, "[[", f"set {node.set.attribute} to {value(node.set.to)}", "]]")
        case ir.LeaveNode():
            return _node(drawn, "((", "leave", "))")


def _edges(drawn: str, node: ir.GraphNode, names: Mapping[ir.NodeId, str]) -> Iterator[str]:
    match node:
        case ir.SendNode() | ir.WaitNode() | ir.SetNode():
            yield f"{drawn} --> {_end(node.next, names)}"
        case ir.BranchNode(branch=(case,)):
            yield f"{drawn} -->|{label('yes')}| {_end(case.next, names)}"
            yield f"{drawn} -->|{label('otherwise')}| {_end(node.otherwise, names)}"
        case ir.BranchNode():
            for case in node.branch:
                yield f"{drawn} -->|{label(condition(case.if_))}| {_end(case.next, names)}"
            yield f"{drawn} -->|{label('otherwise')}| {_end(node.otherwise, names)}"
        case ir.LeaveNode():
            return


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
