"""How a figure is taken and printed: beside its yardstick, with the ratio of the two."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """The median of `times` runs, in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def show(what: str, figure: float, yardstick: str, beside: float, unit: str) -> None:
    """Print both, and how many times the yardstick the figure is."""
    print(f"  {what:<58} {figure:>12,.1f} {unit}")
    print(f"  {yardstick:<58} {beside:>12,.1f} {unit}")
    print(f"  {'ratio':<58} {figure / beside:>12,.2f} ×")
