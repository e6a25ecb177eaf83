"""The engine as a machine of scenarios: people in memory and a clock, for the store and live loop.

The engine is the real one.  The clock goes from one due instant to the next, person by person, so
that months take as long as the steps in them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any, cast

from cio_lang import draw, graph_file, ir
from cio_lang.calendar_time import zone as zone_named
from cio_lang.conditions import Event, Moment, holds
from cio_lang.conditions.evaluate import UNSUBSCRIBED, reaches
from cio_lang.reference import Story
from cio_lang.runtime.engine import plan, step
from cio_lang.scenario.machine import Passage, Seen, Sent
from cio_lang.store.state import (
    Decision,
    Deployed,
    OutboxRow,
    PersonChange,
    PersonRow,
    PersonState,
    Run,
)
from cio_lang.story import Happening, tell

__all__ = ["ByEngine", "Person"]


@dataclass(slots=True)
class Person:
    """One person and all that happened to them."""

    row: PersonRow
    events: list[Event] = field(default_factory=list)
    unhandled: list[Event] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    standings: dict[str, bool] = field(default_factory=dict)
    due: datetime | None = None
    changed: dict[str, datetime] = field(default_factory=dict)
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
            person=replace(self.row, changed=self.changed),
            events=list(self.events),
            new_events=[(event, False) for event in self.unhandled],
            runs=runs,
            standings=dict(self.standings),
            due=self.due,
        )


class ByEngine:
    """The journeys of a workspace and the people of one scenario."""

    def __init__(self, graphs: Sequence[ir.Graph], start: datetime, zone: tzinfo) -> None:
        self.now = self._start = start
        self.zone = zone
        self._people: dict[str, Person] = {}
        self._segments = {
            graph.name: graph.where
            for graph in graphs
            if isinstance(graph, ir.SegmentGraph) and graph.where is not None
        }
        self._titles = {
            graph.name: graph.title for graph in graphs if isinstance(graph, ir.JourneyGraph)
        }
        self._transactional = frozenset(
            graph.name
            for graph in graphs
            if isinstance(graph, ir.TopicGraph) and graph.transactional
        )
        by_digest = {graph_file.digest(g): g for g in graphs if isinstance(g, ir.JourneyGraph)}
        journeys = [
            Deployed(graph, digest, 1, start) for digest, graph in sorted(by_digest.items())
        ]
        self._plan = plan(journeys, by_digest, self._segments, zone)

    @property
    def people(self) -> Collection[str]:
        """The keys of everybody so far."""
        return self._people.keys()

    def add(
        self,
        key: str,
        attributes: Mapping[str, Any],
        since: datetime,
        segments: Sequence[ir.Slug] = (),
    ) -> None:
        """Somebody new; what the journeys would have done for them until now is done."""
        for segment in segments:
            self.moves(key, segment, True)
        self._new(key, attributes, since)
        self.walk(self.now)

    def _new(self, key: str, attributes: Mapping[str, Any], since: datetime) -> None:
        row = PersonRow(len(self._people) + 1, key, dict(attributes), since)
        changed = dict.fromkeys(attributes, since)
        self._people[key] = Person(row, due=max(since, self._start), changed=changed)

    def happens(self, key: str, event: str, properties: Mapping[str, Any]) -> None:
        """The person does something now; who was not known before is new."""
        person = self._known(key)
        done = Event(event, self.now, dict(properties), f"{key}-{len(person.events) + 1:06}")
        person.events.append(done)
        person.unhandled.append(done)
        person.due = self.now

    def becomes(self, key: str, attribute: str, value: Any) -> None:
        """An attribute of the person changes now; who was not known before is new."""
        person = self._known(key)
        self._set(person, {attribute: value})
        person.due = self.now

    def moves(self, key: str, segment: ir.Slug, inside: bool) -> None:
        """Never asked of this machine: `machine_for` takes the other where segments are by hand."""
        raise ValueError(f"the engine carries out no segment by hand, as {segment} is")

    def answers(self, key: str, journey: ir.Slug, who: str, approved: bool) -> bool:
        """Never asked of this machine: `machine_for` takes the other where somebody is asked."""
        raise ValueError(f"the engine carries out no approvals, as {journey} has")

    def wins(self, experiment: str, arm: str) -> None:
        """Never asked of this machine: `machine_for` takes the other for experiments."""
        raise ValueError(f"the engine carries out no experiments, as {experiment} is")

    def walk(self, until: datetime) -> None:
        """Everything that is due up to and with `until`, in the order of time."""
        while True:
            waiting = [
                (person.due, person.row.id, person)
                for person in self._people.values()
                if person.due is not None and person.due <= until
            ]
            if not waiting:
                break
            instant, _, person = min(waiting, key=lambda each: each[:2])
            self.now = instant
            self._step(person)
        self.now = until

    def seen(self, key: str) -> Seen:
        """What has become of the person so far."""
        person = self._people[key]
        return Seen(
            person.row.attributes,
            tuple(_sent(row) for row in person.messages),
            tuple(
                Passage(
                    run.id,
                    run.journey,
                    run.entered_at,
                    run.finished_at if run.status == "finished" else None,
                    run.reason,
                    run.goal_at,
                )
                for run in sorted(person.runs.values(), key=_entered)
            ),
        )

    def matches(self, key: str, condition: ir.Condition) -> bool:
        """Whether the condition holds for the person now."""
        return holds(condition, self._moment(self._people[key]))

    def timeline(self, key: str) -> tuple[str, ...]:
        """All that happened to the person, in lines."""
        person = self._people[key]
        happening = Happening(person.events, person.decisions, person.messages, self._titles)
        return tuple(tell(happening, self.zone))

    def stories(self) -> Sequence[Story]:
        """None: the engine keeps no story of the reference's."""
        return ()

    def _known(self, key: str) -> Person:
        if key not in self._people:
            self._new(key, {}, self.now)
        return self._people[key]

    def _set(self, person: Person, attributes: Mapping[str, Any]) -> None:
        old = person.row.attributes
        for name, value in attributes.items():
            if old.get(name) != value:
                person.changed[name] = self.now
        person.row = replace(person.row, attributes={**old, **attributes})

    def _moment(self, person: Person) -> Moment:
        return Moment(
            attributes=person.row.attributes,
            events=sorted([*person.events, *_ours(person)], key=lambda event: event.at),
            now=self.now,
            timezone=zone_named(person.row.attributes.get("timezone"), self.zone),
            known_since=person.row.created_at,
            segments=self._segments,
            changed=person.changed,
            lot=draw.lot(person.row.key),
        )

    def _step(self, person: Person) -> None:
        self._apply(person, step(person.state(self.now), self._plan, self.now))

    def _apply(self, person: Person, change: PersonChange) -> None:
        person.runs.update({run.id: run for run in change.runs})
        person.standings.update(change.standings)
        person.decisions += change.decisions
        person.events += change.events
        handled = set(change.handled_events)
        person.unhandled = [event for event in person.unhandled if event.id not in handled]
        if change.attributes:
            self._set(person, change.attributes)
        known = {(row.run, row.node, row.visit) for row in person.messages}
        for row in change.outbox:
            if (row.run, row.node, row.visit) not in known:
                person.messages.append(self._routed(row, person))
        if change.due is not None and change.due <= self.now:
            raise RuntimeError(f"{person.row.key} is due again at the instant just handled")
        person.due = change.due

    def _routed(self, row: OutboxRow, person: Person) -> OutboxRow:
        """The message with the channel that reaches the person, or why none does.

        Every channel of the language is there: a scenario is about the journey, and not about what
        is installed to deliver it.
        """
        if row.status == "skipped":
            return row
        moment = self._moment(person)
        if row.topic not in self._transactional and moment.attributes.get(UNSUBSCRIBED) is True:
            return replace(row, status="skipped", reason="unsubscribed")
        channels = cast("tuple[ir.Channel, ...]", row.channels)
        reaching = next((name for name in channels if reaches(name, moment)), None)
        if reaching is None:
            return replace(row, status="skipped", reason="no address")
        return replace(row, channel=reaching, status="accepted")


def _ours(person: Person) -> list[Event]:
    """What was sent, as the events that conditions on messages ask about."""
    return [
        Event(
            "message_sent",
            row.made_at,
            {"channel": row.channel, "journey": row.journey}
            | ({} if row.template is None else {"template": row.template}),
            f"sent {row.id}",
        )
        for row in person.messages
        if row.status == "accepted"
    ]


def _sent(row: OutboxRow) -> Sent:
    return Sent(
        row.id,
        row.run,
        row.journey,
        row.made_at,
        cast("ir.Channel", row.channel or row.channels[0]),
        row.template,
        row.text,
        "skipped" if row.status == "skipped" else "sent",
        row.reason,
    )


def _entered(run: Run) -> datetime:
    return run.entered_at


def _goal_open(run: Run, now: datetime) -> bool:
    return run.goal_at is None and run.goal_until is not None and run.goal_until >= now
