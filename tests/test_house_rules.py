"""What holds over the whole of the source, whoever wrote it."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import cio_lang

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cio_lang"
MODULES = sorted(PACKAGE.rglob("*.py"))
TRACKED = [
    ROOT / line
    for line in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    # An environment may stand here by any name.
    if not (ROOT / Path(line).parts[0] / "pyvenv.cfg").exists()
]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_match_has_an_arm_for_each_member(path: Path) -> None:
    """`case _` would hide a new member from mypy; capturing patterns are the same in disguise."""
    wild = [
        arm.pattern.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Match)
        for arm in node.cases
        if arm.guard is None
        and isinstance(arm.pattern, ast.MatchAs)
        and arm.pattern.pattern is None
    ]
    assert wild == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_fits_in_the_head(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 600


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    if any(isinstance(line, ast.FunctionDef | ast.ClassDef) for line in tree.body):
        assert "from __future__ import annotations" in path.read_text()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_failure_is_swallowed(path: Path) -> None:
    """An `except` for everything has to do something with what it caught."""
    silent = [
        handler.lineno
        for handler in ast.walk(ast.parse(path.read_text()))
        if isinstance(handler, ast.ExceptHandler)
        and (handler.type is None or ast.unparse(handler.type) in {"Exception", "BaseException"})
        and all(isinstance(line, ast.Pass | ast.Continue) for line in handler.body)
    ]
    assert silent == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_names_say_what_a_module_is_for(path: Path) -> None:
    assert not {"utils", "util", "helpers", "common", "manager", "core"} & {
        part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts
    }


@pytest.mark.parametrize(
    "name",
    [name for _, name, _ in pkgutil.walk_packages(cio_lang.__path__, "cio_lang.")],
)
def test_what_a_module_exports_exists(name: str) -> None:
    if name.endswith("__main__"):
        return
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", None)
    if exported is not None:
        assert sorted(exported) == sorted(set(exported))
        assert [word for word in exported if not hasattr(module, word)] == []


def test_the_project_stands_alone() -> None:
    """Nothing outside the tree is read, and no file names a package registry's host."""
    outside = re.compile(r"\.\./shared|/work/(shared|main)|pypi\.org|pythonhosted|npmjs\.(org|com)")
    named_in = [
        named(path)
        for path in TRACKED
        if path.suffix in {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".journey", ".lark", ""}
        and path != Path(__file__)
        and path.is_file()
        and outside.search(path.read_text(errors="replace"))
    ]
    assert named_in == []


def test_unfinished_business_has_an_issue() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX)\b")
    assert [named(path) for path in MODULES if unfinished.search(path.read_text())] == []


def imported_by(*arguments: str) -> set[str]:
    """Top-level modules that one `cio` command imports, in a process of its own."""
    code = (
        "import sys\n"
        "from cio_lang.cli import main\n"
        f"main({list(arguments)!r}, standalone_mode=False)\n"
        "print('\\n'.join({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT / "examples" / "cdnow",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.split())


def test_compiling_imports_only_what_compiling_needs() -> None:
    heavy = {
        "prefect", "rich", "liquid", "pydantic", "aiosmtplib", "aiosmtpd", "fastapi", "httpx",
        "markdown_it", "asyncio", "sqlite3",
    }  # fmt: skip
    assert imported_by("compile", "--check") & heavy == set()


def test_asking_for_help_imports_no_command() -> None:
    assert imported_by("--help") & {"lark", "yaml", "prefect", "rich", "pydantic"} == set()


def test_what_compiling_needs_is_all_that_a_plain_install_brings() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {re.split(r"[<>=]", line)[0] for line in project["dependencies"]} == {
        "click", "lark", "pydantic", "pyyaml",
    }  # fmt: skip
    assert set(project["optional-dependencies"]) == {
        "runtime", "archive", "postgres", "server", "lsp", "ai", "all", "dev", "fuzz",
    }  # fmt: skip


def test_every_pinned_version_is_exact() -> None:
    lines = [
        line for line in (ROOT / "constraints.txt").read_text().splitlines() if line[:1] != "#"
    ]
    assert [
        line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)
    ] == []
    assert "prefect==3.8.8" in lines


def test_the_wheel_holds_the_grammar_and_the_example(tmp_path: Path) -> None:
    """Built offline by the backend itself; the wheel has to work without the source tree."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    grammars = {named(path) for path in PACKAGE.rglob("*.lark")}
    assert grammars and grammars <= held
    example = ROOT / "examples" / "cdnow"
    carried = {
        f"cio_lang/demo/example/{path.relative_to(example).as_posix()}"
        for path in TRACKED
        if path.is_relative_to(example)
    }
    assert carried and carried <= held
    assert {named(path) for path in MODULES} <= held
