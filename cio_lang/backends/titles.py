"""Slugs of segments and topics in, the titles that people know them by out.

A graph refers to other graphs by their slugs.  Whoever reads it back and knows those graphs puts
their titles in first; a backend that has one graph alone says the slug.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from cio_lang import ir
from cio_lang.backends.phrases import quoted
from cio_lang.record import record
from cio_lang.schema import Schema, slug

__all__ = ["Titles", "titled"]

_Tree = TypeVar("_Tree")

_SEGMENTS: tuple[tuple[type, str], ...] = (
    (ir.SegmentTest, "segment"),
    (ir.Membership, "segment"),
    (ir.JoinEntry, "joins"),
    (ir.LeaveEntry, "leaves"),
)
_TOPICS: tuple[tuple[type, str], ...] = (
    (ir.SubscribedTest, "subscribed"),
    (ir.JourneyGraph, "topic"),
    (ir.SendNode, "topic"),
)


@record
class Titles:
    """Titles by slug."""

    segments: dict[str, str]
    topics: dict[str, str]

    @classmethod
    def of_graphs(cls, graphs: Iterable[ir.Graph]) -> Titles:
        """Those of the graphs of a workspace."""
        known = list(graphs)
        return cls(
            {each.name: each.title for each in known if isinstance(each, ir.SegmentGraph)},
            {each.name: each.title for each in known if isinstance(each, ir.TopicGraph)},
        )

    @classmethod
    def of_schema(cls, schema: Schema) -> Titles:
        """Those that a workspace declares."""
        return cls(
            {slug(name): name for name in schema.segments},
            {slug(name): name for name in schema.topics},
        )


def titled(tree: _Tree, titles: Titles) -> _Tree:
    """A graph or a part of one for reading: segments and topics by their titles, in quotes."""
    made: Any = _titled(tree, titles)
    return made  # type: ignore[no-any-return]


def _titled(tree: Any, titles: Titles) -> Any:
    if isinstance(tree, tuple):
        return tuple(_titled(part, titles) for part in tree)
    if isinstance(tree, dict):
        return {name: _titled(part, titles) for name, part in tree.items()}
    if not is_dataclass(tree) or isinstance(tree, type):
        return tree
    changed = {each.name: _titled(getattr(tree, each.name), titles) for each in fields(tree)}
    for places, known in ((_SEGMENTS, titles.segments), (_TOPICS, titles.topics)):
        for kind, name in places:
            if isinstance(tree, kind) and changed[name] in known:
                changed[name] = quoted(known[changed[name]])
    return replace(tree, **changed)
