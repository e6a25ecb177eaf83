"""What is made of a graph: diagrams that Mermaid takes, English that reads one way."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given, settings

from cio_lang import ir
from cio_lang.backends import BACKENDS, english, mermaid
from cio_lang.backends.words import duration
from cio_lang.graph_file import load
from tests.edits import GRAPHS, edited, name_in
from tests.graphs import TRIAL, conditions, documents, journeys, words

PLAN_NOT_PRO = ir.AttributeTest("plan", "is_not", "Pro")
BOUGHT = ir.EventTest("order_placed")
VIP = ir.SegmentTest("vip")


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (PLAN_NOT_PRO, 'plan is not "Pro" (including people with no plan)'),
        (
            ir.EventTest("logged_in", times=ir.NOT_ONCE, window=ir.Window(last="P30D")),
            "did not do logged_in in the last 30 days",
        ),
        (ir.EventTest("logged_in", times=ir.NOT_ONCE), "never did logged_in"),
        (
            ir.EventTest(
                "order_placed",
                ir.PropertyTest("amount", "more_than", ir.Money(49.9, "USD")),
                ir.Times("at_least", 3),
                ir.Window(between_ago=ir.BetweenAgo("P6D", "P7D")),
            ),
            "did order_placed (where amount is more than $49.90) at least 3 times "
            "between 6 days and 7 days ago",
        ),
        (
            ir.EventTest("order_placed", times=ir.Times("fewer_than", 2)),
            "did order_placed fewer than 2 times (or not at all)",
        ),
        (ir.EntryTest("amount", "at_least", 5), "the entry event's amount is at least 5"),
        (ir.AttributeTest("country", "one_of", ("US", "CA")), 'country is one of "US", "CA"'),
        (ir.AttributeTest("seats", "between", (5, 9)), "seats is between 5 and 9"),
        (ir.AttributeTest("trial", "ago", "P7D"), "trial is 7 days ago (that calendar day)"),
        (ir.AttributeTest("renews", "before", "2026-12-01"), "renews is before 2026-12-01"),
        (ir.InactiveTest("P30D"), "did nothing at all for 30 days"),
        (ir.Not(VIP), "not in segment vip"),
        (ir.Not(ir.All((BOUGHT, VIP))), "not (did order_placed and in segment vip)"),
        (
            ir.All((ir.Any_((BOUGHT, VIP)), ir.AttributeTest("plan", "known"))),
            "(either did order_placed or in segment vip) and plan is known",
        ),
        (
            ir.Any_((ir.All((BOUGHT, VIP)), ir.AttributeTest("paid", "is", True))),
            "either (did order_placed and in segment vip) or paid is yes",
        ),
    ],
)
def test_a_condition_is_read_back(what: ir.Condition, expected: str) -> None:
    assert english.condition(what) == expected


def test_people_are_read_back_as_people() -> None:
    assert english.people(PLAN_NOT_PRO) == (
        'people whose plan is not "Pro" (including people with no plan)'
    )
    assert english.people(ir.All((BOUGHT, ir.Not(VIP)))) == (
        "people who did order_placed and who are not in segment vip"
    )


@pytest.mark.parametrize(
    ("iso", "expected"),
    [
        ("P3D", "3 days"),
        ("P14D", "14 days"),
        ("P1M", "1 month"),
        ("P1Y", "1 year"),
        ("PT1H", "1 hour"),
        ("PT90M", "1 hour and 30 minutes"),
        ("PT1S", "1 second"),
        ("P0D", "no time"),
    ],
)
def test_lengths_of_time_are_read_back(iso: str, expected: str) -> None:
    assert duration(iso) == expected


def test_a_journey_is_read_back_step_by_step() -> None:
    assert english.emit(TRIAL).splitlines()[2:] == [
        "Starts when someone comes to be among the people whose trial_started_at is 7 days ago "
        "(that calendar day) and who never did activated.",
        'Only people whose plan is not "Pro" (including people with no plan) enter.',
        "A person can enter again 30 days after entering.",
        "Leave when they do plan_upgraded.",
        "The goal is that they do plan_upgraded within 14 days of entering.",
        "Its messages are about the topic product-tips.",
        "",
        'Send "Need help getting started?" by push notification, else email, else text message, '
        'then wait 3 days. If plan is "Pro" and did order_placed (where amount is more than $50) '
        'since entering: send the template "pro-tips" by email, then the journey ends; otherwise '
        "if seats is more than 5: set nudged to yes, then the journey ends; otherwise: send "
        '"Hello {{ person.name }},\\nyour trial ends soon.\\n" by email, then leave the journey.',
        "",
        '1. Send "Need help getting started?" by push notification, else email, else text message.',
        "2. Wait 3 days.",
        "3. Take the first that fits:",
        '   - if plan is "Pro" and did order_placed (where amount is more than $50) since '
        "entering: step 4;",
        "   - otherwise if seats is more than 5: step 5;",
        "   - otherwise: step 6.",
        '4. Send the template "pro-tips" by email. Then the journey ends.',
        "5. Set nudged to yes. Then the journey ends.",
        '6. Send "Hello {{ person.name }},\\nyour trial ends soon.\\n" by email.',
        "7. Leave the journey.",
    ]


def test_a_diagram_shows_every_step_and_way() -> None:
    drawn = mermaid.emit(TRIAL).splitlines()
    assert drawn[0] == "flowchart TD"
    assert '  s_wait_3_days{{"wait 3 days"}}' in drawn
    assert "  s_notify_need_help --> s_wait_3_days" in drawn
    assert '  s_if_plan_is_pro -->|"seats is more than 5"| s_set_nudged' in drawn
    assert '  s_if_plan_is_pro -->|"otherwise"| s_email_hello' in drawn
    assert "  s_set_nudged --> done" in drawn


SHAPES: list[Any] = ["[]", ("{{", "}}"), "{}", ("[[", "]]"), ("((", "))"), ("([", "])"), ">]"]
SHAPES += [("[/", "/]"), ("[/", "\\]"), ("[\\", "/]")]
_LABEL = r'"(?:[^"#`%{}\[\]()<>|:;\\]|<br/>|#\d+;)*"'
_SHAPES = "|".join(rf"{re.escape(a)}{_LABEL}{re.escape(b)}" for a, b in SHAPES)
_LINE = re.compile(
    rf"  (?:\w+(?:{_SHAPES})|\w+ --> \w+|\w+ -\.- \w+|\w+ -->\|{_LABEL}\| \w+)", re.ASCII
)
_LINE_OF_ANY_SCRIPT = re.compile(_LINE.pattern)


@settings(max_examples=150, deadline=None)
@given(journeys())
def test_no_words_break_out_of_a_diagram(graph: ir.JourneyGraph) -> None:
    """Each line is one node or one way, whatever marks the words of a journey hold."""
    first, *rest = mermaid.emit(graph).rstrip("\n").split("\n")
    assert first == "flowchart TD"
    for line in rest:
        assert _LINE_OF_ANY_SCRIPT.fullmatch(line), line


@given(words)
def test_a_label_stays_one_line(text: str) -> None:
    assert re.fullmatch(_LABEL, mermaid.label(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. one", "#49;. one"),
        ("- item", "#45; item"),
        ("plan_upgraded _now_", "plan_upgraded #95;now#95;"),
        ("$50 or $$x$$", "$50 or #36;#36;x#36;#36;"),
        ('%%{init: "dark"}%%', "#37;#37;#123;init#58; #34;dark#34;#125;#37;#37;"),
        ("<b> `x` #35;", "#60;b#62; #96;x#96; #35;35#59;"),
        ("", " "),
    ],
)
def test_words_stand_in_a_label_as_they_are(text: str, expected: str) -> None:
    assert mermaid.label(text) == f'"{expected}"'


@settings(max_examples=200, deadline=None)
@given(conditions, conditions)
def test_two_conditions_never_read_the_same(one: ir.Condition, other: ir.Condition) -> None:
    """Joined in two ways, they read in two ways."""
    third = ir.AttributeTest("plan", "known")
    assert english.condition(ir.All((ir.Any_((one, other)), third))) != english.condition(
        ir.Any_((one, ir.All((other, third))))
    )


@settings(max_examples=50, deadline=None)
@given(documents())
def test_backends_make_something_of_every_document(graph: ir.Graph) -> None:
    for backend in BACKENDS:
        made = backend.emit(graph)
        assert made.endswith("\n") and made == backend.emit(graph)


@settings(max_examples=50, deadline=None)
@given(journeys())
def test_backends_make_something_of_every_journey(graph: ir.JourneyGraph) -> None:
    for backend in BACKENDS:
        assert backend.emit(graph).endswith("\n")


def test_backends_make_something_of_a_journey_without_steps() -> None:
    empty = dataclasses.replace(TRIAL, start=None, nodes={})
    for backend in BACKENDS:
        assert backend.emit(empty).endswith("\n")
    assert len({backend.name for backend in BACKENDS}) == len(BACKENDS)


# ── everything is said ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", GRAPHS, ids=name_in)
def test_whatever_a_graph_says_is_heard(text: str) -> None:
    """Change any part of a graph to what can be run too, and it reads differently."""
    graph = load(text, "x")
    said = english.emit(graph)
    unheard = {path for path, other in edited(text) if english.emit(other) == said}
    # A message without a topic has that of its journey; policies have one title.
    assert {path for path in unheard if path[0] != "nodes" or path[-1] != "topic"} <= (
        {("title",)} if graph.kind == "policy" else set()
    )
