"""Proofs about graphs: how many messages one person can get, and what a team promises.

`bounds` is where to begin: it says how walks of one run (`walks`) are put together.
"""

from __future__ import annotations

from cio_lang.proof.bounds import Bound, Bounds, WorkspaceBounds, bounds_of
from cio_lang.proof.guarantees import broken
from cio_lang.proof.journeys import WINDOWS, Window
from cio_lang.proof.policies import held_by_policy, over_policy

__all__ = [
    "WINDOWS",
    "Bound",
    "Bounds",
    "Window",
    "WorkspaceBounds",
    "bounds_of",
    "broken",
    "held_by_policy",
    "over_policy",
]
