"""`cio docs`: the reference, made from the code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cio_lang.cli import console
from cio_lang.cli.commands import COMMANDS

if TYPE_CHECKING:
    from cio_lang.pages import Page

__all__ = ["command", "pages"]


@click.command("docs")
@click.argument(
    "folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where pages are out of date.")
def command(folder: Path, check: bool) -> None:
    """Write the reference pages from the code.

    FOLDER is a source tree of cio: pages go below its docs/reference, and the colours of editors to
    editors/vscode.  Pages of problems that are gone are removed.
    """
    made = pages(folder)
    changed = 0
    for page in made:
        path = folder / page.path
        text = page.render()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        changed += 1
        console.out(f"{page.path} {'is out of date' if check else 'written'}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    kept = {page.path for page in made}
    for path in sorted((folder / "docs/reference/problems").glob("*.md")):
        name = path.relative_to(folder).as_posix()
        if name not in kept:
            changed += 1
            console.out(f"{name} {'is of no problem any more' if check else 'removed'}")
            if not check:
                path.unlink()
    console.note(f"{changed} of {console.counted(len(made), 'page')} changed")
    if check and changed:
        raise SystemExit(1)


def pages(folder: Path) -> Sequence[Page]:
    """Every page that is made from the code, with the cases of a source tree."""
    from cio_lang.pages import Page, reference

    commands = Page("docs/reference/commands.md", "Commands", _commands)
    return (commands, *reference(folder / "tests" / "cases"))


def _commands() -> str:
    return "\n".join(_lines()).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "Exit codes: 0 fine, 1 findings, 2 a call that cannot be met. Data goes to standard"
    yield "output, remarks to standard error. `cio -C FOLDER …` runs as if started there."
    yield ""
    yield "| command | what it does |"
    yield "|---|---|"
    for entry in COMMANDS:
        yield f"| [`cio {entry.name}`](#cio-{entry.name}) | {entry.summary} |"
    for entry in COMMANDS:
        found = entry.load()
        context = click.Context(found, info_name=f"cio {entry.name}")
        yield from ("", f"## cio {entry.name}", "", "```text")
        yield " ".join([f"cio {entry.name}", *found.collect_usage_pieces(context)])
        yield "```"
        yield ""
        yield from _help(found.help or "")
        options = [
            record
            for parameter in found.params
            if (record := parameter.get_help_record(context)) is not None
        ]
        if options:
            yield from ("", "| option | |", "|---|---|")
            for names, about in options:
                yield f"| `{names.replace('|', ' or ')}` | {' '.join(about.split())} |"


def _help(text: str) -> Iterator[str]:
    """A help text: paragraphs after `\\b` are laid out as they stand."""
    for paragraph in text.strip().split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines()]
        if lines[0] == "\b":
            yield from ("```text", *(line.strip() for line in lines[1:]), "```", "")
        else:
            yield from (" ".join(lines), "")
