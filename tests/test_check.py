"""The check: every case of `cases/check`, and what the cases cannot show.

`UPDATE_CASES=1` writes the messages anew; read them aloud before committing them.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import re
from decimal import Decimal
from pathlib import Path

import pytest

from cio_lang import ast
from cio_lang.check import PROBLEMS, check, check_condition, check_statement
from cio_lang.check.liquid import variables
from cio_lang.compiler import compile_sources
from cio_lang.grammar import parse, parse_condition, parse_statement
from cio_lang.problem import Problem
from cio_lang.schema import PERSON_ATTRIBUTES, Schema, Settings, collect
from cio_lang.source import Source, Span
from cio_lang.steps.send import Send
from tests.problem_text import problems_text

CASES = Path(__file__).parent / "cases" / "check"
BAD = sorted((CASES / "bad").glob("*.journey"))
UNREAD = sorted((CASES / "unread").glob("*.journey"))
GOOD = sorted((CASES / "good").glob("*.journey"))
SETTINGS = Settings(templates=frozenset({"welcome", "trial-ends"}))


def problems_of(text: str, name: str = "case.journey") -> tuple[Problem, ...]:
    file, unread = parse(Source(name, text))
    assert [problem.report().what for problem in unread] == []
    return check([file], SETTINGS)[1]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good(path: Path) -> None:
    source = Source(path.name, path.read_text())
    assert problems_text(problems_of(source.text, path.name), source) == ""


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad(path: Path) -> None:
    source = Source(path.name, path.read_text())
    drawn = problems_text(problems_of(source.text, path.name), source)
    golden = path.with_suffix(".txt")
    if os.environ.get("UPDATE_CASES"):
        golden.write_text(drawn)
    assert drawn
    assert golden.read_text() == drawn


@pytest.mark.parametrize("path", UNREAD, ids=lambda path: path.stem)
def test_a_line_that_is_not_read_costs_one_message(path: Path) -> None:
    source = Source(path.name, path.read_text())
    drawn = problems_text(compile_sources([source], SETTINGS).problems, source)
    golden = path.with_suffix(".txt")
    if os.environ.get("UPDATE_CASES"):
        golden.write_text(drawn)
    assert drawn
    assert golden.read_text() == drawn


def test_every_case_has_its_message_and_every_message_its_case() -> None:
    assert {path.stem for path in BAD} == {path.stem for path in (CASES / "bad").glob("*.txt")}


def test_every_problem_of_the_check_is_listed_and_has_a_case() -> None:
    drawn = "\n".join(path.with_suffix(".txt").read_text() for path in BAD)
    shown = set(re.findall(r"^error: ([a-z0-9-]+) in", drawn, re.M))
    listed = {problem.code for problem in PROBLEMS}
    assert shown <= listed
    # Text cannot say these; trees that are built by code can, and are tested below.
    assert listed - shown == {
        "by-hand-with-conditions",
        "duration-too-long",
        "empty-block",
        "empty-condition",
        "nothing-to-suggest",
        "only-properties-in-where",
        "too-many-levels",
    }


def test_messages_speak_to_marketers() -> None:
    drawn = "\n".join(path.with_suffix(".txt").read_text() for path in BAD)
    assert re.findall(r"\b(token|node|AST|parser|Lark|None|True|False|you forgot)\b", drawn) == []


def test_problems_come_in_the_order_of_the_text_file_by_file() -> None:
    first, _ = parse(Source("b.journey", 'segment "One"\n  in segment "X"\n'))
    second, _ = parse(Source("a.journey", 'segment "One"\n  in segment "Y"\n'))
    _, found = check([first, second], SETTINGS)
    assert [(p.span.file, p.span.line, p.code) for p in found] == [
        ("b.journey", 2, "unknown-segment"),
        ("a.journey", 1, "duplicate-declaration"),
        ("a.journey", 2, "unknown-segment"),
    ]
    assert "b.journey, line 1" in found[1].report().why


def test_conditions_by_themselves() -> None:
    condition, _ = parse_condition(Source("<say>", 'plan is "pro" and did x since entering'))
    assert condition is not None
    declared, _ = parse(Source("s.journey", 'attribute plan: one of "free", "Pro"\n'))
    schema = collect([declared], SETTINGS)
    assert [p.code for p in check_condition(condition, schema)] == [
        "not-one-of",
        "since-entering-outside",
    ]


DECLARED = """\
event order_placed
  amount: money
  items: number

