"""The demo's own workspace: a fresh copy of the example in a folder that only the demo owns."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from cio_lang.demo import example
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.store import Store, open_store
from cio_lang.store.problems import StoreMissing
from cio_lang.workspace import Workspace

MARK = ".cio-demo"
"""The file that says that a folder is the demo's, and may be made anew."""


@record(kw_only=True)
class FolderIsTaken(Problem):
    """The folder that the demo should write to holds something else."""

    code = "folder-is-taken"
    folder: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.folder}` holds files that the demo did not make.",
            "The demo makes its folder anew each time, and would take them away.",
            "name a folder that is empty or not there yet: `cio demo --out some/other/folder`",
        )


@record(kw_only=True)
class StoreIsTaken(Problem):
    """The schema that the demo should keep its store in holds another one."""

    code = "store-is-taken"
    store: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.store}` holds a store that the demo did not make.",
            "The demo makes its store anew each time, and would take that one away.",
            "name a schema that is not there yet: `…/database?schema=cio_demo`",
        )


def fresh(out: Path, store: str | None = None) -> Workspace:
    """A new workspace in `out`; what an earlier demo left there is removed.

    `store` is what its `cio.toml` says, None for a file in the folder.
    Raises UserMistake where `out` holds anything else.
    """
    if out.exists() and not out.is_dir():
        raise UserMistake(FolderIsTaken(span=place(out), folder=str(out)))
    if out.is_dir() and any(out.iterdir()):
        if not (out / MARK).is_file():
            raise UserMistake(FolderIsTaken(span=place(out), folder=str(out)))
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text("This folder is made anew by `cio demo`.\n", encoding="utf-8")
    source = example.folder()
    settings = (source / "cio.toml").read_text(encoding="utf-8")
    if store is not None:
        settings = f"store = {json.dumps(store, ensure_ascii=False)}\n{settings}"
    (out / "cio.toml").write_text(settings, encoding="utf-8")
    for name in ("journeys", "templates", "scenarios"):
        shutil.copytree(source / name, out / name)
    return Workspace.read(out)


def fresh_store(where: Path | str) -> Store:
    """An empty store at `where`; the one of an earlier demo is removed.

    Raises UserMistake where another one is there.
    """
    try:
        there = open_store(where)
    except UserMistake as mistake:
        if not isinstance(mistake.problems[0], StoreMissing):
            raise
    else:
        with there:
            if not there.is_marked(MARK):
                raise UserMistake(StoreIsTaken(span=place(there.where), store=there.where))
            there.remove()
    store = open_store(where, create=True)
    store.mark(MARK)
    return store
