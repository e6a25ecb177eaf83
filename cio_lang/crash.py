"""Named places at which tests kill the process: `CRASH_AT=settle`, `CRASH_AT=settle:3`.

`os._exit` runs no handler, flushes nothing and closes nothing, like `kill -9` at that instruction.
"""

from __future__ import annotations

import os
from typing import Literal

Point = Literal[
    "save",  # a batch is written but not committed
    "saved",  # it is committed
    "claimed",  # messages are claimed, nothing else
    "attempt",  # before it is committed that they are being sent
    "attempting",  # after that, before the first byte
    "sent",  # the server has accepted a message, nobody has written so
    "settle",  # before outcomes are committed
    "settled",  # after that
    "segments-followed",  # segments have followed what was written, not committed
    "segments-defined",  # they are worked out anew, not committed
    "segments-refreshed",  # a batch of what time changed is committed
    "archive-written",  # old events are in a file that nobody knows of yet
    "archive-moved",  # they are out of the hot store and the file is known, not committed
    "archive-joined",  # several files are written as one that nobody knows of yet
]

_left: dict[str, int] = {}


def crash_point(point: Point) -> None:
    """Die here if the environment says so (the second part counts how often it is passed first)."""
    wanted = os.environ.get("CRASH_AT")
    if not wanted:
        return
    name, _, count = wanted.partition(":")
    if name != point:
        return
    left = _left.setdefault(wanted, int(count or 1)) - 1
    _left[wanted] = left
    if left <= 0:
        os._exit(137)
