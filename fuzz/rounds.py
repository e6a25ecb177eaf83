"""What a worker of the nightly run does: one round of drawn inputs, or one hostile file."""

from __future__ import annotations

import resource
import time
import traceback

from hypothesis import HealthCheck, Phase, given, seed, settings

from fuzz.hostile import HOSTILE
from fuzz.inputs import STRATEGIES
from fuzz.survival import at_most, survives

ROUND = 1000
"""Inputs for each run of hypothesis, which remembers all the inputs of a run."""

SECONDS = 5.0
"""What one drawn input may take of the processor."""


def drawn(round_: tuple[str, int], until: float) -> tuple[int, str]:
    """How many inputs of a kind were tried with a seed, and what broke, made small."""
    name, number = round_
    if time.monotonic() > until:
        return 0, ""
    count = 0

    @seed(number)
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(STRATEGIES[name])
    def run(text: str) -> None:
        nonlocal count
        count += 1
        with at_most(SECONDS):
            survives(text)

    try:
        run()
    except BaseException:
        return count, traceback.format_exc(limit=-6)
    return count, ""


def hostile(name: str, size: int) -> tuple[float, float, str]:
    """Seconds of the processor, megabytes at the highest, and what broke."""
    text = HOSTILE[name](size)
    started = time.process_time()
    failure = ""
    try:
        with at_most(600):
            survives(text)
    except BaseException as error:
        failure = f"{type(error).__name__}: {str(error)[:200]}"
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.process_time() - started, most, failure
