"""`cio explain`: the page of a kind of problem."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from cio_lang.cli import console
from cio_lang.problem import nearest

__all__ = ["command"]


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain a kind of problem by its code.

    The code stands in brackets behind `error` or `warning`.  Without CODE, all are listed.
    """
    from cio_lang.pages import problem_file

    index = problem_file("README")
    if code is None:
        known = _summaries(index)
        width = max(map(len, known))
        for each, summary in known.items():
            console.out(f"{each:{width}}  {summary}")
        return
    page = problem_file(code.strip("[]").casefold())
    if page is None:
        known = _summaries(index)
        meant = nearest(code, known)
        hint = f"Did you mean `{meant}`?" if meant else "`cio explain` lists all of them."
        raise click.UsageError(f"There is no problem with the code `{code}`. {hint}")
    console.out("\n".join(_plain(page.read_text(encoding="utf-8"))))


def _summaries(index: Path | None) -> dict[str, str]:
    """Each code with the first sentence of its page."""
    text = "" if index is None else index.read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[`([a-z0-9-]+)`\]\([^)]*\) \| \w+ \| (.*) \|$", text, re.M)
    return {code: summary.replace("\\|", "|") for code, summary in rows}


def _plain(page: str) -> Iterator[str]:
    """Markdown as a terminal shows it: without the marks of headings, quotes and code."""
    inside = False
    for line in page.rstrip("\n").split("\n"):
        if line.startswith("```"):
            inside = not inside
        elif inside:
            yield f"    {line}".rstrip()
        elif line.startswith("# "):
            yield _unmarked(line[2:])
        elif line.startswith("## "):
            yield f"{line[3:]}:"
        elif line.startswith(">"):
            yield f"  {_unmarked(line[1:].strip())}".rstrip()
        else:
            yield _unmarked(line)


def _unmarked(line: str) -> str:
    return re.sub(r"\\([*_<>\[\]|\\`])", r"\1", line.replace("**", ""))
