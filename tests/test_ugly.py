"""Real mistakes with the messages that they get: the ledger of ugly ones keeps them honest.

`tests/cases/ugly` holds what people wrote, found by trying, and what they are told.  A message that
gets better changes its golden here; none may get worse unseen.  `UPDATE_CASES=1` writes the goldens
anew; read them aloud.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cio_lang.cli.render import plain
from cio_lang.compiler import compile_sources
from cio_lang.grammar import parse
from cio_lang.grammar import problems as found_by_reading
from cio_lang.schema import Settings
from cio_lang.source import Source

CASES = Path(__file__).parent / "cases"
UGLY = sorted((CASES / "ugly").glob("*.journey"))
SETTINGS = Settings(templates=frozenset({"welcome", "pro-tips"}))
UPDATE = os.environ.get("UPDATE_CASES") == "1"


def told(path: Path) -> str:
    source = Source(path.name, path.read_bytes().decode())
    found = compile_sources([source], SETTINGS).problems
    return "".join(f"{plain(problem, source)}\n\n" for problem in found).rstrip("\n") + "\n"


@pytest.mark.parametrize("path", UGLY, ids=lambda path: path.stem)
def test_what_is_said_of_a_real_mistake(path: Path) -> None:
    text = told(path)
    golden = path.with_suffix(".txt")
    if UPDATE:
        golden.write_text(text)
    assert golden.read_text() == text


def test_the_ledger_is_whole() -> None:
    assert len(UGLY) >= 10
    assert {path.stem for path in (CASES / "ugly").glob("*.txt")} == {path.stem for path in UGLY}


@pytest.mark.parametrize("path", UGLY, ids=lambda path: path.stem)
def test_no_message_lists_the_whole_grammar(path: Path) -> None:
    """A list of more than 15 words helps nobody."""
    longest = max(told(path).splitlines(), key=lambda line: line.count("`"))
    assert longest.count("`") <= 30, longest


@pytest.mark.parametrize("path", UGLY, ids=lambda path: path.stem)
def test_no_message_speaks_of_the_machine(path: Path) -> None:
    words = re.sub(r"`[^`]*`", "", told(path).split("\n", 1)[1])
    assert not re.search(r"\b(token|node|AST|parser|Lark|syntax|None|True|False)\b", words)


LINES = [
    block.split("\n")
    for block in (CASES / "grammar" / "other_lines.txt").read_text().strip().split("\n\n")
]


@pytest.mark.parametrize(("written", "meant"), LINES, ids=[written for written, _ in LINES])
def test_following_the_advice_gives_the_canonical_line(written: str, meant: str) -> None:
    """Other words at the beginning of a line of a journey."""

    def lines(line: str) -> Source:
        return Source("x.journey", f'journey "X"\n  {line}\n')

    place = [
        problem
        for problem in parse(lines(written))[1]
        if isinstance(problem, found_by_reading.OtherWords)
    ]
    assert len(place) == 1
    (problem,) = place
    put = (
        written[: problem.span.column - 3] + problem.meant + written[problem.span.end_column - 3 :]
    )
    assert put == meant
    left = {each.code for each in parse(lines(meant))[1]}
    assert left <= {"nothing-below", "part-below-steps"}
