"""Problems as text: carets stay under what they are about, and nothing escapes to the terminal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cio_lang.cli.render import (
    RENDERERS,
    annotation,
    as_json,
    plain,
    safe,
    sarif,
    summary,
    terminal,
)
from cio_lang.problem import Fix, Problem, Report
from cio_lang.source import Source, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Problem):
    """A problem of these tests."""

    code = "made"
    what: str = "What."

    def report(self) -> Report:
        return Report(self.what, "Why.", "do this")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mild(Made):
    """A warning of these tests."""

    code = "mild"
    severity = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended(Made):
    """A problem with a fix."""

    code = "mended"

    def fix(self) -> Fix:
        return Fix(self.span, "plan")


def at(line: int, column: int, end_line: int, end_column: int) -> Made:
    return Made(span=Span("a.journey", line, column, end_line, end_column))


def drawn(text: str, problem: Problem) -> list[str]:
    lines = plain(problem, Source("a.journey", text)).split("\n")
    return [line for line in lines if "|" in line or line.strip() == "..."]


def test_the_whole_of_a_problem() -> None:
    text = 'journey "Trial"\n  if plna is "Pro"\n'
    assert plain(at(2, 6, 2, 10), Source("a.journey", text)) == (
        "a.journey:2:6: error[made]\n"
        "  What.\n"
        '    2 |   if plna is "Pro"\n'
        "      |      ^^^^\n"
        "  Why.\n"
        "  help: do this"
    )


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("\tif plna", (5, 9), ["    1 |     if plna", "      |        ^^^^"]),
        ("a\tplna", (3, 7), ["    1 | a   plna", "      |     ^^^^"]),
        ("你好 plna", (4, 8), ["    1 | 你好 plna", "      |      ^^^^"]),
        ("你好 plna", (1, 3), ["    1 | 你好 plna", "      | ^^^^"]),
        ("cafe\u0301 plna", (7, 11), ["    1 | cafe\u0301 plna", "      |      ^^^^"]),
        ("👍 plna", (3, 7), ["    1 | 👍 plna", "      |    ^^^^"]),
        ("plna", (5, 5), ["    1 | plna", "      |     ^"]),
        ("plna", (1, 1), ["    1 | plna", "      | ^"]),
    ],
    ids=["tab", "tab-inside", "wide", "wide-place", "combining", "emoji", "end", "empty"],
)
def test_carets_stand_under_their_place(
    text: str, span: tuple[int, int], expected: list[str]
) -> None:
    assert drawn(text, at(1, span[0], 1, span[1])) == expected


def test_a_place_of_several_lines_shows_its_first_and_last() -> None:
    text = 'email """\n  a\n  b\n"""'
    assert drawn(text, at(1, 7, 4, 4)) == [
        '    1 | email """',
        "      |       ^^^",
        "   ...",
        '    4 | """',
        "      | ^^^",
    ]
    assert drawn("ab\n  cd", at(1, 1, 2, 5)) == [
        "    1 | ab",
        "      | ^^",
        "    2 |   cd",
        "      |   ^^",
    ]
    assert drawn("ab\ncd", at(1, 1, 2, 1)) == ["    1 | ab", "      | ^^"]


def test_a_long_line_is_cut_around_the_place() -> None:
    text = "x" * 500 + "plna" + "y" * 500
    line, carets = drawn(text, at(1, 501, 1, 505))
    assert len(line) < 120
    assert line[8] == line[-1] == "…"
    start = carets.index("^")
    assert line[start : start + 4] == "plna"


def test_a_place_past_the_text_is_not_drawn() -> None:
    assert drawn("a", at(9, 1, 9, 2)) == []


def test_a_whole_file_has_no_line() -> None:
    problem = Made(span=Span("cio.db", 1, 1, 1, 1))
    assert plain(problem, None).startswith("cio.db: error[made]\n")


def test_control_characters_reach_no_terminal() -> None:
    shown = terminal(
        Made(span=Span("a\x1b[2J", 1, 1, 1, 2), what="\x1b]0;title\x07 \u202egnp"),
        Source("a\x1b[2J", "\x1b[31mred\u2066"),
        colour=False,
    )
    assert "\x1b" not in shown and "\x07" not in shown
    assert "\u202e" not in shown and "\u2066" not in shown
    assert safe("a\tb\nc") == "a    b\nc"


