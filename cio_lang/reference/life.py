"""One person's life, instant by instant: what happens, who enters what, what ends it.

Nothing is remembered that could be asked again.  At each instant, in this order:

1. what happens, as it came: an event ends runs, then counts goals, then starts runs;
2. until nothing is left to do: whoever starts to match enters, exits by condition act, the run that
   entered first walks to its next wait; when no run can walk, the first message that may goes out.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from cio_lang import draw, ir
from cio_lang.calendar_time import add_local, exact, later, parse_duration, zone
from cio_lang.conditions import Event, Moment, holds, matches_event, next_change
from cio_lang.conditions.counting import is_key
from cio_lang.conditions.values import is_missing
from cio_lang.reference.applying import apply, standing
from cio_lang.reference.sending import send_first
from cio_lang.reference.steps import is_ready, walk
from cio_lang.reference.story import (
    Answer,
    Apply,
    Arm,
    Becomes,
    Consent,
    Decision,
    Did,
    Happening,
    Member,
    Person,
    Run,
    Start,
    Story,
    What,
    Winner,
)
from cio_lang.wall_clock import date_moment, next_scheduled

TOO_OLD = timedelta(hours=72)
"""Events older than that when they are received are history: they start no journeys."""

_TICK = timedelta(microseconds=1)


class Life:
    """The person while the story is told."""

    def __init__(self, person: Person, tz: tzinfo) -> None:
        self.person = person
        self.workspace = tz
        self.story = Story(dict(person.attributes))
        self.now = person.known_since
        self.changed = dict.fromkeys(person.attributes, person.known_since)
        self.unsubscribed = set(person.unsubscribed)
        self.journeys: dict[str, ir.JourneyGraph] = {}
        self.applied: dict[str, datetime] = {}
        self.segments: dict[str, ir.Condition] = {}
        self.topics: dict[str, ir.TopicGraph] = {}
        self.policies: dict[str, ir.PolicyGraph] = {}
        self.stood: dict[str, bool] = {}  # by journey: whether the person matched, when last asked
        self.arms: dict[str, Arm] = {}  # by experiment, what was drawn
        self.winners: dict[str, Arm] = {}
        self.passed: dict[tuple[str, str], list[datetime]] = {}  # throttle, when let through
        self.fired: set[tuple[str, datetime]] = set()

    def live(self, happenings: Sequence[Happening], until: datetime) -> None:
        """Live through everything up to `until`."""
        waiting = sorted(happenings, key=lambda each: each.at)
        while True:
            instants = [each.at for each in waiting[:1]] + list(self.next_instants())
            if not instants or min(instants) > until:
                return
            self.now = min(instants)
            while waiting and waiting[0].at <= self.now:
                self.happens(waiting.pop(0))
            while True:
                self.look()
                ready = [run for run in self.live_runs() if is_ready(self, run)]
                if ready:
                    walk(self, min(ready, key=lambda run: (run.entered, run.graph.name)))
                elif not send_first(self):
                    break

    def next_instants(self) -> Iterator[datetime]:
        """Instants after now at which something may come due, the first to come among them."""
        now, changes = self.now, [next_change(*each) for each in self.watched()]
        dues = [run.due for run in self.live_runs()]
        holds_ = [each.held[-1][0] for each in self.story.messages if each.is_waiting and each.held]
        dates = [at for graph in self.journeys.values() if (at := self.entry_moment(graph, now))]
        for at in (*changes, *dues, *holds_, *dates, self.person.known_since):
            if at is not None and at > now:
                yield at

    def watched(self) -> Iterator[tuple[ir.Condition, Moment]]:
        """The conditions that time can change."""
        for graph in self.journeys.values():
            asked = standing(graph.entry)
            if asked is not None:
                yield asked, self.moment()
        for run in self.live_runs():
            for exit_ in run.graph.exits:
                if isinstance(exit_, ir.ExitWhen):
                    yield exit_.when, self.moment(run)
            node = run.graph.nodes.get(run.node or "")
            if isinstance(node, ir.UntilNode) and node.until.condition is not None:
                yield node.until.condition, self.moment(run)

    # ── what is known ────────────────────────────────────────────────────────────────────────────

    @property
    def tz(self) -> tzinfo:
        """The person's zone, else the workspace's."""
        return zone(self.story.attributes.get("timezone"), self.workspace)

    def zone_of(self, whose: ir.Zone) -> tzinfo:
        """Theirs or the workspace's."""
        return self.tz if whose == "person" else self.workspace

    def moment(self, run: Run | None = None) -> Moment:
        """The person now, as a condition sees them from inside a run."""
        return Moment(
            attributes=self.story.attributes,
            events=[event for event in self.story.events if event.at <= self.now],
            now=self.now,
            timezone=self.tz,
            known_since=self.person.known_since,
            entered_at=None if run is None else run.entered,
            entry_event=None if run is None else run.context,
            segments=self.segments,
            changed=self.changed,
            key=None if run is None or run.graph.key is None else (run.graph.key, run.key),
            unsubscribed=frozenset(self.unsubscribed),
            reach=self.person.reach,
            churn=self.person.churn,
            predictions=self.person.predictions,
            top=self.person.top,
            members=frozenset(self.story.members),
            lot=draw.lot(self.person.key),
        )

    def arms_of(self, experiment: str) -> tuple[ir.Share, ...]:
        """The arms of an experiment in the journeys in force."""
        for graph in self.in_order():
            for node in graph.nodes.values():
                if isinstance(node, ir.ExperimentNode) and node.experiment.name == experiment:
                    return node.arms
        return ()

    def live_runs(self) -> list[Run]:
        """The runs that have not ended."""
        return [run for run in self.story.runs if run.left is None]

    def note(self, graph: ir.JourneyGraph, what: What, detail: str = "", **about: Any) -> None:
        """Record a decision."""
        self.story.decisions.append(Decision(self.now, graph.name, what, detail, **about))

    # ── what happens ─────────────────────────────────────────────────────────────────────────────

    def happens(self, what: Happening) -> None:
        """Take in one thing that happens."""
        match what:
            case Apply():
                apply(self, what)
            case Did():
                self.did(what.event, history=what.at - what.event.at > TOO_OLD)
            case Becomes():
                self.become(what.attribute, what.value)
            case Member():
                (self.story.members.add if what.inside else self.story.members.discard)(
                    what.segment
                )
            case Consent():
                (self.unsubscribed.discard if what.wanted else self.unsubscribed.add)(what.topic)
            case Answer():
                for run in self.live_runs():
                    asks = isinstance(run.graph.nodes.get(run.node or ""), ir.AskNode)
                    if run.graph.name == what.journey and run.waiting and asks:
                        run.answer = what.approved
            case Start():
                self.start(what.journey)
            case Winner():
                self.winners[what.experiment] = Arm(what.label, self.arms_of(what.experiment))

    def become(self, attribute: str, value: Any) -> None:
        """An attribute has a new value, or the one it had."""
        if self.story.attributes.get(attribute) != value:
            self.story.attributes[attribute] = value
            self.changed[attribute] = self.now
            if value is None:
                del self.story.attributes[attribute]

    def did(self, event: Event, history: bool = False) -> None:
        """An event: the same id counts once.  It ends runs, then counts goals, then starts runs."""
        if any(event.id == other.id for other in self.story.events):
            return
        matched = {graph.name for graph in self.journeys.values() if self.matches(graph)}
        insort(self.story.events, event, key=lambda each: (each.at, each.id))
        for run in self.live_runs():
            for exit_ in run.graph.exits:
                if isinstance(exit_, ir.ExitOnEvent) and self.reaches(run, event, exit_):
                    self.end(run, f"did {event.name}", by_exit=True)
                    break
        for run in self.story.runs:
            goal = run.goal
            if goal and run.goal_at is None and self.reaches(run, event, goal):
                within = None if goal.within is None else exact(parse_duration(goal.within))
                if within is not None and event.at > later(run.entered, within):
                    continue
                run.goal_at = event.at
                self.note(run.graph, "goal", event.name)
                if goal.leave and run.left is None:
                    self.end(run, "goal", by_exit=True)
        if history:
            self.look(may_enter=matched)
            return
        for graph in self.in_order():
            entry = graph.entry
            if (
                isinstance(entry, ir.EventMatch)
                and entry.event == event.name
                and matches_event(entry.where, event, event.at, self.tz)
            ):
                self.enter(graph, event.at, event)

    def reaches(
        self, run: Run, event: Event, what: ir.ExitOnEvent | ir.Goal | ir.EventMatch
    ) -> bool:
        """Whether an event that a journey names is of this run: it came after entering, and has the
        run's key (an event without that property is about the person, and so about every run).
        """
        if event.name != what.event or not run.entered < event.at <= self.now:
            return False
        key = run.graph.key
        if (
            key is not None
            and key in event.properties
            and not is_key(event.properties[key], run.key)
        ):
            return False
        return matches_event(what.where, event, event.at, self.tz)

    # ── entering and leaving ─────────────────────────────────────────────────────────────────────

    def in_order(self) -> list[ir.JourneyGraph]:
        """The journeys in force, by name."""
        return [self.journeys[name] for name in sorted(self.journeys)]

    def matches(self, graph: ir.JourneyGraph) -> bool:
        """Whether the person matches the entry of a journey now."""
        asked = standing(graph.entry)
        return asked is not None and holds(asked, self.moment())

    def look(self, may_enter: set[str] | None = None) -> None:
        """Whoever starts to match enters; exits by condition act."""
        if self.now >= self.person.known_since:
            for graph in self.in_order():
                entry = graph.entry
                if standing(entry) is not None:
                    before, now = self.stood[graph.name], self.matches(graph)
                    self.stood[graph.name] = now
                    may = may_enter is None or graph.name in may_enter
                    if now and not before and may:
                        self.enter(graph, self.now, None)
                elif (
                    isinstance(entry, ir.DateEntry | ir.ScheduleEntry)
                    and self.fires(graph)
                    and holds(entry.audience or ir.All(()), self.moment())
                ):
                    self.enter(graph, self.now, None)
        for run in self.live_runs():
            if any(self.exit_holds(run, exit_) for exit_ in run.graph.exits):
                self.end(run, "condition", by_exit=True)

    def fires(self, graph: ir.JourneyGraph) -> bool:
        """Whether this instant is one at which the journey starts: once for each."""
        if (graph.name, self.now) in self.fired:
            return False
        if self.entry_moment(graph, self.now - _TICK) != self.now:
            return False
        self.fired.add((graph.name, self.now))
        return True

    def exit_holds(self, run: Run, exit_: ir.Exit) -> bool:
        """Whether an exit by condition holds now."""
        return isinstance(exit_, ir.ExitWhen) and holds(exit_.when, self.moment(run))

    def entry_moment(self, graph: ir.JourneyGraph, after: datetime) -> datetime | None:
        """When a journey by date or by the calendar next starts, later than `after`."""
        entry = graph.entry
        if isinstance(entry, ir.ScheduleEntry):
            return next_scheduled(after, entry.schedule, self.zone_of(entry.schedule.zone))
        if isinstance(entry, ir.DateEntry):
            stored, tz = (
                self.story.attributes.get(entry.date.attribute),
                self.zone_of(entry.date.zone),
            )
            at = date_moment(stored, entry.date, tz, after + _TICK)
            return at if at is not None and at > after else None
        return None

    def start(self, name: str) -> None:
        """Start a journey because it is asked for."""
        if name in self.journeys:
            self.enter(self.journeys[name], self.now, None)

    def enter(self, graph: ir.JourneyGraph, at: datetime, event: Event | None) -> None:
        """Enter a journey, unless something speaks against it."""
        key = event.properties.get(graph.key) if graph.key and event else None
        before = [
            run
            for run in self.story.runs
            if run.graph.name == graph.name and (graph.key is None or is_key(run.key, key))
        ]
        live = [run for run in before if run.left is None]
        run = Run(graph, at, event, key, graph.goal, graph.start)
        period, tz = parse_duration(graph.reentry.after or "PT0S"), self.tz
        if graph.key is not None and is_missing(key):
            self.note(graph, "not entered", f"no {graph.key}")
        elif live and event and any(collects(each) for each in live):
            live[-1].collected.append(event)
            self.note(graph, "joined")
        elif live or any(run.entered == at for run in before):
            self.note(graph, "not entered", "in it already")
        elif at < self.applied[graph.name]:
            self.note(graph, "not entered", "before this journey was applied")
        elif before and graph.reentry.allow == "once":
            self.note(graph, "not entered", "only once")
        elif (
            before
            and graph.reentry.allow == "after"
            and at < add_local(before[-1].entered, period, tz)
        ):
            self.note(graph, "not entered", "too soon again")
        elif graph.only is not None and not holds(graph.only, self.moment(run)):
            self.note(graph, "not entered", "only people where")
        else:
            self.story.runs.append(run)
            self.note(graph, "entered")

    def end(self, run: Run, reason: str, by_exit: bool = False) -> None:
        """A run is over."""
        run.left, run.waiting, run.due, run.by_exit = (self.now, reason), False, None, by_exit
        self.note(run.graph, "left" if reason != "finished" else "finished", reason)


def collects(run: Run) -> bool:
    """Whether a digest is still open in a run: no step after collecting was reached."""
    nodes: Mapping[str, ir.GraphNode] = run.graph.nodes
    places = [
        n for n, (at, _) in enumerate(run.visits) if isinstance(nodes.get(at), ir.CollectNode)
    ]
    has_one = any(isinstance(node, ir.CollectNode) for node in nodes.values())
    return has_one and (not places or (places[-1] == len(run.visits) - 1 and run.waiting))
