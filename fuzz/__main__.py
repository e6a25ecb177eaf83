"""The nightly run: `python -m fuzz --inputs 1000000`; prints counts, exits 1 with what broke."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from functools import partial
from multiprocessing import get_context

from fuzz.hostile import HOSTILE
from fuzz.inputs import STRATEGIES
from fuzz.rounds import ROUND, drawn, hostile


def main() -> int:
    """1 where any input broke a promise."""
    options = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    options.add_argument("--inputs", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--size", type=int, default=10_000_000, help="of each hostile file")
    asked = options.parse_args()

    print(f"seed {asked.seed}")
    rounds = [
        (name, asked.seed + n)
        for n in range(-(-asked.inputs // (ROUND * len(STRATEGIES))))
        for name in STRATEGIES
    ]
    counts: Counter[str] = Counter()
    broken: list[str] = []
    until = time.monotonic() + asked.seconds
    with get_context("spawn").Pool(asked.jobs, maxtasksperchild=50) as workers:
        results = workers.imap(partial(drawn, until=until), rounds)
        for (name, number), (count, failure) in zip(rounds, results, strict=True):
            counts[name] += count
            if failure:
                broken.append(failure)
                print(f"{name}, seed {number}:\n{failure}", flush=True)
        for name in HOSTILE if asked.size else ():
            took, grown, failure = workers.apply(hostile, (name, asked.size))
            print(f"  {name:<36} {took:>8.1f} s  {grown:>8,.0f} MB  {failure}", flush=True)
            if failure:
                broken.append(failure)
    for name, count in counts.items():
        print(f"  {name:<36} {count:>10,} inputs")
    print(f"{counts.total():,} inputs, {len(broken)} broke a promise")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
