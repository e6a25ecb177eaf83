"""Ways on which a run sends nothing: a graph in, the first such way in words out, or None."""

from __future__ import annotations

from cio_lang import ir
from cio_lang.conditions import names
from cio_lang.graph_data import ways
from cio_lang.proof.journeys import Workspace, messages
from cio_lang.proof.paths import send_words
from cio_lang.proof.walks import Orders, block_order

SENT = "message_sent"
"""The event that every message leaves behind."""

Step = str
"""What happens on the way, in words."""

Way = tuple["Way", Step] | None
"""The steps of a way, the last one outside."""


def silent_way(
    graph: ir.JourneyGraph, channel: ir.Channel | None, within: Workspace
) -> tuple[Step, ...] | None:
    """How somebody who enters can come to the end without a message (by the channel).

    A message that may go out by another channel does not count for one.  What is skipped when it is
    to be sent (no consent, no address) is not looked at.
    """
    counted = frozenset(
        name
        for name, node in messages(graph, channel).items()
        if channel is None or node.send.channels == (channel,)
    )
    search = _Search(graph, counted, within)
    if graph.start is None or graph.start not in graph.nodes:
        return ("it has no steps",)
    search.through(graph.start, None, None)
    found = search.ended or search.stays or search.cut
    return None if found is None else steps_of(found)


def steps_of(way: Way) -> tuple[Step, ...]:
    """The steps from first to last; those with nothing to say are left out."""
    said: list[Step] = []
    while way is not None:
        way, step = way
        if step:
            said.append(step)
    return tuple(reversed(said))


class _Search:
    def __init__(
        self, graph: ir.JourneyGraph, counted: frozenset[ir.NodeId], within: Workspace
    ) -> None:
        self.graph = graph
        self.counted = counted
        self.orders: Orders = {}
        self.ended: Way = None
        self.stays: Way = None
        self.cut: Way = None
        self.exit_words = _exit_words(graph)
        self.inside: set[ir.NodeId] = set()
        at_entry = _exit_at_entry(graph, within)
        if at_entry is not None:
            self.cut = (None, at_entry)

    def through(self, start: ir.NodeId, stop: ir.NodeId | None, coming: Way) -> Way:
        """The first way from `start` to `stop` without a message, if there is one.

        Notes ways that end the run on the way.  The way so far is never empty where one is found.
        """
        reached: dict[ir.NodeId, Way] = {start: (coming, "")}
        back: Way = None
        for here in block_order(self.graph, start, stop, self.orders):
            if here not in reached or here in self.counted:
                continue
            way, node = reached[here], self.graph.nodes[here]
            self._endings(here, node, way)
            for step, after in self._onward(here, node, way):
                if after is None or (after not in self.graph.nodes and after != stop):
                    self.ended = self.ended or (step, "the journey ends")
                if after == stop or after is None:
                    back = back or step
                elif after in self.graph.nodes and after not in reached:
                    reached[after] = step
        return back

    def _endings(self, here: ir.NodeId, node: ir.GraphNode, way: Way) -> None:
        """Ways to end at a node."""
        if isinstance(node, ir.LeaveNode):
            self.ended = self.ended or (way, "they leave there")
        if isinstance(node, ir.ThrottleNode):
            limit = f"`at most {node.throttle.times} per {node.throttle.per}` lets them not through"
            self.ended = self.ended or (way, limit)
        unlimited = (isinstance(node, ir.UntilNode) and node.until.at_most is None) or (
            isinstance(node, ir.AskNode) and node.ask.at_most is None
        )
        if unlimited:
            self.stays = self.stays or (way, f"they stay at `{_named(here)}` for ever")
        if self.exit_words is not None and _takes_time(node):
            self.cut = self.cut or (way, f"at `{_named(here)}` {self.exit_words}")

    def _onward(
        self, here: ir.NodeId, node: ir.GraphNode, way: Way
    ) -> list[tuple[Way, ir.NodeId | None]]:
        if isinstance(node, ir.RepeatNode):
            if node.repeat.until is not None:
                return [((way, f"`{_named(here)}` is over before its first round"), node.next)]
            if here in self.inside or node.body not in self.graph.nodes:
                return []
            self.inside.add(here)
            round_ = self.through(node.body, here, way)
            self.inside.discard(here)
            return [] if round_ is None else [(round_, node.next)]
        return [((way, _choice(here, node, key)), after) for key, after in ways(node)]


