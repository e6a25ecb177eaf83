"""The segments that are kept up to date, and what each of them depends on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import blake2b
from weakref import WeakKeyDictionary

from cio_lang import graph_file, ir
from cio_lang.conditions import Names, names
from cio_lang.store.beside import default_zone
from cio_lang.store.database import Database
from cio_lang.store.segments.direction import Push, push
from cio_lang.store.segments.narrowing import Wheres, wheres

VIEW = "segments_at"
"""The setting that holds the instant at which members were last looked at, in microseconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """One segment; `condition` is None where it is kept by hand.

    `fingerprint` changes with all that decides who is in it: its condition, those of the segments
    inside, and the workspace's zone.
    """

    name: str
    title: str
    condition: ir.Condition | None
    names: Names
    fingerprint: str | None


@dataclass(frozen=True, eq=False)
class Plan:
    """All segments of a store, by what they depend on."""

    segments: Mapping[str, Live]
    conditions: Mapping[str, ir.Condition]
    zone: str
    stored: tuple[tuple[str, str | None], ...] = field(repr=False, default=())

    @cached_property
    def kept(self) -> tuple[Live, ...]:
        """Those with a condition, by name."""
        return tuple(one for one in self.segments.values() if one.condition is not None)

    @cached_property
    def by_event(self) -> Mapping[str, tuple[Live, ...]]:
        """Those that name an event; what any event can change is not among them."""
        return _grouped((name, one) for one in self.kept for name in one.names.events)

    @cached_property
    def by_any_event(self) -> tuple[Live, ...]:
        """Those that every event of a person can change."""
        return tuple(one for one in self.kept if one.names.any_event)

    @cached_property
    def by_attribute(self) -> Mapping[str, tuple[Live, ...]]:
        """Those that an attribute can change."""
        return _grouped((name, one) for one in self.kept for name in one.names.attributes)

    def asked_by(self, event: str) -> tuple[Live, ...]:
        """Those that an event of that name may change."""
        named = self.by_event.get(event, ())
        return (*named, *(one for one in self.by_any_event if one not in named))

    def push(self, live: Live, event: str) -> Push:
        """What one more event of that name can do to who is in a segment."""
        found = self._pushes.get((live.name, event))
        if found is None:
            assert live.condition is not None
            found = push(live.condition, event, self.conditions)
            self._pushes[live.name, event] = found
        return found

    def wheres(self, live: Live, event: str) -> Wheres | None:
        """What events of that name have to pass to matter to a segment; None where all may."""
        key = live.name, event
        if key not in self._wheres:
            assert live.condition is not None
            self._wheres[key] = wheres(live.condition, event, self.conditions)
        return self._wheres[key]

    @cached_property
    def _wheres(self) -> dict[tuple[str, str], Wheres | None]:
        return {}

    @cached_property
    def _pushes(self) -> dict[tuple[str, str], Push]:
        return {}

    @cached_property
    def by_member(self) -> Mapping[str, tuple[Live, ...]]:
        """Those with a segment inside that is kept by hand."""
        return _grouped((name, one) for one in self.kept for name in one.names.members)


def any_segment(database: Database) -> bool:
    """Whether there is any segment to keep: the one question that is asked where there is none."""
    return bool(database.driver("SELECT 1 FROM segments LIMIT 1"))


_plans: WeakKeyDictionary[Database, Plan] = WeakKeyDictionary()


def plan_in_force(database: Database) -> Plan:
    """The segments as they were last defined; read anew where another process redefined them."""
    stored = tuple(database.driver("SELECT segment, digest FROM segments ORDER BY segment"))
    known = _plans.get(database)
    if known is None or known.stored != stored:
        known = applied(database)
        known = Plan(
            {name: known.segments[name] for name, _ in stored if name in known.segments},
            known.conditions,
            known.zone,
            stored,
        )
        _plans[database] = known
    return known


def applied(database: Database) -> Plan:
    """The segments of the documents that are active."""
    zone = default_zone(database)
    graphs: dict[str, ir.SegmentGraph] = {}
    for name, digest, body in database.driver(
        "SELECT p.name, d.digest, d.body FROM deployments p JOIN documents d ON d.digest = p.digest"
        " WHERE p.active = 1 AND p.kind = 'segment' ORDER BY p.name"
    ):
        graphs[name] = _segment(digest, body)
    conditions = {name: one.where for name, one in graphs.items() if one.where is not None}
    segments = {}
    for name, graph in graphs.items():
        needs = Names() if graph.where is None else names(graph.where, conditions)
        print_ = None if graph.where is None else fingerprint(graph.where, conditions, zone)
        segments[name] = Live(name, graph.title, graph.where, needs, print_)
    return Plan(segments, conditions, zone)


@lru_cache(maxsize=1024)
def _segment(digest: str, body: str) -> ir.SegmentGraph:
    graph = graph_file.load(body, digest)
    assert isinstance(graph, ir.SegmentGraph)
    return graph


def fingerprint(condition: ir.Condition, conditions: Mapping[str, ir.Condition], zone: str) -> str:
    """The same for conditions that take the same people, whatever they are called."""
    inside: dict[str, ir.Condition] = {}
    _collect(condition, conditions, inside)
    text = repr((condition, sorted(inside.items()), zone))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _collect(
    condition: ir.Condition,
    conditions: Mapping[str, ir.Condition],
    found: dict[str, ir.Condition],
) -> None:
    match condition:
        case ir.SegmentTest():
            name = condition.segment
            if name in conditions and name not in found:
                found[name] = conditions[name]
                _collect(conditions[name], conditions, found)
        case ir.All():
            for part in condition.all:
                _collect(part, conditions, found)
        case ir.Any_():
            for part in condition.any:
                _collect(part, conditions, found)
        case ir.Not():
            _collect(condition.not_, conditions, found)
        case ir.EventTest():
            if condition.where is not None:
                _collect(condition.where, conditions, found)
        case ir.AggregateTest():
            if condition.of.where is not None:
                _collect(condition.of.where, conditions, found)
        case ir.SequenceTest():
            for match_ in (condition.first, condition.then):
                if match_.where is not None:
                    _collect(match_.where, conditions, found)
        case (
            ir.AttributeTest() | ir.PropertyTest() | ir.EntryTest() | ir.HeldTest()
            | ir.InactiveTest() | ir.SubscribedTest() | ir.ReachTest() | ir.ChurnTest()
            | ir.LikelyTest() | ir.TopTest() | ir.DrawTest()
        ):  # fmt: skip
            return


def _grouped(pairs: Iterable[tuple[str, Live]]) -> dict[str, tuple[Live, ...]]:
    found: dict[str, tuple[Live, ...]] = {}
    for name, one in pairs:
        found[name] = (*found.get(name, ()), one)
    return found
