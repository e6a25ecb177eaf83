"""From checked trees to graphs: ids that stay, digests that say what changed, nothing lost."""

from __future__ import annotations

from typing import Any

import pytest

from cio_lang import ir
from cio_lang.backends import BACKENDS
from cio_lang.compiler import compile_sources
from cio_lang.diff import diff
from cio_lang.graph_file import dump, load
from cio_lang.schema import Settings
from cio_lang.source import Source

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
        text = f"seats_{level} is 5 {'or' if level % 2 else 'and'} ({text})"
    made = compiled("  wait 1 day\n", f"when someone matches {text}")
    assert load(dump(made), "x") == made
    for backend in BACKENDS:
        assert backend.emit(made)


def test_a_journey_of_a_thousand_steps_is_one_like_any_other() -> None:
    days = "".join(f"  wait {n} days\n" for n in range(1, 1001)) + '  email "hello"\n'
    made, other = compiled(days), compiled(days.replace("days", "hours"))
    assert load(dump(made), "x") == made
    assert len(diff({"a": made}, {"a": other})) == 1000
