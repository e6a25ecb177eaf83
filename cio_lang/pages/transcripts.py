"""Cases of problems that no journey by itself can show: files, what is done, and what cio says.

They are the transcripts of `tests/cases/cli/bad`, which the tests carry out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from cio_lang.record import record

__all__ = ["Transcript", "transcripts"]

_FILE = re.compile(r"(?m)^--- ")
_DONE = {
    "remove": "{path} is taken away",
    "bytes": "{path} holds the bytes {rest}",
    "lock": "another program is writing to {path}",
    "sql": "inside {path}: {rest}",
    "damage": "something else has written over {path}",
}
"""What the transcripts do between two commands, as a comment says it."""


@record
class Transcript:
    """What is written in files, what is done before, and the command with all that it prints."""

    files: tuple[tuple[str, str], ...]
    before: tuple[str, ...]
    command: str
    printed: str

    def lines(self) -> Iterator[str]:
        """The transcript as Markdown."""
        for path, text in self.files:
            kind = "journey" if path.endswith((".journey", ".scenario")) else ""
            fence = "````" if "```" in text else "```"
            yield from (f"`{path}`:", "", f"{fence}{kind}", text.rstrip("\n"), fence, "")
        yield from ("```console", *self.before, self.command, self.printed.rstrip("\n"), "```")


@cache
def transcripts(folder: Path) -> Mapping[str, Transcript]:
    """The shortest transcript for each code; one that is named after the code comes first."""
    found: dict[str, tuple[tuple[bool, int, str], Transcript]] = {}
    for path in sorted(folder.glob("cli/bad/*.txt")):
        for told in _in(path.read_text(encoding="utf-8")):
            for code in re.findall(r"(?:error|warning)\[([a-z0-9-]+)\]$", told.printed, re.M):
                length = len(told.printed) + sum(len(text) for _, text in told.files)
                rank = (path.stem != code, length, path.name)
                if code not in found or rank < found[code][0]:
                    found[code] = (rank, told)
    return {code: told for code, (_, told) in found.items()}


def _in(written: str) -> Iterator[Transcript]:
    head, *commands = re.split(r"(?m)^(?=[$!] ?)", written)
    files = tuple(
        (name, text) for name, _, text in (each.partition("\n") for each in _FILE.split(head)[1:])
    )
    before: list[str] = []
    for each in commands:
        first, _, printed = each.partition("\n")
        if first.startswith("!"):
            what, path, *rest = first[1:].split()
            before.append(f"# {_DONE[what].format(path=path, rest=' '.join(rest))}")
            continue
        printed, _, code = printed.rpartition("exit ")
        yield Transcript(files, tuple(before), first, printed)
        if code.strip() == "0":
            before.append(first)
