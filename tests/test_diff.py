"""What changed between two graphs, and how much it matters.

A folder in `cases/diff` holds a journey before and after, and the change as text; `UPDATE_CASES=1`
writes the texts again.
"""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from cio_lang import ir
from cio_lang.compiler import compile_sources
from cio_lang.diff import diff
from cio_lang.diff_render import as_json, largest, render_markdown, render_text
from cio_lang.graph_data import behaviour
from cio_lang.graph_file import load
from cio_lang.schema import Settings
from cio_lang.source import Source
from tests.edits import GRAPHS, name_in
from tests.edits import edited as edited_graphs
from tests.graphs import TRIAL, journeys

CASES = Path(__file__).parent / "cases" / "diff"


def graphs_of(path: Path) -> dict[str, ir.Graph]:
    made = compile_sources(
        [Source(path.name, path.read_text())], Settings(templates=frozenset({"welcome"}))
    )
    assert [problem.report().what for problem in made.problems] == []
    return {graph.name: graph for graph in made.graphs}


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_a_change_reads_as_it_is_meant(case: Path) -> None:
    before, after = graphs_of(case / "before.journey"), graphs_of(case / "after.journey")
    said = render_text(diff(before, after))
    if os.environ.get("UPDATE_CASES") == "1":
        (case / "change.txt").write_text(said)
    assert said == (case / "change.txt").read_text()


def finished(graph: ir.JourneyGraph) -> ir.JourneyGraph:
    return dataclasses.replace(graph, name="trial", behaviour=behaviour(graph))


OLD = finished(TRIAL)


def edited(**fields: Any) -> ir.JourneyGraph:
    return finished(dataclasses.replace(TRIAL, **fields))


def with_nodes(**nodes: ir.GraphNode) -> ir.JourneyGraph:
    return edited(nodes={**TRIAL.nodes, **{name.replace("_", "-"): n for name, n in nodes.items()}})


def changes(new: ir.JourneyGraph) -> list[tuple[str, str, str]]:
    found = diff({"trial": OLD}, {"trial": new})
    return [(one.magnitude, one.what, one.path) for one in found]


WAYS = ("next", "missing", "met", "timeout", "otherwise", "body", "approved", "refused", "held_out")


def renamed(graph: ir.JourneyGraph, names: dict[str, str]) -> ir.JourneyGraph:
    """The same steps under other ids."""

    def of(name: str | None) -> str | None:
        return None if name is None else names.get(name, name)

    def node(old: Any) -> Any:
        ways = {
            key: tuple(dataclasses.replace(one, next=of(one.next)) for one in getattr(old, key))
            for key in ("branch", "split", "arms")
            if hasattr(old, key)
        }
        ways |= {key: of(getattr(old, key)) for key in WAYS if hasattr(old, key)}
        return dataclasses.replace(old, **ways)

    nodes = {names.get(name, name): node(old) for name, old in graph.nodes.items()}
    return dataclasses.replace(graph, start=of(graph.start), nodes=nodes)


def test_the_same_graph_has_no_changes() -> None:
    assert diff({"trial": OLD}, {"trial": OLD}) == ()


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (edited(title="Trials"), [("patch", "changed", "title")]),
        (edited(only=None), [("major", "removed", "only")]),
        (edited(topic=None), [("major", "removed", "topic")]),
        (edited(goal=ir.Goal("plan_upgraded")), [("major", "changed", "goal")]),
        (edited(reentry=ir.Reentry("once")), [("major", "changed", "reentry")]),
        (edited(entry=ir.EventMatch("signed_up")), [("major", "changed", "entry")]),
        (
            edited(exits=(ir.ExitOnEvent("canceled"),)),
            [("major", "removed", "exits"), ("major", "added", "exits")],
        ),
    ],
)
def test_what_stands_above_the_steps(
    new: ir.JourneyGraph, expected: list[tuple[str, str, str]]
) -> None:
    assert changes(new) == expected


def test_other_words_are_a_patch() -> None:
    new = with_nodes(email_pro_tips=ir.SendNode(ir.Message(("email",), template="pro-tips-2")))
    assert changes(new) == [("patch", "changed", "nodes.email-pro-tips.send")]
    assert new.behaviour == OLD.behaviour


def test_another_channel_is_major() -> None:
    new = with_nodes(email_pro_tips=ir.SendNode(ir.Message(("push",), template="pro-tips")))
    assert changes(new) == [("major", "changed", "nodes.email-pro-tips.send.channels")]


def test_other_words_are_a_patch_even_where_the_id_follows_them() -> None:
    new = renamed(TRIAL, {"notify-need-help": "notify-want-help", "email-hello": "email-hi"})
    nodes = dict(new.nodes)
    nodes["notify-want-help"] = ir.SendNode(
        ir.Message(("push", "email", "sms"), text="Want help?"), "product-tips", "wait-3-days"
    )
    new = finished(dataclasses.replace(new, nodes=nodes))
    assert new.behaviour == OLD.behaviour
    assert changes(new) == [("patch", "changed", "nodes.notify-want-help.send")]


def test_another_wait_is_one_change_and_not_two() -> None:
    new = renamed(TRIAL, {"wait-3-days": "wait-5-days"})
    wait = ir.WaitNode(ir.WaitFor("P5D"), "if-plan-is-pro")
    new = finished(dataclasses.replace(new, nodes={**new.nodes, "wait-5-days": wait}))
    assert changes(new) == [("major", "changed", "nodes.wait-5-days.wait")]


