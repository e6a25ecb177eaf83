"""What a new version of a journey means for those who are inside of an older one.

`pinned`: they stay in the version that they entered, to its end.  `move`: each goes on in the new
one, at the step with the same id; where that is gone, at the nearest step behind it that is still
there, which they arrive at anew; where none is, they leave ("workflow changed").  `stop`: they all
leave.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from cio_lang import ir
from cio_lang.calendar_time import exact, parse_duration
from cio_lang.graph_data import successors
from cio_lang.record import record
from cio_lang.store import Store
from cio_lang.store.inside import Group

__all__ = [
    "STOPPED",
    "WORKFLOW_CHANGED",
    "Landing",
    "Policy",
    "Step",
    "carry_out",
    "landing",
    "steps",
]

Policy = Literal["pinned", "move", "stop"]

WORKFLOW_CHANGED = "workflow changed"
STOPPED = "stopped"


@record
class Landing:
    """Where somebody goes on.  `fresh`: they arrive there anew; else a wait there goes on."""

    node: ir.NodeId
    fresh: bool


@record
class Step:
    """A group in another version than the one in force; `lands` is by `move`, None: they leave."""

    group: Group
    lands: Landing | None


def landing(
    old: ir.JourneyGraph, new: ir.JourneyGraph | None, node: ir.NodeId | None
) -> Landing | None:
    """Where `move` takes somebody who stands at `node` of `old`; None where nothing is left."""
    if new is None or node is None:
        return None
    if node in new.nodes:
        # What was a wait and is now a message is not waited at.
        same = node in old.nodes and type(old.nodes[node]) is type(new.nodes[node])
        return Landing(node, fresh=not same)
    waiting, seen = deque([node]), {node}
    while waiting:
        here = old.nodes.get(waiting.popleft())
        for after in () if here is None else successors(here):
            if after is None or after in seen:
                continue
            if after in new.nodes:
                return Landing(after, fresh=True)
            seen.add(after)
            waiting.append(after)
    return None


def steps(
    store: Store, in_force: Mapping[str, tuple[str, ir.JourneyGraph]], journeys: Sequence[str] = ()
) -> list[Step]:
    """All groups in another version than the one of `in_force` (digest and graph, by name).

    With `journeys`, only those of these.
    """
    found = []
    for group in store.deployments.groups():
        digest, graph = in_force.get(group.journey, (None, None))
        if group.digest != digest and (not journeys or group.journey in journeys):
            old = store.graph(group.digest)
            found.append(Step(group, landing(old, graph, group.node)))
    return found


def carry_out(
    store: Store, policy: Policy, at: datetime, journeys: Sequence[str] = ()
) -> list[Step]:
    """Move or stop all who are in older versions, inside the transaction that is open.

    Returns the groups that were moved or taken out.
    """
    if policy == "pinned":
        return []
    in_force = {each.graph.name: (each.digest, each.graph) for each in store.journeys()}
    names = sorted({step.group.journey for step in steps(store, in_force, journeys)})
    if not names:
        return []
    door = store.deployments
    door.hold_still(names, at)
    done = steps(store, in_force, names)  # as they are now that nobody else steps them
    for step in done:
        group, lands = step.group, step.lands
        if policy == "stop":
            door.take_out(group, STOPPED, at)
        elif lands is None or group.journey not in in_force:
            door.take_out(group, WORKFLOW_CHANGED, at)
        else:
            door.move(group, in_force[group.journey][0], lands.node, fresh=lands.fresh, at=at)
    if policy == "move":
        for name in names:
            if name in in_force:
                digest, graph = in_force[name]
                door.reopen_goals(name, digest, _open_for(graph.goal))
    return done


def _open_for(goal: ir.Goal | None) -> timedelta | None:
    if goal is None:
        return None
    return timedelta.max if goal.within is None else exact(parse_duration(goal.within))
