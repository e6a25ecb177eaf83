"""Graphs made by hypothesis, and one made by hand, for the tests of files, backends and diffs."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cio_lang import ir

TRIAL = ir.JourneyGraph(
    cio=1,
    kind="journey",
    name="trial-conversion",
    title="Trial conversion",
    source=ir.Origin("journeys/trial.journey", "sha256:" + "a" * 64),
    behaviour="sha256:" + "b" * 64,
    entry=ir.Match(
        ir.All(
            (
                ir.AttributeTest("trial_started_at", "ago", "P7D"),
                ir.EventTest("activated", times=ir.NOT_ONCE),
            )
        )
    ),
    reentry=ir.Reentry("after", "P30D"),
    only=ir.AttributeTest("plan", "is_not", "Pro"),
    exits=(ir.ExitOnEvent("plan_upgraded"),),
    goal=ir.Goal("plan_upgraded", within="P14D"),
    topic="product-tips",
    start="notify-need-help",
    nodes={
        "notify-need-help": ir.SendNode(
            ir.Message(("push", "email", "sms"), text="Need help getting started?"),
            topic="product-tips",
            next="wait-3-days",
        ),
        "wait-3-days": ir.WaitNode(ir.WaitFor("P3D"), next="if-plan-is-pro"),
        "if-plan-is-pro": ir.BranchNode(
            (
                ir.Case(
                    ir.All(
                        (
                            ir.AttributeTest("plan", "is", "Pro"),
                            ir.EventTest(
                                "order_placed",
                                ir.PropertyTest("amount", "more_than", ir.Money(50, "USD")),
                                window=ir.Window(since="entering"),
                            ),
                        )
                    ),
                    next="email-pro-tips",
                ),
                ir.Case(ir.AttributeTest("seats", "more_than", 5), next="set-nudged"),
            ),
            otherwise="email-hello",
        ),
        "email-pro-tips": ir.SendNode(ir.Message(("email",), template="pro-tips")),
        "set-nudged": ir.SetNode(ir.Assignment("nudged", True)),
        "email-hello": ir.SendNode(
            ir.Message(("email",), text="Hello {{ person.name }},\nyour trial ends soon.\n"),
            next="leave",
        ),
        "leave": ir.LeaveNode(),
    },
)

AWKWARD = (
    *("yes", "no", "null", "~", "2026-12-01", "1e3", "0x1F", "1_000", "12:30", ".inf", "=", "<<"),
    *("a: b", "a #b", "- a", " lead", "trail ", "'", '"', "\\n", "{a}", "[a]", "", "x" * 200),
    *("two\nlines\n", "\n", "a\n b\n\nc", "a\tb", "\t", "\ufeff", "\x00", "\x85", "\u2028"),
    *("é", "你好", "😀"),
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(AWKWARD)
names = words.filter(bool)
amounts = st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)
durations = st.sampled_from(["P3D", "PT1H", "P14D", "P1M", "P1Y", "PT90M"])
scalars: Any = st.booleans() | amounts | words | st.builds(ir.Money, amounts, names)
one_value_ops = st.sampled_from(["is", "is_not", "more_than", "contains", "includes", "before"])


def tests_of(kind: type) -> Any:
    """Comparisons of one kind of subject, with a value that fits the comparison."""
    return st.one_of(
        st.builds(kind, names, one_value_ops, scalars),
        st.builds(kind, names, st.sampled_from(["known", "unknown"])),
        st.builds(
            kind,
            names,
            st.sampled_from(["one_of", "not_one_of"]),
            st.lists(scalars, min_size=1, max_size=3).map(tuple),
        ),
        st.builds(kind, names, st.just("between"), st.tuples(amounts, amounts)),
        st.builds(kind, names, st.sampled_from(["ago", "in_next", "more_than_ago"]), durations),
    )


windows = st.one_of(
    st.builds(ir.Window, last=durations),
    st.builds(ir.Window, calendar=st.sampled_from(["today", "this_week"])),
    st.builds(ir.Window, between_ago=st.builds(ir.BetweenAgo, durations, durations)),
    st.just(ir.Window(since="entering")),
)
times = st.builds(
    ir.Times, st.sampled_from(["at_least", "exactly", "fewer_than"]), st.integers(0, 9)
)
wheres = st.none() | tests_of(ir.PropertyTest)
leaves: Any = st.one_of(
    tests_of(ir.AttributeTest),
    tests_of(ir.EntryTest),
    st.builds(ir.EventTest, names, wheres, times, st.none() | windows),
    st.builds(ir.InactiveTest, durations),
    st.builds(ir.SegmentTest, names),
)
conditions: Any = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(ir.All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(ir.Any_, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(ir.Not, inner),
    ),
    max_leaves=6,
)
messages = st.one_of(
    st.builds(ir.Message, st.just(("email",)), template=names),
    st.builds(ir.Message, st.just(("push", "email", "sms")), text=words),
)


@st.composite
def journeys(draw: Any) -> ir.JourneyGraph:
    """A journey whose steps each lead to a later one or to the end."""
    ids = draw(st.lists(names, max_size=6, unique=True))
    nodes: dict[str, ir.GraphNode] = {}
    for index, name in enumerate(ids):
        onward = st.none() | st.sampled_from(ids[index + 1 :]) if ids[index + 1 :] else st.none()
        cases = st.lists(st.builds(ir.Case, conditions, onward), min_size=1, max_size=3)
        nodes[name] = draw(
            st.one_of(
                st.builds(ir.SendNode, messages, st.none() | names, onward),
                st.builds(ir.WaitNode, st.builds(ir.WaitFor, durations), onward),
                st.builds(ir.SetNode, st.builds(ir.Assignment, names, scalars), onward),
                st.builds(ir.BranchNode, cases.map(tuple), onward),
                st.just(ir.LeaveNode()),
            )
        )
    entries: Any = st.one_of(
        st.builds(ir.EventMatch, names, wheres),
        st.builds(ir.Match, conditions, st.sampled_from(["exclude", "include"])),
    )
    exits: Any = st.one_of(
        st.builds(ir.ExitOnEvent, names, wheres), st.builds(ir.ExitWhen, conditions)
    )
    return ir.JourneyGraph(
        cio=1,
        kind="journey",
        name=draw(names),
        title=draw(words),
        source=ir.Origin(draw(words), "sha256:" + "0" * 64),
        behaviour="sha256:" + "1" * 64,
        entry=draw(entries),
        reentry=draw(st.sampled_from([ir.Reentry("once"), ir.Reentry("after", "P30D")])),
        only=draw(st.none() | conditions),
        exits=draw(st.lists(exits, max_size=2).map(tuple)),
        goal=draw(st.none() | st.builds(ir.Goal, names, wheres, st.none() | durations)),
        topic=draw(st.none() | names),
        start=ids[0] if ids else None,
        nodes=nodes,
    )
