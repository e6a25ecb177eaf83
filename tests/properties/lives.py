"""Journeys made of every node, entry and exit, and lives to carry them out in: one for each seed.

Made by a generator of its own and not by hypothesis, whose examples of this size are mostly empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import get_args

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.reference import (
    Answer,
    Apply,
    Becomes,
    Consent,
    Did,
    Happening,
    Member,
    Person,
    Start,
    Winner,
)

START = datetime(2026, 3, 27, 9, tzinfo=UTC)
"""Two days before the clock goes forward in Berlin."""

ORIGIN = ir.Origin("l.journey", "sha256:0")
NAMES = ("a", "b", "c")
JOURNEYS = ("p", "q", "r")
LENGTHS = ("PT30M", "PT5H", "P1D", "P3D")
CLOCKS = ("00:00", "02:30", "09:00", "21:00")
ZONES: tuple[ir.Zone, ...] = ("person", "workspace")


def at(hours: float) -> datetime:
    """So many hours after the start."""
    return START + timedelta(hours=hours)


@dataclass(frozen=True)
class World:
    """Everything that a story is told of."""

    person: Person
    graphs: tuple[ir.Graph, ...]
    happenings: tuple[Happening, ...]


def world(seed: int) -> World:
    """A person, up to three journeys with all that goes with them, and up to 14 happenings."""
    draw = Random(seed)
    made: list[ir.Graph] = [journey(draw, name) for name in JOURNEYS[: draw.randint(1, 3)]]
    segment = ir.EventTest(draw.choice(NAMES), window=ir.Window(last=draw.choice(LENGTHS)))
    made += [
        ir.SegmentGraph(1, "segment", "s", "s", ORIGIN, segment),
        ir.SegmentGraph(1, "segment", "hand", "hand", ORIGIN),
        ir.TopicGraph(1, "topic", "t", "t", ORIGIN),
        ir.TopicGraph(1, "topic", "receipts", "receipts", ORIGIN, transactional=True),
    ]
    if draw.random() < 0.5:
        caps = ir.Cap(1, draw.choice(("hour", "day"))), ir.Cap(2, "week", "email")
        quiet = draw.choice((None, ir.Quiet("21:00", "08:00")))
        made.append(ir.PolicyGraph(1, "policy", "policy", "policy", ORIGIN, quiet, caps))
    attributes = {"email": draw.choice(("a@example.com", "a@example.com", ""))}
    optional = {"x": draw.randint(0, 2), "day": "2026-03-30", "timezone": "Asia/Kathmandu"}
    attributes |= {name: value for name, value in optional.items() if draw.random() < 0.5}
    person = Person(
        "alice",
        at(draw.choice((-100, -100, 0, 5))),
        attributes,
        reach=draw.choice((None, frozenset(get_args(ir.Channel)))),
    )
    happens = [happening(draw, number) for number in range(draw.randint(2, 14))]
    if draw.random() < 0.25:
        runs = draw.choice(("stay", "move", "stop"))
        happens.append(Apply(at(draw.randint(1, 96)), (journey(draw, "p"),), runs))
    return World(person, tuple(made), tuple(happens))


def happening(draw: Random, number: int) -> Happening:
    """Something that happens in ten days."""
    hours = draw.randint(0, 240)
    when = at(hours)
    match draw.randint(0, 11):
        case 0 | 1 | 2 | 3 | 4:
            properties = {"n": draw.randint(0, 2), "k": draw.choice(("one", "two"))}
            late = draw.choice((0, 0, 0, 0, 1, 71, 73))
            made = Event(draw.choice(NAMES), at(hours - late), properties, f"e{number}")
            return Did(when, made)
        case 5:
            return Becomes(when, "x", draw.choice((0, 1, 2, None)))
        case 6:
            return Becomes(when, "day", at(24 * draw.randint(-2, 9)).date().isoformat())
        case 7:
            return Member(when, "hand", draw.random() < 0.7)
        case 8:
            return Consent(when, "t", draw.random() < 0.5)
        case 9:
            return Answer(when, draw.choice(JOURNEYS), draw.random() < 0.5)
        case 10:
            return Start(when, draw.choice(JOURNEYS))
    return draw.choice(
        (Winner(when, "trial", "two"), Becomes(when, "timezone", "America/New_York"))
    )


def condition(draw: Random) -> ir.Condition:
    """One condition, or the opposite of one."""
    name, length, n = draw.choice(NAMES), draw.choice(LENGTHS), draw.randint(0, 2)
    windows = (
        None,
        ir.Window(last=length),
        ir.Window(since="entering"),
        ir.Window(calendar="today"),
    )
    found: ir.Condition = draw.choice(
        (
            ir.AttributeTest("x", "is", n),
            ir.AttributeTest("day", "in_next", length),
            ir.AttributeTest("day", "during", draw.choice(("today", "tomorrow", "this_week"))),
            ir.EventTest(name, where(draw), window=draw.choice(windows)),
            ir.EventTest(name, where(draw), window=draw.choice(windows), key="k"),
            ir.HeldTest("x", n, length),
            ir.SequenceTest(ir.EventMatch(name), ir.EventMatch("b"), length, draw.random() < 0.5),
            ir.AggregateTest(
                ir.Aggregate(
                    draw.choice(("total", "latest")), name, "n", window=draw.choice(windows)
                ),
                "at_least",
                n,
            ),
            ir.SegmentTest("s"),
            ir.SegmentTest("hand"),
            ir.SubscribedTest("t"),
            ir.ReachTest("email"),
            ir.InactiveTest(length),
            ir.DrawTest(name, 50),
        )
    )
    return ir.Not(found) if draw.random() < 0.4 else found


def where(draw: Random) -> ir.Condition | None:
    """What narrows an event."""
    return None if draw.random() < 0.7 else ir.PropertyTest("n", "more_than", draw.randint(0, 1))


def journey(draw: Random, name: str) -> ir.JourneyGraph:
    """A journey of up to seven steps, perhaps with a repeat around the last of them."""
    count = draw.randint(1, 7)
    made: dict[str, ir.GraphNode] = {}
    body = draw.randint(0, count - 1) if draw.random() < 0.4 else None
    for number in range(count):
        later = [f"n{n}" for n in range(number + 1, count)]
        if body is not None and number < body:
            later = [each for each in later if int(each[1:]) < body] + ["again"]

        def then(later: list[str] = later) -> str | None:
            return draw.choice((*later[:1] * 6, *later, None))

        made[f"n{number}"] = node(draw, f"n{number}", then)
    if body is not None:
        until = condition(draw) if draw.random() < 0.3 else None
        made["again"] = ir.RepeatNode(ir.Loop(draw.randint(1, 3), until), f"n{body}")
    allow, after = draw.choice(
        (("once", None), ("every_time", None), ("every_time", None), ("after", "P2D"))
    )
    opened = entry(draw)
    goal = ir.Goal(draw.choice(NAMES), where(draw), draw.choice((None, "P3D")), draw.random() < 0.5)
    exit_: ir.Exit = draw.choice(
        (ir.ExitOnEvent(draw.choice(NAMES), where(draw)), ir.ExitWhen(condition(draw)))
    )
    return ir.JourneyGraph(
        cio=1,
        kind="journey",
        name=name,
        title=name,
        source=ORIGIN,
        behaviour="sha256:0",
        entry=opened,
        reentry=ir.Reentry(allow, after),  # type: ignore[arg-type]
        only=condition(draw) if draw.random() < 0.1 else None,
        exits=(exit_,) if draw.random() < 0.3 else (),
        goal=goal if draw.random() < 0.3 else None,
        topic=draw.choice((None, "t", "receipts")),
        key="k" if isinstance(opened, ir.EventMatch) and draw.random() < 0.4 else None,
        quiet=ir.Quiet("12:00", "14:00") if draw.random() < 0.2 else None,
        priority=draw.choice(("high", "normal", "low")),
        exempt_from_caps=draw.random() < 0.1,
        spread="PT2H" if draw.random() < 0.1 else None,
        start="n0" if body != 0 else "again",
        nodes=made,
    )


def entry(draw: Random) -> ir.Entry:
    """An entry of any kind."""
    every = draw.choice(("day", "weekday", "monday", 31))
    return draw.choice(
        (
            ir.EventMatch(draw.choice(NAMES), where(draw)),
            ir.EventMatch(draw.choice(NAMES), where(draw)),
            ir.EventMatch(draw.choice(NAMES), where(draw)),
            ir.Match(condition(draw), draw.choice(("exclude", "include"))),
            ir.Match(condition(draw), draw.choice(("exclude", "include"))),
            draw.choice((ir.JoinEntry("s"), ir.LeaveEntry("s"), ir.JoinEntry("hand"))),
            ir.DateEntry(moment(draw), condition(draw) if draw.random() < 0.3 else None),
            ir.ScheduleEntry(
                ir.Schedule(every, draw.choice(CLOCKS), draw.choice(ZONES)), condition(draw)
            ),
            ir.OnceEntry(condition(draw)),
            ir.StartEntry(),
        )
    )


def moment(draw: Random) -> ir.DateMoment:
    """A moment measured from a date."""
    offset = draw.choice(("P0D", "-P1D", "P2D", "-PT3H"))
    clock = draw.choice((None, *CLOCKS))
    return ir.DateMoment("day", offset, clock, draw.choice(ZONES), draw.random() < 0.3)


def node(draw: Random, here: str, then: Callable[[], str | None]) -> ir.GraphNode:
    """A node of any kind that leads onward."""
    length = draw.choice(LENGTHS)
    at_most = draw.choice((None, length, length))
    match draw.randint(0, 21):
        case 0 | 1 | 2 | 3 | 4:
            channels = draw.choice((("email",), ("push", "email", "sms")))
            message = ir.Message(channels, text=here, best_time=draw.random() < 0.2)
            return ir.SendNode(message, draw.choice((None, None, "t", "receipts")), then())
        case 5 | 6:
            return ir.WaitNode(ir.WaitFor(length), then())
        case 7 | 8:
            weekday = draw.choice((None, None, "monday", "sunday"))
            wait = ir.WaitTime(draw.choice(CLOCKS), weekday, draw.choice(ZONES))
            return ir.WaitNode(wait, then())
        case 9:
            return ir.WaitNode(ir.WaitDate(moment(draw)), then(), then())
        case 10:
            slot = ir.WaitSlot(
                "09:00", draw.choice(CLOCKS), draw.random() < 0.5, draw.choice(ZONES)
            )
            return ir.WaitNode(slot, then())
        case 11 | 12:
            match_ = ir.EventMatch(draw.choice(NAMES), where(draw))
            until = draw.choice(
                (
                    ir.Until(None, (match_,), at_most),
                    ir.Until(condition(draw), (match_,), at_most),
                    ir.Until(condition(draw), (), at_most),
                )
            )
            return ir.UntilNode(until, then(), then())
        case 13:
            cases = [ir.Case(condition(draw), then()) for _ in range(draw.randint(1, 2))]
            return ir.BranchNode(tuple(cases), then())
        case 14:
            shares = ir.Share(30, "one", then()), ir.Share(70, "two", then())
            if draw.random() < 0.5:
                return ir.SplitNode(shares)
            trial = ir.Trial(draw.choice(("trial", "other", "third")), "a", 40)
            return ir.ExperimentNode(trial, shares, then())
        case 15:
            return ir.AskNode(ir.Approval("us", at_most), then(), then())
        case 16:
            return ir.CollectNode(length, then())
        case 17:
            return ir.ThrottleNode(ir.Rate(1, draw.choice(("hour", "day"))), then())
        case 18:
            if draw.random() < 0.5:
                return ir.SetNode(ir.Assignment("x", draw.randint(0, 2)), then())
            return ir.AddNode(ir.Increment("x", draw.choice((1, -1, 0.5))), then())
        case 19:
            change = ir.Membership(draw.choice(("add", "remove")), "hand")
            return ir.MembershipNode(change, then())
        case 20:
            return ir.TrackNode(ir.Tracked(draw.choice(NAMES), {"n": 2, "k": "one"}), then())
    return draw.choice(
        (
            ir.LeaveNode(),
            ir.CallNode("https://example.com", then()),
            ir.StartNode(draw.choice(JOURNEYS), then()),
        )
    )
