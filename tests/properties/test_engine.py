"""The engine comes to the story that the reference interpreter tells, in one go or in pieces."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.store.state import Deployed
from tests.one_person import START, Alice, at, deployed, journey
from tests.reference import Story, tell

HOURS = 24 * 12

NAMES = st.sampled_from(["a", "b", "c"])
HOURLY = st.sampled_from(["PT1H", "PT5H", "P1D", "P2D", "P3D"])
SHORT = st.sampled_from(["PT1H", "PT7H", "P1D"])

where = st.one_of(
    st.none(), st.builds(ir.PropertyTest, st.just("n"), st.just("more_than"), st.integers(0, 2))
)
times = st.builds(
    ir.Times, st.sampled_from(["at_least", "exactly", "fewer_than"]), st.integers(0, 3)
)
window = st.one_of(
    st.none(),
    st.builds(ir.Window, last=HOURLY),
    st.builds(ir.Window, calendar=st.sampled_from(["today", "yesterday", "this_week"])),
    st.just(ir.Window(since="entering")),
)
leaf = st.one_of(
    st.builds(ir.AttributeTest, st.just("x"), st.sampled_from(["is", "is_not"]), st.integers(0, 2)),
    st.builds(ir.AttributeTest, st.just("day"), st.sampled_from(["in_next", "in_last"]), HOURLY),
    st.builds(ir.AttributeTest, st.just("day"), st.sampled_from(["ago", "ahead"]), st.just("P2D")),
    st.builds(ir.EventTest, NAMES, where, times, window),
    st.builds(ir.InactiveTest, HOURLY),
    st.builds(ir.EntryTest, st.just("n"), st.just("is"), st.integers(0, 2)),
    st.just(ir.SegmentTest("s")),
    st.sampled_from([ir.DrawTest("a", 50), ir.DrawTest("b", 100, 50)]),
)
condition: st.SearchStrategy[ir.Condition] = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds(ir.Not, inner),
        st.builds(ir.All, st.tuples(inner, inner)),
        st.builds(ir.Any_, st.tuples(inner, inner)),
    ),
    max_leaves=3,
)


CLOCK = st.sampled_from(["00:00", "09:00", "10:00", "21:30"])
clock = st.one_of(
    st.builds(ir.WaitTime, CLOCK, st.sampled_from([None, None, "monday", "sunday"])),
    st.builds(ir.WaitSlot, CLOCK, CLOCK, st.booleans()),
)
date = st.builds(
    ir.DateMoment,
    st.just("day"),
    st.sampled_from(["P0D", "-P1D", "P2D", "-PT3H"]),
    st.one_of(st.none(), CLOCK),
    yearly=st.booleans(),
)
matches = st.lists(st.builds(ir.EventMatch, NAMES, where), min_size=1, max_size=2).map(tuple)
at_most = st.one_of(st.none(), HOURLY)
until = st.one_of(
    st.builds(ir.Until, st.none(), matches, at_most),
    st.builds(ir.Until, condition, st.just(()), at_most),
    st.builds(ir.Until, condition, matches, at_most),
)


@st.composite
def graphs(draw: st.DrawFn, name: str) -> ir.JourneyGraph:
    """A journey of up to six steps; every step leads to a later one, or to the end."""
    count = draw(st.integers(0, 6))
    nodes: dict[str, ir.GraphNode] = {}
    for number in range(count):
        then = st.sampled_from([None, *(f"n{n}" for n in range(number + 1, count))])
        if number + 1 < count:
            then = st.one_of(st.just(f"n{number + 1}"), then)
        nodes[f"n{number}"] = draw(
            st.one_of(
                st.builds(
                    ir.SendNode, st.just(ir.Message(("email",), text=f"n{number}")), next=then
                ),
                st.builds(ir.WaitNode, st.builds(ir.WaitFor, SHORT), then),
                st.builds(
                    ir.BranchNode,
                    st.lists(st.builds(ir.Case, condition, then), min_size=1, max_size=2).map(
                        tuple
                    ),
                    then,
                ),
                st.builds(
                    ir.SetNode,
                    st.builds(ir.Assignment, st.just("x"), st.integers(0, 2)),
                    then,
                ),
                st.builds(
                    ir.AddNode,
                    st.builds(ir.Increment, st.just("x"), st.sampled_from([1, -1])),
                    then,
                ),
                st.builds(ir.WaitNode, clock, then),
                st.builds(ir.WaitNode, st.builds(ir.WaitDate, date), then, then),
                st.builds(ir.UntilNode, until, then, then),
                st.builds(
                    ir.TrackNode,
                    st.builds(ir.Tracked, NAMES, st.fixed_dictionaries({"n": st.integers(0, 2)})),
                    then,
                ),
                st.builds(ir.StartNode, st.sampled_from(["p", "q", "r"]), then),
                st.just(ir.LeaveNode()),
            )
        )
    start = "n0" if count else None
    if count and draw(st.booleans()):
        start = _with_a_repeat(draw, nodes, count)
    exit_ = st.one_of(st.builds(ir.ExitOnEvent, NAMES, where), st.builds(ir.ExitWhen, condition))
    goal = st.builds(ir.Goal, NAMES, where, st.one_of(st.none(), HOURLY), st.booleans())
    allow, after = draw(st.sampled_from([("once", None), ("every_time", None), ("after", "P2D")]))
    return journey(
        draw(
            st.one_of(
                st.builds(ir.EventMatch, NAMES, where),
                st.builds(ir.Match, condition, st.sampled_from(["exclude", "include"])),
                st.just(ir.StartEntry()),
            )
        ),
        nodes,
        start=start,
        name=name,
        allow=allow,
        after=after,
        only=draw(st.one_of(st.none(), st.none(), condition)),
        exits=tuple(draw(st.lists(exit_, max_size=2))),
        goal=draw(st.one_of(st.none(), goal)),
    )


def _with_a_repeat(draw: st.DrawFn, nodes: dict[str, ir.GraphNode], count: int) -> str:
    """Puts a repeat around the last steps, which wait in every round; says where to start."""
    body = draw(st.integers(0, count - 1))
    for number, node in enumerate(nodes.values()):
        if number >= body and not isinstance(node, ir.LeaveNode):
            nodes[f"n{number}"] = _back(node, "round")
    wait = ir.WaitNode(ir.WaitFor(draw(SHORT)), f"n{body}")
    loop = ir.Loop(draw(st.integers(1, 3)), draw(st.one_of(st.none(), condition)))
    nodes |= {"round": ir.RepeatNode(loop, "pause", draw(st.sampled_from([None, "after"])))}
    nodes |= {"pause": wait, "after": ir.SendNode(ir.Message(("email",), text="after"))}
    for number, node in enumerate(list(nodes.values())[:body]):
        nodes[f"n{number}"] = _back(node, f"n{body}", "round")
    return "n0" if body else "round"


def _back(node: ir.GraphNode, to: str, instead: str | None = None) -> ir.GraphNode:
    """The node with its ends leading to `to`; or, with `instead`, its ways to `to` and later."""

    def way(then: str | None) -> str | None:
        if instead is None:
            return to if then is None else then
        return instead if then is not None and then >= to else then

    match node:
        case ir.BranchNode():
            cases = tuple(ir.Case(case.if_, way(case.next)) for case in node.branch)
            return ir.BranchNode(cases, way(node.otherwise))
        case ir.UntilNode():
            return ir.UntilNode(node.until, way(node.met), way(node.timeout))
        case ir.WaitNode():
            return ir.WaitNode(node.wait, way(node.next), way(node.missing))
        case ir.LeaveNode():
            return node
        case _:
            return replace(node, next=way(node.next))  # type: ignore[arg-type, union-attr]


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """Up to eight events in nine days, some at the same instant."""
    drawn = draw(st.lists(st.tuples(NAMES, st.integers(0, 24 * 9), st.integers(0, 3)), max_size=8))
    made = [
        Event(name, at(hours), {"n": n}, f"e{number}")
        for number, (name, hours, n) in enumerate(drawn)
    ]
    return sorted(made, key=lambda each: (each.at, each.id))


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Deployed], dict[str, Any], list[Event], datetime]:
    count = draw(st.integers(1, 3))
    drawn = [deployed(draw(graphs(name))) for name in "pqr"[:count]]
    attributes = draw(
        st.fixed_dictionaries(
            {}, optional={"x": st.integers(0, 2), "day": st.just(at(24 * 4 + 15).isoformat())}
        )
    )
    return drawn, attributes, draw(events()), at(draw(st.sampled_from([-72, 0, 0, 5])))


def kind(reason: str | None) -> str:
    """A reason in the reference's words."""
    if reason is None:
        return ""
    word = reason.split()[0]
    return {"did": "event", "when": "condition"}.get(word, reason)