def test_colour_adds_only_colour() -> None:
    import re

    source = Source("a.journey", "one plna\n")
    problem = at(1, 5, 1, 9)
    coloured = terminal(problem, source, colour=True)
    assert "\x1b[1;31m" in coloured
    assert "\x1b[1;33m" in terminal(Mild(span=problem.span), source, colour=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain(problem, source)


def test_json_holds_place_and_words() -> None:
    assert json.loads(json.dumps(as_json(at(2, 3, 2, 5)))) == {
        "code": "made",
        "severity": "error",
        "file": "a.journey",
        "line": 2,
        "column": 3,
        "end_line": 2,
        "end_column": 5,
        "what": "What.",
        "why": "Why.",
        "help": "do this",
        "fix": None,
    }


def test_json_holds_the_fix() -> None:
    fix = as_json(Mended(span=Span("a.journey", 1, 5, 1, 9)))["fix"]
    assert fix == {"line": 1, "column": 5, "end_line": 1, "end_column": 9, "text": "plan"}


def test_the_summary_counts() -> None:
    error, warning = at(1, 1, 1, 1), Mild(span=Span("a", 1, 1, 1, 1))
    assert summary([]) == "no problems"
    assert summary([error]) == "1 error"
    assert summary([error, error, warning]) == "2 errors, 1 warning"


def test_words_are_wrapped_at_the_width_of_the_terminal() -> None:
    what = "There is no event `order placed by mistake` here, and so nobody could ever enter."
    problem = Made(span=Span("a.journey", 1, 1, 1, 2), what=what)
    lines = terminal(problem, Source("a.journey", "x"), colour=False, width=40).split("\n")
    assert max(map(len, lines)) <= 40
    assert lines[1:4] == [
        "  There is no event",
        "  `order placed by mistake` here, and so",
        "  nobody could ever enter.",
    ]
    assert what in plain(problem, Source("a.journey", "x"))


def test_an_annotation_is_one_line_and_cannot_be_broken_out_of() -> None:
    span = Span("a,b:c%.journey", 2, 3, 2, 5)
    made = annotation(Made(span=span, what="One\r\n::set-output name=x::y 100%"))
    assert made == (
        "::error file=a%2Cb%3Ac%25.journey,line=2,endLine=2,title=made,col=3,endColumn=5"
        "::One�%0A::set-output name=x::y 100%25%0AWhy.%0AHelp: do this"
    )
    assert annotation(Mild(span=Span("a", 1, 2, 3, 4))).startswith(
        "::warning file=a,line=1,endLine=3,title=mild::"
    )


SCHEMA = Path(__file__).parent / "cases" / "render" / "sarif-parts.schema.json"


def test_sarif_holds_rules_results_and_fixes() -> None:
    """The parts of the published schema of SARIF 2.1.0 that code hosts require."""
    span = Span("journeys/a b.journey", 2, 3, 2, 5)
    log = json.loads(json.dumps(sarif([Made(span=span), Mended(span=span), Mild(span=span)])))
    jsonschema.validate(log, json.loads(SCHEMA.read_text()))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["made", "mended", "mild"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "journeys/a%20b.journey"
    assert place["region"] == {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 5}
    (fix,) = run["results"][1]["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"][0]["insertedContent"] == {"text": "plan"}
    assert "fixes" not in run["results"][0]


@pytest.mark.parametrize("renderer", RENDERERS, ids=lambda one: one.name)
def test_every_renderer_prints_every_problem(renderer: Any) -> None:
    source = Source("a.journey", "one plna\n")
    problems = [at(1, 5, 1, 9), Mild(span=Span("a.journey", 1, 1, 1, 4))]
    text = renderer.render(problems, {"a.journey": source})
    assert "made" in text and "mild" in text
    assert renderer.summary.endswith(".")
    empty = {"json": "[]"}
    if renderer.name != "sarif":
        assert renderer.render([], {}) == empty.get(renderer.name, "")
