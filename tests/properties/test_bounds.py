"""No story that the reference tells exceeds a proven bound."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang.calendar_time import zone
from cio_lang.proof import bounds_of
from cio_lang.proof.journeys import CHANNELS, LENGTHS, WINDOWS, Window
from cio_lang.reference import Story, tell
from tests.properties.lives import START, World, at
from tests.properties.sending import busy, crowded

BERLIN = zone("Europe/Berlin", UTC)
END = at(21 * 24)
SETTINGS = settings(
    max_examples=int(os.environ.get("BOUNDS_EXAMPLES", "150")),
    deadline=None,
    derandomize="BOUNDS_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
seeds = st.integers(0, 10**9)


def told(here: World) -> Story:
    return tell(here.person, here.graphs, here.happenings, END, applied=START, tz=BERLIN)


def most(times: Sequence[datetime], window: Window) -> int:
    """The most of them in any sliding window."""
    times = sorted(times)
    long = timedelta(seconds=LENGTHS[window])
    return max(
        (sum(1 for other in times[n:] if other - one < long) for n, one in enumerate(times)),
        default=0,
    )


def keeps_to_its_bounds(here: World) -> None:
    sent = [(m.run.graph.name, m.channel, m.sent) for m in told(here).messages if m.sent]
    proved = bounds_of(here.graphs)
    for channel in (None, *CHANNELS):
        for window in WINDOWS:
            in_all = [when for _, by, when in sent if channel in (None, by)]
            bound = proved.of(channel, window)
            assert bound.most is None or most(in_all, window) <= bound.most
            for one in proved.journeys:
                times = [
                    when
                    for name, by, when in sent
                    if name == one.graph.name and channel in (None, by)
                ]
                bound = one.of(channel, window)
                found = most(times, window)
                assert bound.most is None or found <= bound.most, (one.graph.name, channel, window)


@SETTINGS
@given(seeds)
def test_no_journey_exceeds_a_bound(seed: int) -> None:
    keeps_to_its_bounds(busy(seed))


@SETTINGS
@given(seeds)
def test_no_journey_that_sends_a_lot_exceeds_a_bound(seed: int) -> None:
    keeps_to_its_bounds(crowded(seed))
