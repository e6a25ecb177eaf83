"""`cio fmt`: the one canonical layout."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cio_lang.cli import compiling, console
from cio_lang.source import Source
from cio_lang.workspace import Workspace, read_source

__all__ = ["command", "replace_file"]


@click.command("fmt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 where files would change.")
def command(paths: tuple[Path, ...], check: bool) -> None:
    """Write journeys in the one canonical layout.

    Formats the journeys and scenarios of the workspace, or only PATHS (files, folders, or - for
    standard input).  What a file says never changes.  A file that cannot be read line by line is
    left alone.
    """
    from cio_lang.format import format_file
    from cio_lang.grammar import parse

    if [str(path) for path in paths] == ["-"]:
        source = console.standard_input()
        tree, problems = parse(source)
        if problems:
            console.problems(problems, {source.name: source}, summary=True)
            raise SystemExit(1)
        click.echo(format_file(tree), nl=False)
        return
    changed = failed = 0
    files = compiling.files_in(paths, *compiling.ENDINGS) if paths else _written()
    for path in files:
        source = _source(path)
        tree, problems = parse(source)
        if problems:
            console.problems(problems, {source.name: source})
            failed += 1
            continue
        text = format_file(tree)
        if text.encode() == path.read_bytes():
            continue
        changed += 1
        console.out(f"{source.name} {'would be formatted' if check else 'formatted'}")
        if not check:
            replace_file(path, text)
    kept = len(files) - changed - failed
    unclear = f", {failed} left alone" if failed else ""
    console.note(f"{changed} {'would change' if check else 'changed'}, {kept} unchanged{unclear}")
    if failed or (check and changed):
        raise SystemExit(1)


def _written() -> tuple[Path, ...]:
    workspace = console.here()
    return (*workspace.journey_files(), *workspace.scenario_files())


def _source(path: Path) -> Source:
    workspace = Workspace.find_or_none(path.parent)
    return read_source(path, path.as_posix() if workspace is None else _name(path))


def _name(path: Path) -> str:
    return os.path.relpath(path)


def replace_file(path: Path, text: str) -> None:
    """Replace a file whole, keeping its permissions; a link stays a link."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.chmod(target.stat().st_mode & 0o7777)
    beside.replace(target)
