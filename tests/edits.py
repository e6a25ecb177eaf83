"""Golden graphs with one part changed or left out, wherever what comes of it can be run too."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import yaml

from cio_lang import ir
from cio_lang.graph_file import load
from cio_lang.graph_file.yaml_write import write
from cio_lang.mistake import UserMistake

CASES = Path(__file__).parent / "cases" / "journeys"
GRAPHS = [text for path in sorted(CASES.glob("*.yaml")) for text in path.read_text().split("---\n")]


def name_in(text: str) -> str:
    """What a test of a graph is called."""
    return re.findall("kind: (.*)\nname: (.*)", text)[0][1]


OTHERWISE_NAMED = frozenset({"cio", "kind", "name", "source", "behaviour", "start"})
_CLOSED = (
    *(get_args(kind) for kind in (ir.Op, ir.CalendarWord, ir.Channel, ir.Zone)),
    get_args(get_type_hints(ir.Times)["op"]),
    ("hour", "day", "week", "month"),
    ("once", "every_time", "after"),
    ("include", "exclude"),
    ("high", "low"),
    ("add", "remove"),
    ("total", "average", "smallest", "largest", "latest", "first"),
    ("next_month", "last_week"),
    ("monday", "tuesday", "day", "weekday"),
    ("P1D", "PT5H", "-P3D"),
    ("06:00", "18:30"),
    ("2020-02-02",),
)


def _changed(value: Any) -> Iterator[Any]:
    """Other values that might stand in the same place."""
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
            yield value - 1
        case str():
            shape = re.sub(r"\d+", "0", value)
            for words in _CLOSED:
                if value in words or shape in {re.sub(r"\d+", "0", word) for word in words}:
                    yield from (word for word in words if word != value)
            yield f"{value}x"


def _edits(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every part that could be another or be left out: where, and the whole as it is then."""
    if isinstance(data, dict | list):
        for key in list(data) if isinstance(data, dict) else range(len(data)):
            if not path and key in OTHERWISE_NAMED:
                continue
            rest = copy.copy(data)
            inner = rest.pop(key)
            yield (*path, key), rest
            for where, other in _edits(inner, (*path, key)):
                again = copy.copy(data)
                again[key] = other
                yield where, again
    else:
        for other in _changed(data):
            if other != data:
                yield path, other


def edited(text: str) -> Iterator[tuple[tuple[Any, ...], ir.Graph]]:
    """Every other graph that can be run, and where it differs from the one in `text`."""
    graph = load(text, "x")
    for path, data in _edits(yaml.safe_load(text)):
        try:
            other = load(write(data), "x")
        except UserMistake:
            continue
        if other != graph:
            yield path, other
