"""`cio init`: a workspace to start from."""

from __future__ import annotations

from pathlib import Path

import click

from cio_lang.cli import console, starter
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report
from cio_lang.record import record

__all__ = ["command"]


@record(kw_only=True)
class WouldOverwrite(Problem):
    """`cio init` finds files where it would write its own."""

    code = "would-overwrite"
    folder: str
    files: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        named = ", ".join(f"`{name}`" for name in self.files)
        return Report(
            f"`{self.folder}` has {named} already.",
            "A new workspace would write over what is there, and nothing was written.",
            "name a folder that is empty or not there yet: `cio init my-workspace`",
        )


@click.command("init")
@click.argument("folder", default=".", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Make a workspace: settings, a first journey, a scenario.

    Writes to FOLDER, by default the current one, and never over a file that is there.
    """
    if folder.exists() and not folder.is_dir():
        raise UserMistake(
            WouldOverwrite(span=place(folder), folder=str(folder.parent), files=(folder.name,))
        )
    files = starter.files(folder.resolve().name)
    taken = tuple(name for name in files if (folder / name).exists())
    if taken:
        raise UserMistake(WouldOverwrite(span=place(folder), folder=str(folder), files=taken))
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        console.out(f"wrote {path.as_posix()}")
    go = "" if folder.resolve() == Path.cwd() else f"  cd {folder.as_posix()}\n"
    console.note(
        f"\nNext:\n{go}"
        "  cio compile     what the journeys become: graphs/*.yaml\n"
        "  cio test        carry out the scenarios\n"
        "  cio apply       put the journeys into force\n"
        "  cio up          run them"
    )
