"""Everything that is listed has its page, its case and an example that is true."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cio_lang
from cio_lang.backends import BACKENDS
from cio_lang.channels import CHANNELS
from cio_lang.check import check
from cio_lang.cli.commands import COMMANDS
from cio_lang.format import format_file
from cio_lang.grammar import parse
from cio_lang.lint import RULES
from cio_lang.problem import Problem
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.steps import STEPS

ROOT = Path(__file__).parent.parent
TESTS = Path(__file__).parent


def problems() -> Iterator[type[Problem]]:
    for _, name, _ in pkgutil.walk_packages(cio_lang.__path__, "cio_lang."):
        if not name.endswith("__main__"):
            importlib.import_module(name)
    waiting = [Problem]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind.__module__.startswith("cio_lang."):
                waiting.append(kind)
                # Dataclasses with slots are made twice: the first class stays in the list.
                if getattr(importlib.import_module(kind.__module__), kind.__name__, None) is kind:
                    yield kind


PROBLEMS = sorted(problems(), key=lambda kind: (kind.__module__, kind.__name__))
CONCRETE = [kind for kind in PROBLEMS if isinstance(getattr(kind, "code", None), str)]

EVIDENCE = "\n".join(
    path.read_text(errors="replace")
    for path in sorted(TESTS.rglob("*"))
    if path.suffix in {".py", ".txt", ".yaml", ".journey", ".scenario"}
    and path.name != Path(__file__).name
)


def by_name(entry: Any) -> str:
    found = getattr(entry, "name", None) or getattr(entry, "__name__", None)
    return str(found or entry.problem.__name__)


def test_codes_are_permanent_slugs_and_belong_to_one_problem_each() -> None:
    codes = [kind.code for kind in CONCRETE]
    assert sorted(codes) == sorted(set(codes))
    assert [code for code in codes if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", code)] == []


@pytest.mark.parametrize("kind", CONCRETE, ids=by_name)
def test_a_problem_has_a_page(kind: type[Problem]) -> None:
    assert kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}(")
    assert kind.severity in {"error", "warning"}


@pytest.mark.parametrize("kind", CONCRETE, ids=by_name)
def test_a_problem_has_a_case(kind: type[Problem]) -> None:
    assert re.search(rf"\b{kind.code}\b|\b{kind.__name__}\b", EVIDENCE)


def journey_around(step: str) -> str:
    indented = "\n".join(f"  {line}" for line in step.splitlines())
    return (
        "attribute plan: text\nattribute nudges: number\nattribute points: number\n\n"
        "event signed_up\n\nevent nudge_sent\n  count: number\n  reason: text\n\n"
        'segment "VIP", by hand\n\njourney "Onboarding"\n  when started\n\n  wait 1 day\n\n'
        f'journey "Example"\n  when someone does signed_up\n\n{indented}\n'
    )


@pytest.mark.parametrize("kind", STEPS, ids=by_name)
def test_a_step_has_a_page_and_a_true_example(kind: Any) -> None:
    assert kind.summary.endswith(".")
    assert inspect.getdoc(kind.tree)
    source = Source("example.journey", journey_around(kind.example))
    file, found = parse(source)
    assert found == ()
    _, found = check([file], Settings())
    assert [problem for problem in found if problem.severity == "error"] == []
    assert kind.example in format_file(file)


@pytest.mark.parametrize("kind", STEPS, ids=by_name)
def test_a_step_has_a_case(kind: Any) -> None:
    verb = kind.example.split()[0]
    journeys = [path for path in (TESTS / "cases").rglob("*.journey") if "bad" not in path.parts]
    assert any(re.search(rf"^\s+{verb}\b", path.read_text(), re.M) for path in journeys)


@pytest.mark.parametrize("rule", RULES, ids=by_name)
def test_a_lint_rule_has_a_page_and_a_case(rule: Any) -> None:
    assert inspect.getdoc(rule.problem)
    assert rule.problem.code in EVIDENCE


@pytest.mark.parametrize("backend", BACKENDS, ids=by_name)
def test_a_backend_has_a_page_and_a_case(backend: Any) -> None:
    assert inspect.getdoc(inspect.getmodule(backend.emit))
    assert re.search(rf"\b{backend.name}\b", EVIDENCE)


@pytest.mark.parametrize("channel", CHANNELS, ids=by_name)
def test_a_channel_has_a_page_and_a_case(channel: Any) -> None:
    assert inspect.getdoc(channel if inspect.isclass(channel) else type(channel))
    assert re.search(rf"\b{channel.name}\b", EVIDENCE)


@pytest.mark.parametrize("entry", COMMANDS, ids=by_name)
def test_a_command_has_a_page_a_case_and_a_line_in_the_readme(entry: Any) -> None:
    command = entry.load()
    assert entry.summary.endswith(".")
    assert command.help
    assert f"cio {entry.name}" in (ROOT / "README.md").read_text()
    assert re.search(rf"[\"' ]{entry.name}\b", EVIDENCE)
