"""The demo's own workspace: a fresh copy of the example in a folder that only the demo owns."""

from __future__ import annotations

import shutil
from pathlib import Path

from cio_lang.demo import example
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report
from cio_lang.record import record
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


def fresh(out: Path) -> Workspace:
    """A new workspace in `out`; what an earlier demo left there is removed.

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
    shutil.copy(source / "cio.toml", out / "cio.toml")
    for name in ("journeys", "templates", "scenarios"):
        shutil.copytree(source / name, out / name)
    return Workspace.read(out)
