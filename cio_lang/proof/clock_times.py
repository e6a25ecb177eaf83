"""The times of day at which messages can go out: graphs in, minutes of the day out.

A set of minutes is a number with a bit for each of the 1440; there is one for the person's clock
and one for the workspace's.
"""

from __future__ import annotations

from cio_lang import ir
from cio_lang.calendar_time import Period, exact, parse_duration
from cio_lang.graph_data import ways
from cio_lang.proof.journeys import Workspace, entering, is_exempt
from cio_lang.proof.lengths import AtOnce, since_midnight
from cio_lang.proof.walks import onward
from cio_lang.record import record

_DAY = 1440
ALWAYS = (1 << _DAY) - 1
_NIGHT = (1 << 240) - 1
"""Until 04:00, in which clocks are changed."""


@record
class Times:
    """When something can be, by the person's clock and by the workspace's."""

    person: int
    workspace: int

    def of(self, zone: ir.Zone) -> int:
        """By one of the clocks."""
        return self.person if zone == "person" else self.workspace

    def __or__(self, other: Times) -> Times:
        return Times(self.person | other.person, self.workspace | other.workspace)


ANY = Times(ALWAYS, ALWAYS)


def send_times(graph: ir.JourneyGraph, within: Workspace) -> dict[ir.NodeId, Times]:
    """For each message that runs can come to, when it can go out."""
    made = _arrivals(graph, within)
    return {
        name: _released(times, graph, node, within)
        for name, times in made.items()
        if isinstance(node := graph.nodes[name], ir.SendNode)
    }


def between(start: ir.Clock, end: ir.Clock) -> int:
    """The minutes in [start, end), over midnight where `end` is not later; begun ones count."""
    return _stretch(since_midnight(start) // 60, -(-since_midnight(end) // 60))


def _quiet(quiet: ir.Quiet) -> int:
    """The minutes in which nothing goes out from their first second to their last."""
    return _stretch(-(-since_midnight(quiet.start) // 60), since_midnight(quiet.end) // 60)


def _stretch(first: int, last: int) -> int:
    return _turned((1 << ((last - first) % _DAY or _DAY)) - 1, first)


def _arrivals(graph: ir.JourneyGraph, within: Workspace) -> dict[ir.NodeId, Times]:
    shows = entering(graph, within, 0).showing
    found: dict[ir.NodeId, Times] = {}
    if graph.start is None or graph.start not in graph.nodes:
        return found
    found[graph.start] = ANY if shows is None else _at(shows.second, shows.zone)
    closing = _closing(graph)
    waiting = [graph.start]
    while waiting:
        here = waiting.pop()
        node = graph.nodes[here]
        for key, after in ways(node):
            times = _passed(node, key, found[here])
            for next_ in (after,) if after in graph.nodes else closing.get(here, ()):
                assert next_ is not None
                joined = times | found[next_] if next_ in found else times
                if found.get(next_) != joined:
                    found[next_] = joined
                    waiting.append(next_)
    return found


def _closing(graph: ir.JourneyGraph) -> dict[ir.NodeId, tuple[ir.NodeId, ...]]:
    """For each node, the repeats that it is in the body of: where the end of a way goes back to."""
    found: dict[ir.NodeId, tuple[ir.NodeId, ...]] = {}
    for name, node in graph.nodes.items():
        if isinstance(node, ir.RepeatNode):
            seen: set[ir.NodeId] = set()
            waiting: list[ir.NodeId | None] = [node.body]
            while waiting:
                here = waiting.pop()
                if here is None or here == name or here in seen or here not in graph.nodes:
                    continue
                seen.add(here)
                found[here] = (*found.get(here, ()), name)
                waiting.extend(onward(graph.nodes[here]))
                inner = graph.nodes[here]
                if isinstance(inner, ir.RepeatNode):
                    waiting.append(inner.body)
    return found


def _passed(node: ir.GraphNode, key: str, times: Times) -> Times:
    """When runs leave a node that came to it at those times."""
    if isinstance(node, AtOnce):
        return times
    match node:
        case ir.WaitNode():
            match node.wait:
                case ir.WaitFor():
                    return _later(times, parse_duration(node.wait.for_))
                case ir.WaitTime():
                    return _at(since_midnight(node.wait.time), node.wait.zone)
                case ir.WaitSlot():
                    inside = times.of(node.wait.zone) & between(node.wait.start, node.wait.end)
                    opens = _shown(since_midnight(node.wait.start))
                    return _by(node.wait.zone, inside | opens)
                case ir.WaitDate():
                    return ANY
        case ir.UntilNode() if key == "timeout" and node.until.at_most is not None:
            return _later(times, parse_duration(node.until.at_most))
        case ir.UntilNode() | ir.AskNode():
            return ANY
        case ir.CollectNode():
            return _later(times, parse_duration(node.collect))


def _released(times: Times, graph: ir.JourneyGraph, node: ir.SendNode, within: Workspace) -> Times:
    """When a message goes out that is made at those times."""
    if node.send.best_time:
        times = ANY
    if graph.spread is not None:
        long = -(-int(exact(parse_duration(graph.spread)).total_seconds()) // 60)
        times = Times(_smeared(times.person, long), _smeared(times.workspace, long))
    exempt = is_exempt(graph, node, within)
    policies = () if exempt else tuple(policy.quiet for policy in within.policies)
    quiets = [quiet for quiet in (graph.quiet, *policies) if quiet is not None]
    for _ in range(len(quiets) + 1):  # what one releases, another can hold
        for quiet in quiets:
            hours = _quiet(quiet)
            if times.of(quiet.zone) & hours:
                ends = _shown(since_midnight(quiet.end))
                times = _by(quiet.zone, (times.of(quiet.zone) & ~hours) | ends)
    if any(policy.caps for policy in within.policies) and not exempt:
        times = ANY  # what a cap holds goes out when the cap allows
        for quiet in quiets:
            if quiet.zone == "person":
                times = Times(times.person & ~_quiet(quiet), times.workspace)
            else:
                times = Times(times.person, times.workspace & ~_quiet(quiet))
    return times


def _later(times: Times, period: Period) -> Times:
    if not period.seconds:
        return Times(_over_change(times.person), _over_change(times.workspace))
    by, odd = divmod(period.seconds, 60)
    return Times(*(_exactly(one, by, 60 + bool(odd)) for one in (times.person, times.workspace)))


def _exactly(times: int, by: int, about: int) -> int:
    """Exact hours later: an hour off on the clock where it is changed in between."""
    if times == ALWAYS:
        return ALWAYS
    return _smeared(_turned(times, by - 60), 60 + about)


def _at(second: int, zone: ir.Zone) -> Times:
    return _by(zone, _shown(second))


def _by(zone: ir.Zone, times: int) -> Times:
    return Times(times, ALWAYS) if zone == "person" else Times(ALWAYS, times)


def _shown(second: int) -> int:
    return _over_change(1 << (second // 60))


def _over_change(times: int) -> int:
    """A time of the night that a change of the clock leaves out comes up to an hour later."""
    night = times & _NIGHT
    return times | (_smeared(night, 60) if night else 0)


def _turned(times: int, by: int) -> int:
    by %= _DAY
    return ((times << by) | (times >> (_DAY - by))) & ALWAYS


def _smeared(times: int, long: int) -> int:
    """Those times, and up to so many minutes later."""
    if long >= _DAY:
        return ALWAYS if times else 0
    done = 0
    while done < long:
        by = min(done + 1, long - done)
        times |= _turned(times, by)
        done += by
    return times
