"""One-line statements: read, written back in one way, and explained where they cannot be read.

`CIO_UPDATE_CASES=1 pytest tests/test_statements.py` writes the messages of
`tests/cases/grammar/statements/bad` again; read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cio_lang import ast
from cio_lang.cli import render
from cio_lang.format import statement
from cio_lang.format.statements import COMMANDS
from cio_lang.grammar import parse_statement
from cio_lang.grammar.places import starters
from cio_lang.source import Source

CASES = Path(__file__).parent / "cases" / "grammar" / "statements"
CANONICAL = (CASES / "canonical.txt").read_text(encoding="utf-8").splitlines()
OTHER_WORDS = [
    tuple(pair.splitlines())
    for pair in (CASES / "other_words.txt").read_text(encoding="utf-8").split("\n\n")
]
BAD = sorted((CASES / "bad").glob("*.say"))
UPDATE = os.environ.get("CIO_UPDATE_CASES") == "1"


def read(text: str) -> ast.Statement:
    tree, found = parse_statement(Source("<say>", text))
    assert tree is not None and found == ()
    return tree


@pytest.mark.parametrize("text", CANONICAL)
def test_canonical_text_is_its_own(text: str) -> None:
    assert statement(read(text)) == text


@pytest.mark.parametrize(("written", "canonical"), OTHER_WORDS)
def test_other_words_become_canonical(written: str, canonical: str) -> None:
    assert read(written) == read(canonical)
    assert statement(read(written)) == canonical


def test_every_kind_of_statement_has_its_text() -> None:
    kinds = {type(read(text)) for text in CANONICAL}
    assert {kind.__name__ for kind in kinds} == {kind.__name__ for kind in ast.Statement.__args__}


def test_people_named_like_a_command_are_quoted() -> None:
    assert set(starters("statement")) <= COMMANDS


def test_a_message_of_several_rows_is_kept() -> None:
    tree = ast.SendTo("email", ast.Text("Hello,\n\n  bye", block=True), ast.PersonRef("alice"))
    text = statement(tree)
    assert text == 'email """\nHello,\n\n  bye\n""" to alice'
    assert read(text) == tree


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_explained(path: Path) -> None:
    source = Source("<say>", path.read_text(encoding="utf-8").rstrip("\n"))
    tree, found = parse_statement(source)
    assert tree is None
    said = "\n\n".join(render.plain(problem, source) for problem in found) + "\n"
    golden = path.with_suffix(".txt")
    if UPDATE:
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")
