"""A key is pressed in a file of 2,000 lines: how long until its problems are known.

In the middle of a line, and a new line at the top (everything moves down); a name in the schema,
which asks every declaration anew; lint beside, which runs when the typing stops.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

from benchmarks.beside import show
from benchmarks.compile_many import sources
from cio_lang.lsp.diagnostics import diagnostics
from cio_lang.lsp.snapshot import Snapshot, take
from cio_lang.schema import Settings

AIM = 50.0
"""Milliseconds, from the issue."""

LABEL = "journeys/long.journey"


def main() -> None:
    """Print each in milliseconds, median of 15 keystrokes."""
    text = "\n".join(source.text for source in sources(63))
    lines = text.count("\n") + 1
    start = take(Settings(), {LABEL: text})
    show(f"a key inside a line, {lines:,} lines", _typing(start, text, _inside), "aim", AIM, "ms")
    show(f"a new line at the top, {lines:,} lines", _typing(start, text, _above), "aim", AIM, "ms")
    show("a name in the schema", _typing(start, text, _schema), "aim", AIM, "ms")
    began = perf_counter()
    warnings = start.warnings
    took = (perf_counter() - began) * 1000
    print(f"  {f'lint, {len(warnings)} warnings, when the typing stops':<58} {took:>12,.1f} ms")


def _typing(snapshot: Snapshot, text: str, press: Callable[[str, int], str]) -> float:
    taken = []
    for number in range(15):
        text = press(text, number)
        began = perf_counter()
        snapshot = take(Settings(), {LABEL: text}, snapshot)
        diagnostics(snapshot, LABEL, "utf-16")
        taken.append((perf_counter() - began) * 1000)
    return median(taken)


def _inside(text: str, number: int) -> str:
    middle = text.index("Hello number 30") + len("Hello number 30")
    return text[:middle] + "abcdefghijklmno"[number] + text[middle:]


def _above(text: str, number: int) -> str:
    return f"\n{text}"


def _schema(text: str, number: int) -> str:
    return text.replace("event logged_in", "event logged_inn", 1)


if __name__ == "__main__":
    main()
