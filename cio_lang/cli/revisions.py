"""Graphs as they are now, in files, or at a revision of git."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cio_lang import graph_file, ir
from cio_lang.check.scenario_files import ENDING as SCENARIOS
from cio_lang.cli import compiling, console
from cio_lang.compiler import compile_sources
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.source import Source
from cio_lang.workspace import Workspace, read_source, template_names

__all__ = ["Side", "at_revision", "in_path", "is_revision", "working_tree"]


@record
class Side:
    """One side of a comparison; `graphs` by kind and name."""

    label: str
    graphs: Mapping[str, ir.Graph]


@record(kw_only=True)
class NothingToCompare(Problem):
    """What `cio diff` is to compare is neither a file, a folder, nor a revision that git knows."""

    code = "nothing-to-compare"
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` cannot be compared.",
            "It is no file and no folder, and git knows no revision by that name here.",
            "name two files, two folders or two revisions: `cio diff main`, `cio diff HEAD~1 HEAD`",
        )


@record(kw_only=True)
class DoesNotCompile(Problem):
    """One side of a comparison has mistakes in its journeys, so that it has no graphs."""

    code = "does-not-compile"
    side: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The journeys of {self.side} do not compile.",
            "Only journeys that compile can be compared by what they do.",
            "mend the mistakes above, or compare with another revision",
        )


def working_tree(workspace: Workspace) -> Side:
    """The journeys of the workspace as they are now."""
    files = (*workspace.journey_files(), *workspace.scenario_files())
    return _compiled("the working tree", workspace.sources(files), workspace)


def at_revision(workspace: Workspace, revision: str, *, quietly: bool = False) -> Side:
    """The journeys of the workspace as git has them at `revision`; none where it was not there.

    What is wrong with them is printed, unless `quietly`.
    """
    top = Path(_git(workspace.root, "rev-parse", "--show-toplevel").decode().rstrip("\n"))
    prefix = workspace.root.resolve().relative_to(top.resolve()).as_posix()
    inside = "" if prefix == "." else f"{prefix}/"
    listed = _git(top, "ls-tree", "-r", "-z", "--name-only", "--full-tree", revision)
    names = [
        name.removeprefix(inside)
        for name in listed.decode("utf-8", "surrogateescape").split("\0")
        if name.startswith(inside)
    ]
    settings = workspace
    if "cio.toml" in names:
        text = _show(top, revision, inside, "cio.toml")
        settings = Workspace.parse(workspace.root, Source("cio.toml", text))
    sources = [
        Source(name, _show(top, revision, inside, name))
        for name in sorted(names)
        if (name.startswith("journeys/") and name.endswith(".journey"))
        or (name.startswith("scenarios/") and name.endswith(SCENARIOS))
    ]
    templates = template_names(
        name.removeprefix("templates/")
        for name in names
        if name.startswith("templates/") and name.count("/") == 1
    )
    return _compiled(revision, sources, settings, templates, quietly)


def in_path(path: Path) -> Side:
    """The graphs of a `.yaml` file, of a folder of those, or of journeys in a file or folder."""
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    journeys = compiling.files_in([path], ".journey") if path.is_dir() else ()
    if path.suffix == ".yaml" or (path.is_dir() and files and not journeys):
        return Side(str(path), _by_name(_loaded(file) for file in files))
    built = _built(path)
    if built.failed:
        built.show_problems()
        raise UserMistake(DoesNotCompile(span=place(path), side=f"`{path}`"))
    chosen = [graph for graph in built.compiled.graphs if graph.source.file in built.chosen]
    return Side(str(path), _by_name(chosen))


def _built(path: Path) -> compiling.Build:
    """A file outside of `journeys/` stands for itself if it can: it may be another version of one
    that is there, and the two would have the same names.
    """
    workspace = Workspace.find_or_none(path if path.is_dir() else path.parent)
    inside = workspace is not None and path.resolve().is_relative_to(
        (workspace.root / "journeys").resolve()
    )
    if path.is_file() and not inside:
        alone = compiling.build_alone([path])
        if not alone.failed:
            return alone
    return compiling.build([path])


def is_revision(folder: Path, written: str) -> bool:
    """Whether git knows a commit by that name."""
    asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{written}^{{commit}}"]
    return _run(folder, *asked).returncode == 0


def _loaded(file: Path) -> ir.Graph:
    return graph_file.load(read_source(file, str(file)).text, str(file))


def _compiled(
    label: str,
    sources: Sequence[Source],
    workspace: Workspace,
    templates: frozenset[str] | None = None,
    quietly: bool = False,
) -> Side:
    settings = workspace.settings()
    if templates is not None:
        settings = replace(settings, templates=templates, bodies={})
    compiled = compile_sources(sources, settings)
    if compiled.failed:
        if not quietly:
            console.problems(compiled.problems, console.sources_by_name(sources))
        # Scenarios have no graphs: with mistakes in them alone, what happens can be compared.
        journeys = [source for source in sources if not source.name.endswith(SCENARIOS)]
        compiled = compile_sources(journeys, settings)
        if compiled.failed:
            raise UserMistake(DoesNotCompile(span=place(label), side=label))
    return Side(label, _by_name(compiled.graphs))


def _by_name(graphs: Iterable[ir.Graph]) -> dict[str, ir.Graph]:
    return {f"{graph.kind} {graph.name}": graph for graph in graphs}


def _show(top: Path, revision: str, inside: str, name: str) -> str:
    return _git(top, "show", "--end-of-options", f"{revision}:{inside}{name}").decode(
        "utf-8", "replace"
    )


def _git(folder: Path, *arguments: str) -> bytes:
    done = _run(folder, *arguments)
    if done.returncode != 0:
        raise UserMistake(NothingToCompare(span=place(folder), written=arguments[-1]))
    return done.stdout


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess(arguments, 127, b"", b"")
