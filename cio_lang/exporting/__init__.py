"""People and events into files, from which `cio import` makes the same again."""

from __future__ import annotations

from cio_lang.exporting.run import FORMATS, Format, What, export

__all__ = ["FORMATS", "Format", "What", "export"]
