"""The record that every leaf step ends in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cio_lang import ast, ir
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span


@record
class StepKind:
    """One leaf step.

    `rule` is its rule in the grammar, whose children `build` turns into the tree (terminals come as
    finished values: `ast.Text`, `ast.Name`, `ast.Number`, …).  `words` are what the node id is made
    from.  `lower` gets the topic of the journey (or None) and the next node.
    """

    name: str
    rule: str
    tree: type[ast.Leaf]
    summary: str
    example: str
    build: Callable[[Sequence[Any], Span], ast.Leaf]
    format: Callable[[Any], str]
    check: Callable[[Any, Schema], Iterable[Problem]]
    words: Callable[[Any], str]
    lower: Callable[[Any, Schema, str | None, str | None], ir.GraphNode]
