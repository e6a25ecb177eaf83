"""How quickly so many messages can come: for each number of them, the fewest seconds and a way.

All lists are indexed by the number of messages; None where no way has that many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cio_lang import ir
from cio_lang.record import record

LIMIT = 1000
"""So many messages and more are not told apart: profiles end there."""

FOREVER = 10**15
"""A horizon beyond all journeys, in seconds."""


@record
class Passed:
    """A node that a run went through, by which of its ways, and the seconds that took."""

    journey: str
    node: ir.NodeId
    way: str
    seconds: int


@record
class Again:
    """The person enters again, so many seconds after what was last passed."""

    journey: str
    seconds: int


Trail = Any
"""None, a `Passed` or `Again`, or a pair of trails one after the other."""

Quickest = tuple[int, Trail]
Profile = list[Quickest | None]


def steps_of(trail: Trail) -> Iterator[Passed | Again]:
    """What is on a trail, in order."""
    waiting = [trail]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            waiting.extend((part[1], part[0]))
        elif part is not None:
            yield part


def better(one: Profile, other: Profile) -> Profile:
    """The quicker of the two for each number."""
    if len(one) < len(other):
        one, other = other, one
    both = list(one)
    for number, quickest in enumerate(other):
        here = both[number]
        if quickest is not None and (here is None or quickest[0] < here[0]):
            both[number] = quickest
    return both


def moved(profile: Profile, seconds: int, step: Passed, horizon: int) -> Profile:
    """All of it so much later; what lies beyond the horizon is dropped."""
    return trimmed(
        [
            (quickest[0] + seconds, (quickest[1], step))
            if quickest is not None and quickest[0] + seconds < horizon
            else None
            for quickest in profile
        ]
    )


def trimmed(profile: Profile) -> Profile:
    """Without empty places at the end."""
    while profile and profile[-1] is None:
        profile.pop()
    return profile


def chained(one: Profile, other: Profile, horizon: int) -> Profile:
    """First the one, then the other: all sums of both."""
    found: Profile = [None] * max(0, len(one) + len(other) - 1)
    for number, first in enumerate(one):
        if first is None:
            continue
        for more, second in enumerate(other):
            if second is None or first[0] + second[0] >= horizon:
                continue
            here = found[number + more]
            if here is None or first[0] + second[0] < here[0]:
                found[number + more] = (first[0] + second[0], (first[1], second[1]))
    return trimmed(found[: LIMIT + 1])


def repeated(profile: Profile, more: Profile, horizon: int) -> Profile:
    """The one, and then the other any number of times; `more` has at least one message."""
    found: Profile = list(profile)
    for number in range(LIMIT + 1):
        if number >= len(found):
            break
        here = found[number]
        if here is None:
            continue
        for extra in range(1, min(len(more), LIMIT + 1 - number)):
            second = more[extra]
            if second is None or here[0] + second[0] >= horizon:
                continue
            found.extend([None] * (number + extra + 1 - len(found)))
            there = found[number + extra]
            if there is None or here[0] + second[0] < there[0]:
                found[number + extra] = (here[0] + second[0], (here[1], second[1]))
    return trimmed(found)


def same(one: Profile, other: Profile) -> bool:
    """Whether both take the same times."""
    return len(one) == len(other) and all(
        (a is None) == (b is None) and (a is None or b is None or a[0] == b[0])
        for a, b in zip(one, other, strict=True)
    )


def most_within(profile: Profile, window: int, released: Callable[[int], int]) -> tuple[int, Trail]:
    """The most messages that go out within less than `window`, and the trail of them.

    `released` says how close together messages go out that were made so many seconds apart.
    """
    for number in range(len(profile) - 1, 0, -1):
        quickest = profile[number]
        if quickest is not None and released(quickest[0]) < window:
            return number, quickest[1]
    return 0, None
