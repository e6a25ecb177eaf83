"""Graph files of older formats, as the format of today.

`MIGRATIONS[n]` takes the data of a file that says `cio: n + 1` and gives that of `cio: n + 2`.  The
data is the file's own, as YAML read it: a migration may change it in place and must set nothing but
what the format changed.  There is one format so far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cio_lang import ir

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: tuple[Migration, ...] = ()

assert len(MIGRATIONS) == ir.FORMAT - 1


def migrate(
    data: dict[str, Any], version: int, migrations: Sequence[Migration] | None = None
) -> dict[str, Any]:
    """The data of a file of format `version` in the newest format."""
    steps = MIGRATIONS if migrations is None else migrations
    for number, step in enumerate(steps[version - 1 :], start=version + 1):
        data = {**step(data), "cio": number}
    return data
