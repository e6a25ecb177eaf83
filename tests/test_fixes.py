"""Every fix that a problem offers puts the problem right, and breaks nothing else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from cio_lang.compiler import compile_sources
from cio_lang.lint import fixing, lint
from cio_lang.problem import Problem
from cio_lang.schema import Settings
from cio_lang.source import Source

CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(templates=frozenset({"welcome", "trial-ends"}))
BAD = [
    path
    for folder in ("check", "grammar", "lint")
    for path in sorted((CASES / folder / "bad").glob("*.journey"))
]


def found_in(text: str) -> tuple[Problem, ...]:
    compiled = compile_sources([Source("case.journey", text)], SETTINGS)
    return (*compiled.problems, *(() if compiled.failed else lint(compiled.checked)))


def codes(problems: tuple[Problem, ...]) -> Counter[str]:
    return Counter(problem.code for problem in problems if problem.severity == "error")


def named(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", BAD, ids=named)
def test_a_fix_puts_its_problem_right(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before = found_in(text)
    for problem in before:
        fix = problem.fix()
        if fix is None:
            continue
        fixed = fixing.applied(text, [fix])
        assert fixed != text, problem
        after = found_in(fixed)
        if problem.severity == "error":
            assert codes(after)[problem.code] < codes(before)[problem.code], (problem, fixed)
            # A line that can be read may show that a name in it is unknown: never more than that.
            assert codes(after).total() <= codes(before).total(), (problem, fixed)
        else:
            assert problem not in after, (problem, fixed)


def test_many_problems_have_fixes() -> None:
    """What people meet most: names that are a letter off, in every place."""
    offering = {
        problem.code
        for path in BAD
        for problem in found_in(path.read_text(encoding="utf-8"))
        if problem.fix() is not None
    }
    assert offering >= {
        "between-backwards",
        "empty-text",
        "message-without-topic",
        "no-key",
        "not-a-web-address",
        "not-one-of",
        "shares-do-not-sum",
        "throttle-of-zero",
        "unknown-attribute",
        "unknown-event",
        "unknown-journey",
        "unknown-line",
        "unknown-placeholder",
        "unknown-property",
        "unknown-segment",
        "unknown-template",
        "unknown-topic",
        "unknown-unit",
        "unknown-variable",
        "wrong-comparison",
        "wrong-type",
    }
