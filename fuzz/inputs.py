"""Where texts come from: anything at all, damaged files of people, files made from trees."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from cio_lang import ast
from cio_lang.format import format_file
from tests.properties import trees
from tests.properties.any_tree import tree

ROOT = Path(__file__).parents[1]

ODD = (
    "\t", " \t", "\r\n", "\r", "\ufeff", "\x00", "\x0b", "\x0c", "\x85", "\u2028", "\u00a0",
    "\u200b", "\u200f", "\u202e", "\u2066", "שלום", "مرحبا", "é", "e\u0301", "İ", "ß", "日本", "😀",
    "“", "”", "'", '"', '"""', "#", ">", "(", ")", "{{", "}}", "{%", "\\", "\n", "\n\n", "\n  ",
    "\n      ", "0", "-1", "1e9", "9" * 40, "$", "%", "0%", "101%", "29 February", "25:00",
    "2026-02-30", "10000-01-01", "0 days", "9999999999 months", "not ", " and ", " or ",
)  # fmt: skip
"""Pieces that files rarely hold, and that have broken compilers."""


@cache
def written() -> tuple[str, ...]:
    """Every file of the cases and the examples, good and bad."""
    folders = ("journeys", "examples", "tests/cases")
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.*"))
    chosen = (p for p in found if p.suffix in (".journey", ".scenario", ".messy"))
    return tuple(sorted({path.read_text(encoding="utf-8", errors="replace") for path in chosen}))


@cache
def lines() -> tuple[str, ...]:
    """Every line of those files, without its indentation."""
    return tuple(sorted({line.strip() for text in written() for line in text.splitlines()}))


@cache
def words() -> tuple[str, ...]:
    """Every word of those files."""
    return tuple(sorted({word for line in lines() for word in line.split()}))


_piece = st.sampled_from(ODD) | st.text(max_size=4)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A file with some of it cut out, put in, doubled, swapped or taken from another file."""
    text = draw(st.sampled_from(written()))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        to = draw(st.integers(at, min(len(text), at + 40)))
        match draw(st.integers(0, 5)):
            case 0:
                text = text[:at] + draw(_piece) + text[to:]
            case 1:
                text = text[:at] + text[at:to] * 2 + text[to:]
            case 2:
                text = text[:at] + " " + draw(st.sampled_from(words())) + " " + text[to:]
            case 3:
                text = text[:at] + "\n  " + draw(st.sampled_from(lines())) + "\n" + text[at:]
            case 4:
                rows = text.split("\n")
                row = draw(st.integers(0, len(rows) - 1))
                rows.insert(draw(st.integers(0, len(rows) - 1)), rows.pop(row))
                text = "\n".join(rows)
            case _:
                text += "\n" + draw(st.sampled_from(written()))
    return text


@st.composite
def mixed(draw: st.DrawFn) -> str:
    """Lines of all files below each other, at any depth."""
    rows = draw(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(lines())), max_size=14))
    return "\n".join("  " * depth + line for depth, line in rows)


def chatter() -> st.SearchStrategy[str]:
    """Words of the language in any order."""
    word = st.sampled_from(words()) | st.sampled_from(ODD)
    return st.lists(word, max_size=25).map(" ".join)


STRATEGIES: dict[str, st.SearchStrategy[str]] = {
    "arbitrary text": st.text(max_size=300),
    "words in any order": chatter(),
    "lines in any order": mixed(),
    "damaged files": damaged(),
    "files made from what can be said": trees.files.map(format_file),
    "files made from any tree": tree(ast.File, 7).map(format_file),
}
"""By what they are called in the report."""
