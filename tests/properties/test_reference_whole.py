"""What every story that the reference tells has to keep to, whatever the journeys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.calendar_time import zone
from cio_lang.reference import Consent, Happening, Story, tell
from cio_lang.wall_clock import quiet_until
from tests.properties.lives import START, World, at, world

seeds = st.integers(0, 10**9)
BERLIN = zone("Europe/Berlin", UTC)
END = at(15 * 24)
SETTINGS = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def story(here: World, *more: Happening, until: datetime = END) -> Story:
    return tell(
        here.person, here.graphs, [*here.happenings, *more], until, applied=START, tz=BERLIN
    )


def decided(told: Story, until: datetime = END) -> list[tuple[object, ...]]:
    return [
        (each.at, each.journey, each.what, each.detail)
        for each in told.decisions
        if each.at <= until
    ]


@SETTINGS
@given(seeds, st.integers(0, 12 * 24))
def test_looking_more_often_changes_nothing(seed: int, hours: int) -> None:
    """The instants that the reference looks at are all at which anything could come of it.

    In three days it is made to look each half hour, which is when most things turn here.
    """
    here = world(seed)
    looks = [Consent(at(hours + number / 2), "nothing", True) for number in range(144)]
    assert decided(story(here, *looks)) == decided(story(here))


@SETTINGS
@given(seeds, st.integers(0, 15 * 24))
def test_the_future_does_not_change_the_past(seed: int, hours: int) -> None:
    then, here = at(hours), world(seed)
    assert decided(story(here, until=then)) == decided(story(here), then)


@SETTINGS
@given(seeds)
def test_promises_are_kept(seed: int) -> None:
    here = world(seed)
    told = story(here)
    policies = [graph for graph in here.graphs if isinstance(graph, ir.PolicyGraph)]
    held_to = [
        message
        for message in told.messages
        if message.topic != "receipts" and not message.run.graph.exempt_from_caps
    ]
    sent = sorted((each.sent, each.channel) for each in held_to if each.sent is not None)
    for cap in (cap for policy in policies for cap in policy.caps):
        long = {"hour": 1, "day": 24, "week": 168, "month": 720}[cap.per]
        times = [when for when, channel in sent if cap.channel in (None, channel)]
        for first, after in zip(times, times[cap.times :], strict=False):
            assert after - first >= timedelta(hours=long)
    for message in told.messages:
        assert (message.sent is None) or (message.skipped is None)
        assert message.sent is None or message.made <= message.sent
        assert message.sent is None or message.channel in message.message.channels
    for run in told.runs:
        assert run.left is None or run.left[0] >= run.entered
        assert all(run.left is None or when <= run.left[0] for _, when in run.visits)
    for graph_name in {run.graph.name for run in told.runs}:
        runs = [run for run in told.runs if run.graph.name == graph_name]
        for one, other in pairwise(runs):
            if one.key == other.key or one.graph.key is None:
                assert one.left is not None


def test_quiet_hours_over_midnight() -> None:
    quiet = ir.Quiet("21:00", "08:00")
    assert quiet_until(datetime(2026, 6, 1, 6, tzinfo=UTC), quiet, UTC) == datetime(
        2026, 6, 1, 8, tzinfo=UTC
    )
    assert quiet_until(datetime(2026, 6, 1, 8, tzinfo=UTC), quiet, UTC) == datetime(
        2026, 6, 1, 8, tzinfo=UTC
    )