def test_an_added_step_is_minor_and_its_neighbours_are_not_changed() -> None:
    new = with_nodes(
        email_pro_tips=ir.SendNode(ir.Message(("email",), template="pro-tips"), next="wait-1-day"),
        wait_1_day=ir.WaitNode(ir.WaitFor("P1D")),
    )
    assert changes(new) == [("minor", "added", "nodes.wait-1-day")]


def test_a_removed_message_is_major() -> None:
    nodes = {name: node for name, node in TRIAL.nodes.items() if name != "email-hello"}
    branch = TRIAL.nodes["if-plan-is-pro"]
    assert isinstance(branch, ir.BranchNode)
    nodes["if-plan-is-pro"] = dataclasses.replace(branch, otherwise="leave")
    assert changes(edited(nodes=nodes)) == [("major", "removed", "nodes.email-hello")]


def test_another_condition_is_major() -> None:
    branch = TRIAL.nodes["if-plan-is-pro"]
    assert isinstance(branch, ir.BranchNode)
    first, second = branch.branch
    other = dataclasses.replace(second, if_=ir.AttributeTest("seats", "more_than", 9))
    new = with_nodes(if_plan_is_pro=dataclasses.replace(branch, branch=(first, other)))
    assert changes(new) == [("major", "changed", "nodes.if-plan-is-pro.branch[2].if")]


def test_two_steps_that_changed_places_are_seen() -> None:
    send = TRIAL.nodes["notify-need-help"]
    wait = TRIAL.nodes["wait-3-days"]
    assert isinstance(send, ir.SendNode) and isinstance(wait, ir.WaitNode)
    new = edited(
        start="wait-3-days",
        nodes={
            **TRIAL.nodes,
            "wait-3-days": dataclasses.replace(wait, next="notify-need-help"),
            "notify-need-help": dataclasses.replace(send, next="if-plan-is-pro"),
        },
    )
    assert ("major", "changed", "start") in changes(new)


def test_whole_graphs_come_and_go() -> None:
    segment = ir.SegmentGraph(1, "segment", "vip", "VIP", TRIAL.source, ir.SegmentTest("a"))
    other = dataclasses.replace(segment, where=ir.SegmentTest("b"))
    assert [
        (one.graph, one.magnitude, one.what, one.path)
        for one in diff({"a": OLD, "s": segment}, {"s": other, "t": OLD})
    ] == [
        ("a", "major", "removed", ""),
        ("s", "major", "changed", "where"),
        ("t", "minor", "added", ""),
    ]
    assert [one.what for one in diff({"a": OLD}, {"a": segment})] == ["removed", "added"]


@settings(max_examples=150, deadline=None)
@given(journeys(), journeys())
def test_what_happens_changed_exactly_if_a_change_says_so(
    one: ir.JourneyGraph, other: ir.JourneyGraph
) -> None:
    old, new = finished(one), finished(other)
    found = diff({"trial": old}, {"trial": new})
    assert (old.behaviour == new.behaviour) == all(one.magnitude == "patch" for one in found)
    assert (
        render_text(found) and render_markdown(found, {"trial": new}) and as_json(found) is not None
    )


@settings(max_examples=100, deadline=None)
@given(journeys())
def test_ids_alone_are_no_change(graph: ir.JourneyGraph) -> None:
    new = renamed(graph, {name: f"x-{number}" for number, name in enumerate(graph.nodes)})
    assert diff({"trial": finished(graph)}, {"trial": finished(new)}) == ()


@pytest.mark.parametrize("text", GRAPHS, ids=name_in)
def test_no_change_is_missed(text: str) -> None:
    """Change any part of a graph: there is a change, and it is a patch if only wording changed."""
    old = load(text, "x")
    for path, other in edited_graphs(text):
        new = other
        if isinstance(other, ir.JourneyGraph):
            new = dataclasses.replace(other, behaviour=behaviour(other))
        found = diff({"a": old}, {"a": new})
        assert found, path
        if isinstance(old, ir.JourneyGraph) and isinstance(new, ir.JourneyGraph):
            wording = all(one.magnitude == "patch" for one in found)
            assert wording == (old.behaviour == new.behaviour), path
        assert render_text(found) and render_markdown(found, {"a": new})
        json.dumps(as_json(found))


def test_changes_as_text() -> None:
    new = edited(title="Trials", only=ir.AttributeTest("plan", "is", "free"), goal=None)
    assert render_text(diff({"trial": OLD}, {"trial": new})).splitlines() == [
        "trial: major (who enters or who gets what)",
        "  ~ patch  title",
        "             was Trial conversion",
        "             now Trials",
        "  ~ major  only",
        '             was plan is not "Pro" (including people with no plan)',
        '             now plan is "free"',
        "  - major  goal: The goal is that they do plan_upgraded within 14 days of entering",
    ]
    assert render_text(()) == "Nothing changed.\n"


def test_changes_as_markdown_hold_the_diagram() -> None:
    new = edited(title="Trials | *all*")
    made = render_markdown(diff({"trial": OLD}, {"trial": new}), {"trial": new})
    assert made.splitlines()[0] == "### trial: patch"
    assert "| changed | patch | `title` | Trial conversion | Trials \\| \\*all\\* |" in made
    assert "```mermaid\nflowchart TD\n" in made


def test_changes_as_json_hold_the_parts() -> None:
    found = diff({"trial": OLD}, {"trial": edited(reentry=ir.Reentry("once"))})
    assert as_json(found) == [
        {
            "graph": "trial",
            "magnitude": "major",
            "what": "changed",
            "path": "reentry",
            "before": {"allow": "after", "after": "P30D"},
            "after": {"allow": "once"},
        }
    ]
    assert largest(found) == "major"
