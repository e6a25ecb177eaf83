"""The command line: `cio`."""

from __future__ import annotations

from cio_lang.cli.main import main

__all__ = ["main"]
