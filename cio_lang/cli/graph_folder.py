"""The folder `graphs/`: what compiling would change in it, and carrying that out."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from cio_lang import graph_file, ir
from cio_lang.record import record
from cio_lang.workspace.graphs import FOLDERS, graph_path

__all__ = ["Change", "graph_changes", "write_changes"]


@record
class Change:
    """One file of the folder: its new text (None: it goes), and what that means."""

    kind: str
    name: str
    path: Path
    label: str
    what: Literal["added", "changed", "unchanged", "removed"]
    text: str | None

    @property
    def stale(self) -> str:
        """Why the file that is there is out of date."""
        return {
            "added": "not there yet",
            "changed": f"its {self.kind} changed",
            "removed": f"its {self.kind} is gone",
            "unchanged": "",
        }[self.what]


def graph_changes(
    folder: Path, graphs: Iterable[ir.Graph], *, remove_others: bool
) -> tuple[Change, ...]:
    """What the folder needs so that it holds `graphs` (and, where asked, nothing else)."""
    changes: list[Change] = []
    for graph in graphs:
        path = folder / graph_path(graph)
        text = graph_file.dump(graph)
        written = path.read_bytes() if path.is_file() else None
        what: Literal["added", "changed", "unchanged"] = (
            "added" if written is None else "unchanged" if written == text.encode() else "changed"
        )
        label = f"{folder.name}/{graph_path(graph).as_posix()}"
        changes.append(Change(graph.kind, graph.name, path, label, what, text))
    if remove_others and folder.is_dir():
        wanted = {change.path for change in changes}
        for kind, place in FOLDERS.items():
            for path in sorted((folder / place).glob("*.yaml")):
                if path not in wanted and _is_graph(path):
                    of = "policy" if path == folder / "policy.yaml" else kind
                    label = f"{folder.name}/{path.relative_to(folder).as_posix()}"
                    changes.append(Change(of, path.stem, path, label, "removed", None))
    return tuple(changes)


def write_changes(changes: Iterable[Change]) -> None:
    """Carry out: each file is replaced whole, so that none is ever half written."""
    for change in changes:
        if change.what == "unchanged":
            continue
        if change.text is None:
            change.path.unlink(missing_ok=True)
            continue
        change.path.parent.mkdir(parents=True, exist_ok=True)
        beside = change.path.with_name(f".{change.path.name}.{os.getpid()}")
        beside.write_text(change.text, encoding="utf-8", newline="\n")
        beside.replace(change.path)


def _is_graph(path: Path) -> bool:
    """Whether a file is one that cio wrote; others in the folder are not ours to remove."""
    with path.open("rb") as file:
        return file.read(5) == b"cio: "
