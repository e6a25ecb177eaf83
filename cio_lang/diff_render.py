"""What changed between two sets of graphs, for people and programs.

Text for a terminal, Markdown with the new diagram for a pull request, JSON for other programs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from cio_lang import ir
from cio_lang.backends import heads, mermaid, steps
from cio_lang.backends.phrases import duration, name, percent, quoted, value
from cio_lang.backends.words import condition
from cio_lang.diff import Change, Magnitude, Part
from cio_lang.graph_data import as_data

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_MEANING: Mapping[Magnitude, str] = {
    "major": "who enters or who gets what",
    "minor": "something added",
    "patch": "wording",
}


def render_text(changes: Sequence[Change]) -> str:
    """Plain lines: one block for each graph, `+` added, `-` removed, `~` changed."""
    if not changes:
        return "Nothing changed.\n"
    lines: list[str] = []
    for graph, of_graph in _by_graph(changes):
        lines.append(f"{graph}: {largest(of_graph)} ({_MEANING[largest(of_graph)]})")
        for change in of_graph:
            lines.append(f"  {_SIGNS[change.what]} {change.magnitude:<5}  {heading(change)}")
            if change.what == "changed":
                lines.append(f"             was {_of(change, change.before)}")
                lines.append(f"             now {_of(change, change.after)}")
        lines.append("")
    return "\n".join(lines)


def render_markdown(changes: Sequence[Change], after: Mapping[str, ir.Graph]) -> str:
    """A table for each graph, and the diagram of each journey as it is now."""
    if not changes:
        return "Nothing changes.\n"
    return "\n".join(line for one in _by_graph(changes) for line in _markdown(*one, after))


def _markdown(
    graph: str, changes: Sequence[Change], after: Mapping[str, ir.Graph]
) -> Iterator[str]:
    yield f"### {_cell(graph)}: {largest(changes)}"
    yield ""
    yield "| | size | what | before | after |"
    yield "|---|---|---|---|---|"
    for change in changes:
        before = "" if change.before is None else _cell(_of(change, change.before))
        now = "" if change.after is None else _cell(_of(change, change.after))
        where = f"`{change.path}`" if change.path else "the whole"
        yield f"| {change.what} | {change.magnitude} | {where} | {before} | {now} |"
    yield ""
    if isinstance(after.get(graph), ir.JourneyGraph):
        yield "<details><summary>As it is now</summary>"
        yield ""
        yield "```mermaid"
        yield mermaid.emit(after[graph]).rstrip("\n")
        yield "```"
        yield ""
        yield "</details>"
        yield ""


def as_json(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """One object for each change; `before` and `after` as graph files write them."""
    return [
        {
            "graph": change.graph,
            "magnitude": change.magnitude,
            "what": change.what,
            "path": change.path,
            "before": as_data(change.before),
            "after": as_data(change.after),
        }
        for change in changes
    ]


def largest(changes: Sequence[Change]) -> Magnitude:
    """The magnitude of several changes together."""
    sizes = {change.magnitude for change in changes}
    return "major" if "major" in sizes else "minor" if "minor" in sizes else "patch"


def heading(change: Change) -> str:
    """What the change is about, in one line."""
    about = change.after if change.after is not None else change.before
    if not change.path:
        return f"{change.what} {_whole(about)}"
    if change.what == "changed":
        return change.path
    return f"{change.path}: {_of(change, about)}"


def _whole(graph: Part) -> str:
    kind = getattr(graph, "kind", "graph")
    return kind if kind == "policy" else f"{kind} {described(graph)}"


def _of(change: Change, part: Part) -> str:
    """A part of a change in English; lengths of time and percentages are told by their keys."""
    key = change.path.rpartition(".")[2]
    if isinstance(part, str) and key in ("collect", "spread"):
        return duration(part)
    if isinstance(part, int | float) and key == "percent":
        return percent(part)
    if key == "draw":
        return f"drawn for as split {part} of the journey"
    return described(part)


def described(part: Part) -> str:
    """A part of a graph in English."""
    match part:
        case None:
            return "nothing"
        case str():
            return part
        case bool() | int() | float():
            return value(part)
        case tuple():
            return ", else ".join(part)
        case (
            ir.JourneyGraph() | ir.SegmentGraph() | ir.TopicGraph() | ir.PolicyGraph()
            | ir.TemplateGraph()
        ):  # fmt: skip
            return quoted(part.title)
        case (
            ir.SendNode() | ir.WaitNode() | ir.UntilNode() | ir.BranchNode() | ir.SplitNode()
            | ir.ExperimentNode() | ir.RepeatNode() | ir.AskNode() | ir.CollectNode()
            | ir.ThrottleNode() | ir.SetNode() | ir.AddNode() | ir.TrackNode()
            | ir.MembershipNode() | ir.CallNode() | ir.StartNode() | ir.LeaveNode()
        ):  # fmt: skip
            return steps.step(part)
        case (
            ir.EventMatch() | ir.Match() | ir.JoinEntry() | ir.LeaveEntry() | ir.DateEntry()
            | ir.ScheduleEntry() | ir.OnceEntry() | ir.StartEntry()
        ):  # fmt: skip
            return heads.entry(part)
        case ir.ExitOnEvent() | ir.ExitWhen():
            return heads.leaving(part)
        case ir.Goal():
            return heads.goal(part)
        case ir.Reentry():
            return heads.reentry(part)
        case ir.Quiet():
            return heads.quiet(part)
        case ir.Cap():
            return heads.cap(part)
        case (
            ir.Message() | ir.WaitFor() | ir.WaitTime() | ir.WaitDate() | ir.WaitSlot()
            | ir.Until() | ir.Share() | ir.Trial() | ir.Loop() | ir.Approval() | ir.Rate()
            | ir.Assignment() | ir.Increment() | ir.Tracked() | ir.Membership()
        ):  # fmt: skip
            return _inside_a_step(part)
        case (
            ir.AttributeTest() | ir.PropertyTest() | ir.EntryTest() | ir.EventTest()
            | ir.AggregateTest() | ir.HeldTest() | ir.SequenceTest() | ir.InactiveTest()
            | ir.SegmentTest() | ir.SubscribedTest() | ir.ReachTest() | ir.ChurnTest()
            | ir.LikelyTest() | ir.TopTest() | ir.DrawTest() | ir.All() | ir.Any_() | ir.Not()
        ):  # fmt: skip
            return condition(part)


def _inside_a_step(
    part: ir.Message
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
    | ir.Membership,
) -> str:
    match part:
        case ir.Message():
            return steps.message(part)
        case ir.WaitFor() | ir.WaitTime() | ir.WaitDate() | ir.WaitSlot():
            return steps.wait(part)
        case ir.Until():
            return steps.until(part)
        case ir.Share():
            return f"{percent(part.percent)} {quoted(part.label)}"
        case ir.Trial():
            out = part.hold_out
            return steps.trial(part) + (f"; {percent(out)} held out" if out else "")
        case ir.Loop():
            return steps.loop(part)
        case ir.Approval():
            return steps.asked(part)
        case ir.Rate():
            return steps.rate(part)
        case ir.Assignment():
            return f"{name(part.attribute)} to {value(part.to)}"
        case ir.Increment():
            return steps.added(part)
        case ir.Tracked():
            return steps.tracked(part)
        case ir.Membership():
            return steps.membership(part)


def _by_graph(changes: Sequence[Change]) -> Iterator[tuple[str, list[Change]]]:
    for graph, group in groupby(changes, key=lambda change: change.graph):
        yield graph, list(group)


def _cell(words: str) -> str:
    """Words in a table of Markdown: nothing in them is markup."""
    marks = "\\`*_{}[]<>|#~"
    plain = " ".join(words.split())
    return "".join(f"\\{one}" if one in marks else one for one in plain)
