"""One version of a journey file as English, for `git diff`.

git hands over a file of its own with the text of one revision, without its name.  It is read with
what the workspace declares today; where that does not compile, its own lines are what there is.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cio_lang import ast
from cio_lang.check import check
from cio_lang.grammar import parse
from cio_lang.mistake import UserMistake
from cio_lang.schema import Settings
from cio_lang.steps.send import UnknownTemplate
from cio_lang.workspace import Workspace, read_source

__all__ = ["english"]


def english(file: Path, folder: Path) -> str:
    """What the file's journeys and segments mean; `folder` is where git runs this from."""
    from cio_lang.backends import english as backend
    from cio_lang.backends.titles import Titles, titled
    from cio_lang.lower import lower

    source = read_source(file, file.name)
    tree, unread = parse(source)
    settings, others = _around(folder)
    own = {_named(each) for each in tree.declarations}
    known = [
        replace(
            other,
            declarations=tuple(each for each in other.declarations if _named(each) not in own),
        )
        for other in others
    ]
    checked, found = check([*known, tree], settings)
    named = {each.template for each in found if isinstance(each, UnknownTemplate)}
    if named:
        settings = replace(settings, templates=settings.templates | named)
        checked, found = check([*known, tree], settings)
    if unread or any(each.severity == "error" for each in found):
        return source.text
    graphs = lower(checked, {source.name: source})
    titles = Titles.of_graphs(graphs)
    here = [graph for graph in graphs if graph.source.file == source.name]
    said = [backend.emit(titled(graph, titles)) for graph in here]
    return "\n".join(said) or source.text


def _around(folder: Path) -> tuple[Settings, Sequence[ast.File]]:
    """The settings and files of the workspace that the file is probably from."""
    workspace = _workspace(folder)
    if workspace is None:
        return Settings(), ()
    try:
        return workspace.settings(), [parse(source)[0] for source in workspace.sources()]
    except UserMistake:
        return Settings(), ()


def _workspace(folder: Path) -> Workspace | None:
    """The workspace around a folder, or the only one below it that git knows."""
    try:
        around = Workspace.find_or_none(folder)
        if around is not None:
            return around
        listed = subprocess.run(
            ["git", "ls-files", "-z", "*cio.toml"], cwd=folder, capture_output=True, check=False
        ).stdout.decode("utf-8", "surrogateescape")
        places = [name for name in listed.split("\0") if Path(name).name == "cio.toml"]
        return Workspace.read((folder / places[0]).parent) if len(places) == 1 else None
    except (UserMistake, OSError):
        return None


def _named(declaration: ast.Declaration) -> tuple[type[ast.Declaration], str | None]:
    """What is declared: of two with the same name, the file's own counts."""
    name = getattr(declaration, "name", None) or getattr(declaration, "title", None)
    return type(declaration), name.text if isinstance(name, ast.Name) else None
