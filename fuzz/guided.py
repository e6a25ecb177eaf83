"""Coverage-guided fuzzing: `python -m fuzz.guided -runs=1000000 CORPUS`; needs the extra `fuzz`.

Atheris follows which branches an input reaches, and keeps what reaches new ones in CORPUS.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["cio_lang"]):
    from fuzz.survival import survives


def one(data: bytes) -> None:
    """Any bytes, read as a file would be."""
    survives(data.decode("utf-8", errors="replace"))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
