"""A cold `cio compile` of one file, whole process; yardstick: `python -c "import lark, yaml"`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.beside import seconds, show

JOURNEY = """journey "Welcome"
  when someone does signed_up
  goal order_placed within 14 days

  email "Welcome to the shop!"
  wait 3 days
  if never did order_placed
    email "Can we help you choose?"
"""


def main() -> None:
    """Print both in milliseconds, median of 15."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "welcome.journey"
        file.write_text(JOURNEY)
        compiling = [sys.executable, "-m", "cio_lang.cli", "compile", "--stdout", str(file)]
        importing = [sys.executable, "-c", "import lark, yaml"]

        def run(command: list[str]) -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

        run(compiling)
        run(importing)
        figure = seconds(lambda: run(compiling), 15) * 1000
        beside = seconds(lambda: run(importing), 15) * 1000
    show(
        "cio compile --stdout welcome.journey",
        figure,
        'python -c "import lark, yaml"',
        beside,
        "ms",
    )


if __name__ == "__main__":
    main()
