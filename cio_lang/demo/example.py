"""Where the example workspace is: beside the source tree, or inside the installed package."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """The folder of the CDNOW example."""
    here = Path(__file__).parent
    installed = here / "example"
    return installed if installed.is_dir() else here.parent.parent / "examples" / "cdnow"
