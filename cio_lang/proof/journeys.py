"""Which messages of a journey count, how often people can enter it, how long messages are held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

from cio_lang import ir
from cio_lang.calendar_time import exact, parse_duration
from cio_lang.graph_data import walk
from cio_lang.proof.lengths import DAY, HOUR, WEEK, Showing, least, since_midnight
from cio_lang.record import record
from cio_lang.wall_clock import WEEKDAYS

CHANNELS: tuple[ir.Channel, ...] = get_args(ir.Channel)

Window = Literal["hour", "day", "week", "month"]
WINDOWS: tuple[Window, ...] = ("hour", "day", "week", "month")
LENGTHS: dict[Window, int] = {"hour": HOUR, "day": DAY, "week": WEEK, "month": 30 * DAY}
"""Windows slide: any hour, 24 hours, 7 × 24 hours, 30 × 24 hours; two messages exactly so far apart
are not in one."""


@record
class Workspace:
    """All graphs of a workspace, by what they are."""

    journeys: tuple[ir.JourneyGraph, ...]
    policies: tuple[ir.PolicyGraph, ...]
    transactional: frozenset[str]
    """Topics that ignore policies."""
    started: frozenset[str]
    """Journeys that a step of a journey starts."""
    segments: Mapping[str, ir.Condition]


def workspace(graphs: Iterable[ir.Graph]) -> Workspace:
    """Sort the graphs."""
    listed = tuple(graphs)
    journeys = tuple(graph for graph in listed if isinstance(graph, ir.JourneyGraph))
    return Workspace(
        journeys,
        tuple(graph for graph in listed if isinstance(graph, ir.PolicyGraph)),
        frozenset(g.name for g in listed if isinstance(g, ir.TopicGraph) and g.transactional),
        frozenset(
            node.start
            for journey in journeys
            for node in journey.nodes.values()
            if isinstance(node, ir.StartNode)
        ),
        {g.name: g.where for g in listed if isinstance(g, ir.SegmentGraph) and g.where is not None},
    )


def messages(
    graph: ir.JourneyGraph, channel: ir.Channel | None = None
) -> dict[ir.NodeId, ir.SendNode]:
    """The messages that runs can come to; with a channel, those that may go out by it."""
    return {
        name: node
        for name in walk(graph.start, graph.nodes)
        if isinstance(node := graph.nodes[name], ir.SendNode)
        and (channel is None or channel in node.send.channels)
    }


def is_exempt(graph: ir.JourneyGraph, node: ir.SendNode, within: Workspace) -> bool:
    """Whether policies leave a message alone."""
    return graph.exempt_from_caps or (node.topic or graph.topic) in within.transactional


# ── entering ─────────────────────────────────────────────────────────────────────────────────────


@record
class Entering:
    """How one person can enter a journey.

    `times`: once, again and again with one run at a time, or (with a key) any number at once;
    `apart`: the fewest seconds between two entries; `showing`: what clocks show then.
    """

    times: Literal["once", "again", "at_once"]
    apart: int
    showing: Showing | None


def entering(graph: ir.JourneyGraph, within: Workspace, slack: int) -> Entering:
    """How often one person can enter."""
    showing, apart = _clock(graph.entry, slack)
    once = graph.reentry.allow == "once" or isinstance(graph.entry, ir.OnceEntry)
    if graph.name in within.started:
        showing, apart, once = None, 0, graph.reentry.allow == "once"
    if graph.reentry.allow == "after":
        apart = max(apart, least(parse_duration(graph.reentry.after or "PT0S"), slack))
    if graph.key is not None:
        return Entering("at_once", 0, showing)
    if once:
        return Entering("once", 0, showing)
    return Entering("again", apart, showing)


def _clock(entry: ir.Entry, slack: int) -> tuple[Showing | None, int]:
    match entry:
        case ir.ScheduleEntry():
            schedule = entry.schedule
            weekday = WEEKDAYS.index(schedule.every) if schedule.every in WEEKDAYS else None
            apart = DAY if weekday is None else WEEK
            if isinstance(schedule.every, int):
                apart = 28 * DAY
            return Showing(since_midnight(schedule.at), weekday, schedule.zone), apart - slack
        case ir.DateEntry():
            offset = parse_duration(entry.date.offset.removeprefix("-"))
            if entry.date.at is None or offset.seconds:
                return None, 0
            return Showing(since_midnight(entry.date.at), None, entry.date.zone), DAY - slack
        case (
            ir.EventMatch()
            | ir.Match()
            | ir.JoinEntry()
            | ir.LeaveEntry()
            | ir.OnceEntry()
            | ir.StartEntry()
        ):
            return None, 0


def can_be_cut(graph: ir.JourneyGraph) -> bool:
    """Whether something other than its steps can end a run."""
    return bool(graph.exits) or (graph.goal is not None and graph.goal.leave)


# ── holding ──────────────────────────────────────────────────────────────────────────────────────


@record
class Holding:
    """How long messages can be held before they go out, in seconds.

    `quiet`: by quiet hours, at the same times each day; `other`: until the best time, or spread.
    """

    quiet: int
    other: int
    slack: int
    alike: bool = True
    """Whether quiet hours hold all of the messages, and not only some."""

    @property
    def longest(self) -> int:
        """By how much two messages can come closer."""
        return self.quiet + self.other + (self.slack if self.quiet or self.other else 0)

    def released(self, apart: int) -> int:
        """How close together two messages can go out that are made so far apart."""
        if self.slack or self.other or not self.quiet or not self.alike:
            return max(0, apart - self.longest)
        # What was made at the same time of day is held until the same time of day.
        days, rest = divmod(apart, DAY)
        return days * DAY + max(0, rest - self.quiet)


def holding(
    graph: ir.JourneyGraph, nodes: Iterable[ir.SendNode], within: Workspace, slack: int
) -> Holding:
    """How long the messages of a journey can be held, caps apart."""
    sends = tuple(nodes)
    quiets = [] if graph.quiet is None else [graph.quiet]
    exempt = {is_exempt(graph, node, within) for node in sends}
    if False in exempt:
        quiets += [policy.quiet for policy in within.policies if policy.quiet is not None]
    other = 0 if graph.spread is None else int(exact(parse_duration(graph.spread)).total_seconds())
    if any(node.send.best_time for node in sends):
        other += DAY
    quiet = min(DAY, sum(map(_quiet_seconds, quiets)))
    return Holding(quiet, other, slack, alike=len(exempt) == 1)


def _quiet_seconds(quiet: ir.Quiet) -> int:
    return (since_midnight(quiet.end) - since_midnight(quiet.start)) % DAY or DAY


def channels_of(nodes: Sequence[ir.SendNode]) -> tuple[ir.Channel, ...]:
    """The channels that some message may go out by, in the order of the language."""
    used = {channel for node in nodes for channel in node.send.channels}
    return tuple(channel for channel in CHANNELS if channel in used)
