"""What the pages show is true: journeys compile, links lead somewhere, commands exist."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cio_lang import grammar, graph_file, scenario
from cio_lang.backends import mermaid
from cio_lang.cli.commands import COMMANDS
from cio_lang.cli.render.text import plain
from cio_lang.compiler import compile_sources
from cio_lang.format import format_file, statement
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.workspace import Workspace

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/README.md")]
)
FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.M | re.S)


def blocks(language: str) -> list[tuple[str, str, str]]:
    return [
        (
            f"{page.relative_to(ROOT)}:{page.read_text()[: found.start()].count(chr(10)) + 1}",
            found[2].strip(),
            found[3],
        )
        for page in PAGES
        for found in FENCE.finditer(page.read_text())
        if found[1] == language
    ]


TOUR = "docs/language.md"
HELD_ELSEWHERE = ("docs/reference/", "docs/rules.md", "docs/scenarios.md")
"""Written from cases, or told by a test of its own: test_cases, test_reference, test_scenario."""

JOURNEYS = blocks("journey")
TOUR_BLOCKS = [block for block in JOURNEYS if block[0].startswith(f"{TOUR}:")]
STATEMENTS = [(place, line) for place, _, text in blocks("say") for line in text.splitlines()]
COMMANDS_SHOWN = [
    (place, line.removeprefix("$ "))
    for place, _, text in blocks("console")
    for line in text.splitlines()
    if line.startswith("$ ")
]


@pytest.mark.parametrize(
    ("place", "label", "text"),
    apart := [block for block in JOURNEYS if not block[0].startswith((TOUR, *HELD_ELSEWHERE))],
    ids=[block[0] for block in apart],
)
def test_a_journey_on_a_page_compiles_or_fails_as_labelled(
    place: str, label: str, text: str
) -> None:
    """A label after `journey` is the code of the problem that the block shows.

    A block without declarations of its own is about the shop of the example.
    """
    example = Workspace.read(ROOT / "examples" / "cdnow")
    sources = [Source(place, text)]
    if not re.search(r"^(event|attribute) ", text, re.M):
        vocabulary = example.root / "journeys" / "vocabulary.journey"
        sources.append(Source("vocabulary", vocabulary.read_text()))
    compiled = compile_sources(sources, example.settings())
    assert [problem.code for problem in compiled.problems] == label.split()
    if not label:
        assert format_file(compiled.files[0]) == text


def test_the_blocks_of_the_tour_are_one_workspace() -> None:
    sources = [Source(place, text) for place, label, text in TOUR_BLOCKS if not label]
    compiled = compile_sources(sources, Settings())
    assert compiled.problems == ()
    for source, file in zip(sources, compiled.files, strict=True):
        assert format_file(file) == source.text
    zone = ZoneInfo(Settings().timezone)
    found, _ = scenario.scenarios_of(compiled.files, (), [source.name for source in sources])
    assert found
    for one in found:
        told = scenario.run(one.scenario, compiled.graphs, compiled.checked.schema, zone)
        assert told.problems == ()


@pytest.mark.parametrize(
    ("place", "label", "text"),
    mistakes := [block for block in TOUR_BLOCKS if block[1]],
    ids=[block[0] for block in mistakes],
)
def test_a_mistake_of_the_tour_is_told_as_shown(place: str, label: str, text: str) -> None:
    around = [Source(place, text) for place, label, text in TOUR_BLOCKS if not label]
    compiled = compile_sources(
        [*around, wrong := Source("journeys/slip.journey", text)], Settings()
    )
    assert [problem.code for problem in compiled.problems] == [label]
    assert plain(compiled.problems[0], wrong) in (ROOT / TOUR).read_text()


@pytest.mark.parametrize(("place", "line"), STATEMENTS, ids=[line for _, line in STATEMENTS])
def test_a_statement_on_a_page_is_read_and_canonical(place: str, line: str) -> None:
    tree, problems = grammar.parse_statement(Source(place, line))
    assert problems == ()
    assert tree is not None
    assert statement(tree) == line


def test_the_readme_shows_the_example_and_what_it_compiles_to() -> None:
    example = Workspace.read(ROOT / "examples" / "cdnow")
    readme = (ROOT / "README.md").read_text()
    compiled = compile_sources(example.sources(), example.settings())
    (win_back,) = [graph for graph in compiled.graphs if graph.name == "win-back"]
    assert f"```mermaid\n{mermaid.emit(win_back)}```" in readme
    assert (example.root / "journeys" / "win-back.journey").read_text() in readme


def test_the_graphs_of_the_example_are_those_of_its_journeys() -> None:
    example = Workspace.read(ROOT / "examples" / "cdnow")
    compiled = compile_sources(example.sources(), example.settings())
    assert compiled.problems == ()
    kept = {path.read_text() for path in (example.root / "graphs").rglob("*.yaml")}
    assert kept == {graph_file.dump(graph) for graph in compiled.graphs}


@pytest.mark.parametrize(
    ("place", "line"), COMMANDS_SHOWN, ids=[f"{p} {c}" for p, c in COMMANDS_SHOWN]
)
def test_a_command_on_a_page_exists_with_its_options(place: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    if words[0] == "make":
        targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.M)
        assert set(words[1:]) <= set(targets)
    elif words[0] == "cio":
        (entry,) = [entry for entry in COMMANDS if entry.name == words[1]]
        command = entry.load()
        inner = getattr(command, "commands", {}).get(words[2] if len(words) > 2 else "")
        params = [*command.params, *(inner.params if inner is not None else ())]
        options = {name for option in params for name in option.opts}
        assert {word.partition("=")[0] for word in words[2:] if word.startswith("-")} <= options
    else:
        assert words[0] in {"git", "cd", "python3", "pip", "/tmp/fresh/bin/pip"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
    missing = [
        link for link in links if "://" not in link and not (page.parent / link).resolve().exists()
    ]
    assert missing == []


def test_the_readme_opens_with_the_two_commands_that_matter() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:40])
    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_the_readme_shows_what_is_there() -> None:
    """Files and folders that the README names in its table exist."""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "README.md" in tracked
    for name in re.findall(r"^\| `([\w./-]+)` \|", (ROOT / "README.md").read_text(), re.M):
        assert (ROOT / name).exists(), name
