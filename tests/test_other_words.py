"""What is said in other words is understood well enough to say how it is written.

Following the advice gives the canonical line: each pair in the files is a line that cannot be read
and the line that it becomes when the marked words are replaced by those that are offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cio_lang.grammar import parse_condition, parse_statement, problems
from cio_lang.grammar.other_words import REWRITES
from cio_lang.problem import Problem
from cio_lang.source import Source

CASES = Path(__file__).parent / "cases" / "grammar"

Read = Callable[[Source], tuple[Any, tuple[Problem, ...]]]


def pairs(path: Path, read: Read) -> list[tuple[Read, str, str]]:
    blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    return [(read, *block.split("\n")) for block in blocks]  # type: ignore[misc]


PAIRS = [
    *pairs(CASES / "other_words.txt", parse_condition),
    *pairs(CASES / "statements" / "other_words_explained.txt", parse_statement),
]


@pytest.mark.parametrize(("read", "written", "meant"), PAIRS, ids=[pair[1] for pair in PAIRS])
def test_following_the_advice_gives_the_canonical_line(
    read: Read, written: str, meant: str
) -> None:
    tree, found = read(Source("x", written))
    assert tree is None
    [problem] = found
    assert isinstance(problem, problems.OtherWords)
    assert f"`{problem.meant}`" in problem.report().help
    before, behind = written[: problem.span.column - 1], written[problem.span.end_column - 1 :]
    assert before + problem.meant + behind == meant
    assert read(Source("x", meant))[1] == ()


def test_no_other_words_are_listed_twice() -> None:
    patterns = [rewrite.pattern.pattern for rewrite in REWRITES]
    assert sorted(patterns) == sorted(set(patterns))


TAKEN = re.compile(r"\\[0-9]|\{[^}]*\}")
"""What a rewrite takes from what was written."""
SAYS_THE_SAME = frozenset(
    {
        "in the last 1 ",  # `in the last day`
        "up to 1 ",
        "add 1 to",  # `x + +`
        "take 1 from",
        "50%",  # half; `likely to`
        "12:00",  # noon
        "00:00",
        "1 time",
    }
)


def test_figures_that_were_made_up_are_examples() -> None:
    """A quick fix never puts in a time of day, a number or a share that nobody wrote."""
    made_up = []
    for rewrite in REWRITES:
        if isinstance(rewrite.meant, str) and rewrite.whole:
            own = TAKEN.sub("", rewrite.meant)
            for same in SAYS_THE_SAME:
                own = own.replace(same, "")
            if re.search(r"[0-9]", own):
                made_up.append(rewrite.meant)
    assert made_up == []
