"""What commands share to speak: problems with their lines drawn, JSON, notes on standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from cio_lang.cli import render
from cio_lang.problem import Problem
from cio_lang.source import Source
from cio_lang.workspace import Workspace, decoded

__all__ = [
    "FORMATS",
    "counted",
    "here",
    "note",
    "out",
    "print_json",
    "problems",
    "report",
    "sources_by_name",
    "standard_input",
    "wants_colour",
]


FORMATS = ("text", *(one.name for one in render.RENDERERS if one.structured))
"""How a command can print problems; `text` is for people, in colour on a terminal."""


_WIDEST = 100
"""Words in longer lines are hard to follow."""


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """`1 person`, `1,200 people`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def here() -> Workspace:
    """The workspace of the folder that the command runs in.  Raises `UserMistake`."""
    return Workspace.find(Path.cwd())


def out(text: str) -> None:
    """One piece of what the command is about, to standard output."""
    click.echo(text)


def note(text: str) -> None:
    """A remark beside the output, to standard error."""
    click.echo(text, err=True)


def print_json(data: Any) -> None:
    """Data as JSON, in a stable order."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def standard_input() -> Source:
    """All of standard input as a source.  Raises `UserMistake` where it is not UTF-8."""
    return decoded(sys.stdin.buffer.read(), "<stdin>")


def problems(
    found: Iterable[Problem],
    sources: Mapping[str, Source] | None = None,
    *,
    root: Path | None = None,
    err: bool = True,
    summary: bool = False,
) -> None:
    """Print problems in the order of their places, a blank line between two.

    Lines come from `sources`, else from the file itself where it can be read.  Files are named from
    the folder that the command runs in; `root` is the one that spans name them from, by default
    the current folder, or for files that are not there the workspace's.
    """
    listed = tuple(found)
    stream = sys.stderr if err else sys.stdout
    colour = wants_colour(stream)
    width = min(shutil.get_terminal_size().columns, _WIDEST) if stream.isatty() else None
    shown = []
    for problem in listed:
        path = _path(problem.span.file, root)
        source = (sources or {}).get(problem.span.file) or _from_disk(problem, path)
        shown.append(render.terminal(_placed(problem, path), source, colour, width))
    if listed:
        click.echo("\n\n".join(shown), err=err, color=colour)
        if summary:
            click.echo(f"\n{render.summary(listed)}", err=err)


def report(
    found: Sequence[Problem], sources: Mapping[str, Source], form: str, root: Path | None
) -> None:
    """Print problems to standard output in one of `FORMATS`.

    Code hosts name files from the top of the repository; other programs from the workspace.
    """
    if form == "text":
        problems(found, sources, root=root, err=False)
        note(f"\n{render.summary(found)}" if found else render.summary(found))
        return
    renderer = next(one for one in render.RENDERERS if one.name == form)
    if form in ("sarif", "github"):
        found = [_from_the_top(problem, root or Path.cwd()) for problem in found]
    text = renderer.render(found, sources)
    if text:
        out(text)


def sources_by_name(sources: Iterable[Source]) -> dict[str, Source]:
    """Sources by the name that spans use."""
    return {source.name: source for source in sources}


def wants_colour(stream: IO[str]) -> bool:
    """Whether to write in colour: only to a terminal, and not where `NO_COLOR` is set."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and stream.isatty()


def _path(name: str, root: Path | None) -> Path | None:
    """The file that a span names, or None where it names something else, such as `<say>`."""
    if name.startswith("<"):
        return None
    path = (root or Path.cwd()) / name
    if root is None and not path.exists():
        for folder in Path.cwd().parents:
            if (folder / "cio.toml").is_file() and (folder / name).exists():
                return folder / name
    return path


def _placed(problem: Problem, path: Path | None) -> Problem:
    """The problem with its file named from the current folder."""
    if path is None or not path.is_file():
        return problem
    try:
        name = path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        name = os.path.relpath(path)
    return replace(problem, span=problem.span._replace(file=name))


def _from_the_top(problem: Problem, root: Path) -> Problem:
    """The problem with its file (and its fix's) named from the top of the repository."""
    folder = root.resolve()
    top = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    path = folder / problem.span.file
    if not path.is_file():
        return problem
    name = path.relative_to(top).as_posix() if path.is_relative_to(top) else str(path)
    return replace(problem, span=problem.span._replace(file=name))


def _from_disk(problem: Problem, path: Path | None) -> Source | None:
    """The one line that the problem is about, read from its file."""
    span = problem.span
    if path is None or (span.line, span.column, span.end_line, span.end_column) == (1, 1, 1, 1):
        return None
    try:
        if not path.is_file():
            return None
        with path.open(encoding="utf-8", errors="replace") as file:
            line = next(islice(file, span.line - 1, None), None)
    except OSError:
        return None
    if line is None or "\0" in line or "\ufffd" in line:
        return None
    return Source(span.file, "\n" * (span.line - 1) + line.rstrip("\n"))
