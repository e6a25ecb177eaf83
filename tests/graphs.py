"""Graphs made by hypothesis, and one made by hand, for the tests of files, backends and diffs."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st

from cio_lang import ast, ir

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
percents = st.integers(0, 100) | st.sampled_from([2.5, 33.3])
durations = st.sampled_from(["P3D", "PT1H", "P14D", "P1M", "P1Y", "PT90M"])
clocks = st.sampled_from(["00:00", "09:00", "23:59", "06:30:15"])
zones = st.sampled_from(["person", "workspace"])
days = st.dates().map(lambda day: day.isoformat())
weekdays = st.sampled_from([day.lower() for day in get_args(ast.Weekday)])
channels = st.sampled_from(get_args(ir.Channel))
periods = st.sampled_from(["hour", "day", "week", "month"])
scalars: Any = st.booleans() | amounts | words | st.builds(ir.Money, amounts, names)
one_value_ops = st.sampled_from(["is", "is_not", "more_than", "contains", "includes", "before"])
time_ops = ["ago", "ahead", "in_next", "in_last", "more_than_ago", "less_than_ago"]


def tests_of(kind: Any, subjects: Any = names) -> Any:
    """Comparisons of one kind of subject, with a value that fits the comparison."""
    return st.one_of(
        st.builds(kind, subjects, one_value_ops, scalars),
        st.builds(kind, subjects, st.sampled_from(["known", "unknown"])),
        st.builds(
            kind,
            subjects,
            st.sampled_from(["one_of", "not_one_of"]),
            st.lists(scalars, min_size=1, max_size=3).map(tuple),
        ),
        st.builds(kind, subjects, st.just("between"), st.tuples(amounts, amounts)),
        st.builds(kind, subjects, st.sampled_from([*time_ops, "more_than_ahead"]), durations),
        st.builds(
            kind,
            subjects,
            st.sampled_from(["during", "during_yearly"]),
            st.sampled_from(["today", "next_month", "last_year"]),
        ),
    )


windows = st.one_of(
    st.builds(ir.Window, last=durations),
    st.builds(ir.Window, calendar=st.sampled_from(get_args(ir.CalendarWord))),
    st.builds(ir.Window, between_ago=st.builds(ir.BetweenAgo, durations, durations)),
    st.builds(ir.Window, since_date=days),
    st.builds(ir.Window, between_dates=st.tuples(days, days)),
    st.just(ir.Window(since="entering")),
)
times = st.builds(
    ir.Times,
    st.sampled_from(["at_least", "exactly", "fewer_than", "more_than", "at_most"]),
    st.integers(0, 9),
)
wheres = st.none() | tests_of(ir.PropertyTest)
matches = st.builds(ir.EventMatch, names, wheres)
functions = st.sampled_from(["total", "average", "smallest", "largest", "latest", "first"])
aggregates = st.one_of(
    st.builds(ir.Aggregate, functions, names, names, wheres, st.none() | windows),
    st.builds(ir.Aggregate, st.just("number"), names, st.none(), wheres, st.none() | windows),
)
messages_of = st.sampled_from(["message_opened", "message_sent", "message_bounced"])
leaves: Any = st.one_of(
    tests_of(ir.AttributeTest),
    tests_of(ir.EntryTest),
    tests_of(ir.AggregateTest, aggregates),
    st.builds(ir.EventTest, names | messages_of, wheres, times, st.none() | windows),
    st.builds(ir.EventTest, names, key=names),
    st.builds(ir.HeldTest, names, scalars, durations),
    st.builds(ir.SequenceTest, matches, matches, durations, st.booleans()),
    st.builds(ir.InactiveTest, durations),
    st.builds(ir.SegmentTest, names),
    st.builds(ir.SubscribedTest, names),
    st.builds(ir.ReachTest, channels),
    st.builds(ir.ChurnTest, st.sampled_from(["more_than", "at_most"]), percents),
    st.builds(ir.LikelyTest, names, durations),
    st.builds(ir.TopTest, percents, names),
    st.sampled_from([(10, 0), (2.5, 0), (100, 33.3)]).flatmap(
        lambda ends: st.builds(ir.DrawTest, names | words, st.just(ends[0]), st.just(ends[1]))
    ),
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

# ── nodes ────────────────────────────────────────────────────────────────────────────────────────

sent = st.lists(channels, min_size=1, max_size=3).map(tuple)
messages = st.one_of(
    st.builds(ir.Message, sent, template=names, to=st.none() | names, best_time=st.booleans()),
    st.builds(ir.Message, st.just(("push", "email", "sms")), text=words),
)
offsets = st.sampled_from(["P0D", "-P3D", "PT2H", "-P1M"])
moments = st.builds(ir.DateMoment, names, offsets, st.none() | clocks, zones, st.booleans())
waits: Any = st.one_of(
    st.builds(ir.WaitFor, durations),
    st.builds(ir.WaitTime, clocks, st.none() | weekdays, zones),
    st.builds(ir.WaitSlot, clocks, clocks, st.booleans(), zones),
)
untils = st.one_of(
    st.builds(ir.Until, conditions, st.lists(matches, max_size=2).map(tuple), durations),
    st.builds(ir.Until, st.none(), st.lists(matches, min_size=1, max_size=2).map(tuple), durations),
)
SHARES = ([100], [50, 50], [33.3, 33.3, 33.4], [0, 100])


@st.composite
def shares(draw: Any, onward: Any) -> tuple[ir.Share, ...]:
    """Shares that are 100 together."""
    return tuple(
        ir.Share(part, draw(words), draw(onward)) for part in draw(st.sampled_from(SHARES))
    )


@st.composite
def experiments(draw: Any, onward: Any) -> ir.ExperimentNode:
    """An experiment, with people held out or without."""
    out = draw(st.sampled_from([0, 10, 2.5]))
    trial = ir.Trial(draw(names), draw(names), out, draw(st.none() | percents))
    return ir.ExperimentNode(trial, draw(shares(onward)), draw(onward) if out else None)


def nodes_of(onward: Any) -> Any:
    """A node of any kind but a repeat that leads to what `onward` draws."""
    cases = st.lists(st.builds(ir.Case, conditions, onward), min_size=1, max_size=3).map(tuple)
    by = amounts.filter(lambda amount: abs(amount) < 10**9)
    carried = st.dictionaries(names, scalars, max_size=2)
    membership = st.builds(ir.Membership, st.sampled_from(["add", "remove"]), names)
    return st.one_of(
        st.builds(ir.SendNode, messages, st.none() | names, onward),
        st.builds(ir.WaitNode, waits, onward),
        st.builds(ir.WaitNode, st.builds(ir.WaitDate, moments), onward, onward),
        st.builds(ir.UntilNode, untils, onward, onward),
        st.builds(ir.BranchNode, cases, onward),
        st.builds(ir.SplitNode, shares(onward)),
        experiments(onward),
        st.builds(ir.AskNode, st.builds(ir.Approval, words, st.none() | durations), onward, onward),
        st.builds(ir.CollectNode, durations, onward),
        st.builds(ir.ThrottleNode, st.builds(ir.Rate, st.integers(1, 9), periods), onward),
        st.builds(ir.SetNode, st.builds(ir.Assignment, names, scalars), onward),
        st.builds(ir.AddNode, st.builds(ir.Increment, names, by), onward),
        st.builds(ir.TrackNode, st.builds(ir.Tracked, names, carried), onward),
        st.builds(ir.MembershipNode, membership, onward),
        st.builds(ir.CallNode, words, onward),
        st.builds(ir.StartNode, names, onward),
        st.just(ir.LeaveNode()),
    )


# ── graphs ───────────────────────────────────────────────────────────────────────────────────────

entries: Any = st.one_of(
    matches,
    st.builds(ir.Match, conditions, st.sampled_from(["exclude", "include"])),
    st.builds(ir.JoinEntry, names),
    st.builds(ir.LeaveEntry, names),
    st.builds(ir.DateEntry, moments, st.none() | conditions),
    st.builds(
        ir.ScheduleEntry,
        st.builds(
            ir.Schedule,
            weekdays | st.sampled_from(["day", "weekday"]) | st.integers(1, 31),
            clocks,
            zones,
        ),
        conditions,
    ),
    st.builds(ir.OnceEntry, conditions),
    st.just(ir.StartEntry()),
)
exits: Any = st.one_of(st.builds(ir.ExitOnEvent, names, wheres), st.builds(ir.ExitWhen, conditions))
quiets = st.builds(ir.Quiet, clocks, clocks, zones)


@st.composite
def journeys(draw: Any) -> ir.JourneyGraph:
    """A journey whose steps each lead to a later one or to the end, but for one repeat."""
    ids = draw(st.lists(names, max_size=6, unique=True))
    nodes: dict[str, ir.GraphNode] = {}
    for index, name in enumerate(ids):
        later = ids[index + 1 :]
        nodes[name] = draw(nodes_of(st.none() | st.sampled_from(later) if later else st.none()))
    if len(ids) > 2 and draw(st.booleans()):
        # The first step repeats up to the one before the last, which waits and goes back.
        loop = ir.Loop(draw(st.integers(1, 9)), draw(st.none() | conditions))
        nodes[ids[0]] = ir.RepeatNode(loop, ids[1], ids[-1])
        nodes[ids[-2]] = ir.WaitNode(ir.WaitFor("P1D"), ids[0])
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
        key=draw(st.none() | names),
        quiet=draw(st.none() | quiets),
        priority=draw(st.sampled_from(["high", "normal", "low"])),
        exempt_from_caps=draw(st.booleans()),
        spread=draw(st.none() | durations),
        start=ids[0] if ids else None,
        nodes=nodes,
    )


caps = st.builds(ir.Cap, st.integers(0, 9), periods, st.none() | channels)
origins = st.just(ir.Origin("a.journey", "sha256:0"))


def documents() -> Any:
    """Graphs that are no journeys."""

    def head(kind: str) -> Any:
        return st.just(1), st.just(kind), names, words, origins

    texts = st.none() | words
    return st.one_of(
        st.builds(ir.SegmentGraph, *head("segment"), st.none() | conditions),
        st.builds(ir.TopicGraph, *head("topic"), st.booleans()),
        st.builds(ir.PolicyGraph, *head("policy"), st.none() | quiets, st.lists(caps).map(tuple)),
        st.builds(ir.TemplateGraph, *head("template"), channels, words, texts, texts),
    )
