"""Where the pages of problems are on this machine."""

from __future__ import annotations

import re
from pathlib import Path

import cio_lang

__all__ = ["FOLDER", "problem_file"]

FOLDER = "docs/reference/problems"
"""From the top of the source tree."""


def problem_file(code: str) -> Path | None:
    """The page of a code; `README` lists all.

    In the package where cio is installed, else in the source tree.
    """
    if not re.fullmatch(r"[A-Za-z0-9-]+", code):
        return None
    folders = (
        Path(__file__).with_name("problems"),
        Path(cio_lang.__file__).parent.parent / FOLDER,
    )
    return next((file for folder in folders if (file := folder / f"{code}.md").is_file()), None)
