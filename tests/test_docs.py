"""What the pages show is true: journeys compile, links lead somewhere, commands exist."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from cio_lang.backends import mermaid
from cio_lang.cli.commands import COMMANDS
from cio_lang.compiler import compile_sources
from cio_lang.format import format_file
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


JOURNEYS = blocks("journey")
COMMANDS_SHOWN = [
    (place, line.removeprefix("$ "))
    for place, _, text in blocks("console")
    for line in text.splitlines()
    if line.startswith("$ ")
]


@pytest.mark.parametrize(("place", "label", "text"), JOURNEYS, ids=[block[0] for block in JOURNEYS])
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


def test_the_readme_shows_the_example_and_what_it_compiles_to() -> None:
    example = Workspace.read(ROOT / "examples" / "cdnow")
    readme = (ROOT / "README.md").read_text()
    compiled = compile_sources(example.sources(), example.settings())
    (win_back,) = [graph for graph in compiled.graphs if graph.name == "win-back"]
    assert f"```mermaid\n{mermaid.emit(win_back)}```" in readme
    assert (example.root / "journeys" / "win-back.journey").read_text() in readme


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
        options = {name for option in entry.load().params for name in option.opts}
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
