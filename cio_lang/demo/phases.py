"""Where the time went: named phases, and how the demo reports that it is getting on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Progress(Protocol):
    """What shows that something happens.  `total` is None where nobody knows how much there is."""

    def begin(self, what: str, total: int | None) -> None:
        """A phase starts."""

    def advance(self, count: int, note: str = "") -> None:
        """So much of it is done."""

    def end(self) -> None:
        """The phase is over."""


class Silent:
    """Shows nothing."""

    def begin(self, what: str, total: int | None) -> None:
        """Nothing."""

    def advance(self, count: int, note: str = "") -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""


class Phases:
    """Seconds by phase, in the order in which phases first began; one phase at a time."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}
        self._start = time.perf_counter()

    @contextmanager
    def phase(self, what: str, total: int | None = None) -> Iterator[Progress]:
        """Everything inside counts for `what`."""
        begin = time.perf_counter()
        self.progress.begin(what, total)
        try:
            yield self.progress
        finally:
            self.progress.end()
            self.add(what, time.perf_counter() - begin)

    def add(self, what: str, seconds: float) -> None:
        """So many seconds more for `what`."""
        self.seconds[what] = self.seconds.get(what, 0.0) + seconds

    @property
    def total(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start
