"""The most messages that one person can get in a sliding window: graphs in, bounds out.

What is proved: no run of the runtime on time, and no sequence of them, sends more.  Found on the
graph alone: conditions are not looked at, waits take as little as they can (docs/bounds.md).  Caps
of a policy are left out: bounds say what journeys ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from math import inf

from cio_lang import ir
from cio_lang.proof.journeys import (
    LENGTHS,
    WINDOWS,
    Entering,
    Holding,
    Window,
    Workspace,
    can_be_cut,
    channels_of,
    entering,
    holding,
    messages,
    workspace,
)
from cio_lang.proof.lengths import CLOCK_CHANGE, Showing
from cio_lang.proof.profile import (
    FOREVER,
    LIMIT,
    Again,
    Profile,
    Trail,
    better,
    chained,
    most_within,
    repeated,
)
from cio_lang.proof.throttles import throttled
from cio_lang.proof.walks import Circles, TooLong, Walk, Walked, latest
from cio_lang.record import record

__all__ = ["Bound", "Bounds", "WorkspaceBounds", "bounds_of", "of_journey"]

WALKS = 12
"""So many times a journey is walked at most to see how soon the next entry can come."""

AGAIN = "it can be entered again and again"
AT_ONCE = "it can be entered again at once, and this way through takes no time"
MANY = f"{LIMIT:,} messages and more are possible in it"
LONG = "it has too many steps and rounds to tell"
CIRCLES = "its steps lead back to each other"


@record
class Bound:
    """At most so many messages, and how they come; without `most`, any number, for a `reason`."""

    most: int | None
    reason: str | None = None
    trail: Trail = field(default=None, compare=False, repr=False)

    def __le__(self, other: int) -> bool:
        return self.most is not None and self.most <= other


NONE = Bound(0)

Key = tuple[ir.Channel | None, Window]
"""A channel (None: all of them together) and a window."""


@record
class Bounds:
    """What one journey can send to one person; channels that are not there get nothing."""

    graph: ir.JourneyGraph
    most: Mapping[Key, Bound]

    def of(self, channel: ir.Channel | None, window: Window) -> Bound:
        """The bound of a channel in a window."""
        return self.most.get((channel, window), NONE)

    @property
    def channels(self) -> tuple[ir.Channel, ...]:
        """The channels that it may use."""
        return tuple(
            channel for channel, window in self.most if channel is not None and window == "hour"
        )


@record
class WorkspaceBounds:
    """What all journeys together can send to one person: the sum of what each can."""

    journeys: tuple[Bounds, ...]

    def of(self, channel: ir.Channel | None, window: Window) -> Bound:
        """The bound of a channel in a window."""
        return together(journey.of(channel, window) for journey in self.journeys)


def bounds_of(graphs: Iterable[ir.Graph], *, slack: int = CLOCK_CHANGE) -> WorkspaceBounds:
    """Bounds of all journeys.  With a `slack` of 0, of weeks without a change of the clock."""
    within = workspace(graphs)
    return WorkspaceBounds(tuple(of_journey(graph, within, slack) for graph in within.journeys))


def together(each: Iterable[Bound]) -> Bound:
    """The sum of bounds."""
    most = 0
    for bound in each:
        if bound.most is None:
            return Bound(None, bound.reason, bound.trail)
        most += bound.most
    return Bound(most)


def of_journey(graph: ir.JourneyGraph, within: Workspace, slack: int = CLOCK_CHANGE) -> Bounds:
    """The bounds of one journey, by channel and in all."""
    sends = messages(graph)
    found: dict[Key, Bound] = {}
    known: dict[frozenset[ir.NodeId], dict[Window, Bound]] = {}
    for channel in (None, *channels_of(tuple(sends.values()))):
        counted = frozenset(messages(graph, channel))
        if counted not in known:
            known[counted] = of_messages(graph, counted, within, slack)
        found |= {(channel, window): bound for window, bound in known[counted].items()}
    return Bounds(graph, found)


def of_messages(
    graph: ir.JourneyGraph, counted: frozenset[ir.NodeId], within: Workspace, slack: int
) -> dict[Window, Bound]:
    """The bound of some messages of a journey, by window."""
    if not counted:
        return dict.fromkeys(WINDOWS, NONE)
    held = holding(graph, (_send(graph, name) for name in counted), within, slack)
    enters = entering(graph, within, slack)
    horizon = LENGTHS["month"] + held.longest + 2 * slack + 1
    try:
        return _Question(graph, counted, enters, held, slack, horizon).answer()
    except Circles:
        return dict.fromkeys(WINDOWS, Bound(None, CIRCLES))


def in_one_run(
    graph: ir.JourneyGraph, counted: frozenset[ir.NodeId], within: Workspace, slack: int
) -> dict[Window, Bound]:
    """The same for somebody who enters only once."""
    held = holding(graph, (_send(graph, name) for name in counted), within, slack)
    horizon = LENGTHS["month"] + held.longest + 2 * slack + 1
    enters = Entering("once", 0, entering(graph, within, slack).showing)
    try:
        return _Question(graph, counted, enters, held, slack, horizon).answer()
    except Circles:
        return dict.fromkeys(WINDOWS, Bound(None, CIRCLES))


def ever(graph: ir.JourneyGraph, counted: frozenset[ir.NodeId], within: Workspace) -> Bound:
    """The most of some messages that one person can get at all."""
    enters = entering(graph, within, 0)
    if enters.times != "once" or not counted:
        return Bound(None, AGAIN) if counted else NONE
    try:
        walked = Walk(graph, counted, 0, FOREVER).run(enters.showing, graph.start)
    except (Circles, TooLong):
        return Bound(None, LONG)
    most = len(walked.between) - 1
    return Bound(None, MANY) if most >= LIMIT else Bound(max(0, most))


def _send(graph: ir.JourneyGraph, name: ir.NodeId) -> ir.SendNode:
    node = graph.nodes[name]
    assert isinstance(node, ir.SendNode)
    return node


@record
class _Question:
    graph: ir.JourneyGraph
    counted: frozenset[ir.NodeId]
    enters: Entering
    held: Holding
    slack: int
    horizon: int

    def answer(self) -> dict[Window, Bound]:
        try:
            profile = self._profile()
        except TooLong:
            return self._throttled(dict.fromkeys(WINDOWS, Bound(None, LONG)))
        if isinstance(profile, Bound):
            return self._throttled(dict.fromkeys(WINDOWS, profile))
        found: dict[Window, Bound] = {}
        for window in WINDOWS:
            most, trail = most_within(profile, LENGTHS[window], self.held.released)
            many = most >= LIMIT
            found[window] = Bound(None if many else most, MANY if many else None, trail)
        return self._throttled(found)

    def _walk(self, showing: Showing | None, sources: frozenset[ir.NodeId] | None) -> Walked:
        walk = Walk(self.graph, self.counted, self.slack, self.horizon, sources)
        return walk.run(showing, self.graph.start)

    def _profile(self) -> Profile | Bound:
        """The fewest seconds for so many messages, over all runs of one person."""
        walked = self._walk(self.enters.showing, None)
        if self.enters.times == "once" or len(walked.first) <= 1:
            return walked.between
        cut = can_be_cut(self.graph)
        if self.enters.times == "at_once" or not self.enters.apart:
            # A way that costs no time can be taken any number of times.
            shortest = walked.first if cut or self.enters.times == "at_once" else walked.whole
            free = next((q for q in shortest[1:] if q is not None and q[0] == 0), None)
            if self.enters.times == "at_once":
                reason = f"there is one run for each `{self.graph.key}`, and any number at once"
                trail = next((q[1] for q in walked.first[1:] if q is not None), None)
                return Bound(None, reason, trail)
            if free is not None:
                return Bound(None, AT_ONCE, free[1])
        whole = self._again(walked.first if cut else walked.whole, self.enters.apart)
        rest = self._rest(walked, cut)
        return self._over_runs(walked.between, rest, whole, walked.first)

    def _rest(self, walked: Walked, cut: bool) -> Profile:
        """From a message to the next entry, by the messages up to then."""
        apart = self.enters.apart
        if not apart:
            return self._again(walked.between if cut else walked.rest, 0)
        late = latest(self.graph, self.graph.start, self.slack)
        by_delay: dict[int, set[ir.NodeId]] = {}
        for name in self.counted:
            delay = max(0.0, apart - late.get(name, inf))
            if delay < self.horizon:
                by_delay.setdefault(int(delay), set()).add(name)
        found: Profile = []
        for floor, sources in _merged(by_delay).items():
            one = self._walk(self.enters.showing, frozenset(sources))
            found = better(found, self._again(one.between if cut else one.rest, floor))
        return found

    def _over_runs(
        self, between: Profile, rest: Profile, whole: Profile, first: Profile
    ) -> Profile:
        entered = repeated(rest, [None, *whole[1:]], self.horizon)
        return better(between, chained(entered, [None, *first[1:]], self.horizon))

    def _again(self, profile: Profile, seconds: int) -> Profile:
        """To the next entry, which comes after so many seconds at least."""
        return [
            quickest
            and (
                max(quickest[0], seconds),
                (quickest[1], Again(self.graph.name, max(0, seconds - quickest[0]))),
            )
            for quickest in profile
        ]

    def _throttled(self, found: dict[Window, Bound]) -> dict[Window, Bound]:
        fewer = throttled(self.graph, self.counted, self.held, self.slack, self.horizon)
        return {
            window: Bound(fewer[window], trail=bound.trail)
            if window in fewer and (bound.most is None or fewer[window] < bound.most)
            else bound
            for window, bound in found.items()
        }


def _merged(by_delay: dict[int, set[ir.NodeId]]) -> dict[int, set[ir.NodeId]]:
    """At most `WALKS` groups: neighbours share the least delay of theirs."""
    delays = sorted(by_delay)
    size = -(-len(delays) // WALKS)
    return {
        delays[start]: set().union(*(by_delay[each] for each in delays[start : start + size]))
        for start in range(0, len(delays), size or 1)
    }
