"""No story that the reference tells breaks a promise that was proved."""

from __future__ import annotations

import datetime
import os
from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ast, ir
from cio_lang.calendar_time import zone as zone_of
from cio_lang.check import Checked
from cio_lang.proof import broken, held_by_policy, over_policy
from cio_lang.proof.guarantees import CHANNEL
from cio_lang.reference import Story
from cio_lang.schema import Schema
from cio_lang.wall_clock import quiet_until
from tests.properties.lives import ORIGIN, World
from tests.properties.sending import busy, crowded
from tests.properties.test_bounds import BERLIN, most, told

SETTINGS = settings(
    max_examples=int(os.environ.get("BOUNDS_EXAMPLES", "150")),
    deadline=None,
    derandomize="BOUNDS_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
CHANNELS: tuple[ast.Channel | None, ...] = (None, "email", "text", "push")


def clock(draw: Random) -> ast.TimeOfDay:
    return ast.TimeOfDay(ast.Time(datetime.time(draw.choice((0, 3, 8, 10, 12, 14, 20, 21, 22)))))


def promise(draw: Random) -> ast.Promise:
    channel = draw.choice(CHANNELS)
    match draw.randint(0, 2):
        case 0:
            window = draw.choice(("hour", "day", "week", "month"))
            return ast.AtMostMessages(draw.choice((0, 1, 1, 2, 3, 5, 10)), channel, window)
        case 1:
            theirs = draw.random() < 0.7
            start, end = (replace(clock(draw), theirs=theirs) for _ in range(2))
            if start == end:
                end = replace(end, time=ast.Time(datetime.time(13)))
            return ast.NoneBetween(channel, start, end)
    title = draw.choice((None, ast.Name("p"), ast.Name("q")))
    return ast.AtLeastOne(title, channel)


def holds(made: ast.Promise, here: World, story: Story) -> bool:
    channel = None if made.channel is None else CHANNEL[made.channel]
    sent = [m for m in story.messages if m.sent and channel in (None, m.channel)]
    match made:
        case ast.AtMostMessages():
            return most([m.sent for m in sent if m.sent], made.window) <= made.times
        case ast.NoneBetween():
            theirs, ends = made.start.theirs, made.end.time.value.isoformat("minutes")
            zone = "person" if theirs else "workspace"
            hours = ir.Quiet(made.start.time.value.isoformat("minutes"), ends, zone)
            tz = BERLIN
            if theirs and here.person.attributes.get("timezone") is not None:
                tz = zone_of(here.person.attributes["timezone"], BERLIN)
            return all(quiet_until(m.sent, hours, tz) == m.sent for m in sent if m.sent)
        case ast.AtLeastOne():
            made_by = [m.run for m in story.messages if channel in (None, *m.message.channels)]
            return all(
                any(run is other for other in made_by)
                for run in story.runs
                if run.left is not None and made.journey in (None, ast.Name(run.graph.name))
            )


def keeps_its_promises(here: World, draw: Random) -> tuple[int, int]:
    """How many promises were proved, and how many of the others were kept all the same."""
    if draw.random() < 0.5:
        caps = ir.Cap(1, draw.choice(("hour", "day"))), ir.Cap(2, "week", "email")
        graphs = tuple(g for g in here.graphs if not isinstance(g, ir.PolicyGraph))
        quiet = draw.choice((None, ir.Quiet("21:00", "08:00")))
        policy = ir.PolicyGraph(1, "policy", "policy", "policy", ORIGIN, quiet, caps)
        here = replace(here, graphs=(*graphs, policy))
    made = tuple(promise(draw) for _ in range(6))
    promises = tuple(replace(one, span=one.span._replace(line=n)) for n, one in enumerate(made))
    file = ast.File((ast.Guarantee(promises),))
    checked = Checked((file,), Schema())
    problems = broken(checked, here.graphs)
    for each in (
        *problems,
        *over_policy(checked, here.graphs),
        *held_by_policy(checked, here.graphs),
    ):
        report = each.report()
        assert report.what and report.why and report.help
    found = {problem.span.line for problem in problems}
    story = told(here)
    kept = 0
    for line, one in enumerate(promises):
        held = holds(one, here, story)
        assert line in found or held, one
        kept += line in found and held
    return len(promises) - len(found), kept


@SETTINGS
@given(st.integers(0, 10**9))
def test_no_promise_that_was_proved_is_broken(seed: int) -> None:
    keeps_its_promises(busy(seed), Random(seed))


@SETTINGS
@given(st.integers(0, 10**9))
def test_no_promise_of_journeys_that_send_a_lot_is_broken(seed: int) -> None:
    keeps_its_promises(crowded(seed), Random(seed))
