"""From checked trees to graphs: ids that stay, digests that say what changed, nothing lost."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cio_lang import ast, ir
from cio_lang.backends import BACKENDS
from cio_lang.compiler import compile_sources
from cio_lang.diff import diff
from cio_lang.graph_data import reading_order
from cio_lang.graph_file import dump, load
from cio_lang.lower import ID_LENGTH, condition, journey, segment, step_id
from cio_lang.schema import Schema, Settings
from cio_lang.source import Source
from cio_lang.steps.send import Email, Notify
from cio_lang.steps.set_attribute import SetAttribute
from tests.graphs import words

ORIGIN = ir.Origin("a.journey", "sha256:0")
STEPS = """  notify "Hello there, you!"
  wait 3 days
  if plan is "Pro"
    email "welcome"
  otherwise
    leave
  notify "All of you!"
"""


def compiled(steps: str, entry: str = "when someone does signed_up", title: str = "A") -> Any:
    text = f'journey "{title}"\n  {entry}\n{steps}'
    made = compile_sources(
        [Source("a.journey", text)], Settings(templates=frozenset({"welcome", "hello"}))
    )
    assert [problem.report().what for problem in made.problems] == []
    (graph,) = made.graphs
    return graph


BASE = compiled(STEPS)


def test_an_edit_leaves_the_ids_of_other_steps() -> None:
    edited = compiled('  email "hello"\n  wait 1 day\n' + STEPS.replace("3 days", "4 days"))
    assert BASE.nodes.keys() - edited.nodes.keys() == {"wait-3-days"}
    assert edited.nodes.keys() - BASE.nodes.keys() == {"email-hello", "wait-1-day", "wait-4-days"}


def test_steps_that_say_the_same_are_numbered_in_reading_order() -> None:
    same = '  notify "Hello there!"\n'
    assert list(compiled(same * 3).nodes) == [
        "notify-hello-there",
        "notify-hello-there-2",
        "notify-hello-there-3",
    ]


def test_a_number_never_meets_an_id_of_another_step() -> None:
    made = compiled('  notify "Hello 2"\n  notify "Hello !"\n  notify "Hello ?"\n')
    assert len(made.nodes) == 3


def test_arms_join_at_the_next_step() -> None:
    branch = BASE.nodes["if-plan-is-pro"]
    assert branch.branch[0].next == "email-welcome"
    assert BASE.nodes["email-welcome"].next == "notify-all-of-you"
    assert branch.otherwise == "leave"
    assert list(BASE.nodes)[-2:] == ["leave", "notify-all-of-you"]


def test_a_branch_without_otherwise_goes_on() -> None:
    made = compiled('  if plan is "Pro"\n    email "welcome"\n  wait 1 day\n  email "hello"\n')
    assert made.nodes["if-plan-is-pro"].otherwise == "wait-1-day"


@pytest.mark.parametrize(
    ("entry", "allow"),
    [
        ("when someone does signed_up", "every_time"),
        ('when someone matches plan is "Pro"', "once"),
    ],
)
def test_how_often_people_enter_by_default(entry: str, allow: str) -> None:
    assert compiled(STEPS, entry).reentry == ir.Reentry(allow)  # type: ignore[arg-type]


def test_no_longer_matching_is_the_opposite_of_matching() -> None:
    made = compiled(
        "  leave when they no longer match\n" + STEPS,
        'when someone matches plan is "Pro" and seats is more than 5',
    )
    assert made.exits == (ir.ExitWhen(ir.Not(made.entry.match)),)


@pytest.mark.parametrize(
    "steps",
    [
        STEPS.replace("Hello there, you!", "Good day to you all"),
        STEPS.replace('email "welcome"', 'email "hello"'),
        STEPS.replace('email "welcome"', 'email "We are glad."'),
    ],
)
def test_wording_alone_does_not_change_what_happens(steps: str) -> None:
    assert compiled(steps).behaviour == BASE.behaviour
    assert dump(compiled(steps)) != dump(BASE)
    assert compiled(STEPS, title="Another").behaviour == BASE.behaviour


@pytest.mark.parametrize(
    "steps",
    [
        STEPS.replace("3 days", "4 days"),
        STEPS.replace('"Pro"', '"free"'),
        STEPS.replace("email", "notify"),
        STEPS.replace("    leave\n", "    wait 1 day\n"),
        "  once ever\n" + STEPS,
        "  goal order_placed\n" + STEPS,
        '  only people where plan is "Pro"\n' + STEPS,
        "  leave when they do order_placed\n" + STEPS,
        STEPS + "  wait 1 day\n",
    ],
)
def test_anything_else_changes_what_happens(steps: str) -> None:
    assert compiled(steps).behaviour != BASE.behaviour


def test_another_topic_changes_what_happens() -> None:
    written = ast.Journey(
        ast.Name("A"), (), (ast.OnEvent(ast.Name("a")),), (Notify(ast.Text("Hello !")),)
    )
    topic = ast.Journey(
        written.title, (), (*written.parts, ast.TopicOf(ast.Name("Tips"))), written.steps
    )
    one, other = (journey(tree, Schema(), ORIGIN) for tree in (written, topic))
    assert one.behaviour != other.behaviour and other.topic == "tips"


def test_the_same_sources_give_the_same_bytes() -> None:
    assert dump(compiled(STEPS)) == dump(BASE)


def test_graphs_come_by_kind_and_name() -> None:
    text = 'segment "B"\n  plan is "Pro"\nsegment "A"\n  plan is "free"\n' + (
        'journey "Z"\n  when someone does a\n  email "hello"\n'
        'journey "C"\n  when someone does a\n  email "hello"\n'
    )
    made = compile_sources([Source("a", text)], Settings(templates=frozenset({"hello"})))
    assert [(graph.kind, graph.name) for graph in made.graphs] == [
        ("journey", "c"),
        ("journey", "z"),
        ("segment", "a"),
        ("segment", "b"),
    ]


def test_a_workspace_with_an_error_has_no_graphs() -> None:
    made = compile_sources([Source("a", 'journey "A"\n  when someone dos a\n')], Settings())
    assert made.failed and made.graphs == ()


def test_compiling_nothing_gives_nothing() -> None:
    assert compile_sources([], Settings()).graphs == ()
    assert compile_sources([Source("a", "")], Settings()).graphs == ()


def test_a_deep_condition_that_compiles_can_be_read_again() -> None:
    text = 'plan is "Pro"'
    for level in range(48):  # parentheses go 50 deep, conditions 60
        text = f"seats is {level} {'or' if level % 2 else 'and'} ({text})"
    made = compiled("  wait 1 day\n", f"when someone matches {text}")
    assert load(dump(made), "x") == made
    for backend in BACKENDS:
        assert backend.emit(made)


def test_a_journey_of_a_thousand_steps_is_one_like_any_other() -> None:
    days = "".join(f"  wait {n} days\n" for n in range(1, 1001)) + '  email "hello"\n'
    made, other = compiled(days), compiled(days.replace("days", "hours"))
    assert load(dump(made), "x") == made
    assert len(diff({"a": made}, {"a": other})) == 1000


# ── any tree at all ──────────────────────────────────────────────────────────────────────────────

names = words.filter(bool).map(ast.Name)
numbers = st.decimals(-(10**9), 10**9, places=2).map(ast.Number)
money = st.builds(ast.Money, st.decimals(0, 10**6, places=2), st.sampled_from(["USD", "SEK"]))
dates = st.dates(datetime.date(1000, 1, 1)).map(ast.Date)
values: Any = st.one_of(words.map(ast.Text), numbers, money, dates, st.booleans().map(ast.YesNo))
units: Any = st.sampled_from(["second", "minute", "hour", "day", "week", "month", "year"])
durations = st.builds(ast.Duration, st.integers(1, 500), units)
tests: Any = st.one_of(
    st.builds(ast.Compare, st.sampled_from(["is", "is_not", "contains", "before"]), values),
    st.builds(ast.OneOf, st.lists(values, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(ast.Known, st.booleans()),
    st.builds(ast.Between, numbers, numbers),
    st.builds(ast.Within, st.sampled_from(["in_next", "in_last", "ago", "ahead"]), durations),
)
windows: Any = st.none() | st.one_of(
    st.builds(ast.Last, durations),
    st.builds(ast.Calendar, st.sampled_from(["today", "yesterday", "this week", "this month"])),
    st.builds(ast.BetweenAgo, st.integers(0, 9), st.integers(10, 20), units),
    st.just(ast.SinceEntering()),
)
counts = st.none() | st.builds(
    ast.Count, st.sampled_from(["at_least", "exactly", "fewer_than"]), st.integers(1, 9)
)
wheres: Any = st.none() | st.builds(ast.Comparison, st.builds(ast.Property, names), tests)
conditions: Any = st.recursive(
    st.one_of(
        st.builds(ast.Comparison, st.builds(ast.Attribute, names), tests),
        st.builds(ast.Comparison, st.builds(ast.EntryProperty, names), tests),
        st.builds(ast.Did, names, wheres, counts, windows),
        st.builds(ast.DidNot, names, wheres, windows),
        st.builds(ast.Never, names, wheres),
        st.builds(ast.Inactive, durations),
        st.builds(ast.InSegment, names, st.booleans()),
    ),
    lambda inner: st.one_of(
        st.builds(ast.And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(ast.Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(ast.Not, inner),
    ),
    max_leaves=6,
)
leaves: Any = st.one_of(
    st.builds(ast.Wait, durations),
    st.just(ast.Leave()),
    st.builds(Email, st.builds(ast.Text, words, st.booleans())),
    st.builds(Notify, st.builds(ast.Text, words)),
    st.builds(SetAttribute, names, values),
)


def blocks(inner: Any) -> Any:
    return st.lists(inner, max_size=3).map(tuple)


steps: Any = st.recursive(
    leaves,
    lambda inner: st.builds(
        ast.If,
        st.lists(st.builds(ast.Arm, conditions, blocks(inner)), min_size=1, max_size=2).map(tuple),
        st.none() | st.builds(ast.Otherwise, blocks(inner)),
    ),
    max_leaves=6,
)
parts: Any = st.one_of(
    st.builds(ast.OnlyWhere, conditions),
    st.builds(ast.LeaveOnEvent, names, wheres),
    st.builds(ast.LeaveWhere, conditions),
    st.builds(ast.Goal, names, wheres, st.none() | durations, st.booleans()),
    st.just(ast.Once()),
    st.builds(ast.AgainAfter, durations),
    st.builds(ast.TopicOf, names),
)
entries: Any = st.one_of(
    st.builds(ast.OnEvent, names, wheres), st.builds(ast.OnMatch, conditions, st.booleans())
)
journeys = st.builds(
    lambda title, entry, more, body: ast.Journey(title, (), (*more, entry), tuple(body)),
    names,
    entries,
    st.lists(parts, max_size=3),
    st.lists(steps, max_size=4),
)


@settings(max_examples=150, deadline=None)
@given(journeys)
def test_every_journey_that_can_be_written_becomes_a_graph_that_can_be_read(
    written: ast.Journey,
) -> None:
    graph = journey(written, Schema(), ORIGIN)
    assert load(dump(graph), "x") == graph
    assert dump(load(dump(graph), "x")) == dump(graph)
    assert reading_order(graph) == tuple(graph.nodes)


@settings(max_examples=200, deadline=None)
@given(conditions)
def test_every_condition_that_can_be_written_is_read_back(written: ast.Condition) -> None:
    lines = (ast.ConditionLine(written),)
    graph = segment(ast.SegmentDeclaration(ast.Name("A"), lines), Schema(), ORIGIN)
    assert load(dump(graph), "x") == graph
    assert graph.where == condition(written, Schema())


@settings(max_examples=200, deadline=None)
@given(steps)
def test_an_id_is_a_short_plain_word(step: ast.Step) -> None:
    made = step_id(step)
    assert 0 < len(made) <= ID_LENGTH
    assert made.isascii() and made.replace("-", "").isalnum() and not made.endswith("-")


def test_an_amount_is_written_as_it_was_said() -> None:
    exact = ast.Comparison(
        ast.Attribute(ast.Name("a")), ast.Compare("is", ast.Number(Decimal("0.1")))
    )
    assert condition(exact, Schema()) == ir.AttributeTest("a", "is", 0.1)
