"""Every rule of the language has a case, and the reference interpreter tells its story."""

from __future__ import annotations

import pytest

from tests.semantics import CHAPTERS, FOLDER, PAGE, page, read, told

NAMES = [name for names in CHAPTERS.values() for name in names]


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_has_the_story_that_its_case_says(name: str) -> None:
    case = read(name)
    assert told(case) == list(case.expected)


def test_every_case_is_on_the_page_once() -> None:
    assert sorted(NAMES) == sorted(path.stem for path in FOLDER.glob("*.yaml"))


def test_the_page_is_made_of_the_cases() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
