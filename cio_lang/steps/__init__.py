"""Leaf steps: what a journey can do, one module each.

A step is one record with no defaults, listed in `STEPS`.  All that the passes need of it is in its
module: its tree, its text, its checks, its graph node.
"""

from __future__ import annotations

from cio_lang import ast
from cio_lang.steps import add_number, call, membership, send, set_attribute, start, track
from cio_lang.steps.kind import StepKind
from cio_lang.steps.send import Send

__all__ = ["STEPS", "StepKind", "kind_of"]

STEPS: tuple[StepKind, ...] = (
    *send.KINDS,
    set_attribute.KIND,
    add_number.ADD,
    add_number.TAKE,
    track.KIND,
    membership.ADD,
    membership.REMOVE,
    call.KIND,
    start.KIND,
)

_SENDS = {kind.name: kind for kind in send.KINDS}
_BY_CLASS = {kind.tree: kind for kind in reversed(STEPS)}


def kind_of(leaf: ast.Leaf) -> StepKind:
    """The record of a leaf step; of two with one tree, such as `add` and `take`, the first."""
    return _SENDS[leaf.channel] if isinstance(leaf, Send) else _BY_CLASS[type(leaf)]
