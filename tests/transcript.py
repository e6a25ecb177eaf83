"""A page's commands as they print: a workspace of its own, in which the blocks happen in order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from cio_lang.cli import main

_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)


def told(page: str, folder: Path) -> str:
    """The page with every block of commands as it prints now.

    A block of a journey labelled with a file's name is written to that file; others are left alone.
    Instants are printed as they are on the page, since nobody can know them.
    """

    def again(found: re.Match[str]) -> str:
        kind, label, text = found[1], found[2].strip(), found[3]
        if label and kind in ("journey", "text"):
            (folder / label).parent.mkdir(parents=True, exist_ok=True)
            (folder / label).write_text(text)
        if kind != "console":
            return found[0]
        printed = "".join(_printed(line) for line in text.splitlines() if line.startswith("$ "))
        return f"```console{found[2]}\n{_with_instants(printed, text)}```"

    return _FENCE.sub(again, page)


def _printed(line: str) -> str:
    result = CliRunner().invoke(main, shlex.split(line)[2:], prog_name="cio")
    assert result.exit_code in (0, 1), result.output
    return f"{line}\n{result.output.rstrip()}\n"


_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")


def _with_instants(printed: str, before: str) -> str:
    instants = iter(_INSTANT.findall(before))
    return _INSTANT.sub(lambda found: next(instants, found[0]), printed)
