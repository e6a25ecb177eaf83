"""The leaf steps on one page: their summaries, pages and examples."""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast
from cio_lang.compiler import compile_sources
from cio_lang.format import format_file
from cio_lang.grammar import parse
from cio_lang.pages.page import Page, cell, page_of
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.steps import STEPS, StepKind

__all__ = ["STEPS_PAGE"]

_AROUND = """attribute plan: one of "free", "Pro"
attribute manager_email: text
attribute nudges: number
event signed_up
event nudge_sent
  count: number
  reason: text

topic "Product tips"

segment "VIP", by hand

journey "Onboarding"
  when started
  topic "Product tips"

  email "Hello."

journey "Example"
  when someone does signed_up
  topic "Product tips"

"""


def _page() -> str:
    return "\n".join(_lines()).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    yield "# Steps"
    yield ""
    yield "What a journey can do, one line each. Steps that hold others (`if`, `split`, …)"
    yield "and waits are in [the language](language.md)."
    yield ""
    yield "| step | what it does |"
    yield "|---|---|"
    for kind in STEPS:
        yield f"| [`{_word(kind)}`](#{kind.name}) | {cell(kind.summary)} |"
    for kind in STEPS:
        yield from ("", f"## {kind.name}", "", kind.summary, "", page_of(kind.tree), "")
        yield "```journey"
        yield example(kind).rstrip("\n")
        yield "```"


def _word(kind: StepKind) -> str:
    return kind.example.split()[0]


def example(kind: StepKind) -> str:
    """A whole file around the example of a step, with the declarations that it needs alone."""
    indented = "\n".join(f"  {line}".rstrip() for line in kind.example.splitlines())
    tree, _ = parse(Source("example.journey", f"{_AROUND}{indented}\n"))
    settings = Settings(templates=frozenset({"welcome", "pro-tips"}))
    kept = list(tree.declarations)
    for declaration in tree.declarations[:-1]:
        fewer = [each for each in kept if each is not declaration]
        text = format_file(ast.File(tuple(fewer)))
        if not compile_sources([Source("example.journey", text)], settings).problems:
            kept = fewer
    return format_file(ast.File(tuple(kept)))


STEPS_PAGE = Page("docs/reference/steps.md", "Steps", _page)
