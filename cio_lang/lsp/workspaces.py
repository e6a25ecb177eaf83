"""The files behind the editor: which workspace a file is in, and what its files say now.

A shell: reads the disk.  What is open in the editor goes before what is on the disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cio_lang.lsp.snapshot import Snapshot, take
from cio_lang.mistake import UserMistake
from cio_lang.problem import Problem
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.steps.send import UnknownTemplate
from cio_lang.workspace import Workspace, read_source


@dataclass
class Folder:
    """One workspace, or one file by itself; `root` is what labels of files start from."""

    root: Path
    alone: bool
    settings: Settings = field(default_factory=Settings)
    on_disk: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    mistakes: tuple[Problem, ...] = ()
    _snapshot: Snapshot | None = None
    _stale: bool = True

    def label(self, path: Path) -> str:
        """How the snapshot names a file."""
        if self.alone:
            return path.name
        return path.relative_to(self.root).as_posix()

    def path(self, label: str) -> Path:
        """Where the file of a label is."""
        return self.root / label

    def reload(self) -> None:
        """Read settings, templates and journeys from the disk again."""
        self._stale = True
        if self.alone:
            return
        try:
            workspace = Workspace.read(self.root)
            self.settings = workspace.settings()
        except UserMistake as mistake:
            self.mistakes = tuple(mistake.problems)
            workspace = Workspace(self.root, self.root.name)
        else:
            self.mistakes = ()
        self.on_disk = dict(_read(workspace))

    def write(self, label: str, text: str) -> None:
        """The text of an open file is now this."""
        self.open[label] = text
        self._stale = True

    def close(self, label: str) -> None:
        """A file is open no longer: the disk counts again."""
        self.open.pop(label, None)
        self.reload()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it is open."""
        return not self.open

    def snapshot(self) -> Snapshot:
        """The workspace as it stands."""
        if self._stale or self._snapshot is None:
            self._snapshot = self._taken()
            self._stale = False
        return self._snapshot

    def _taken(self) -> Snapshot:
        texts: Mapping[str, str] = {**self.on_disk, **self.open}
        written = {
            label: text
            for label, text in texts.items()
            if label.endswith((".journey", ".scenario"))
        }
        if self.alone:
            written = dict(texts)
        taken = take(self._settings(texts), written, self._snapshot)
        if not self.alone:
            return taken
        # Nothing says which templates there are: every one that is named is taken to be there.
        named = {one.template for one in taken.problems if isinstance(one, UnknownTemplate)}
        if not named - self.settings.templates:
            return taken
        self.settings = replace(self.settings, templates=self.settings.templates | named)
        return take(self.settings, written, taken)

    def _settings(self, texts: Mapping[str, str]) -> Settings:
        """The settings, with the texts of templates that are open."""
        bodies = {
            name: Source(body.name, texts.get(body.name, body.text))
            for name, body in self.settings.bodies.items()
        }
        if all(bodies[name].text == body.text for name, body in self.settings.bodies.items()):
            return self.settings
        return replace(self.settings, bodies=bodies)


def _read(workspace: Workspace) -> Sequence[tuple[str, str]]:
    found = []
    for path in (*workspace.journey_files(), *workspace.scenario_files()):
        label = workspace.label(path)
        try:
            found.append((label, read_source(path, label).text))
        except UserMistake:
            # A file that cannot be read is reported when it is opened or compiled.
            found.append((label, ""))
    return found


class Folders:
    """Every workspace that something is open of."""

    def __init__(self) -> None:
        self._by_root: dict[Path, Folder] = {}

    def of(self, path: Path) -> Folder:
        """The workspace of a file; one is made for it where it is in none."""
        path = path.resolve()
        root = _root(path)
        key = path if root is None else root
        known = self._by_root.get(key)
        if known is None:
            known = Folder(path.parent if root is None else root, root is None)
            known.reload()
            self._by_root[key] = known
        return known

    def all(self) -> Sequence[Folder]:
        """Every one of them."""
        return tuple(self._by_root.values())

    def forget(self, folder: Folder) -> None:
        """Nothing of a workspace is open any more."""
        self._by_root = {key: each for key, each in self._by_root.items() if each is not folder}


def _root(path: Path) -> Path | None:
    """The folder of the workspace that a file belongs to: below its `journeys` or `templates`."""
    for folder in path.parents:
        if (folder / "cio.toml").is_file():
            return folder
    return None
