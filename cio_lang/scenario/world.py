"""People in memory and a clock: what the store and the live loop are to the engine, for `cio test`.

The engine is the real one.  The clock goes from one due instant to the next, person by person, so
that months take as long as the steps in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from cio_lang import graph_file, ir
from cio_lang.channels import CHANNELS, EmailSettings, Unreachable
from cio_lang.conditions import Event, Moment, holds
from cio_lang.runtime.engine import advance
from cio_lang.store.state import (
    Decision,
    Deployed,
    OutboxRow,
    PersonChange,
    PersonRow,
    PersonState,
    Run,
)

__all__ = ["Person", "World"]


@dataclass(slots=True)
class Person:
    """One person and all that happened to them."""

    row: PersonRow
    events: list[Event] = field(default_factory=list)
    unhandled: list[Event] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    standings: dict[str, bool] = field(default_factory=dict)
    due: datetime | None = None
    messages: list[OutboxRow] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def state(self, now: datetime) -> PersonState:
        """What the engine sees, as the store would load it."""
        last = {run.journey: run.id for run in sorted(self.runs.values(), key=_entered)}
        runs = [
            run
            for run in self.runs.values()
            if run.status == "live" or _goal_open(run, now) or last[run.journey] == run.id
        ]
        return PersonState(
            person=self.row,
            events=list(self.events),
            new_events=[(event, False) for event in self.unhandled],
            runs=runs,
            standings=dict(self.standings),
            due=self.due,
        )


class World:
    """The journeys of a workspace and the people of one scenario."""

    def __init__(self, graphs: Sequence[ir.Graph], start: datetime, zone: tzinfo) -> None:
        self.now = start
        self.zone = zone
        self.people: dict[str, Person] = {}
        self.segments = {
            graph.name: graph.where
            for graph in graphs
            if isinstance(graph, ir.SegmentGraph) and graph.where is not None
        }
        self.titles = {g.name: g.title for g in graphs}
        self._graphs = {graph_file.digest(g): g for g in graphs if isinstance(g, ir.JourneyGraph)}
        self._journeys = [
            Deployed(graph, digest, 1, start) for digest, graph in sorted(self._graphs.items())
        ]
        self._channels = {kind.name: kind.open(EmailSettings("cio@localhost")) for kind in CHANNELS}

    def add(self, key: str, attributes: Mapping[str, Any], since: datetime) -> Person:
        """A new person, who is looked at once."""
        row = PersonRow(len(self.people) + 1, key, dict(attributes), since)
        person = Person(row, due=self.now)
        self.people[key] = person
        return person

    def happens(self, key: str, event: str, properties: Mapping[str, Any]) -> None:
        """The person does something now; who was not known before is new."""
        person = self.people.get(key) or self.add(key, {}, self.now)
        done = Event(event, self.now, dict(properties), f"{key}-{len(person.events) + 1}")
        person.events.append(done)
        person.unhandled.append(done)
        person.due = self.now

    def becomes(self, key: str, attribute: str, value: Any) -> None:
        """An attribute of the person changes now."""
        person = self.people.get(key) or self.add(key, {}, self.now)
        attributes = {**person.row.attributes, attribute: value}
        person.row = replace(person.row, attributes=attributes)
        person.due = self.now

    def walk(self, until: datetime) -> None:
        """Everything that is due up to and with `until`, in the order of time."""
        while True:
            waiting = [
                (person.due, person.row.id, person)
                for person in self.people.values()
                if person.due is not None and person.due <= until
            ]
            if not waiting:
                break
            instant, _, person = min(waiting, key=lambda each: each[:2])
            self.now = max(self.now, instant)
            self._step(person)
        self.now = max(self.now, until)

    def matches(self, person: Person, condition: ir.Condition) -> bool:
        """Whether the condition holds for the person now."""
        return holds(
            condition,
            Moment(
                attributes=person.row.attributes,
                events=person.events,
                now=self.now,
                timezone=self.zone,
                known_since=person.row.created_at,
                segments=self.segments,
            ),
        )

    def _step(self, person: Person) -> None:
        change = advance(
            person.state(self.now),
            self._journeys,
            self._graphs,
            self.segments,
            self.now,
            self.zone,
        )
        self._apply(person, change)

    def _apply(self, person: Person, change: PersonChange) -> None:
        person.runs.update({run.id: run for run in change.runs})
        person.standings.update(change.standings)
        person.decisions += change.decisions
        handled = set(change.handled_events)
        person.unhandled = [event for event in person.unhandled if event.id not in handled]
        if change.attributes:
            attributes = {**person.row.attributes, **change.attributes}
            person.row = replace(person.row, attributes=attributes)
        known = {(row.run, row.node, row.visit) for row in person.messages}
        for row in change.outbox:
            if (row.run, row.node, row.visit) not in known:
                person.messages.append(self._routed(row, person))
        if change.due is not None and change.due <= self.now:
            raise RuntimeError(f"{person.row.key} is due again at the instant just handled")
        person.due = change.due

    def _routed(self, row: OutboxRow, person: Person) -> OutboxRow:
        """The message with the channel that reaches the person, or why none does."""
        if row.status == "skipped":
            return row
        reason = "no channel"
        for name in row.channels:
            channel = self._channels.get(name)  # type: ignore[call-overload]
            if channel is None:
                continue
            address = channel.address(person.row.attributes)
            if isinstance(address, Unreachable):
                reason = address.reason
                continue
            return replace(row, channel=name, status="accepted")
        return replace(row, status="skipped", reason=reason)


def _entered(run: Run) -> datetime:
    return run.entered_at


def _goal_open(run: Run, now: datetime) -> bool:
    return run.goal_at is None and run.goal_until is not None and run.goal_until >= now
