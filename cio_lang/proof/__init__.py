"""Proofs about graphs: how many messages one person can get, and what a team promises."""

from __future__ import annotations

from cio_lang.proof.bounds import Bound, Bounds, WorkspaceBounds, bounds_of

__all__ = ["Bound", "Bounds", "WorkspaceBounds", "bounds_of"]
