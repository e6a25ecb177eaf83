"""Worlds in which much is sent in a short time: one for each seed.

They keep to what bounds assume (docs/bounds.md): events arrive when they happen, a person's zone
stays the same, journeys stay in the version that is proved, and none is started by hand that does
not say `when started`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from random import Random

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.proof.journeys import CHANNELS
from cio_lang.reference import Answer, Becomes, Did, Happening, Member, Person, Start
from tests.properties.lives import JOURNEYS, NAMES, ORIGIN, START, World, at, journey, world

LENGTHS = ("PT20M", "PT1H", "PT12H", "P1D", "P1D", "P2D", "P1M")
CLOCKS = ("02:30", "09:00", "09:00", "21:00")
EVERYBODY = ir.All(())


def busy(seed: int) -> World:
    """Journeys of every kind of node, without caps."""
    draw = Random(seed)
    made = world(seed)
    graphs = tuple(replace(g, caps=()) if isinstance(g, ir.PolicyGraph) else g for g in made.graphs)
    started = tuple(
        graph.name
        for graph in graphs
        if isinstance(graph, ir.JourneyGraph) and isinstance(graph.entry, ir.StartEntry)
    )
    return World(made.person, graphs, tuple(_much(draw, started)))


def crowded(seed: int) -> World:
    """Journeys that send a lot, and somebody whom every channel reaches."""
    draw = Random(seed)
    made: list[ir.Graph] = [sending(draw, name) for name in JOURNEYS[: draw.randint(1, 2)]]
    made.append(ir.TopicGraph(1, "topic", "receipts", "receipts", ORIGIN, transactional=True))
    if draw.random() < 0.5:
        quiet = ir.Quiet("21:00", "08:00")
        made.append(ir.PolicyGraph(1, "policy", "policy", "policy", ORIGIN, quiet))
    person = Person("alice", at(-1), {"x": 0, "day": "2026-03-30"}, reach=frozenset(CHANNELS))
    return World(person, tuple(made), tuple(_much(draw, ())))


def _much(draw: Random, started: tuple[str, ...]) -> Iterable[Happening]:
    minutes = 0
    gaps = draw.choice(((0, 1, 60), (60, 300, 720), (1, 1440, 1500), (0, 1, 30, 60, 1440)))
    for number in range(draw.randint(5, 80)):
        minutes += draw.choice(gaps)
        when = START + timedelta(minutes=minutes)
        match draw.randint(0, 11):
            case 0 | 1:
                yield Becomes(when, "x", draw.choice((0, 1, 1, None)))
            case 2:
                yield Member(when, "hand", draw.random() < 0.5)
            case 3:
                yield Answer(when, draw.choice(JOURNEYS), draw.random() < 0.5)
            case 4 | 5 if started:
                yield Start(when, draw.choice(started))
            case 6:
                yield Becomes(when, "day", at(minutes / 60 + 24).date().isoformat())
            case _:
                key = {"n": draw.randint(0, 2), "k": draw.choice("uv")}
                yield Did(when, Event(draw.choice(("a", *NAMES)), when, key, f"b{number}"))


def sending(draw: Random, name: str) -> ir.JourneyGraph:
    """A journey that is easy to enter, of up to six steps, perhaps with a repeat around some."""
    count = draw.randint(1, 6)
    body = draw.randint(0, count - 1) if draw.random() < 0.5 else None
    made: dict[str, ir.GraphNode] = {}
    for number in range(count):
        later: list[str | None] = [f"n{n}" for n in range(number + 1, count)]
        end: str | None = None
        if body is not None:
            end = "again"
            if number < body:
                later = later[: body - number - 1]

        def then(later: list[str | None] = later, end: str | None = end) -> str | None:
            return draw.choice((*later[:1] * 6, *later, end))

        made[f"n{number}"] = _step(draw, f"n{number}", then)
    if body is not None:
        after = draw.choice((None, "after"))
        made["after"] = ir.SendNode(ir.Message(("email",), text="after"))
        made["again"] = ir.RepeatNode(ir.Loop(draw.randint(1, 5)), f"n{body}", after)
    entry = draw.choice(
        (
            *(ir.EventMatch("a"),) * 4,
            ir.Match(ir.AttributeTest("x", "is", 1)),
            ir.ScheduleEntry(ir.Schedule("day", "09:00"), EVERYBODY),
            ir.ScheduleEntry(ir.Schedule("monday", "02:30"), EVERYBODY),
            ir.DateEntry(ir.DateMoment("day", at="09:00")),
        )
    )
    again = draw.choice((None, None, None, "PT1H", "P1D", "P7D"))
    once_or_more = draw.choice((ir.Reentry("once"), ir.Reentry("every_time")))
    return replace(
        journey(draw, name),
        entry=entry,
        reentry=once_or_more if again is None else ir.Reentry("after", again),
        only=None,
        exits=draw.choice(((), (), (ir.ExitOnEvent("b"),))),
        goal=None,
        key=draw.choice((None, None, None, "k")),
        quiet=draw.choice((None, None, ir.Quiet("12:00", "14:00"))),
        spread=draw.choice((None, None, None, "PT2H")),
        topic=None,
        start="n0" if body != 0 else "again",
        nodes=made,
    )


def _step(draw: Random, here: str, then: Callable[[], str | None]) -> ir.GraphNode:
    channels: tuple[tuple[ir.Channel, ...], ...] = (("email",), ("sms",), ("push", "email", "sms"))
    match draw.randint(0, 14):
        case 0 | 1 | 2 | 3 | 4 | 5:
            message = ir.Message(draw.choice(channels), text=here, best_time=draw.random() < 0.1)
            return ir.SendNode(message, draw.choice((None, None, "receipts")), then())
        case 6 | 7:
            return ir.WaitNode(ir.WaitFor(draw.choice(LENGTHS)), then())
        case 8:
            weekday = draw.choice((None, None, "monday"))
            return ir.WaitNode(ir.WaitTime(draw.choice(CLOCKS), weekday), then())
        case 9:
            return ir.WaitNode(ir.WaitSlot("09:00", draw.choice(CLOCKS[2:])), then())
        case 10:
            until = ir.Until(events=(ir.EventMatch("b"),), at_most=draw.choice(LENGTHS))
            return ir.UntilNode(until, then(), then())
        case 11:
            return ir.BranchNode((ir.Case(ir.AttributeTest("x", "is", 1), then()),), then())
        case 12:
            return ir.CollectNode(draw.choice(LENGTHS), then())
        case 13:
            rate = ir.Rate(draw.randint(1, 2), draw.choice(("hour", "day")))
            return ir.ThrottleNode(rate, then())
    return ir.SetNode(ir.Assignment("x", draw.randint(0, 1)), then())
