"""One person kept in memory between steps of the engine, as the store keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.runtime.engine import Plan, plan, replay_person, step
from cio_lang.store.state import (
    Decision,
    Deployed,
    OutboxRow,
    PersonChange,
    PersonRow,
    PersonState,
    Run,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday


def at(hours: float) -> datetime:
    """So many hours after the start."""
    return START + timedelta(hours=hours)


def event(name: str, hours: float, **properties: Any) -> Event:
    """Something a person did so many hours after the start."""
    return Event(name, at(hours), properties, f"{name}-{hours}")


def journey(
    entry: ir.Entry,
    nodes: Mapping[str, ir.GraphNode],
    *,
    name: str = "j",
    allow: str = "every_time",
    after: str | None = None,
    **parts: Any,
) -> ir.JourneyGraph:
    """A graph that starts at the first of `nodes`."""
    return ir.JourneyGraph(
        cio=1,
        kind="journey",
        name=name,
        title=name,
        source=ir.Origin("j.journey", "sha256:0"),
        behaviour="sha256:0",
        entry=entry,
        reentry=ir.Reentry(allow, after),  # type: ignore[arg-type]
        **{"start": next(iter(nodes), None), **parts},
        nodes=dict(nodes),
    )


def mail(text: str, then: str | None = None) -> ir.SendNode:
    """A step that sends words."""
    return ir.SendNode(ir.Message(("email",), text=text), next=then)


def wait(duration: str, then: str | None = None) -> ir.WaitNode:
    """A step that waits."""
    return ir.WaitNode(ir.WaitFor(duration), then)


def deployed(graph: ir.JourneyGraph, applied_at: datetime = START) -> Deployed:
    """A graph as active."""
    return Deployed(graph, f"sha256:{graph.name}", 1, applied_at)


@dataclass
class Alice:
    """A person, and everything that the engine has said about her."""

    journeys: Sequence[Deployed]
    attributes: dict[str, Any] = field(default_factory=dict)
    created_at: datetime = START
    segments: Mapping[str, ir.Condition] = field(default_factory=dict)
    due: datetime | None = START
    events: list[Event] = field(default_factory=list)
    new: list[tuple[Event, bool]] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    standings: dict[str, bool] = field(default_factory=dict)
    outbox: list[OutboxRow] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    changed: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.changed = dict.fromkeys(self.attributes, self.created_at) | self.changed

    @property
    def plan(self) -> Plan:
        """What is deployed."""
        graphs = {each.digest: each.graph for each in self.journeys}
        return plan(self.journeys, graphs, self.segments, UTC)

    def did(self, *events: Event, history: bool = False) -> None:
        """She did something; it is not handled yet."""
        self.events = sorted([*self.events, *events], key=lambda each: (each.at, each.id))
        self.new += [(each, history) for each in events]
        first = min(each.at for each in events)
        self.due = first if self.due is None else min(self.due, first)

    @property
    def state(self) -> PersonState:
        """As the store would load her."""
        row = PersonRow(1, "alice", dict(self.attributes), self.created_at, dict(self.changed))
        runs = sorted(self.runs.values(), key=lambda run: (run.entered_at, run.id))
        return PersonState(
            row, list(self.events), list(self.new), runs, dict(self.standings), self.due
        )

    def take(self, change: PersonChange) -> PersonChange:
        """Keep what changed."""
        self.runs |= {run.id: run for run in change.runs}
        self.outbox += change.outbox
        self.events = sorted([*self.events, *change.events], key=lambda each: (each.at, each.id))
        self.decisions += change.decisions
        self.attributes |= change.attributes
        self.changed |= change.changed
        self.standings |= change.standings
        handled = set(change.handled_events)
        self.new = [each for each in self.new if each[0].id not in handled]
        self.due = change.due
        return change

    def step(self, hours: float) -> PersonChange:
        """Everything that is to be done at one instant."""
        return self.take(step(self.state, self.plan, at(hours)))

    def replay(self, hours: float) -> PersonChange:
        """All her instants up to one."""
        return self.take(replay_person(self.state, self.plan, at(hours)))

    @property
    def mails(self) -> list[tuple[str, float]]:
        """What was sent, and how many hours after the start."""
        return [(row.text or "", (row.made_at - START) / timedelta(hours=1)) for row in self.outbox]

    def said(self, what: str) -> list[Mapping[str, Any]]:
        """The details of all decisions of one kind."""
        return [made.detail for made in self.decisions if made.what == what]

    @property
    def reasons(self) -> list[str | None]:
        """Why each run ended, in order of entering."""
        runs = sorted(self.runs.values(), key=lambda run: (run.entered_at, run.id))
        return [run.reason for run in runs]
