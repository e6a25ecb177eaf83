"""What is deployed, arranged for stepping through people: which event concerns which journey.

Made once per batch.  Stepping one person then touches only the journeys that an event names, and
asks a condition again only when something that it depends on has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from functools import lru_cache
from hashlib import blake2b

from cio_lang import ir
from cio_lang.conditions import Names, names
from cio_lang.graph_data import splits
from cio_lang.record import record
from cio_lang.store.state import Deployed


@record
class Matching:
    """An active journey that people enter when they start to match.

    `standing` is the key under which it is kept whether a person matches: it changes with the
    condition, or a segment in it, so that redefining either starts nobody.
    """

    deployed: Deployed
    entry: ir.Match
    depends: Names
    standing: str


@record
class When:
    """An exit by condition of one graph."""

    exit: ir.ExitWhen
    depends: Names


@record
class Pinned:
    """A graph that runs are in, active or not."""

    graph: ir.JourneyGraph
    exits_on: Mapping[str, tuple[ir.ExitOnEvent, ...]]
    exits_when: tuple[When, ...]
    splits: Mapping[ir.NodeId, int]  # the number of each, for its draws
    repeats: frozenset[ir.NodeId]
    waits_for: Mapping[ir.NodeId, Names]  # by `wait until`, what can end it


@record
class Plan:
    """Everything that stepping needs to know and no person has."""

    by_name: Mapping[str, Deployed]
    by_event: Mapping[str, tuple[tuple[Deployed, ir.EventMatch], ...]]
    matching: tuple[Matching, ...]
    pinned: Mapping[str, Pinned]  # by digest
    segments: Mapping[str, ir.Condition]
    timezone: tzinfo  # of people who have none of their own
    paused: frozenset[str] = frozenset()  # journeys whose runs are not walked


def plan(
    journeys: Sequence[Deployed],
    graphs: Mapping[str, ir.JourneyGraph],
    segments: Mapping[str, ir.Condition],
    default_tz: tzinfo,
    paused: Iterable[str] = (),
) -> Plan:
    """Arrange the active `journeys`, and the `graphs` (by digest) that older runs are pinned to."""
    by_event: dict[str, tuple[tuple[Deployed, ir.EventMatch], ...]] = {}
    matching: list[Matching] = []
    for deployed in sorted(journeys, key=lambda each: each.graph.name):
        match deployed.graph.entry:
            case ir.EventMatch() as entry:
                by_event[entry.event] = (*by_event.get(entry.event, ()), (deployed, entry))
            case ir.Match() as entry:
                matching.append(
                    Matching(
                        deployed,
                        entry,
                        names(entry.match, segments),
                        f"{deployed.graph.name} {_fingerprint(entry.match, segments)}",
                    )
                )
            case (
                ir.JoinEntry()
                | ir.LeaveEntry()
                | ir.DateEntry()
                | ir.ScheduleEntry()
                | ir.OnceEntry()
            ):
                pass  # refused when applied: `carried.not_carried`
            case ir.StartEntry():
                pass  # entered where a step says so
    all_graphs = {deployed.digest: deployed.graph for deployed in journeys} | dict(graphs)
    pinned = {digest: _pinned(graph, segments) for digest, graph in all_graphs.items()}
    by_name = {deployed.graph.name: deployed for deployed in journeys}
    return Plan(by_name, by_event, tuple(matching), pinned, segments, default_tz, frozenset(paused))


def _pinned(graph: ir.JourneyGraph, segments: Mapping[str, ir.Condition]) -> Pinned:
    exits_on: dict[str, tuple[ir.ExitOnEvent, ...]] = {}
    exits_when: list[When] = []
    for exit_ in graph.exits:
        match exit_:
            case ir.ExitOnEvent():
                exits_on[exit_.event] = (*exits_on.get(exit_.event, ()), exit_)
            case ir.ExitWhen():
                exits_when.append(When(exit_, names(exit_.when, segments)))
    repeats = frozenset(
        name for name, node in graph.nodes.items() if isinstance(node, ir.RepeatNode)
    )
    waits_for = {
        name: _awaited(node.until, segments)
        for name, node in graph.nodes.items()
        if isinstance(node, ir.UntilNode)
    }
    return Pinned(graph, exits_on, tuple(exits_when), splits(graph), repeats, waits_for)


def _awaited(until: ir.Until, segments: Mapping[str, ir.Condition]) -> Names:
    events = Names(events=frozenset(match_.event for match_ in until.events))
    return events if until.condition is None else events | names(until.condition, segments)


def _fingerprint(condition: ir.Condition, segments: Mapping[str, ir.Condition]) -> str:
    """A short hash of what a condition means, segments included."""
    seen: dict[str, ir.Condition] = {}
    pending = [condition]
    while pending:
        for name in _segments_in(pending.pop()):
            if name in segments and name not in seen:
                seen[name] = segments[name]
                pending.append(segments[name])
    written = repr((condition, sorted(seen.items())))
    return blake2b(written.encode(), digest_size=6).hexdigest()


def _segments_in(condition: ir.Condition) -> frozenset[str]:
    match condition:
        case ir.SegmentTest():
            return frozenset({condition.segment})
        case ir.All():
            return frozenset().union(*map(_segments_in, condition.all))
        case ir.Any_():
            return frozenset().union(*map(_segments_in, condition.any))
        case ir.Not():
            return _segments_in(condition.not_)
        case (
            ir.AttributeTest()
            | ir.PropertyTest()
            | ir.EntryTest()
            | ir.EventTest()
            | ir.AggregateTest()
            | ir.HeldTest()
            | ir.SequenceTest()
            | ir.InactiveTest()
            | ir.SubscribedTest()
            | ir.ReachTest()
            | ir.ChurnTest()
            | ir.LikelyTest()
            | ir.TopTest()
            | ir.DrawTest()
        ):
            return frozenset()  # a `where` is about the properties of one event


@lru_cache(maxsize=4096)
def in_words(condition: ir.Condition) -> str:
    """A condition as people say it, for the record of decisions."""
    from cio_lang.backends import english

    return english.condition(condition)
