"""The reference is made from the code: no page is out of date, and each thing has its page."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest

from cio_lang import ast
from cio_lang.cli import main
from cio_lang.cli.docs import pages
from cio_lang.grammar import words_of_the_language
from cio_lang.pages import problem_file
from cio_lang.pages.elsewhere import ELSEWHERE
from cio_lang.pages.language import SECTIONS
from cio_lang.pages.page import marked
from cio_lang.pages.problems import problem_kinds

ROOT = Path(__file__).parent.parent
EXTENSION = ROOT / "editors" / "vscode"
PAGES = pages(ROOT)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_page_is_up_to_date(page: Any) -> None:
    """`cio docs` writes them again."""
    assert (ROOT / page.path).read_text(encoding="utf-8") == page.render()


def test_no_page_is_left_over() -> None:
    there = {path.name for path in (ROOT / "docs/reference/problems").iterdir()}
    assert there == {f"{code}.md" for code in problem_kinds()} | {"README.md"}


def test_everything_that_can_be_written_is_on_the_page() -> None:
    shown = {kind for _, _, kinds in SECTIONS for kind in kinds}
    bases = {ast.Line, ast.Node, ast.Leaf, ast.File, ast.Trivia}
    trees = {
        each
        for each in vars(ast).values()
        if isinstance(each, type) and dataclasses.is_dataclass(each)
    }
    inside = {
        ast.Arm, ast.Otherwise, ast.ConditionLine, ast.Name, ast.PersonRef, ast.Type, ast.Duration,
    }  # fmt: skip
    missing = {tree.__name__ for tree in trees - shown - bases - inside}
    assert {name for name in missing if not name.endswith("Line")} == set()
    assert set(get_args(ast.Condition)) <= shown


def test_the_page_of_the_language_speaks_to_marketers() -> None:
    page = (ROOT / "docs/reference/language.md").read_text(encoding="utf-8")
    of_the_code = (
        r"\b(None|AST|[Pp]arser|[Ff]ormatter|[Tt]rees?|[Nn]odes?|fields?|half open)\b|\w\(\)"
    )
    assert re.findall(of_the_code, page) == []
    classes = {each for each in vars(ast) if isinstance(getattr(ast, each), type)}
    # Names of classes that are words of the language as well stand at the beginning of sentences.
    camel = {each for each in classes if re.search("[a-z][A-Z]", each)}
    assert {each for each in camel if each in page} == set()


def test_docs_says_what_is_out_of_date_and_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = tmp_path / "docs/reference/problems"
    problems.mkdir(parents=True)
    (problems / "long-gone.md").write_text("x")
    arguments = ["docs", str(tmp_path), "--check"]
    with pytest.raises(SystemExit) as stopped:
        main(arguments, standalone_mode=False)
    assert stopped.value.code == 1
    assert "long-gone.md is of no problem any more" in capsys.readouterr().out
    main(["docs", str(tmp_path)], standalone_mode=False)
    assert not (problems / "long-gone.md").exists()
    main(arguments, standalone_mode=False)
    assert "0 of " in capsys.readouterr().err


def test_a_page_of_a_problem_shows_a_case_and_its_message() -> None:
    page = (ROOT / "docs/reference/problems/unknown-event.md").read_text()
    assert "```journey unknown-event\n" in page
    assert re.search(r"^> There is no event `\w+`\.$", page, re.M)
    assert "> **Help:** " in page


@pytest.mark.parametrize("code", problem_kinds())
def test_a_page_of_a_problem_shows_what_it_is_like(code: str) -> None:
    """A case, which its tests carry out; or why there can be none, with the message."""
    page = (ROOT / f"docs/reference/problems/{code}.md").read_text()
    assert ("## A case of it" in page) == (code not in ELSEWHERE)
    assert ("## What it says" in page) == (code in ELSEWHERE)


def test_few_problems_have_no_case() -> None:
    assert len(ELSEWHERE) <= 25
    assert set(ELSEWHERE) < set(problem_kinds())


def test_explain_prints_the_page_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "[unknown-event]"], standalone_mode=False)
    out = capsys.readouterr().out
    assert out.startswith("error[unknown-event]\n\n")
    assert re.search(r"^    journey ", out, re.M)
    assert "```" not in out and "**" not in out and "\\" not in out
    assert problem_file("../../README") is None


def test_markup_in_a_message_is_no_markup() -> None:
    assert marked("a * `b * c` <d>") == "a \\* `b * c` \\<d\\>"
    assert marked("a ` b *") == "a \\` b \\*"


# ── VS Code ──────────────────────────────────────────────────────────────────────────────────────


def test_the_extension_is_packed_without_a_network(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    done = subprocess.run(
        [npm, "pack", "--json", "--offline", "--pack-destination", str(tmp_path)],
        cwd=EXTENSION,
        capture_output=True,
        text=True,
        check=True,
    )
    (packed,) = json.loads(done.stdout)
    assert {each["path"] for each in packed["files"]} == {
        "README.md",
        "extension.js",
        "language-configuration.json",
        "package.json",
        "syntaxes/journey.tmLanguage.json",
    }
    assert (tmp_path / packed["filename"]).is_file()


def test_the_extension_names_files_that_are_there() -> None:
    package = json.loads((EXTENSION / "package.json").read_text())
    contributes = package["contributes"]
    named = [
        package["main"],
        contributes["languages"][0]["configuration"],
        contributes["grammars"][0]["path"],
    ]
    assert all((EXTENSION / name).is_file() for name in named)
    assert contributes["grammars"][0]["scopeName"] == "source.journey"
    assert contributes["configuration"]["properties"]["cio.command"]["default"] == ["cio", "lsp"]


def test_the_extension_starts_the_server_and_says_so_if_it_cannot() -> None:
    """The script is run with stand-ins for the two modules that an editor gives it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    script = """
      const Module = require("module");
      const said = [];
      const vscode = {
        workspace: {
          getConfiguration: () => ({ get: () => ["cio", "lsp"] }),
          createFileSystemWatcher: (pattern) => ({ pattern }),
        },
        window: { showErrorMessage: (words) => said.push(words) },
        commands: { registerCommand: (name, run) => ({ name, run }) },
      };
      class LanguageClient {
        constructor(id, name, server, options) { Object.assign(this, { server, options }); }
        async start() { said.push(this.server.run); throw new Error("ENOENT"); }
        isRunning() { return false; }
      }
      const load = Module._load;
      Module._load = (name, ...rest) =>
        name === "vscode" ? vscode
        : name === "vscode-languageclient/node" ? { LanguageClient, TransportKind: { stdio: 0 } }
        : load(name, ...rest);
      const context = { subscriptions: [] };
      require("./extension.js").activate(context).then(() =>
        console.log(JSON.stringify({ said, commands: context.subscriptions.map((c) => c.name) })));
    """
    done = subprocess.run(
        [node, "-e", script], cwd=EXTENSION, capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert told["said"][0] == {"command": "cio", "args": ["lsp"], "transport": 0}
    assert 'pip install "cio-lang[lsp]"' in told["said"][1]
    assert told["commands"] == ["cio.restart"]


def test_the_textmate_grammar_knows_every_word() -> None:
    grammar = json.loads((EXTENSION / "syntaxes/journey.tmLanguage.json").read_text())
    patterns = grammar["repository"]
    word = re.compile(patterns["word"]["match"])
    assert [each for each in words_of_the_language() if not word.fullmatch(each)] == []
    included = {each["include"].removeprefix("#") for each in grammar["patterns"]}
    assert included <= patterns.keys()
    found = re.match(patterns["declaration"]["match"], 'journey "Trial conversion"')
    assert found is not None and found.groups() == ("journey", '"Trial conversion"')
    assert re.match(patterns["step"]["match"], "  otherwise if plan") is not None
    assert word.search("prefix_leave") is None
