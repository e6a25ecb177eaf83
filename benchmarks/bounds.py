"""Bounds of 1,000 generated journeys; yardstick: compiling them."""

from __future__ import annotations

import resource

from benchmarks.beside import seconds, show
from cio_lang.compiler import compile_sources
from cio_lang.proof import bounds_of, over_policy
from cio_lang.schema import Settings
from cio_lang.source import Source

VOCABULARY = """event signed_up
event order_placed
  amount: money
event logged_in

attribute plan: one of "free", "Pro"
attribute seats: number
attribute trial_ends_at: date

policy
  quiet from 21:00 to 08:00 their time
  at most 50 messages per day
"""

JOURNEYS = (
    """journey "Welcome {number}"
  when someone does signed_up
  leave when they do order_placed
  again after {days} days

  email "Hello number {number}, and welcome!"
  wait {days} days
  if never did order_placed and did logged_in in the last {days} days
    email "Can we help you choose?"
  otherwise if seats is more than {number}
    text "Your team is waiting for you."
  otherwise
    notify "See you soon, number {number}!"
    leave
  wait until 09:00 their time
  email "One more thing, number {number}."
""",
    """journey "Course {number}"
  when someone matches plan is "Pro" and seats is more than {number}

  repeat up to {days} times until did order_placed
    wait until 08:00 their time
    email "Here is the lesson of today, number {number}."
    wait 3 hours
    push "Did you see it, number {number}?"
""",
    """journey "Digest {number}"
  when someone does logged_in

  collect for {days} hours
  at most 1 per day
  email "Here is what is new, number {number}."
""",
    """journey "Offer {number}"
  every Monday at 09:00 their time for people where seats is at least {number}

  experiment "Offer {number}" on order_placed
    hold out 10%
    50% "short"
      email "Short offer number {number}."
    50% "long"
      wait until they do logged_in, up to {days} days
        email "A longer offer, number {number}."
      otherwise
        text "An offer, number {number}."
""",
)


def sources(count: int) -> list[Source]:
    """The vocabulary and `count` journeys, ten in a file."""
    journeys = [
        JOURNEYS[n % len(JOURNEYS)].format(number=n + 1, days=n % 29 + 2) for n in range(count)
    ]
    files = ["\n".join(journeys[start : start + 10]) for start in range(0, count, 10)]
    return [
        Source("vocabulary.journey", VOCABULARY),
        *(Source(f"{n:03}.journey", text) for n, text in enumerate(files)),
    ]


def measure(count: int) -> None:
    """Bounds of so many journeys, and what holds against the policy."""
    written = sources(count)
    made = compile_sources(written, Settings())
    assert not made.failed, made.problems[:3]
    beside = seconds(lambda: compile_sources(written, Settings()), 3) * 1000
    figure = seconds(lambda: bounds_of(made.graphs), 3) * 1000
    show(f"bounds_of, {count:,} journeys", figure, "compile_sources", beside, "ms")
    held = seconds(lambda: over_policy(made.checked, made.graphs), 3) * 1000
    print(f"  {'over_policy, of one cap':<58} {held:>12,.1f} ms")


def main() -> None:
    """Print milliseconds, median of 3, how they grow, and the memory of the whole process."""
    measure(100)
    measure(1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {'memory of it all, at most':<58} {peak:>12,.1f} MB")


if __name__ == "__main__":
    main()
