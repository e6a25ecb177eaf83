"""What applying would do to a store, which is only read.

For each journey: what changes, who would enter at once, who is inside and at which step, and what
becomes of them by each policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import islice
from typing import Literal

from cio_lang import diff, graph_file, ir
from cio_lang.diff import Change
from cio_lang.graph_data import as_data
from cio_lang.record import record
from cio_lang.runtime.policies import Landing, landing
from cio_lang.store import Store
from cio_lang.store.deployments import Version
from cio_lang.store.inside import Group

__all__ = ["Entering", "Inside", "Part", "Planned", "What", "plan"]

What = Literal["added", "changed", "removed", "unchanged"]

SOME = 3
"""So many names stand for a group."""


@record
class Entering:
    """Who would enter when it is applied: how many, and a few of them; None: not known before.

    `because` says why nobody, or why it is not known.
    """

    people: int | None
    some: tuple[str, ...] = ()
    because: str = ""


@record
class Inside:
    """A group that is inside; `now_in_force` are those whom nothing happens to."""

    group: Group
    version: int
    some: tuple[str, ...]
    lands: Landing | None
    in_force: bool


@record
class Part:
    """One graph or template, and what becomes of it.  `version` is the one that it would be."""

    label: str  # `journey welcome`
    title: str
    what: What
    version: int | None = None
    changes: tuple[Change, ...] = ()
    entering: Entering | None = None
    inside: tuple[Inside, ...] = ()


@record
class Planned:
    """Everything, by kind and name; `stopped` are journeys that stay out of force."""

    parts: tuple[Part, ...]
    stopped: tuple[str, ...] = ()

    def labels(self, what: What) -> tuple[str, ...]:
        """What is added, changed, removed or unchanged."""
        return tuple(part.label for part in self.parts if part.what == what)


def plan(
    store: Store,
    graphs: Sequence[ir.Graph],
    templates: Mapping[str, str],
    now: datetime,
    zone: tzinfo,
) -> Planned:
    """What applying these at `now` would do; `zone` is the workspace's."""
    with store.reading():
        before = store.deployments.graphs()
        old_templates = store.templates()
        versions = store.deployments.versions()
        groups = store.deployments.groups()
        after = {
            f"{graph.kind} {graph.name}": graph
            for graph in graphs
            if not isinstance(graph, ir.TemplateGraph)  # comes as text, among the templates
        }
        marks = store.deployments.stopped()
        stopped = tuple(name for name in marks if after.pop(f"journey {name}", None) is not None)
        found = _Plan(store, before, after, versions, groups, now, zone)
        parts = [found.part(label) for label in sorted({*before, *after, *found.left_behind()})]
    for name in sorted({*old_templates, *templates}):
        old, new = old_templates.get(name), templates.get(name)
        parts.append(Part(f"template {name}", name, _what(old, new)))
    return Planned(tuple(parts), stopped)


def _what(old: object, new: object) -> What:
    if old == new:
        return "unchanged"
    return "added" if old is None else "removed" if new is None else "changed"


