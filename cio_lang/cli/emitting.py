"""The forms that `cio compile --emit` prints."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from cio_lang import ir
from cio_lang.cli import compiling, console
from cio_lang.workspace import Workspace, read_source

__all__ = ["FORMS", "graphs", "tokens", "trees"]

FORMS = ("tokens", "ast", "graph", "yaml", "mermaid", "english")


def tokens(paths: Sequence[Path]) -> None:
    """Each line's tokens: line, type, text."""
    from cio_lang import grammar

    files = compiling.files_in(paths, *compiling.ENDINGS)
    if not paths:
        here = console.here()
        files = (*here.journey_files(), *here.scenario_files())
    for path in files:
        workspace = Workspace.find_or_none(path.parent)
        name = path.as_posix() if workspace is None else workspace.label(path)
        for line, kind, text in grammar.tokens(read_source(path, name)):
            console.out(f"{name}:{line}\t{kind}\t{text!r}")


def trees(built: compiling.Build, as_json: bool) -> None:
    """The trees of the chosen files, indented, or as JSON."""
    for file in built.compiled.files:
        name = file.span.file
        if name not in built.chosen:
            continue
        if as_json:
            console.print_json({"file": name, **_tree_data(file)})
        else:
            console.out("\n".join([f"# {name}", *_tree_lines(file, "")]))


def graphs(
    found: Sequence[ir.Graph], form: str, as_json: bool, around: Sequence[ir.Graph] = ()
) -> None:
    """Graphs in one form, one after the other; `around` are all of the workspace."""
    if form == "graph" or as_json:
        from cio_lang.graph_data import as_data

        console.print_json([as_data(graph) for graph in found])
        return
    if form == "yaml":
        from cio_lang import graph_file

        click.echo("---\n".join(graph_file.dump(graph) for graph in found), nl=False)
        return
    from cio_lang.backends import BACKENDS
    from cio_lang.backends.titles import Titles, titled

    if form == "english":
        titles = Titles.of_graphs(around or found)
        found = [titled(graph, titles) for graph in found]
    backend = next(backend for backend in BACKENDS if backend.name == form)
    console.out("\n".join(backend.emit(graph).rstrip("\n") + "\n" for graph in found).rstrip("\n"))


def _fields(tree: Any) -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(tree):
        if field.name not in {"span", "trivia"}:
            yield field.name, getattr(tree, field.name)


def _tree_lines(tree: Any, indent: str) -> Iterator[str]:
    plain, deep = [], []
    for name, value in _fields(tree):
        if dataclasses.is_dataclass(value) or (
            isinstance(value, tuple) and any(dataclasses.is_dataclass(part) for part in value)
        ):
            deep.append((name, value))
        elif value not in (None, ()):
            plain.append(f"{name}={value!r}")
    yield f"{indent}{type(tree).__name__} {' '.join(plain)}".rstrip()
    for name, value in deep:
        if isinstance(value, tuple):
            yield f"{indent}  {name}:"
            for part in value:
                yield from _tree_lines(part, indent + "    ")
        else:
            first, *rest = _tree_lines(value, indent + "  ")
            yield f"{indent}  {name}: {first.strip()}"
            yield from rest


def _tree_data(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {
            "is": type(value).__name__,
            **{name: _tree_data(part) for name, part in _fields(value)},
        }
    if isinstance(value, tuple):
        return [_tree_data(part) for part in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)
