"""Every case: a `.journey` file with the graphs that it compiles to beside it in a `.yaml` file.

What the graphs say in English stands in a `.txt` file.  `UPDATE_CASES=1 pytest tests/test_cases.py`
writes both again; read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import jsonschema
import pytest
import yaml

from cio_lang.backends import BACKENDS, english
from cio_lang.backends.titles import Titles, titled
from cio_lang.compiler import Compiled, compile_sources
from cio_lang.format import format_file
from cio_lang.grammar import parse
from cio_lang.graph_file import dump, json_schema, load
from cio_lang.schema import Settings
from cio_lang.source import Source

CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(templates=frozenset({"welcome", "pro-tips"}))
UPDATE = os.environ.get("UPDATE_CASES") == "1"
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def named(path: Path) -> str:
    return path.relative_to(CASES).with_suffix("").as_posix()


GOOD = [
    path
    for path in sorted(CASES.rglob("*.journey"))
    if "bad" not in path.relative_to(CASES).parts
    and (path.with_suffix(".yaml").exists() or (UPDATE and path.parent.name == "journeys"))
]


def source_of(path: Path) -> Source:
    return Source(path.relative_to(CASES).as_posix(), path.read_text(encoding="utf-8"))


def compiled(path: Path) -> Compiled:
    made = compile_sources([source_of(path)], SETTINGS)
    assert [(one.span.line, one.report().what) for one in made.problems] == []
    return made


@pytest.mark.parametrize("path", GOOD, ids=named)
def test_a_case_compiles_to_its_graphs(path: Path) -> None:
    made = "---\n".join(dump(graph) for graph in compiled(path).graphs)
    golden = path.with_suffix(".yaml")
    if UPDATE:
        golden.write_text(made, encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GOOD, ids=named)
def test_a_case_reads_in_english_as_it_is_meant(path: Path) -> None:
    graphs = compiled(path).graphs
    titles = Titles.of_graphs(graphs)
    said = "\n".join(english.emit(titled(graph, titles)) for graph in graphs)
    golden = path.with_suffix(".txt")
    if UPDATE:
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GOOD, ids=named)
def test_a_case_is_read_back_from_its_graphs(path: Path) -> None:
    for graph in compiled(path).graphs:
        text = dump(graph)
        assert load(text, path.name) == graph
        VALIDATOR.validate(yaml.safe_load(text))


@pytest.mark.parametrize("path", GOOD, ids=named)
def test_a_case_survives_the_formatter(path: Path) -> None:
    file, problems = parse(source_of(path))
    assert problems == ()
    once = format_file(file)
    again, problems = parse(Source(path.name, once))
    assert problems == ()
    assert again == file
    assert format_file(again) == once


EVERY = sorted(CASES.rglob("*.journey"))


@pytest.mark.parametrize("path", EVERY, ids=named)
def test_whatever_compiles_can_be_read_and_drawn(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    made = compile_sources([Source(path.name, text)], SETTINGS)
    for graph in made.graphs:
        text = dump(graph)
        assert load(text, path.name) == graph
        VALIDATOR.validate(yaml.safe_load(text))
        for backend in BACKENDS:
            assert backend.emit(graph)


def test_every_graph_of_a_case_has_its_journey() -> None:
    alone = [
        named(path)
        for path in sorted((CASES / "journeys").rglob("*.yaml"))
        if not path.with_suffix(".journey").exists()
    ]
    assert alone == []
