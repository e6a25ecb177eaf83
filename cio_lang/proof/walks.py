"""One run through a journey: how quickly its messages can follow each other.

The graph is walked once, carrying along for each number of messages the fewest seconds since the
run entered and since each message that could be the first of a window.  Conditions are not looked
at: every way is taken for possible, so what is found is never less than what happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf

from cio_lang import ir
from cio_lang.calendar_time import parse_duration
from cio_lang.graph_data import ways
from cio_lang.proof.lengths import (
    Showing,
    after_period,
    after_slot,
    after_time,
    longest,
)
from cio_lang.proof.profile import (
    LIMIT,
    Passed,
    Profile,
    better,
    moved,
    same,
)
from cio_lang.record import record

ROUNDS = 2000
"""Rounds of a `repeat` that are followed one by one."""

EFFORT = 2_500_000
"""Numbers that a walk carries over steps before it is given up, after some seconds."""


class TooLong(Exception):
    """A journey has more steps and rounds than are followed."""


class Circles(Exception):
    """Steps lead back to each other: no journey is compiled to that."""


@record
class State:
    """What is known on coming to a node.

    `entered`: seconds since entering, by the number of messages so far; `since`: seconds since a
    message, by the number of messages from it on.
    """

    entered: Profile
    since: Profile


@dataclass(slots=True)
class Walked:
    """What came of walking a graph.

    `between`: from a message to a later one; `first`: from entering to a message; `whole` and
    `rest`: from entering, and from a message, to the end of the run.
    """

    between: Profile = field(default_factory=list)
    first: Profile = field(default_factory=list)
    whole: Profile = field(default_factory=list)
    rest: Profile = field(default_factory=list)


States = dict[Showing | None, State]
Orders = dict[tuple[ir.NodeId, ir.NodeId | None], tuple[ir.NodeId, ...]]
"""Blocks that were put into order already, by where they start and stop."""


class Walk:
    """Walks one graph; `counted` are its messages, `sources` those that a window may begin with."""

    def __init__(
        self,
        graph: ir.JourneyGraph,
        counted: frozenset[ir.NodeId],
        slack: int,
        horizon: int,
        sources: frozenset[ir.NodeId] | None = None,
    ) -> None:
        self.graph = graph
        self.counted = counted
        self.sources = counted if sources is None else sources
        self.slack = slack
        self.horizon = horizon
        self.found = Walked()
        self.orders: Orders = {}
        self.inside: list[ir.NodeId] = []
        self.effort = EFFORT

    def run(self, showing: Showing | None, start: ir.NodeId | None) -> Walked:
        """Walk from `start`, where clocks show that.  Raises `TooLong` and `Circles`."""
        entering = State([(0, None)], [])
        if start is None:
            self._ends(entering)
        else:
            self._through(start, {showing: entering}, None)
        return self.found

    def _ends(self, state: State) -> None:
        self.found.whole = better(self.found.whole, state.entered)
        self.found.rest = better(self.found.rest, state.since)

    def _through(self, start: ir.NodeId, coming: States, stop: ir.NodeId | None) -> States:
        """Walk from `start` up to `stop`, a repeat, or to the end; how runs come to `stop`."""
        pending: dict[ir.NodeId, States] = {start: coming}
        back: States = {}
        for here in block_order(self.graph, start, stop, self.orders):
            states = pending.pop(here, {})
            node = self.graph.nodes[here]
            if isinstance(node, ir.SendNode) and here in self.counted:
                states = {showing: self._sent(here, state) for showing, state in states.items()}
            elif isinstance(node, ir.RepeatNode):
                states = self._repeated(here, node, states)
            for showing, state in states.items():
                if isinstance(node, ir.LeaveNode):
                    self._ends(state)
                for way, after, seconds, shows in self._ways(here, node, showing):
                    later = self._later(state, Passed(self.graph.name, here, way, seconds))
                    if after is None or (after != stop and after not in self.graph.nodes):
                        self._ends(later)
                    if after == stop or after is None:
                        _join(back, shows, later)
                    elif after in self.graph.nodes:
                        _join(pending.setdefault(after, {}), shows, later)
        return back

    def _later(self, state: State, step: Passed) -> State:
        """The state after a step, which is on the trail if it sends or takes time."""
        self.effort -= 1
        if step.seconds or step.node in self.counted:
            self.effort -= len(state.entered) + len(state.since)
            state = State(
                moved(state.entered, step.seconds, step, self.horizon),
                moved(state.since, step.seconds, step, self.horizon),
            )
        if self.effort < 0:
            raise TooLong
        return state

    def _sent(self, here: ir.NodeId, state: State) -> State:
        since: Profile = [None, *state.since] if state.since else []
        if here in self.sources:
            since = better(since, [None, (0, None)])
        entered: Profile = [None, *state.entered] if state.entered else []
        # A trail holds a message by the step that leaves it, so the last one is put on by hand.
        last = Passed(self.graph.name, here, "next", 0)
        self.found.between = better(self.found.between, moved(since, 0, last, self.horizon))
        self.found.first = better(self.found.first, moved(entered, 0, last, self.horizon))
        return State(entered[: LIMIT + 1], since[: LIMIT + 1])

    def _repeated(self, here: ir.NodeId, node: ir.RepeatNode, states: States) -> States:
        """How runs leave a repeat: after all rounds, or after any where something ends it."""
        if node.body not in self.graph.nodes:
            return states
        if here in self.inside:
            raise Circles
        leaving: States = {}
        if node.repeat.until is not None:
            leaving = dict(states)
        rounds = node.repeat.times
        self.inside.append(here)
        if not self._sends_below(node.body, here):
            rounds = min(rounds, 64)  # fewer rounds take less time, and that is what is asked for
        for number in range(rounds):
            if number > ROUNDS:
                raise TooLong
            again = self._through(node.body, states, here)
            if node.repeat.until is not None:
                for showing, state in again.items():
                    _join(leaving, showing, state)
            settled = again.keys() == states.keys() and all(
                same(state.entered, states[showing].entered)
                and same(state.since, states[showing].since)
                for showing, state in again.items()
            )
            states = again
            if settled:
                break
        self.inside.pop()
        return leaving if node.repeat.until is not None else states

    def _sends_below(self, body: ir.NodeId, stop: ir.NodeId) -> bool:
        waiting, seen = [(body, stop)], {stop}
        while waiting:
            start, end = waiting.pop()
            for here in block_order(self.graph, start, end, self.orders):
                node = self.graph.nodes[here]
                if here in self.counted:
                    return True
                if isinstance(node, ir.RepeatNode) and node.body in self.graph.nodes:
                    if here in seen:
                        raise Circles
                    seen.add(here)
                    waiting.append((node.body, here))
        return False

    def _ways(
        self, here: ir.NodeId, node: ir.GraphNode, showing: Showing | None
    ) -> Iterator[tuple[str, ir.NodeId | None, int, Showing | None]]:
        """Each way on: its key, where to, the fewest seconds, what clocks show after it."""
        for key, after in ways(node):
            match node:
                case ir.RepeatNode():
                    if key == "next":
                        yield key, after, 0, showing
                case ir.WaitNode(wait=ir.WaitFor() as wait):
                    yield key, after, *after_period(parse_duration(wait.for_), showing, self.slack)
                case ir.WaitNode(wait=ir.WaitTime() as wait):
                    yield key, after, *after_time(wait, here, showing, self.slack)
                case ir.WaitNode(wait=ir.WaitSlot() as wait):
                    yield key, after, *after_slot(wait, showing, self.slack)
                case ir.UntilNode() if key == "timeout":
                    limit = parse_duration(node.until.at_most or "PT0S")
                    yield key, after, *after_period(limit, showing, self.slack)
                case ir.CollectNode():
                    yield (
                        key,
                        after,
                        *after_period(parse_duration(node.collect), showing, self.slack),
                    )
                case ir.WaitNode() | ir.UntilNode() | ir.AskNode():
                    yield key, after, 0, None
                case (
                    ir.SendNode()
                    | ir.BranchNode()
                    | ir.SplitNode()
                    | ir.ExperimentNode()
                    | ir.ThrottleNode()
                    | ir.SetNode()
                    | ir.AddNode()
                    | ir.TrackNode()
                    | ir.MembershipNode()
                    | ir.CallNode()
                    | ir.StartNode()
                    | ir.LeaveNode()
                ):
                    yield key, after, 0, showing


def _join(states: States, showing: Showing | None, state: State) -> None:
    here = states.get(showing)
    if here is not None:
        state = State(better(here.entered, state.entered), better(here.since, state.since))
    states[showing] = state


def block_order(
    graph: ir.JourneyGraph,
    start: ir.NodeId,
    stop: ir.NodeId | None,
    known: Orders,
) -> tuple[ir.NodeId, ...]:
    """The nodes from `start` up to `stop`, each before all that lie behind it.

    A repeat is one node: its body is a block of its own.  Raises `Circles`.
    """
    if (start, stop) in known:
        return known[start, stop]
    backwards: list[ir.NodeId] = []
    state: dict[ir.NodeId, bool] = {}  # whether all behind it is done
    waiting = [(start, False)]
    while waiting:
        here, done = waiting.pop()
        if done:
            state[here] = True
            backwards.append(here)
        elif here not in state:
            state[here] = False
            waiting.append((here, True))
            for after in onward(graph.nodes[here]):
                if after is None or after == stop or after not in graph.nodes:
                    continue
                if state.get(after) is False:
                    raise Circles
                if after not in state:
                    waiting.append((after, False))
    known[start, stop] = tuple(reversed(backwards))
    return known[start, stop]


def onward(node: ir.GraphNode) -> tuple[ir.NodeId | None, ...]:
    """Where runs go from a node within its block."""
    if isinstance(node, ir.RepeatNode):
        return (node.next,)
    return tuple(after for _, after in ways(node))


def latest(
    graph: ir.JourneyGraph, start: ir.NodeId | None, slack: int
) -> Mapping[ir.NodeId, float]:
    """For each node, the most seconds after `start` at which a run can come to it."""
    delays = _Delays(graph, slack)
    if start is not None and start in graph.nodes:
        delays.block(start, None, 0)
    return delays.found


class _Delays:
    """How late runs can come to nodes."""

    def __init__(self, graph: ir.JourneyGraph, slack: int) -> None:
        self.graph = graph
        self.slack = slack
        self.found: dict[ir.NodeId, float] = {}
        self.orders: Orders = {}
        self.inside: list[ir.NodeId] = []

    def block(self, start: ir.NodeId, stop: ir.NodeId | None, coming: float) -> float:
        """Note the nodes of a block; when a run comes to `stop` at the latest."""
        nodes = self.graph.nodes
        pending = {start: coming}
        back = coming
        for here in block_order(self.graph, start, stop, self.orders):
            node = nodes[here]
            arrived = pending[here]
            if isinstance(node, ir.RepeatNode) and node.body in nodes:
                arrived = self._repeat(here, node, arrived)
            self.found[here] = max(self.found.get(here, 0.0), arrived)
            leaving = arrived + longest(node, self.slack)
            for after in onward(node):
                if after is None or after == stop:
                    back = max(back, leaving)
                elif after in nodes:
                    pending[after] = max(pending.get(after, 0.0), leaving)
        return back

    def _repeat(self, here: ir.NodeId, node: ir.RepeatNode, arrived: float) -> float:
        """When the last round is over; it begins when all others are."""
        if here in self.inside:
            raise Circles
        self.inside.append(here)
        one_round = self.block(node.body, here, arrived) - arrived if arrived < inf else inf
        if node.repeat.times > 1 and one_round:
            arrived += one_round * (node.repeat.times - 1)
        over = self.block(node.body, here, arrived)
        self.inside.pop()
        return over
