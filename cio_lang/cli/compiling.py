"""What commands share to read and compile: the workspace, or files outside of any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cio_lang.cli import console
from cio_lang.compiler import Compiled, compile_sources
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.steps.send import UnknownTemplate
from cio_lang.workspace import Workspace, read_source
from cio_lang.workspace.problems import NoJourneys, UnreadableFile

__all__ = ["ENDINGS", "Build", "build", "build_alone", "files_in"]


ENDINGS = (".journey", ".scenario")
"""How the names of files end that are written in the language."""


@record
class Build:
    """A compilation with its texts; `chosen` are the names of the files that were asked for."""

    workspace: Workspace | None
    sources: Mapping[str, Source]
    chosen: frozenset[str]
    compiled: Compiled

    @property
    def root(self) -> Path | None:
        """The workspace's folder, from which files are named."""
        return None if self.workspace is None else self.workspace.root

    @property
    def failed(self) -> bool:
        """Whether there are errors, so that there are no graphs."""
        return any(problem.severity == "error" for problem in self.compiled.problems)

    def shown_problems(self) -> Sequence[Problem]:
        """The problems of the chosen files; of all, where those have none but others do."""
        found = self.compiled.problems
        return [problem for problem in found if problem.span.file in self.chosen] or found

    def show_problems(self) -> None:
        """Print `shown_problems` with their lines drawn."""
        console.problems(self.shown_problems(), self.sources, root=self.root, summary=True)


def build(paths: Sequence[Path] = (), workspace: Workspace | None = None) -> Build:
    """Compile a workspace: by default the one that `paths` are in, or the current folder's.

    A file sees all the declarations of its workspace.  Files outside of any workspace are compiled
    by themselves, and templates are taken as they are named.  Raises `UserMistake` where a file
    cannot be read.
    """
    start = paths[0] if paths else Path.cwd()
    workspace = workspace or Workspace.find_or_none(start if start.is_dir() else start.parent)
    if workspace is None:
        if not paths:
            return Build(console.here(), {}, frozenset(), compile_sources((), Settings()))
        return build_alone(paths)
    written = (*workspace.journey_files(), *workspace.scenario_files())
    known = {workspace.label(path): path for path in written}
    asked = {workspace.label(path): path for path in files_in(paths, *ENDINGS)}
    sources = workspace.sources({**known, **asked}.values())
    if not any(source.name.endswith(ENDINGS[0]) for source in sources):
        folder = workspace.root / "journeys"
        raise UserMistake(NoJourneys(span=place(folder), folder=str(folder)))
    settings = workspace.settings()
    by_name = console.sources_by_name((*sources, *settings.bodies.values()))
    compiled = compile_sources(sources, settings)
    return Build(workspace, by_name, frozenset(asked or by_name), compiled)


def files_in(paths: Sequence[Path], *endings: str) -> tuple[Path, ...]:
    """The files among `paths`, and those with one of `endings` in the folders among them."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (inner for ending in endings for inner in path.rglob(f"*{ending}"))
            found += sorted(inner for inner in inside if inner.is_file())
        elif path.exists():
            found.append(path)
        else:
            raise UserMistake(
                UnreadableFile(span=place(path), file=str(path), reason="there is no such file")
            )
    return tuple(dict.fromkeys(found))


def build_alone(paths: Sequence[Path]) -> Build:
    """Compile files by themselves, outside of any workspace."""
    sources = [read_source(path, path.as_posix()) for path in files_in(paths, *ENDINGS)]
    compiled = compile_sources(sources, Settings())
    named = {
        problem.template for problem in compiled.problems if isinstance(problem, UnknownTemplate)
    }
    if named:
        compiled = compile_sources(sources, replace(Settings(), templates=frozenset(named)))
    by_name = console.sources_by_name(sources)
    return Build(None, by_name, frozenset(by_name), compiled)
