"""Formatting: canonical text is its own, and everything else becomes canonical.

`CIO_UPDATE_CASES=1 pytest tests/test_format.py` writes the `.journey` file beside each `.messy` one
where it does not exist yet.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cio_lang import ast
from cio_lang.format import format_file, step
from cio_lang.grammar import parse
from cio_lang.source import Source
from cio_lang.steps.send import Send

CASES = Path(__file__).parent / "cases" / "grammar"
CANONICAL = sorted(CASES.glob("*.journey"))
MESSY = sorted(CASES.glob("*.messy"))
UPDATE = os.environ.get("CIO_UPDATE_CASES") == "1"


def stem(path: Path) -> str:
    return path.stem


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("path", CANONICAL, ids=stem)
def test_canonical_text_formats_to_itself(path: Path) -> None:
    text = read(path)
    file, problems = parse(Source(path.name, text))
    assert problems == ()
    assert format_file(file) == text


@pytest.mark.parametrize("path", MESSY, ids=stem)
def test_messy_text_becomes_canonical_and_says_the_same(path: Path) -> None:
    file, problems = parse(Source(path.name, read(path)))
    assert problems == ()
    text = format_file(file)
    golden = path.with_suffix(".journey")
    if UPDATE and not golden.exists():
        golden.write_bytes(text.encode())
    assert text == read(golden)
    assert parse(Source(golden.name, text)) == (file, ())


def test_comments_stay_around_the_lines_of_english() -> None:
    text = (
        'journey "X"\n  # above\n  > A tip,\n  # between\n\n  # and again\n  > later two.\n'
        "  when someone does x\n\n  leave\n"
    )
    file, problems = parse(Source("x", text))
    assert (format_file(file), problems) == (text, ())


def test_comments_outlive_the_lines_that_move() -> None:
    text = 'journey "X"\n  # why\n  goal y  # so\n  when someone does x\n  leave\n'
    file, _ = parse(Source("x", text))
    assert format_file(file) == (
        'journey "X"\n  when someone does x\n  # why\n  goal y  # so\n\n  leave\n'
    )


def test_trees_that_no_text_was_read_for_have_a_text() -> None:
    block = Send("email", ast.Text('one\n"""\ntwo', block=True))
    assert step(block) == 'email "one\\n\\"\\"\\"\\ntwo"'
    branch = ast.If((ast.Arm(ast.Inactive(ast.Duration(1, "day")), (ast.Leave(),)),))
    assert step(branch) == "if inactive for 1 day\n  leave"


def test_comments_at_the_end_of_an_indented_file_close_it() -> None:
    once = format_file(parse(Source("x.journey", "  attribute plan: text\n  # the end"))[0])
    assert once == "attribute plan: text\n\n# the end\n"
    assert format_file(parse(Source("x.journey", once))[0]) == once
