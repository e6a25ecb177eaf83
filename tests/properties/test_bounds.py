"""No story that the reference tells exceeds a proven bound.

Stories here keep to what bounds assume (docs/bounds.md): events arrive when they happen, a person's
zone stays the same, journeys stay in the version that is proved, and none is started by hand that
does not say `when started`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.calendar_time import zone
from cio_lang.conditions import Event
from cio_lang.proof import bounds
from cio_lang.proof.journeys import CHANNELS, LENGTHS, WINDOWS, Window
from cio_lang.reference import Answer, Becomes, Did, Happening, Member, Start, Story, tell
from tests.properties.lives import JOURNEYS, NAMES, START, World, at, worlds

BERLIN = zone("Europe/Berlin", UTC)
END = at(21 * 24)
SETTINGS = settings(
    max_examples=int(os.environ.get("BOUNDS_EXAMPLES", "150")),
    deadline=None,
    derandomize="BOUNDS_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Busy:
    """A world in which much happens in a short time."""

    world: World
    happenings: tuple[Happening, ...]


@st.composite
def busy(draw: st.DrawFn) -> Busy:
    world = draw(worlds())
    graphs = tuple(
        replace(g, caps=()) if isinstance(g, ir.PolicyGraph) else g for g in world.graphs
    )
    started = [
        graph.name
        for graph in graphs
        if isinstance(graph, ir.JourneyGraph) and isinstance(graph.entry, ir.StartEntry)
    ]
    happens: list[Happening] = []
    minutes = 0
    for number in range(draw(st.integers(0, 60))):
        minutes += draw(st.sampled_from([0, 1, 1, 30, 59, 60, 300, 1440, 1500]))
        when = START + timedelta(minutes=minutes)
        match draw(st.integers(0, 7)):
            case 0:
                happens.append(Becomes(when, "x", draw(st.sampled_from([0, 1, 2, None]))))
            case 1:
                happens.append(Member(when, "hand", draw(st.booleans())))
            case 2:
                happens.append(Answer(when, draw(st.sampled_from(JOURNEYS)), draw(st.booleans())))
            case 3 if started:
                happens.append(Start(when, draw(st.sampled_from(started))))
            case 4:
                day = at(24 * draw(st.integers(-1, 12))).date().isoformat()
                happens.append(Becomes(when, "day", day))
            case _:
                properties = {"n": draw(st.integers(0, 2)), "k": draw(st.sampled_from("uvw"))}
                event = Event(draw(st.sampled_from(NAMES)), when, properties, f"b{number}")
                happens.append(Did(when, event))
    return Busy(replace(world, graphs=graphs), tuple(happens))


def told(busy: Busy) -> Story:
    world = busy.world
    return tell(world.person, world.graphs, busy.happenings, END, applied=START, tz=BERLIN)


def most(times: Sequence[datetime], window: Window) -> int:
    """The most of them in any sliding window."""
    times = sorted(times)
    long = timedelta(seconds=LENGTHS[window])
    return max(
        (sum(1 for other in times[n:] if other - one < long) for n, one in enumerate(times)),
        default=0,
    )


@SETTINGS
@given(busy())
def test_no_story_exceeds_a_bound(busy: Busy) -> None:
    sent = [m for m in told(busy).messages if m.sent is not None]
    proved = bounds(busy.world.graphs)
    for channel in (None, *CHANNELS):
        for window in WINDOWS:
            in_all = [m.sent for m in sent if channel in (None, m.channel) and m.sent]
            bound = proved.of(channel, window)
            assert bound.most is None or most(in_all, window) <= bound.most
            for one in proved.journeys:
                times = [
                    m.sent
                    for m in sent
                    if m.run.graph.name == one.graph.name
                    and channel in (None, m.channel)
                    and m.sent
                ]
                bound = one.of(channel, window)
                assert bound.most is None or most(times, window) <= bound.most, (
                    one.graph.name,
                    channel,
                    window,
                    bound,
                )
