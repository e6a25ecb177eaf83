"""A graph as a file: canonical YAML out, checked YAML in, and the JSON Schema of both.

`load(dump(graph), …) == graph`, and `dump` gives the same bytes every time.  What `load` returns
can be run: every key was known, every step that is named exists, and nobody goes round for ever.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from cio_lang import ir
from cio_lang.graph_data import as_data, text_digest
from cio_lang.graph_file.checks import run_problems
from cio_lang.graph_file.migrations import migrate
from cio_lang.graph_file.problems import (
    GRAPHS,
    NewerFormat,
    NoFormat,
    WrongValue,
    described,
    explain,
)
from cio_lang.graph_file.schema_text import narrow
from cio_lang.graph_file.yaml_write import write
from cio_lang.mistake import UserMistake, place

KINDS: tuple[str, ...] = tuple(GRAPHS.values())
"""What a graph can be of, as its `kind` says."""


def dump(graph: ir.Graph) -> str:
    """The graph as canonical YAML: keys in one order, defaults left out."""
    return write(as_data(graph))


def digest(graph: ir.Graph) -> str:
    """`sha256:…` of what `dump` writes: the version of the graph."""
    return text_digest(dump(graph))


def load(text: str, name: str) -> ir.Graph:
    """The graph in a text; `name` is what problems call the file.

    Files of an older format are brought up to today's.  Raises `UserMistake` with every problem of
    the text: not YAML, an unknown key, a step that is not there, a newer format.
    """
    # Only reading needs PyYAML, and importing it takes longer than writing a hundred graphs.
    from cio_lang.graph_file.yaml_read import read

    found = read(text, name)
    data = found.data
    version = data.get("cio")
    at_version = found.places.get(("cio",), place(name))
    if version is None:
        raise UserMistake(NoFormat(span=place(name)))
    if type(version) is not int or version < 1:
        fact, way_out = f"is {described(version)}", f"write {ir.FORMAT}"
        raise UserMistake(WrongValue(span=at_version, path="cio", fact=fact, way_out=way_out))
    if version > ir.FORMAT:
        raise UserMistake(NewerFormat(span=at_version, version=version))
    data = migrate(data, version)
    if data.get("kind") not in KINDS:
        span = found.places.get(("kind",), place(name))
        fact = f"is {described(data['kind'])}" if "kind" in data else "is missing"
        way_out = f"write one of {', '.join(f'`{kind}`' for kind in KINDS)}"
        raise UserMistake(WrongValue(span=span, path="kind", fact=fact, way_out=way_out))
    graph = _validated(data, found.places, name)
    problems = run_problems(graph, found.places, name)
    if problems:
        raise UserMistake(*problems)
    return graph


def _validated(data: dict[str, Any], places: Any, name: str) -> ir.Graph:
    import pydantic

    try:
        # As JSON, because that is where strict means what it says: a list is a tuple, text is text.
        graph: ir.Graph = _adapter().validate_json(json.dumps(data), strict=True)
    except pydantic.ValidationError as verdict:
        errors = verdict.errors(include_url=False, include_input=False)
        raise UserMistake(*explain(errors, data, places, name)) from None
    return graph


@cache
def _adapter() -> Any:
    import pydantic

    return pydantic.TypeAdapter(ir.Graph)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of graph files, for editors and other programs."""
    schema: dict[str, Any] = _adapter().json_schema(ref_template="#/$defs/{model}")
    narrow(schema["$defs"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cio graph",
        "description": (
            f"A {', '.join(KINDS[:-1])} or {KINDS[-1]} as compiled by cio, "
            f"graph format {ir.FORMAT}. "
            "Durations are ISO 8601, dates 2026-12-01."
        ),
        **schema,
    }