def _choice(here: ir.NodeId, node: ir.GraphNode, key: str) -> Step:
    match node:
        case ir.BranchNode():
            if key == "otherwise":
                return f"`otherwise` of `{_named(here)}`"
            number = int(key.split("[")[1].split("]")[0])
            return f"`{_named(here)}`" if number == 1 else f"case {number} of `{_named(here)}`"
        case ir.SplitNode(shares) | ir.ExperimentNode(arms=shares):
            if key == "held_out":
                return "those held out"
            return f'the share "{shares[int(key.split("[")[1].split("]")[0]) - 1].label}"'
        case ir.UntilNode():
            return f"`{_named(here)}` {'comes' if key == 'met' else 'does not come in time'}"
        case ir.AskNode():
            return f"`{_named(here)}` is {key}"
        case ir.WaitNode():
            return f"no date for `{_named(here)}`" if key == "missing" else ""
        case ir.SendNode():
            return f"`{send_words(node)}` goes out by another channel"
        case (
            ir.RepeatNode()
            | ir.CollectNode()
            | ir.ThrottleNode()
            | ir.SetNode()
            | ir.AddNode()
            | ir.TrackNode()
            | ir.MembershipNode()
            | ir.CallNode()
            | ir.StartNode()
            | ir.LeaveNode()
        ):
            return ""


def _named(here: ir.NodeId) -> str:
    return here.replace("-", " ")


def _takes_time(node: ir.GraphNode) -> bool:
    """Whether something can happen to a run at the node: it waits, or changes the person."""
    return isinstance(
        node,
        ir.WaitNode
        | ir.UntilNode
        | ir.AskNode
        | ir.CollectNode
        | ir.SetNode
        | ir.AddNode
        | ir.TrackNode
        | ir.MembershipNode
        | ir.StartNode,
    )


def _exit_words(graph: ir.JourneyGraph) -> str | None:
    """What can end a run from outside."""
    for exit_ in graph.exits:
        if isinstance(exit_, ir.ExitOnEvent):
            return f"they do `{exit_.event}`, which ends the run"
        return "a `leave when` line ends the run"
    if graph.goal is not None and graph.goal.leave:
        return f"they do `{graph.goal.event}`, the goal, which ends the run"
    return None


def _exit_at_entry(graph: ir.JourneyGraph, within: Workspace) -> str | None:
    """Whether a condition can end a run in the moment in which it is entered."""
    for exit_ in graph.exits:
        if not isinstance(exit_, ir.ExitWhen):
            continue
        if (
            graph.name not in within.started
            and _opposite(graph.entry, exit_.when)
            and not _changed_elsewhere(graph, exit_.when, within)
        ):
            continue
        return "a `leave when` line can hold for them as they enter"
    return None


def _opposite(entry: ir.Entry, condition: ir.Condition) -> bool:
    """Whether the condition cannot hold for somebody who enters just now."""
    match entry:
        case ir.Match(entered) | ir.OnceEntry(entered) | ir.ScheduleEntry(_, entered):
            return condition == ir.Not(entered)
        case ir.DateEntry(_, audience):
            return audience is not None and condition == ir.Not(audience)
        case ir.JoinEntry(segment):
            return condition == ir.Not(ir.SegmentTest(segment))
        case ir.LeaveEntry(segment):
            return condition == ir.SegmentTest(segment)
        case ir.EventMatch() | ir.StartEntry():
            return False


def _changed_elsewhere(graph: ir.JourneyGraph, condition: ir.Condition, within: Workspace) -> bool:
    """Whether a step of another journey, in the same moment, can make a condition hold."""
    about = names(condition, within.segments)
    if about.any_event or SENT in about.events:
        return True
    for other in within.journeys:
        for node in other.nodes.values() if other.name != graph.name else ():
            match node:
                case ir.SetNode():
                    changes = node.set.attribute in about.attributes
                case ir.AddNode():
                    changes = node.add.attribute in about.attributes
                case ir.TrackNode():
                    changes = node.track.event in about.events
                case ir.MembershipNode():
                    changes = node.membership.segment in about.members
                case (
                    ir.SendNode()
                    | ir.WaitNode()
                    | ir.UntilNode()
                    | ir.BranchNode()
                    | ir.SplitNode()
                    | ir.ExperimentNode()
                    | ir.RepeatNode()
                    | ir.AskNode()
                    | ir.CollectNode()
                    | ir.ThrottleNode()
                    | ir.CallNode()
                    | ir.StartNode()
                    | ir.LeaveNode()
                ):
                    changes = False
            if changes:
                return True
    return False