attribute plan: one of "free", "Pro"
"""


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("alice did order_placed with amount $99 and items 3", []),
        ("alice did order_placd", ["unknown-event"]),
        ("alice did order_placed with amuont $99", ["unknown-property"]),
        ("alice did order_placed with items $99", ["wrong-type"]),
        ("alice did order_placed with items 3 and items 4", ["duplicate-property"]),
        ('set plan of alice to "Pro"', []),
        ('set plan of alice to "Por"', ["not-one-of"]),
        ('set plann of alice to "Pro"', ["unknown-attribute"]),
        ('set phone of alice to "+49"', []),
        ("show alice", []),
        ("show activity of alice in the last 0 days", ["zero-duration"]),
        ("count people", []),
        ('count people where plan is "Pro"', []),
        ("count people where event.amount is 5", ["no-entry-event"]),
        ("people where did order_placed since entering", ["since-entering-outside"]),
        ('email "welcome" to alice', []),
        ('email "wellcome" to people where plan is "Por"', ["unknown-template", "not-one-of"]),
        ('start journey "Onboarding" for alice', ["unknown-journey"]),
        ('preview template "wellcome" for alice', ["unknown-template"]),
        ('suggest 0 subjects for template "welcome"', ["nothing-to-suggest"]),
        ("predict order_placd in the next 0 days for alice", ["unknown-event", "zero-duration"]),
        ('why did alice not get "Cart recovery"', ["unknown-journey"]),
        ("forget alice", []),
    ],
)
def test_statements(written: str, codes: list[str]) -> None:
    statement, unread = parse_statement(Source("<say>", written))
    assert statement is not None and unread == ()
    declared, _ = parse(Source("s.journey", DECLARED))
    found = check_statement(statement, collect([declared], SETTINGS))
    assert [problem.code for problem in found] == codes


# ── trees that no text makes ─────────────────────────────────────────────────────────────────────


def attribute(name: str, test: ast.Test) -> ast.Comparison:
    return ast.Comparison(ast.Attribute(ast.Name(name)), test)


IS_ONE = ast.Compare("is", ast.Number(Decimal(1)))


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (ast.And(()), "empty-condition"),
        (ast.Or(()), "empty-condition"),
        (attribute("plan", ast.OneOf(())), "empty-condition"),
        (ast.Comparison(ast.Property(ast.Name("x")), IS_ONE), "property-outside-where"),
        (ast.Did(ast.Name("x"), attribute("plan", IS_ONE)), "only-properties-in-where"),
        (ast.Did(ast.Name("x"), ast.Did(ast.Name("y"))), "only-properties-in-where"),
        (ast.Never(ast.Name("x"), ast.InSegment(ast.Name("y"))), "only-properties-in-where"),
        (
            ast.Did(ast.Name("x"), ast.Comparison(ast.EntryProperty(ast.Name("y")), IS_ONE)),
            "only-properties-in-where",
        ),
        (ast.Inactive(ast.Duration(-3, "day")), "zero-duration"),
        (ast.Inactive(ast.Duration(101, "year")), "duration-too-long"),
        (attribute("x", ast.Within("ago", ast.Duration(-3, "day"))), "zero-duration"),
        (ast.Did(ast.Name("x"), count=ast.Count("at_least", -1)), "count-of-zero"),
    ],
)
def test_conditions_that_code_can_build(condition: ast.Condition, code: str) -> None:
    assert [problem.code for problem in check_condition(condition, Schema())] == [code]


def test_a_segment_without_conditions() -> None:
    file = ast.File((ast.SegmentDeclaration(ast.Name("Some"), ()),))
    assert [problem.code for problem in check([file], SETTINGS)[1]] == ["empty-condition"]


def journey(*steps: ast.Step) -> ast.Journey:
    return ast.Journey(ast.Name("Some"), (), (ast.OnEvent(ast.Name("x")),), steps)


@pytest.mark.parametrize(
    ("declaration", "codes"),
    [
        (ast.Policy(), ["empty-block"]),
        (ast.Guarantee(()), ["empty-block"]),
        (ast.Scenario(ast.Name("Some"), ()), ["empty-block"]),
        (journey(ast.Split(())), ["empty-block"]),
        (journey(ast.Experiment(ast.Name("Some"), ast.Name("x"), ())), ["empty-block"]),
        (journey(ast.Repeat(3, ())), ["empty-block"]),
        (journey(ast.WaitUntil(None, (), ast.Duration(1, "day"))), ["empty-block"]),
        (
            journey(
                ast.WaitUntilMoment(
                    ast.AtTime(ast.TimeOfDay(ast.Time(datetime.time(9)))), ast.Otherwise(())
                )
            ),
            ["otherwise-never-taken"],
        ),
        (
            ast.SegmentDeclaration(
                ast.Name("Some"), (ast.ConditionLine(attribute("x", IS_ONE)),), by_hand=True
            ),
            ["by-hand-with-conditions"],
        ),
    ],
)
def test_declarations_that_code_can_build(declaration: ast.Declaration, codes: list[str]) -> None:
    found = check([ast.File((declaration,))], SETTINGS)[1]
    assert [problem.code for problem in found] == codes


def test_depth_is_measured_without_recursion() -> None:
    condition: ast.Condition = attribute("x", IS_ONE)
    step: ast.Step = Send("email", ast.Text("Thank you!"))
    for _ in range(5_000):
        condition = ast.Not(condition)
        step = ast.If((ast.Arm(attribute("x", IS_ONE), (step,)),))
    assert [problem.code for problem in check_condition(condition, Schema())] == ["too-many-levels"]
    entry = ast.OnEvent(ast.Name("x"))
    journey = ast.Journey(ast.Name("Deep"), (), (entry,), (step,))
    segment = ast.SegmentDeclaration(ast.Name("Deep"), (ast.ConditionLine(condition),))
    found = check([ast.File((journey, segment))], SETTINGS)[1]
    assert [problem.code for problem in found] == ["too-many-levels", "too-many-levels"]


def test_long_chains_of_segments() -> None:
    def segment(index: int, asks: int) -> ast.SegmentDeclaration:
        line = ast.ConditionLine(ast.InSegment(ast.Name(f"s{asks}")))
        return ast.SegmentDeclaration(ast.Name(f"s{index}"), (line,))

    circle = ast.File(tuple(segment(i, (i + 1) % 3_000) for i in range(3_000)))
    assert [problem.code for problem in check([circle], SETTINGS)[1]] == ["segment-in-itself"]


def test_a_problem_holds_what_a_quick_fix_needs() -> None:
    (problem,) = problems_of('event signed_up\n\nsegment "Some"\n  did signd_up\n')
    assert problem.span == Span("case.journey", 4, 7, 4, 15)
    assert dataclasses.asdict(problem)["suggestion"] == "signed_up"


def test_the_attributes_that_everybody_has() -> None:
    assert [known.name for known in PERSON_ATTRIBUTES] == [
        "email",
        "phone",
        "name",
        "timezone",
        "created_at",
        "unsubscribed",
    ]


# ── templates in files ───────────────────────────────────────────────────────────────────────────

TEMPLATE = """\
---
subject: Thanks, {{ person.nmae }}
---
You paid {{ event.amount }} for {{ event.skus }}.
{% if person.plann == "Pro" %}{{ customer.id }}{% endif %}
Ask for help with sk_live_51H8abcdEFGHijklMNOP.
"""


def test_templates_in_files_are_checked_where_they_are() -> None:
    body = Source("templates/thanks.email.md", TEMPLATE)
    settings = Settings(templates=frozenset({"thanks"}), bodies={"thanks": body})
    text = (
        "event order_placed\n  amount: money\nevent signed_up\n\nattribute plan: text\n\n"
        'journey "Some"\n  when someone does signed_up\n\n  email "thanks"\n'
    )
    source = Source("a.journey", text)
    found = compile_sources([source], settings).problems
    assert [(p.span.file, p.span.line, p.code) for p in found] == [
        ("templates/thanks.email.md", 2, "unknown-placeholder"),
        ("templates/thanks.email.md", 4, "unknown-placeholder"),
        ("templates/thanks.email.md", 5, "unknown-placeholder"),
        ("templates/thanks.email.md", 5, "unknown-variable"),
        ("templates/thanks.email.md", 6, "secret-in-text"),
    ]
    fix = found[0].fix()
    assert fix is not None and fix.text == "{{ person.name }}"
    assert body.lines[1][fix.span.column - 1 : fix.span.end_column - 1] == "{{ person.nmae }}"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Hello {{ person.name }}!", ["person.name"]),
        ('{{ person["first name"] }} {{person.a.b}}', ["person.first name", "person.a"]),
        ("{{ person.name | default: 'there' | upcase }}", ["person.name"]),
        ("{{ 'person.x' }} {{ \"event.y\" }} {{ 5 }} {{ true }}", []),
        ("{% if person.a and event.b contains 'x' or c %}", ["person.a", "event.b", "c"]),
        ("{% assign x = person.a %}{{ x }}{{ x.y }}", ["person.a"]),
        ("{% for item in event.items limit: 3 %}{{ item.n }}{{ forloop.index }}", ["event.items"]),
        ("{% raw %}{{ person.a }}{% endraw %}{% comment %}{{ b }}{% endcomment %}", []),
        ("{%- case person.a -%}{%- when 'x' -%}{%- endcase -%}", ["person.a"]),
        ("{{ person.a | plus: event.b }}", ["person.a", "event.b"]),
        ("{{ person.a", []),
        ("{% include 'x' %} {{ }} {{}} {% %}", []),
    ],
)
def test_variables_of_a_text(words: str, named: list[str]) -> None:
    found = variables(words)
    assert [each.owner if not each.name else f"{each.owner}.{each.name}" for each in found] == named
