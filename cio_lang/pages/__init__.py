"""The reference: pages that are made from the code, so that they say what the code does.

`pages()` are made from the trees, the steps, the rules and the grammar; the page of each kind of
problem takes its example from the test cases of a source tree.  `cio docs` writes all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cio_lang.pages.files import problem_file
from cio_lang.pages.page import Page

__all__ = ["Page", "problem_file", "reference"]


def reference(cases: Path) -> Sequence[Page]:
    """Every page but that of the commands; `cases` is the folder of test cases."""
    from cio_lang.pages import language, problems, rules, steps, textmate

    return (
        language.LANGUAGE,
        language.GRAMMAR,
        steps.STEPS_PAGE,
        rules.RULES_PAGE,
        textmate.TEXTMATE,
        *problems.pages(cases),
    )
