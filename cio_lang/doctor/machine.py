"""What is known of time zones on this machine."""

from __future__ import annotations

import re
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from cio_lang.problem import Report
from cio_lang.workspace import Workspace

OLD = 2
"""Years after which rules that have changed since are likely."""


def time_zones(workspace: Workspace, now: datetime) -> str | Report:
    """Where the rules of time zones come from, and how old they are."""
    found = versions()
    if not found:
        return Report(
            "No time zone data was found.",
            "Times of day of people in other zones cannot be worked out without it.",
            "install it: `pip install tzdata`",
        )
    used, version = found[0]
    if now.year - int(version[:4]) >= OLD:
        return Report(
            f"The time zone data ({used}) is that of {version}.",
            "Countries change their clocks every year, mostly at short notice; times of day would "
            "be those of before.",
            "update the package `tzdata` of the system, or set PYTHONTZPATH to nothing and "
            "`pip install --upgrade tzdata`",
        )
    newer = [f"; {source} has {other}" for source, other in found[1:] if other > version]
    return f"{workspace.timezone}, by the data of {version} ({used}{''.join(newer)})"


def versions() -> list[tuple[str, str]]:
    """Each source of rules with its version, the one that is used first."""
    import zoneinfo

    found: list[tuple[str, str]] = []
    for folder in map(Path, zoneinfo.TZPATH):
        version = _version(folder)
        if version is not None:
            found.append((str(folder), version))
            break
    if find_spec("tzdata") is not None:
        found.append(("the package tzdata", str(import_module("tzdata").IANA_VERSION)))
    return found


def _version(folder: Path) -> str | None:
    """`2026a`, from the first line of `tzdata.zi` or the file `+VERSION`."""
    for name in ("tzdata.zi", "+VERSION", "version"):
        try:
            with (folder / name).open(encoding="utf-8", errors="replace") as file:
                head = file.readline(80)
        except OSError:
            continue
        if known := re.search(r"\b(\d{4}[a-z]{1,2})\b", head):
            return known[1]
    return None
