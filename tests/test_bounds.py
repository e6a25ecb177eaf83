"""Bounds and guarantees: graphs made by hand, the tables of `cases/bounds`, promises that break.

`UPDATE_CASES=1` writes the tables and messages anew; read them before committing them.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cio_lang import ir
from cio_lang.calendar_time import Period, add_local, add_months, parse_duration, zone
from cio_lang.cli.bounds import as_data, table
from cio_lang.compiler import Compiled, compile_sources
from cio_lang.problem import Problem
from cio_lang.proof import WINDOWS, bounds_of, held_by_policy, over_policy
from cio_lang.proof.clock_times import between, send_times
from cio_lang.proof.journeys import workspace
from cio_lang.proof.lengths import CLOCK_CHANGE, least, most
from cio_lang.proof.paths import length_words
from cio_lang.schema import Settings
from cio_lang.source import Source
from tests.problem_text import problems_text

CASES = Path(__file__).parent / "cases" / "bounds"
GOOD = sorted(CASES.glob("*.journey"))
BAD = sorted((CASES / "bad").glob("*.journey"))
ONCE, EVERY_TIME = ir.Reentry("once"), ir.Reentry("every_time")


def compiled(path: Path) -> tuple[Compiled, Source]:
    source = Source(path.name, path.read_text())
    return compile_sources([source], Settings(templates=frozenset({"welcome"}))), source


def checked_against(path: Path, drawn: str) -> None:
    golden = path.with_suffix(".txt")
    if os.environ.get("UPDATE_CASES"):
        golden.write_text(drawn)
    assert golden.read_text() == drawn


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_table(path: Path) -> None:
    made, _ = compiled(path)
    assert [problem.report().what for problem in made.problems] == []
    checked_against(path, table(made.graphs) + "\n")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_what_is_broken(path: Path) -> None:
    made, source = compiled(path)
    found: list[Problem] = list(made.problems)
    if not made.failed:
        found += [
            *over_policy(made.checked, made.graphs),
            *held_by_policy(made.checked, made.graphs),
        ]
    drawn = problems_text(found, source)
    assert drawn
    checked_against(path, drawn)


def send(then: str | None = None, *channels: ir.Channel) -> ir.SendNode:
    return ir.SendNode(ir.Message(channels or ("email",), text="hello"), next=then)


def wait(length: str, then: str | None) -> ir.WaitNode:
    return ir.WaitNode(ir.WaitFor(length), then)


def journey(
    nodes: dict[str, ir.GraphNode],
    reentry: ir.Reentry = EVERY_TIME,
    entry: ir.Entry | None = None,
    exits: tuple[ir.Exit, ...] = (),
    key: str | None = None,
    quiet: ir.Quiet | None = None,
    start: str | None = None,
) -> ir.JourneyGraph:
    return ir.JourneyGraph(
        cio=1,
        kind="journey",
        name="j",
        title="J",
        source=ir.Origin("j.journey", "sha256:0"),
        behaviour="sha256:0",
        entry=entry or ir.EventMatch("a"),
        reentry=reentry,
        exits=exits,
        key=key,
        quiet=quiet,
        start=start or next(iter(nodes), None),
        nodes=nodes,
    )


def found(graph: ir.JourneyGraph, *, slack: int = CLOCK_CHANGE) -> list[int | None]:
    (bounds,) = bounds_of([graph], slack=slack).journeys
    return [bounds.of(None, window).most for window in WINDOWS]


def test_an_empty_journey_sends_nothing() -> None:
    assert found(journey({})) == [0, 0, 0, 0]


def test_messages_a_day_apart_meet_in_24_hours_when_clocks_go_forward() -> None:
    daily = journey({"a": send("w"), "w": wait("P1D", "b"), "b": send()}, ONCE)
    assert found(daily) == [1, 2, 2, 2]
    assert found(daily, slack=0) == [1, 1, 2, 2]


def test_messages_24_hours_apart_never_meet_in_24_hours() -> None:
    daily = journey({"a": send("w"), "w": wait("PT24H", "b"), "b": send()}, ONCE)
    assert found(daily) == [1, 1, 2, 2]


def test_a_run_at_a_time_keeps_messages_apart() -> None:
    assert found(journey({"a": send("w"), "w": wait("P3D", None)})) == [1, 1, 3, 11]


def test_who_can_leave_can_come_back_at_once() -> None:
    leaving = (ir.ExitOnEvent("b"),)
    graph = journey({"a": send("w"), "w": wait("P3D", None)}, exits=leaving)
    assert found(graph) == [None] * 4
    later = journey({"w": wait("PT1H", "a"), "a": send()}, exits=leaving)
    assert found(later) == [1, 24, 168, 720]


def test_coming_back_after_a_while_counts_from_entering() -> None:
    nodes: dict[str, ir.GraphNode] = {"a": send("w"), "w": wait("P3D", "b"), "b": send()}
    assert found(journey(nodes, ir.Reentry("after", "P30D"))) == [1, 1, 2, 3]
    assert found(journey(nodes, ir.Reentry("after", "P30D")), slack=0) == [1, 1, 2, 2]


def test_a_wait_of_any_length_can_bring_a_message_next_to_the_next_run() -> None:
    ever = ir.UntilNode(ir.Until(events=(ir.EventMatch("b"),)), "b")
    nodes: dict[str, ir.GraphNode] = {"a": send("u"), "u": ever, "b": send()}
    assert found(journey(nodes, ir.Reentry("after", "P30D"))) == [3, 3, 3, 5]


def test_keys_allow_any_number_of_runs_at_once_and_a_throttle_ends_that() -> None:
    assert found(journey({"a": send()}, key="cart")) == [None] * 4
    rate = ir.ThrottleNode(ir.Rate(2, "day"), "a")
    assert found(journey({"t": rate, "a": send()}, key="cart")) == [2, 2, 14, 60]
    ungated = journey({"b": send("t"), "t": rate, "a": send()}, key="cart")
    assert found(ungated) == [None] * 4


def test_a_repeat_at_a_time_of_day_is_daily() -> None:
    nodes: dict[str, ir.GraphNode] = {
        "r": ir.RepeatNode(ir.Loop(5), "w"),
        "w": ir.WaitNode(ir.WaitTime("09:00"), "a"),
        "a": send("r"),
    }
    assert found(journey(nodes, ONCE), slack=0) == [1, 1, 5, 5]


def test_rounds_count_up_to_their_number_and_with_until_fewer() -> None:
    nodes: dict[str, ir.GraphNode] = {
        "r": ir.RepeatNode(ir.Loop(100, ir.AttributeTest("x", "is", 1)), "a", "b"),
        "a": send("w"),
        "w": wait("P1D", "r"),
        "b": send(),
    }
    assert found(journey(nodes, ONCE), slack=0) == [1, 1, 7, 30]
    nodes["w"] = wait("PT20M", "r")
    assert found(journey(nodes, ONCE)) == [3, 72, 101, 101]


def test_more_messages_than_are_told_apart_are_any_number() -> None:
    nodes: dict[str, ir.GraphNode] = {
        "r": ir.RepeatNode(ir.Loop(100_000), "a"),
        "a": send("w"),
        "w": wait("PT1M", "r"),
    }
    assert found(journey(nodes, ONCE)) == [60, None, None, None]


def test_a_schedule_is_what_its_calendar_is() -> None:
    monday = ir.ScheduleEntry(ir.Schedule("monday", "09:00"), ir.All(()))
    assert found(journey({"a": send()}, entry=monday), slack=0) == [1, 1, 1, 5]
    day_31 = ir.ScheduleEntry(ir.Schedule(31, "09:00"), ir.All(()))
    assert found(journey({"a": send()}, entry=day_31), slack=0) == [1, 1, 1, 2]


def test_a_journey_that_another_starts_is_not_held_to_its_schedule() -> None:
    monday = ir.ScheduleEntry(ir.Schedule("monday", "09:00"), ir.All(()))
    target = journey({"a": send()}, entry=monday)
    other = journey({"s": ir.StartNode("j")})
    bounds = bounds_of([target, other]).journeys[0]
    assert bounds.of(None, "day").most is None


def test_quiet_hours_bring_messages_together() -> None:
    nodes: dict[str, ir.GraphNode] = {"a": send("w"), "w": wait("PT11H", "b"), "b": send()}
    night = ir.Quiet("21:00", "08:00")
    assert found(journey(nodes, ONCE, quiet=night), slack=0)[0] == 2
    nodes["w"] = wait("PT12H", "b")
    assert found(journey(nodes, ONCE, quiet=night), slack=0)[0] == 1
    nodes["w"] = wait("P2D", "b")
    assert found(journey(nodes, ONCE, quiet=night))[:2] == [1, 1]


def test_notify_counts_for_every_channel_and_once_in_all() -> None:
    graph = journey({"a": send(None, "push", "email", "sms")}, ONCE)
    (bounds,) = bounds_of([graph]).journeys
    assert bounds.channels == ("push", "email", "sms")
    assert [bounds.of(channel, "day").most for channel in (None, *bounds.channels)] == [1, 1, 1, 1]


def test_steps_that_lead_in_circles_are_any_number() -> None:
    graph = journey({"a": send("w"), "w": wait("P1D", "a")}, ONCE)
    (bounds,) = bounds_of([graph]).journeys
    assert bounds.of(None, "day").reason == "its steps lead back to each other"


@pytest.mark.parametrize("length", ["P1D", "P30D", "P1M", "P2M", "P11M", "P1Y", "PT90M"])
@pytest.mark.parametrize("where", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_lengths_are_the_least_and_the_most_there_are(length: str, where: str) -> None:
    period, tz = parse_duration(length), zone(where, UTC)
    start = datetime(2023, 12, 1, 1, 30, tzinfo=UTC)
    for hours in range(0, 24 * 366 * 2, 7):
        begins = start + timedelta(hours=hours)
        took = (add_local(begins, period, tz) - begins).total_seconds()
        assert least(period, CLOCK_CHANGE) <= took <= most(period, CLOCK_CHANGE)


def test_months_are_as_long_as_their_calendar() -> None:
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(366 * 8)]
    for months in range(1, 25):
        took = [(add_months(day, months) - day).days for day in days]
        assert least(Period(months=months), 0) <= min(took) * 86_400
        assert most(Period(months=months), 0) >= max(took) * 86_400


def test_times_of_day_follow_waits() -> None:
    nodes: dict[str, ir.GraphNode] = {
        "w": ir.WaitNode(ir.WaitTime("09:00"), "a"),
        "a": send("d"),
        "d": wait("P2D", "b"),
        "b": send("h"),
        "h": wait("PT3H", "c"),
        "c": send("u"),
        "u": ir.UntilNode(ir.Until(events=(ir.EventMatch("b"),), at_most="P1D"), "e"),
        "e": send(),
    }
    graph = journey(nodes)
    times = send_times(graph, workspace([graph]))
    assert times["a"].person == times["b"].person == 1 << 540
    assert times["c"].person == between("11:00", "13:01")
    assert times["e"].person == (1 << 1440) - 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(86_400, "1 day"), (5400, "1 hour and 30 minutes"), (82_800, "23 hours"), (20, "20 seconds")],
)
def test_lengths_in_words(seconds: int, words: str) -> None:
    assert length_words(seconds) == words


def test_data_says_what_the_table_says() -> None:
    data = as_data([journey({"a": send("w"), "w": wait("P3D", None)}, ONCE)])
    (one,) = data["journeys"]
    assert one["most"]["email"]["week"] == {"most": 1, "path": '`email "hello"`'}
    assert data["workspace"]["sent"]["all"] == {"hour": 1, "day": 1, "week": 1, "month": 1}
