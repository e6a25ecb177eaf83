"""Compiling 1,000 generated journeys; yardstick: the bare Lark parse of the same lines."""

from __future__ import annotations

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
"""

JOURNEY = """journey "Journey {number}"
  when someone does signed_up
  only people where plan is not "Pro" and seats is at most {number}
  leave when they do order_placed where amount is more than ${number}
  goal order_placed within 14 days
  again after {days} days

  email "Hello number {number}, and welcome!"
  wait {days} days
  if never did order_placed and did logged_in in the last {days} days
    email "Can we help you choose?"
  otherwise if seats is more than {number}
    set plan to "Pro"
  otherwise
    notify "See you soon, number {number}!"
    leave
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
    """Print both in milliseconds, median of 3, and the same per line."""
    written = sources(1000)
    lines = sum(len(source.lines) for source in written)

    def compiling() -> None:
        compiled = compile_sources(written, Settings())
        assert len(compiled.graphs) == 1000, compiled.problems[:3]

    compiling()
    figure = seconds(compiling, 3) * 1000
    parsing = seconds(lambda: [parse(source) for source in written], 3) * 1000
    beside = bare_parse(written) * 1000
    show(
        f"compile_sources, 1,000 journeys, {lines:,} lines", figure, "bare Lark parse", beside, "ms"
    )
    print(f"  {'of which our parse, with layout and trees':<58} {parsing:>12,.1f} ms")


def bare_parse(written: list[Source]) -> float:
    """Seconds for Lark alone: each line by the rule that it starts with, no tree of ours."""
    from benchmarks.bare_lark import statements

    work = statements(written)
    return seconds(lambda: [parser.parse(line, start=rule) for parser, rule, line in work], 3)


if __name__ == "__main__":
    main()