def told(her: Alice) -> tuple[object, ...]:
    runs = sorted(her.runs.values(), key=lambda run: (run.entered_at, run.journey))
    return (
        her.attributes,
        sorted((row.journey, row.text, row.made_at) for row in her.outbox),
        [
            (run.journey, run.entered_at, kind(run.reason), run.finished_at, run.goal_at)
            for run in runs
        ],
    )


def expected(story: Story) -> tuple[object, ...]:
    return story.attributes, sorted(story.messages), story.ends


@settings(max_examples=150, deadline=None)
@given(cases(), condition, st.lists(st.integers(1, HOURS), max_size=4))
def test_engine_is_the_reference(
    case: tuple[list[Deployed], dict[str, Any], list[Event], datetime],
    segment: ir.Condition,
    pauses: list[int],
) -> None:
    journeys, attributes, history, known = case
    segments = {"s": segment}
    story = tell(
        journeys, segments, attributes, known, history, START, START + timedelta(hours=HOURS)
    )
    whole = Alice(journeys, dict(attributes), known, segments)
    if history:
        whole.did(*history)
    whole.replay(HOURS)
    assert told(whole) == expected(story)

    pieces = Alice(journeys, dict(attributes), known, segments)
    if history:
        pieces.did(*history)
    for pause in sorted({*pauses, HOURS}):
        pieces.replay(pause)
    assert told(pieces) == expected(story)
    assert [row.id for row in pieces.outbox] == [row.id for row in whole.outbox]


@settings(max_examples=60, deadline=None)
@given(cases())
def test_stepping_bit_by_bit_is_the_reference(
    case: tuple[list[Deployed], dict[str, Any], list[Event], datetime],
) -> None:
    """As the live loop does it: state goes to the store and comes back between any two instants."""
    journeys, attributes, history, known = case
    story = tell(journeys, {}, attributes, known, history, START, START + timedelta(hours=HOURS))
    her = Alice(journeys, dict(attributes), known)
    if history:
        her.did(*history)
    for halves in range(2 * HOURS + 1):  # waits end at half past nine too
        if her.due is not None and her.due <= at(halves / 2):
            her.step(halves / 2)
    assert told(her) == expected(story)
