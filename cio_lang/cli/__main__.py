"""`python -m cio_lang.cli`: the same as `cio`."""

from __future__ import annotations

from cio_lang.cli import main

main(prog_name="cio")
