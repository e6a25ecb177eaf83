"""The lint rules on one page: what each warns of, in a file that it warns of and one put right."""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang.format import format_file
from cio_lang.grammar import parse
from cio_lang.lint import RULES
from cio_lang.pages.page import Page, cell, page_of
from cio_lang.source import Source

__all__ = ["RULES_PAGE"]


def _page() -> str:
    return "\n".join(_lines()).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    yield "# Lint rules"
    yield ""
    yield "What `cio lint` warns of. A journey with warnings compiles and runs."
    yield ""
    yield "| rule | what it finds |"
    yield "|---|---|"
    for rule in RULES:
        first = page_of(rule.problem).split("\n\n")[0]
        yield f"| [`{rule.code}`](#{rule.code}) | {cell(first)} |"
    for rule in RULES:
        yield from ("", f"## {rule.code}", "", page_of(rule.problem), "")
        yield from ("```journey", _laid_out(rule.bad), "```", "")
        yield from (rule.fix, "", "```journey", _laid_out(rule.good), "```")


def _laid_out(text: str) -> str:
    tree, problems = parse(Source("example.journey", text))
    return (text if problems else format_file(tree)).strip("\n")


RULES_PAGE = Page("docs/reference/lint.md", "Lint rules", _page)
