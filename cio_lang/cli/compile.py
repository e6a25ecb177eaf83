"""`cio compile`: journeys to graphs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from cio_lang import ir
from cio_lang.cli import compiling, console, emitting, render
from cio_lang.cli.graph_folder import Change, graph_changes, write_changes

__all__ = ["command"]


@click.command("compile")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where graphs are out of date.")
@click.option("--stdout", is_flag=True, help="Print the graphs instead of writing them.")
@click.option("--emit", type=click.Choice(emitting.FORMS), help="Print another form instead.")
@click.option("--json", "as_json", is_flag=True, help="Print what happened as JSON.")
@click.option(
    "--format",
    "form",
    type=click.Choice(console.FORMATS),
    default="text",
    help="Print only problems: for people, for programs, for code hosts.",
)
def command(
    paths: tuple[Path, ...],
    check: bool,
    stdout: bool,
    emit: str | None,
    as_json: bool,
    form: str,
) -> None:
    """Compile journeys to graphs.

    Compiles the workspace, or only PATHS (files or folders), and writes graphs/NAME.yaml for each
    journey (segments, topics and templates stand in folders there): only those that changed, and
    graphs of what is gone are removed.  A file outside of any workspace is compiled by itself and
    printed.
    """
    if emit == "tokens":
        emitting.tokens(paths)
        return
    built = compiling.build(paths)
    if form != "text":
        console.report(built.shown_problems(), built.sources, form, built.root)
        raise SystemExit(1 if built.failed or (check and _stale(built)) else 0)
    if emit == "ast":
        emitting.trees(built, as_json)
        if built.compiled.problems:
            built.show_problems()
        raise SystemExit(1 if built.failed else 0)
    if built.failed and as_json:
        console.print_json({"graphs": [], "problems": _problems(built)})
        raise SystemExit(1)
    built.show_problems()
    if built.failed:
        raise SystemExit(1)
    graphs = _chosen(built)
    if emit is not None or stdout or (built.workspace is None and not (check or as_json)):
        emitting.graphs(graphs, emit or "yaml", as_json, built.compiled.graphs)
        return
    changes = _changes(built, graphs, whole=not paths)
    if not check:
        write_changes(changes)
    _report(built, changes, check, as_json)


def _changes(built: compiling.Build, graphs: list[ir.Graph], whole: bool) -> tuple[Change, ...]:
    if built.workspace is None:
        return ()
    return graph_changes(built.workspace.graphs, graphs, remove_others=whole)


def _chosen(built: compiling.Build) -> list[ir.Graph]:
    return [graph for graph in built.compiled.graphs if graph.source.file in built.chosen]


def _stale(built: compiling.Build) -> bool:
    changes = _changes(built, _chosen(built), whole=len(built.chosen) == len(built.sources))
    return any(change.what != "unchanged" for change in changes)


def _report(
    built: compiling.Build, changes: tuple[Change, ...], check: bool, as_json: bool
) -> None:
    stale = [change for change in changes if change.what != "unchanged"]
    if as_json:
        console.print_json(
            {
                "graphs": [
                    {"kind": c.kind, "name": c.name, "file": c.label, "change": c.what}
                    for c in changes
                ],
                "problems": _problems(built),
            }
        )
    elif check:
        all_ = console.counted(len(changes), "graph")
        for change in stale:
            console.out(f"{change.label} is out of date ({change.stale})")
        console.out(
            f"{len(stale)} of {all_} out of date: run `cio compile`"
            if stale
            else f"{all_} up to date"
        )
    else:
        for change in stale:
            console.out(f"{change.label} {change.what}")
        console.out(_counts(built, changes))
    if check and stale:
        raise SystemExit(1)


def _counts(built: compiling.Build, changes: tuple[Change, ...]) -> str:
    kinds: Counter[str] = Counter(graph.kind for graph in built.compiled.graphs)
    parts = [console.counted(kinds["journey"], "journey")]
    parts += [console.counted(kinds[kind], kind) for kind in _OTHERS if kinds[kind]]
    said = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    kept = sum(change.what == "unchanged" for change in changes)
    return f"compiled {said}, {kept} unchanged"


_OTHERS: tuple[str, ...] = ("segment", "topic", "template", "policy")


def _problems(built: compiling.Build) -> list[dict[str, Any]]:
    return [render.as_json(problem) for problem in built.compiled.problems]
