"""The language on one page, from the trees that its lines become; and the grammar as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any, get_args

from cio_lang import ast
from cio_lang.pages.page import Page, page_of

__all__ = ["GRAMMAR", "LANGUAGE", "SECTIONS"]

Kinds = Sequence[type[Any]]

_STEPS = tuple(kind for kind in get_args(ast.Step) if kind is not ast.Leaf)
_ENTRIES = get_args(ast.Entry)
_PARTS = tuple(kind for kind in get_args(ast.Part) if kind not in _ENTRIES)

SECTIONS: tuple[tuple[str, str, Kinds], ...] = (
    (
        "Declarations",
        "What stands at the left margin of a `.journey` file.",
        get_args(ast.Declaration),
    ),
    (
        "Below declarations",
        "Lines of events, policies, guarantees and shares.",
        (ast.PropertyLine, ast.Said, ast.Cap, *get_args(ast.Promise), ast.Share, ast.HoldOut,
         ast.PickWinner),
    ),
    ("How a journey starts", "One of these, the first line of a journey.", _ENTRIES),
    ("Parts of a journey", "Above its steps, in this order.", _PARTS),
    (
        "Steps with others below them, and waits",
        "The other steps stand on [their own page](steps.md).",
        (*_STEPS, ast.AtTime, ast.AtDate, ast.InSlot, ast.EventPattern),
    ),
    (
        "Conditions",
        "Joined by `and` or `or`, not both without parentheses; `not (…)`; one per line means "
        "`and`; a line that ends with `any of` or `all of` opens a block of lines.",
        get_args(ast.Condition),
    ),
    ("What a comparison is about", "Its first words.", get_args(ast.Subject)),
    ("What is asked of it", "Its other words.", get_args(ast.Test)),
    ("When an event counts", "Behind `did` and behind totals.", (*get_args(ast.Window), ast.Count)),
    (
        "Values",
        "As they are written in conditions and steps.",
        (*get_args(ast.Value), ast.Percent, ast.Duration, ast.TimeOfDay),
    ),
    ("One-line statements", "What `cio say` takes.", get_args(ast.Statement)),
    ("Lines of a scenario", "What `cio test` carries out.", get_args(ast.ScenarioLine)),
)  # fmt: skip
"""Every kind of tree that something can be written as, by where it stands."""


def _language() -> str:
    return "\n".join(_lines()).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    yield "# The language"
    yield ""
    yield "Every construct, in the words of the code that reads it. What it means when it runs is"
    yield "in [semantics](../semantics.md); what it is made of, word by word, in the"
    yield "[grammar](grammar.md)."
    for title, about, kinds in SECTIONS:
        yield from ("", f"## {title}", "", about, "")
        for kind in kinds:
            first, _, rest = page_of(kind).partition("\n")
            yield f"- **{_spoken(kind)}**: {first}"
            for line in rest.strip("\n").splitlines():
                yield f"  {line}".rstrip()


def _spoken(kind: type[Any]) -> str:
    """`LeaveWhenUnmatched` is `leave when unmatched`."""
    name = kind.__name__.removesuffix("Declaration")
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.strip()


def _grammar() -> str:
    text = resources.files("cio_lang.grammar").joinpath("journey.lark").read_text("utf-8")
    return (
        "# The grammar\n\n"
        "The grammar that the parser is built from (Lark, LALR), as it is. Each line of a file is "
        "parsed\nby itself; which line stands below which is read from the indentation.\n\n"
        f"```lark\n{text.rstrip()}\n```\n"
    )


LANGUAGE = Page("docs/reference/language.md", "The language", _language)
GRAMMAR = Page("docs/reference/grammar.md", "The grammar", _grammar)
