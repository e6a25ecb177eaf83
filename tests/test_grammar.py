"""Reading: what is wrong is said once, and all that is right is read.

`CIO_UPDATE_CASES=1 pytest tests/test_grammar.py` writes the messages of `tests/cases/grammar/bad`
again; read the diff.  It writes no `.journey` file, ever.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import lark
import pytest

from cio_lang import ast
from cio_lang.cli import render
from cio_lang.grammar import parse, parse_condition, parse_statement, problems, tables, tokens
from cio_lang.grammar.expected import described
from cio_lang.grammar.level import MANY
from cio_lang.grammar.places import PLACES, starters
from cio_lang.grammar.rules import RULES, TERMINALS
from cio_lang.source import Source
from cio_lang.steps import STEPS

CASES = Path(__file__).parent / "cases" / "grammar"
BAD = sorted((CASES / "bad").glob("*.journey"))
UPDATE = os.environ.get("CIO_UPDATE_CASES") == "1"


def read(path: Path) -> Source:
    return Source(path.name, path.read_bytes().decode("utf-8"))


# ── the grammar itself ───────────────────────────────────────────────────────────────────────────


def test_the_grammar_has_no_conflicts_and_no_terminals_that_collide() -> None:
    grammar = tables.GRAMMAR.read_text(encoding="utf-8")
    lark.Lark(grammar, parser="lalr", lexer="contextual", start=list(tables.STARTS), strict=True)


def test_every_rule_of_the_grammar_has_its_function() -> None:
    parser = tables.parser()
    made = {rule.alias or rule.origin.name for rule in parser.rules}
    inlined = {
        rule.origin.name
        for rule in parser.rules
        if rule.origin.name.startswith("_") or (rule.options.expand1 and not rule.alias)
    }
    assert sorted(made - inlined - set(RULES)) == []
    assert sorted(set(RULES) - made) == []
    assert sorted(set(TERMINALS) - {terminal.name for terminal in parser.terminals}) == []


@pytest.mark.parametrize("kind", STEPS, ids=lambda kind: kind.name)
def test_every_leaf_step_is_read_from_its_example(kind: object) -> None:
    example = getattr(kind, "example")  # noqa: B009
    file, found = parse(Source("example", f'journey "X"\n  when someone does x\n  {example}\n'))
    assert found == ()
    [journey] = file.declarations
    assert isinstance(journey, ast.Journey)
    assert [type(step) for step in journey.steps] == [getattr(kind, "tree")]  # noqa: B009


def test_every_place_has_a_name_and_its_first_words() -> None:
    assert set(PLACES) == set(tables.STARTS)
    declarations = "attribute event guarantee journey policy scenario segment template topic"
    assert starters("declaration") == tuple(declarations.split())


def test_every_word_that_can_be_expected_has_a_name() -> None:
    kinds = {terminal.name for terminal in tables.parser().terminals} - {"__IGNORE_0"}
    assert [kind for kind in sorted(kinds) if not described(frozenset({kind}))] == []


# ── the tables on disk ───────────────────────────────────────────────────────────────────────────

ONCE = "from cio_lang.grammar import parse; from cio_lang.source import Source; "
ONCE += "file, problems = parse(Source('x', 'event x')); assert file.declarations and not problems"


def run_with_cache(folder: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder)}
    subprocess.run([sys.executable, "-c", ONCE], env=environment, check=True, timeout=60)


def test_the_tables_are_kept_and_a_damaged_file_is_survived(tmp_path: Path) -> None:
    run_with_cache(tmp_path)
    [kept] = (tmp_path / "cio").iterdir()
    run_with_cache(tmp_path)
    kept.write_bytes(kept.read_bytes()[:1000])
    run_with_cache(tmp_path)
    assert list((tmp_path / "cio").iterdir()) == [kept]


def test_a_cache_folder_that_cannot_be_made_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "cio").write_text("in the way")
    run_with_cache(tmp_path)


# ── mistakes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_explained(path: Path) -> None:
    source = read(path)
    _, found = parse(source)
    assert found
    said = "\n\n".join(render.plain(problem, source) for problem in found) + "\n"
    golden = path.with_suffix(".txt")
    if UPDATE:
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


def test_every_problem_has_a_case() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in CASES.rglob("*.txt"))
    said += Path(__file__).read_text(encoding="utf-8")
    kinds = [getattr(problems, name) for name in problems.__all__]
    assert [kind.code for kind in kinds if f"[{kind.code}]" not in said] == []


def test_one_bad_line_costs_one_problem_and_no_other_line() -> None:
    lines = [
        'journey "Welcome"',
        "  when someone does signed_up",
        "  goal order_placed within 3 days",
        '  email "welcome"',
        "  wait 3 days",
        '  if plan is "Pro"',
        "    leave",
        "  otherwise",
        "    wait 1 day",
        '  notify "Bye, then"',
    ]
    for index in range(len(lines)):
        words = lines[index].split()
        indent = lines[index][: len(lines[index]) - len(lines[index].lstrip())]
        broken = [*lines]
        broken[index] = f"{indent}{words[0]} % {' '.join(words[1:])}"
        source = Source("broken", "\n".join(broken))
        file, found = parse(source)
        assert [(problem.span.line, problem.code) for problem in found] == [
            (index + 1, "unsupported-character")
        ]
        if index:
            [journey] = file.declarations
            assert isinstance(journey, ast.Journey)
            steps = len(journey.parts) + len(journey.steps)
            assert steps >= 4


def test_a_line_below_a_title_that_cannot_be_read_is_still_read() -> None:
    _, found = parse(Source("x", "journey X Y\n  wait 1 day\n  wiat 2 days\n"))
    assert [problem.code for problem in found] == ["missing-quotes", "unknown-line"]


# ── places ───────────────────────────────────────────────────────────────────────────────────────


def test_spans_mark_the_words_as_they_stand_in_the_file() -> None:
    source = Source(
        "x",
        '\ufeffjourney "W"\r\n\twhen someone does signed_up\r\n\temail """\r\n\t  Hi\r\n\t"""\r\n'
        '\twait  3 days # x\r\n\tif plan is "Pro" and größe is 3\r\n\t\tleave\r\n',
    )
    file, found = parse(source)
    assert found == ()
    [journey] = file.declarations
    assert isinstance(journey, ast.Journey)
    email, wait, branch = journey.steps
    assert isinstance(wait, ast.Wait) and isinstance(branch, ast.If)
    places = {
        "journey": journey.span,
        "title": journey.title.span,
        "email": email.span,
        "wait": wait.span,
        "duration": wait.duration.span,
        "condition": branch.arms[0].condition.span,
        "leave": branch.arms[0].steps[0].span,
    }
    assert {name: (s.line, s.column, s.end_line, s.end_column) for name, s in places.items()} == {
        "journey": (1, 1, 1, 12),
        "title": (1, 9, 1, 12),
        "email": (3, 2, 5, 5),
        "wait": (6, 2, 6, 14),
        "duration": (6, 8, 6, 14),
        "condition": (7, 5, 7, 33),
        "leave": (8, 3, 8, 8),
    }


def test_words_behind_a_mistake_come_once() -> None:
    source = Source("x", 'journey "A"\n  wait until they do x, up to 3 dayz please\n')
    said = [text for line, _, text in tokens(source) if line == 2]
    assert said == ["wait", "until", "they", "do", "x", ", up to", "3", "dayz", "please"]


def test_words_are_told_apart_by_what_may_stand_there() -> None:
    source = Source("x", 'segment "S"\n  is is 3 and email is known  # no\n  plan is %\n')
    assert list(tokens(source)) == [
        (1, "SEGMENT", "segment"),
        (1, "QUOTED", '"S"'),
        (2, "NAME", "is"),
        (2, "IS", "is"),
        (2, "FIGURE", "3"),
        (2, "AND", "and"),
        (2, "NAME", "email"),
        (2, "IS", "is"),
        (2, "KNOWN", "known"),
        (3, "NAME", "plan"),
        (3, "IS", "is"),
        (3, "UNSUPPORTED", "%"),
    ]


# ── one line ─────────────────────────────────────────────────────────────────────────────────────


def name(text: str) -> ast.Name:
    return ast.Name(text)


def test_statements_are_read() -> None:
    def statement(text: str) -> ast.Statement | None:
        tree, found = parse_statement(Source("<say>", text))
        assert found == ()
        return tree

    alice, address = ast.PersonRef("alice"), ast.PersonRef("alice@example.com")
    fact = statement('alice@example.com did order_placed with items 3, paid yes and note "x"')
    assert isinstance(fact, ast.Fact)
    assert (fact.person, fact.event) == (address, name("order_placed"))
    assert [pair[0].text for pair in fact.properties] == ["items", "paid", "note"]
    assert statement("user-123 did signed_up") == ast.Fact(
        ast.PersonRef("user-123"), name("signed_up")
    )
    assert statement("42 did signed_up") == ast.Fact(ast.PersonRef("42"), name("signed_up"))
    assert statement('"show" did x') == ast.Fact(ast.PersonRef("show"), name("x"))
    assert statement('set plan of alice to "Pro"') == ast.SetFact(
        name("plan"), alice, ast.Text("Pro")
    )
    assert statement("show alice  # her") == ast.Show(alice)
    assert statement("show activity of alice") == ast.ShowActivity(alice)
    assert statement("show activity of alice in the last 30 days") == ast.ShowActivity(
        alice, ast.Last(ast.Duration(30, "day"))
    )
    assert statement("count people") == ast.CountPeople()
    condition = ast.Comparison(ast.Attribute(name("plan")), ast.Known())
    assert statement("count people where plan is known") == ast.CountPeople(condition)
    assert statement("people where plan is known") == ast.PeopleWhere(condition)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "[nothing-written]"),
        ("# only this", "[nothing-written]"),
        ("show alice\nshow bob", "[more-than-one-line]"),
        ("Show alice", "[written-in-capitals]"),
        ("alice dit order_placed", "[unexpected-word]"),
        ("count peopel", "[unexpected-word]"),
        ("alice did order_placed with amount", "[ends-too-early]"),
        ("> hello", "[english-out-of-place]"),
    ],
)
def test_statements_that_cannot_be_read_say_why(text: str, code: str) -> None:
    tree, found = parse_statement(Source("<say>", text))
    assert tree is None
    assert [f"[{problem.code}]" for problem in found] == [code]


def test_a_condition_is_read_alone() -> None:
    tree, found = parse_condition(Source("<where>", 'plan is "Pro" or never did order_placed'))
    assert found == ()
    assert isinstance(tree, ast.Or)
    tree, found = parse_condition(Source("<where>", "plan is"))
    assert tree is None
    assert [problem.code for problem in found] == ["ends-too-early"]


def test_in_a_file_of_bad_lines_each_is_reported_once_in_order() -> None:
    rows = [f'emial "Hello {n}"' for n in range(MANY + 200)]
    rows[-1] = "only people where"
    text = 'journey "Broken"\n' + "".join(f"  {row}\n" for row in rows)
    _, found = parse(Source("broken.journey", text))
    assert [problem.span.line for problem in found] == list(range(2, len(rows) + 2))
    in_full, briefly, last = found[MANY - 1], found[MANY], found[-1]
    assert isinstance(in_full, problems.UnknownLine)
    assert in_full.suggestion == "email"
    assert isinstance(briefly, problems.UnexpectedWord)
    assert "`when`" in briefly.report().why
    assert isinstance(last, problems.EndsTooEarly)
    assert last.span.column == len("  only people where") + 1
