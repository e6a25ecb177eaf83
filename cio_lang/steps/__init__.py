"""Leaf steps: what a journey can do, one module each.

A step is one record with no defaults, listed in `STEPS`.  Everything that the passes need of it is
in its module: its tree, its text, its checks, its graph node.
"""

from __future__ import annotations

from cio_lang import ast
from cio_lang.steps import send, set_attribute
from cio_lang.steps.kind import StepKind

__all__ = ["STEPS", "StepKind", "kind_of"]

STEPS: tuple[StepKind, ...] = (*send.KINDS, set_attribute.KIND)

_BY_CLASS = {kind.tree: kind for kind in STEPS}


def kind_of(leaf: ast.Leaf) -> StepKind:
    """The record of a leaf step."""
    return _BY_CLASS[type(leaf)]
