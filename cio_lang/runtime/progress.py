"""One person while they are stepped: their state as it changes, and what has to be written."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from operator import attrgetter
from typing import Any

from cio_lang import draw
from cio_lang.calendar_time import zone
from cio_lang.conditions import Event, Moment, Names
from cio_lang.runtime.plan import Plan
from cio_lang.store.state import Decision, OutboxRow, PersonChange, PersonState, Run, Told

FOREVER = datetime(9999, 12, 29, tzinfo=UTC)
"""When a wait without a time-out is over, and a goal without `within` is closed."""

_ORDER = attrgetter("at", "id")


class Progress:
    """Mutable, and used by one call of the engine only.

    `events` are those that have happened by `now`.  `checks` holds, for each condition that is
    being watched, the instant at which time alone could change it; a condition without an entry has
    to be asked.  `news` and `touched` are the events and attributes that came since the conditions
    were last asked.
    """

    def __init__(self, state: PersonState, plan: Plan) -> None:
        self.plan = plan
        self.person = state.person
        self.lot = draw.lot(state.person.key)
        self.attributes: dict[str, Any] = dict(state.person.attributes)
        self.changed: dict[str, datetime] = dict(state.person.changed)
        self.timezone: tzinfo = zone(self.attributes.get("timezone"), plan.timezone)
        new = {event.id for event, _ in state.new_events}
        self.events = [event for event in state.events if event.id not in new]
        self.runs = {run.id: run for run in state.runs}
        self.live = [run.id for run in state.runs if run.status == "live"]
        self.last: dict[str, Run] = {}
        for run in state.runs:
            self._remember(run)
        self.standings = dict(state.standings)
        self.members = frozenset(state.members)
        self.checks: dict[str, datetime | None] = {}
        self.news: set[str] = set()
        self.touched: set[str] = set()
        self.met: set[tuple[str, str]] = set()  # (run, node) walked at this instant
        self.rested: dict[str, str] = {}  # by run, the wait that ended last at this instant
        self.now = state.person.created_at

        self._runs: dict[str, None] = {}
        self._outbox: list[OutboxRow] = []
        self._decisions: list[Decision] = []
        self._attributes: dict[str, Any] = {}
        self._changed: dict[str, datetime] = {}
        self._standings: dict[str, bool] = {}
        self._handled: list[str] = []
        self._events: list[Event] = []

    def happened(self, event: Event) -> None:
        """An event now counts."""
        if self.events and _ORDER(event) < _ORDER(self.events[-1]):
            insort(self.events, event, key=_ORDER)
        else:
            self.events.append(event)
        self.news.add(event.name)
        self._handled.append(event.id)

    def track(self, event: Event) -> None:
        """A step recorded an event."""
        self._events.append(event)

    def set_attribute(self, name: str, value: Any) -> None:
        """An attribute has a new value; later steps and all conditions see it at once."""
        if name in self.attributes and self.attributes[name] == value:
            return
        self.attributes[name] = value
        self._attributes[name] = value
        self.changed[name] = self._changed[name] = self.now
        self.touched.add(name)
        if name == "timezone":
            self.timezone = zone(value, self.plan.timezone)
            self.checks.clear()

    def told(self, change: Told) -> None:
        """Others have changed the person: as `set_attribute`, but it is in the store already."""
        for name, value in change.attributes.items():
            if value is None:
                self.attributes.pop(name, None)
            else:
                self.attributes[name] = value
            self.changed[name] = change.at
            self.touched.add(name)
        if change.members is not None:
            self.members = change.members
        if change.members is not None or "timezone" in change.attributes:
            self.timezone = zone(self.attributes.get("timezone"), self.plan.timezone)
            self.checks.clear()

    @property
    def messages(self) -> Sequence[OutboxRow]:
        """Those that were queued so far."""
        return self._outbox

    def put(self, run: Run) -> Run:
        """A run is new or has changed."""
        if run.id not in self.runs:
            self.live.append(run.id)
        self.runs[run.id] = run
        self._runs[run.id] = None
        self._remember(run)
        return run

    def _remember(self, run: Run) -> None:
        last = self.last.get(run.journey)
        if last is None or last.id == run.id or last.entered_at <= run.entered_at:
            self.last[run.journey] = run

    def finish(self, run: Run, reason: str) -> None:
        """A run is over."""
        self.put(replace(run, status="finished", reason=reason, due=None, finished_at=self.now))
        self.live.remove(run.id)

    def stand(self, key: str, matching: bool) -> None:
        """Whether the person matches, as seen now."""
        if self.standings.get(key) is not matching:
            self.standings[key] = self._standings[key] = matching

    def decide(
        self, what: str, journey: str, run: str | None, node: str | None, **detail: Any
    ) -> None:
        """Record a decision."""
        self._decisions.append(Decision(self.person.id, run, journey, self.now, what, node, detail))

    def send(self, row: OutboxRow) -> None:
        """Queue a message."""
        self._outbox.append(row)

    def moment(self, run: Run | None = None) -> Moment:
        """The person at this instant, as a condition sees them from inside `run`."""
        return Moment(
            self.attributes,
            self.events,
            self.now,
            self.timezone,
            self.person.created_at,
            None if run is None else run.entered_at,
            None if run is None else run.entry_event,
            self.plan.segments,
            changed=self.changed,
            members=self.members,
            lot=self.lot,
        )

    def has_to_ask(self, key: str, depends: Names) -> bool:
        """Whether the answer to a watched condition can have changed since it was last asked."""
        if key not in self.checks:
            return True
        at = self.checks[key]
        if at is not None and at <= self.now:
            return True
        if self.news and (depends.any_event or not self.news.isdisjoint(depends.events)):
            return True
        return not self.touched.isdisjoint(depends.attributes)

    def due(self) -> datetime | None:
        """The next instant at which there is something to do."""
        instants = [at for at in self.checks.values() if at is not None]
        for run_id in self.live:
            run = self.runs[run_id]
            if run.due is not None and run.due < FOREVER and run.journey not in self.plan.paused:
                instants.append(run.due)
        return min(instants, default=None)

    def change(self, due: datetime | None) -> PersonChange:
        """All that has to be written."""
        return PersonChange(
            person_id=self.person.id,
            runs=[self.runs[run_id] for run_id in self._runs],
            outbox=self._outbox,
            decisions=self._decisions,
            attributes=self._attributes,
            changed=self._changed,
            standings=self._standings,
            handled_events=self._handled,
            events=self._events,
            due=due,
        )


def plain(value: Any) -> Any:
    """A value of a graph as an attribute holds it: money becomes `{"amount", "currency"}`."""
    amount = getattr(value, "amount", None)
    if amount is None:
        return value
    written: Mapping[str, Any] = {"amount": amount, "currency": value.currency}
    return dict(written)
