"""Problems in, what a person or a program reads out.

One module for each way, listed in `RENDERERS`.
"""

from __future__ import annotations

from cio_lang.cli.render.data import JSON, as_json
from cio_lang.cli.render.drawing import drawn, safe
from cio_lang.cli.render.github import GITHUB, annotation
from cio_lang.cli.render.renderer import Renderer
from cio_lang.cli.render.sarif import SARIF, sarif
from cio_lang.cli.render.text import COLOUR, PLAIN, plain, summary, terminal

__all__ = [
    "RENDERERS",
    "Renderer",
    "annotation",
    "as_json",
    "drawn",
    "plain",
    "safe",
    "sarif",
    "summary",
    "terminal",
]

RENDERERS: tuple[Renderer, ...] = (COLOUR, PLAIN, JSON, SARIF, GITHUB)
"""Every way to print problems."""
