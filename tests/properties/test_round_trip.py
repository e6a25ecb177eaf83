"""What is written is what is read: trees survive being formatted, and any text is survived."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ast
from cio_lang.format import condition, format_file, statement
from cio_lang.grammar import parse, parse_condition, parse_statement, tokens
from cio_lang.problem import Problem
from cio_lang.source import Source
from tests.properties import trees

slowly = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

ROOT = Path(__file__).parents[2]
WRITTEN = sorted(
    path.read_text(encoding="utf-8")
    for folder in ("journeys", "tests/cases/grammar")
    for path in (ROOT / folder).rglob("*.journey")
)


@slowly
@given(trees.files)
def test_a_file_reads_back_as_itself(file: ast.File) -> None:
    text = format_file(file)
    again, problems = parse(Source("made", text))
    assert problems == ()
    assert again == file
    assert format_file(again) == text


@slowly
@given(trees.conditions)
def test_a_condition_reads_back_as_itself(tree: ast.Condition) -> None:
    text = condition(tree)
    assert parse_condition(Source("made", text)) == (tree, ())


@slowly
@given(trees.statements)
def test_a_statement_reads_back_as_itself(tree: ast.Statement) -> None:
    text = statement(tree)
    assert parse_statement(Source("made", text)) == (tree, ())


@slowly
@given(st.text() | st.lists(st.sampled_from([*trees.KEYWORDS, *'\n\t "#>:,()', "  ", '"""', "x",
    "3", "$50", '"a"', "\n  ", "\n    "])).map(" ".join))  # fmt: skip
def test_any_text_is_read_without_an_accident(text: str) -> None:
    source = Source("any", text)
    file, problems = parse(source)
    holds(problems, source)
    for one in (parse_statement(source)[1], parse_condition(source)[1]):
        holds(one, source)
    list(tokens(source))
    settled(file, problems)


@slowly
@given(st.data())
def test_a_damaged_file_is_read_without_an_accident(data: Any) -> None:
    text = data.draw(st.sampled_from(WRITTEN))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        to = data.draw(st.integers(at, min(len(text), at + 30)))
        text = text[:at] + data.draw(st.text(max_size=4)) + text[to:]
    source = Source("damaged", text)
    file, problems = parse(source)
    holds(problems, source)
    settled(file, problems)


LINES = sorted({line.strip() for text in WRITTEN for line in text.splitlines() if line.strip()})


@slowly
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(LINES)), max_size=14))
def test_lines_below_any_others_are_read_and_each_is_reported_once(
    drawn: list[tuple[int, str]],
) -> None:
    source = Source("mixed", "\n".join("  " * depth + line for depth, line in drawn))
    file, problems = parse(source)
    holds(problems, source)
    settled(file, problems)
    places = [(problem.span, problem.code) for problem in problems]
    assert len(places) == len(set(places))


def holds(problems: tuple[Problem, ...], source: Source) -> None:
    """Every problem marks a place inside the source, and can say what it is about."""
    for problem in problems:
        span, report = problem.span, problem.report()
        assert 1 <= span.line <= span.end_line <= len(source.lines)
        assert 1 <= span.column <= len(source.line(span.line)) + 1
        assert 1 <= span.end_column <= len(source.line(span.end_line)) + 1
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        assert report.what and report.why and report.help


def settled(file: ast.File, problems: tuple[Problem, ...]) -> None:
    """What could be read without a problem formats to text that reads the same."""
    if not problems:
        text = format_file(file)
        again, found = parse(Source("settled", text))
        assert found == ()
        assert again == file
        assert format_file(again) == text