class _Plan:
    def __init__(
        self,
        store: Store,
        before: Mapping[str, ir.Graph],
        after: Mapping[str, ir.Graph],
        versions: Mapping[str, Sequence[Version]],
        groups: Sequence[Group],
        now: datetime,
        zone: tzinfo,
    ) -> None:
        self.store, self.before, self.after = store, before, after
        self.versions, self.groups = versions, groups
        self.now, self.zone = now, zone
        self.segments = {
            graph.name: graph.where
            for graph in after.values()
            if isinstance(graph, ir.SegmentGraph) and graph.where is not None
        }

    def left_behind(self) -> set[str]:
        """Journeys that are out of force already and still have somebody inside."""
        return {f"journey {group.journey}" for group in self.groups}

    def part(self, label: str) -> Part:
        old, new = self.before.get(label), self.after.get(label)
        digests = [None if each is None else graph_file.digest(each) for each in (old, new)]
        what = _what(*digests)
        graph = new or old
        name = label.partition(" ")[2]
        if graph is None:  # out of force, and not among what is applied
            title = self.versions[name][-1].title
            return Part(label, title, "unchanged", inside=self._inside(name, None))
        one_sided = ({} if each is None else {label: each} for each in (old, new))
        changes = diff.diff(*one_sided) if what != "unchanged" else ()
        if not isinstance(graph, ir.JourneyGraph):
            return Part(label, graph.title, what, changes=changes)
        there = new if isinstance(new, ir.JourneyGraph) else None
        known = self.versions.get(name, ())
        last = known[-1].version if known else 0
        version = None if there is None else last + (what in ("added", "changed"))
        entering = None
        if there is not None and what != "unchanged":
            entering = self._entering(there, bool(known))
        return Part(label, graph.title, what, version, changes, entering, self._inside(name, there))

    def _inside(self, name: str, new: ir.JourneyGraph | None) -> tuple[Inside, ...]:
        digest = None if new is None else graph_file.digest(new)
        numbers = {each.digest: each.version for each in self.versions.get(name, ())}
        found = []
        for group in self.groups:
            if group.journey == name:
                old = self.store.graph(group.digest)
                some = self.store.deployments.some_of(group, SOME)
                lands = landing(old, new, group.node)
                version = numbers.get(group.digest, 0)
                found.append(Inside(group, version, some, lands, group.digest == digest))
        return tuple(sorted(found, key=lambda each: (-each.version, each.group.node or "")))

    def _entering(self, graph: ir.JourneyGraph, known: bool) -> Entering:
        match graph.entry:
            case ir.EventMatch():
                return Entering(0, because=f"people enter when they do {graph.entry.event}")
            case ir.Match(existing="exclude"):
                return Entering(0, because="who matches already does not start to match")
            case ir.Match():
                if self.store.deployments.looked_at(graph.name):
                    return Entering(0, because="who matches already was looked at before")
                return self._who(graph, graph.entry.match, known)
            case ir.OnceEntry():
                return self._who(graph, graph.entry.once, known)
            case ir.JoinEntry():
                return Entering(0, because="people enter when they come into the segment")
            case ir.LeaveEntry():
                return Entering(0, because="people enter when they go out of the segment")
            case ir.DateEntry():
                return Entering(0, because="people enter by their date")
            case ir.ScheduleEntry():
                return Entering(0, because="people enter by the calendar")
            case ir.StartEntry():
                return Entering(0, because="people enter when they are started")

    def _who(self, graph: ir.JourneyGraph, condition: ir.Condition, known: bool) -> Entering:
        if known:
            return Entering(None, because="it was in force before: who entered then may not again")
        asked = condition if graph.only is None else ir.All((condition, graph.only))
        asked = _inlined(asked, self.segments)
        some = islice(self.store.people_where(asked, self.now, self.zone), SOME)
        count = self.store.count_where(asked, self.now, self.zone)
        return Entering(count, tuple(person.key for person in some))


def _inlined(
    condition: ir.Condition, segments: Mapping[str, ir.Condition], inside: tuple[str, ...] = ()
) -> ir.Condition:
    """The condition with the segments that are to be, in place of those in force."""
    match condition:
        case ir.SegmentTest() if condition.segment in segments and condition.segment not in inside:
            deeper = (*inside, condition.segment)
            return _inlined(segments[condition.segment], segments, deeper)
        case ir.All():
            return ir.All(tuple(_inlined(part, segments, inside) for part in condition.all))
        case ir.Any_():
            return ir.Any_(tuple(_inlined(part, segments, inside) for part in condition.any))
        case ir.Not():
            return ir.Not(_inlined(condition.not_, segments, inside))
        case (
            ir.SegmentTest()
            | ir.AttributeTest()
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
            return condition


def data(planned: Planned) -> list[dict[str, object]]:
    """The plan as plain data, for other programs."""
    from cio_lang.diff_render import as_json, largest

    return [
        {
            "what": part.what,
            "part": part.label,
            "title": part.title,
            "version": part.version,
            "magnitude": largest(part.changes) if part.changes else None,
            "changes": as_json(part.changes),
            "entering": None if part.entering is None else as_data(part.entering),
            "inside": [
                {
                    "version": each.version,
                    "step": each.group.node,
                    "people": each.group.people,
                    "some": list(each.some),
                    "in_force": each.in_force,
                    "move": None
                    if each.in_force
                    else "leave"
                    if each.lands is None
                    else {"step": each.lands.node, "fresh": each.lands.fresh},
                }
                for each in part.inside
            ],
        }
        for part in planned.parts
    ]
