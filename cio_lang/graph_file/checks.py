"""What a graph must be beyond its shape, so that it can be run.

Compiled graphs always pass; this is for files that people or other programs wrote.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from cio_lang import ir
from cio_lang.calendar_time import parse_duration
from cio_lang.graph_data import fields_of, successors
from cio_lang.graph_file.problems import WrongValue, spelled
from cio_lang.mistake import place
from cio_lang.problem import Problem, nearest
from cio_lang.source import Span

Path = tuple[str | int, ...]
Complaint = tuple[Path, str, str]
"""(where, what is the matter, one way out)."""


def run_problems(graph: ir.Graph, places: Mapping[Path, Span], name: str) -> tuple[Problem, ...]:
    """Everything that keeps a graph from being run."""
    complaints = [found for path, part in parts(graph, ()) for found in _of_part(path, part)]
    if isinstance(graph, ir.JourneyGraph):
        complaints.extend(_ways(graph))
    return tuple(
        WrongValue(
            span=places.get(path, place(name)), path=spelled(path), fact=fact, way_out=way_out
        )
        for path, fact, way_out in complaints
    )


def parts(part: object, path: Path) -> Iterator[tuple[Path, object]]:
    """Every part of a graph with its path, outer before inner."""
    if isinstance(part, tuple):
        for index, inner in enumerate(part):
            yield from parts(inner, (*path, index))
    elif isinstance(part, dict):
        for key, inner in part.items():
            yield from parts(inner, (*path, key))
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        yield path, part
        kind: Any = type(part)
        for name, key, _ in fields_of(kind):
            yield from parts(getattr(part, name), (*path, key))


def _of_part(path: Path, part: object) -> Iterator[Complaint]:
    """Not a `match`: only parts with a rule beyond their shape are here."""
    if isinstance(part, ir.AttributeTest | ir.PropertyTest | ir.EntryTest):
        yield from _comparison(path, part.op, part.value)
    elif isinstance(part, ir.Window):
        fields = (part.last, part.calendar, part.between_ago, part.since)
        if sum(field is not None for field in fields) != 1:
            keys = "`last`, `calendar`, `between_ago` and `since`"
            yield path, "is not one window", f"write one of {keys}"
    elif isinstance(part, ir.Times) and part.n < 0:
        yield (*path, "n"), f"is {part.n}", "write how many times, from 0 up"
    elif isinstance(part, ir.All | ir.Any_):
        if not (part.all if isinstance(part, ir.All) else part.any):
            yield path, "is an empty condition", "write what must hold, or take it out"
    elif isinstance(part, ir.Message):
        if (part.template is None) == (part.text is None):
            yield path, "is not one message", "write either `template` or `text`"
        if not part.channels:
            yield (*path, "channels"), "is empty", "name a channel: push, email or sms"
    elif isinstance(part, ir.BranchNode) and not part.branch:
        yield (*path, "branch"), "is empty", "write a case with `if` and `next`"
    elif isinstance(part, ir.Reentry) and (part.allow == "after") != (part.after is not None):
        yield path, "says `after` in one place only", "write `allow: after` and how long `after`"
    for key in ("last", "near", "far", "inactive", "for_", "after", "within"):
        text = getattr(part, key, None)
        if isinstance(text, str):
            yield from _duration((*path, key.rstrip("_")), text)


def _duration(path: Path, text: str) -> Iterator[Complaint]:
    try:
        parse_duration(text)
    except ValueError:
        yield path, f"is `{text}`", "write a length of time, such as `P3D` or `PT1H`"


def _comparison(path: Path, op: ir.Op, value: ir.TestValue) -> Iterator[Complaint]:
    where = (*path, "value")
    match op:
        case "known" | "unknown":
            if value is not None:
                yield where, f"stands beside `{op}`", "take it out"
        case "one_of" | "not_one_of":
            if not isinstance(value, tuple) or not value:
                yield where, f"is not a list, as `{op}` needs", "write the values as a list"
        case "between":
            if not isinstance(value, tuple) or len(value) != 2:
                yield where, "is not a low and a high value", "write both as a list"
        case "in_next" | "in_last" | "more_than_ago" | "less_than_ago" | "ago" | "ahead":
            if not isinstance(value, str):
                yield where, "is not a length of time", "write one, such as `P3D` or `PT1H`"
            else:
                yield from _duration(where, value)
        case (
            "is" | "is_not" | "more_than" | "at_least" | "less_than" | "at_most" | "starts_with"
            | "ends_with" | "contains" | "does_not_contain" | "includes" | "does_not_include"
            | "before" | "after"
        ):  # fmt: skip
            if value is None or isinstance(value, tuple):
                yield where, f"is not one value, as `{op}` needs", "write what to compare with"


def _ways(graph: ir.JourneyGraph) -> Iterator[Complaint]:
    """Steps that are named and not there, and ways that lead in a circle."""
    names = graph.nodes
    if graph.start is None and names:
        yield ("start",), "is missing", f"write `start: {next(iter(names))}`"
    known = True
    for path, name in _named(graph):
        if name not in names:
            known = False
            meant = nearest(name, names)
            way_out = f"write `{meant}`" if meant else "name a step that is there"
            yield path, f"is `{name}`, a step that is not there", way_out
    circle = _circle(graph) if known else None
    if circle is not None:
        fact = "leads back to itself: people would go round for ever"
        yield ("nodes", circle), fact, "let one of its steps go on to a later one"


def _named(graph: ir.JourneyGraph) -> Iterator[tuple[Path, ir.NodeId]]:
    if graph.start is not None:
        yield ("start",), graph.start
    for path, part in parts(graph.nodes, ("nodes",)):
        for key in ("next", "otherwise"):
            name = getattr(part, key, None)
            if isinstance(name, str):
                yield (*path, key), name


def _circle(graph: ir.JourneyGraph) -> ir.NodeId | None:
    """A node from which a way leads back to itself, or None."""
    done: set[ir.NodeId] = set()
    for first in graph.nodes:
        way: dict[ir.NodeId, Iterator[ir.NodeId | None]] = {}
        here: ir.NodeId | None = first
        while True:
            if here is not None and here in way:
                return here
            if here is not None and here not in done:
                way[here] = successors(graph.nodes[here])
            elif not way:
                break
            while way:
                name, ahead = next(reversed(way.items()))
                try:
                    here = next(ahead)
                except StopIteration:
                    done.add(name)
                    del way[name]
                else:
                    break
            if not way:
                break
    return None
