"""A file in, its canonical text out.

Reading the text gives an equal file again, and formatting that gives the same text.
"""

from __future__ import annotations

from cio_lang.format.conditions import condition
from cio_lang.format.files import declaration, format_file
from cio_lang.format.journeys import part, step
from cio_lang.format.statements import statement

__all__ = ["condition", "declaration", "format_file", "part", "statement", "step"]
