"""Compiling 1,000 and 10,000 generated journeys that use much of the language.

Yardstick: the bare Lark parse of the same lines.  Memory is the growth of the resident size of a
process of its own, from before the journeys are made to after they are compiled.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.beside import seconds, show
from cio_lang.compiler import compile_sources
from cio_lang.grammar import parse
from cio_lang.schema import Settings
from cio_lang.source import Source

VOCABULARY = """event signed_up
event order_placed
  amount: money
event logged_in

attribute plan: one of "free", "Pro"
attribute seats: number
attribute trial_ends_at: date

topic "Offers"

segment "Regulars"
  did order_placed at least 3 times in the last 90 days
"""

JOURNEY = """journey "Journey {number}"
  when someone does signed_up
  only people where plan is not "Pro" and seats is at most {number}
  leave when they do order_placed where amount is more than ${number}
  goal order_placed within 14 days
  again after {days} days
  topic "Offers"
  quiet from 21:00 to 08:00 their time

  email "Hello number {number}, and welcome!"
  wait {days} days
  if never did order_placed and did logged_in in the last {days} days
    email "Can we help you choose?"
  otherwise if total amount of order_placed in the last 90 days is more than ${number}
    set plan to "Pro"
  otherwise
    notify "See you soon, number {number}!"
    leave
  wait until they do logged_in, up to {days} days
    add 1 to seats
  otherwise
    split
      50% "a"
        wait until Tuesday 10:00 their time
        email "The first of two texts"
      50% "b"
        wait until 1 day before trial_ends_at at 09:00 their time
        otherwise
          leave
        text "The second of two texts"
  if in segment "Regulars" or trial_ends_at is in the next 3 days
    push "Thank you, number {number}"
"""


def sources(count: int) -> list[Source]:
    """The vocabulary and `count` journeys, ten in a file."""
    journeys = [JOURNEY.format(number=n + 1, days=n % 29 + 2) for n in range(count)]
    files = ["\n".join(journeys[start : start + 10]) for start in range(0, count, 10)]
    return [
        Source("vocabulary.journey", VOCABULARY),
        *(Source(f"{n:03}.journey", text) for n, text in enumerate(files)),
    ]


def main() -> None:
    """Print time beside the yardstick, median of 3, and memory, for both sizes.

    The garbage collector looks as seldom as `cio` lets it, for both.
    """
    gc.set_threshold(100_000)
    for count in (1_000, 10_000):
        written = sources(count)
        lines = sum(len(source.lines) for source in written)
        times = 3 if count == 1_000 else 1
        figure = seconds(partial(_compile, written, count), times)
        parsing = seconds(partial(_parse, written), times)
        beside = bare_parse(written, times)
        what = f"compile_sources, {count:,} journeys, {lines:,} lines"
        show(what, figure * 1000, "bare Lark parse", beside * 1000, "ms")
        print(f"  {'of which our parse, with layout and trees':<58} {parsing * 1000:>12,.1f} ms")
        command = [sys.executable, "-m", "benchmarks.compile_many", str(count)]
        kept = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(f"  {'memory a journey, sources, trees and graphs':<58} {kept / count:>12,.1f} KiB")


def _compile(written: list[Source], count: int) -> None:
    compiled = compile_sources(written, Settings())
    assert sum(graph.kind == "journey" for graph in compiled.graphs) == count, compiled.problems[:3]


def _parse(written: list[Source]) -> None:
    for source in written:
        parse(source)


def memory(count: int) -> int:
    """KiB that compiling `count` journeys adds to this process, everything kept."""
    _compile(sources(10), 10)
    before = _resident()
    written = sources(count)
    compiled = compile_sources(written, Settings())
    assert compiled.graphs
    return _resident() - before


def _resident() -> int:
    """KiB of this process that are in memory (`ru_maxrss` would count those of its parent)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def bare_parse(written: list[Source], times: int = 3) -> float:
    """Seconds for Lark alone: each line by the rule that it starts with, no tree of ours."""
    from benchmarks.bare_lark import statements

    work = statements(written)
    return seconds(lambda: [parser.parse(line, start=rule) for parser, rule, line in work], times)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(memory(int(sys.argv[1])))
    else:
        main()
