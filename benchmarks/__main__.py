"""Run every benchmark, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

EVERY = (
    "compile_cold",
    "compile_many",
    "import_rows",
    "store_writes",
    "segment_upkeep",
    "condition_scans",
    "tiers",
    "engine_steps",
    "simulate",
    "bounds",
    "lsp",
)


def main() -> int:
    """The exit code of the worst."""
    worst = 0
    for name in EVERY:
        print(f"\n{name}", flush=True)
        worst = max(worst, subprocess.run([sys.executable, "-m", f"benchmarks.{name}"]).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
