"""Stepping people through their journeys, batch by batch: one batch is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from cio_lang import ir
from cio_lang.crash import crash_point
from cio_lang.record import record
from cio_lang.runtime.engine import Plan, plan, replay_person, step
from cio_lang.store import Store
from cio_lang.store.state import PersonChange, PersonState


@record
class Advanced:
    """What was done: people stepped, decisions recorded (entries, steps, ends), messages queued."""

    people: int = 0
    steps: int = 0
    messages: int = 0

    def __add__(self, other: Advanced) -> Advanced:
        return Advanced(
            self.people + other.people, self.steps + other.steps, self.messages + other.messages
        )


class Stepper:
    """Steps people of one store.  Keeps what is deployed arranged for as long as it is the same."""

    def __init__(self, store: Store, timezone: tzinfo = UTC) -> None:
        self._store = store
        self._timezone = timezone
        self._graphs: dict[str, ir.JourneyGraph] = {}
        self._revision: tuple[int, int, str] | None = None
        self._plan: Plan | None = None

    def advance_due(self, now: datetime, limit: int = 1000) -> Advanced:
        """Step up to `limit` people who are due, each to what is to be done at `now`."""
        return self._batch(now, limit, step)

    def replay_due(self, until: datetime, limit: int = 1000) -> Advanced:
        """Step up to `limit` people who are due through their own instants up to `until`."""
        return self._batch(until, limit, replay_person)

    def _batch(
        self,
        now: datetime,
        limit: int,
        take: Callable[[PersonState, Plan, datetime], PersonChange],
    ) -> Advanced:
        while (done := self._once(now, limit, take)) is None:
            pass  # on SQLite, somebody changed what is in force between looking and writing
        return done

    def _once(
        self,
        now: datetime,
        limit: int,
        take: Callable[[PersonState, Plan, datetime], PersonChange],
    ) -> Advanced | None:
        with self._store.stepping():
            self._store.deployments.as_it_is()
            ids = self._store.due_people(now, limit)
            if not ids:
                return Advanced()
            states = self._store.load_batch(ids)
            arranged = self._arranged(states)
            changes = [take(state, arranged, now) for state in states]
            with self._store.transaction():
                if self._store.deployed_revision() != self._revision:
                    return None
                left_out = set(self._store.save_batch(changes, now))
                crash_point("save")
        crash_point("saved")
        written = [change for change in changes if change.person_id not in left_out]
        return Advanced(
            len(written),
            sum(len(change.decisions) for change in written),
            sum(len(change.outbox) for change in written),
        )

    def _arranged(self, states: Sequence[PersonState]) -> Plan:
        """The plan for these people, whatever versions their runs are pinned to."""
        revision = self._store.deployed_revision()
        missing = {
            run.digest for state in states for run in state.runs if run.digest not in self._graphs
        }
        if self._plan is None or revision != self._revision or missing:
            journeys = self._store.journeys()
            self._graphs |= {deployed.digest: deployed.graph for deployed in journeys}
            self._graphs |= {digest: self._store.graph(digest) for digest in sorted(missing)}
            segments: Mapping[str, ir.Condition] = self._store.segments()
            self._plan = plan(
                journeys, self._graphs, segments, self._timezone, self._store.deployments.paused()
            )
            self._revision = revision
        return self._plan


def advance_due(store: Store, now: datetime, limit: int = 1000, timezone: tzinfo = UTC) -> Advanced:
    """One batch: up to `limit` people who are due are stepped to `now`, in one transaction.

    `timezone` is the workspace's, for people who have none of their own.
    """
    return Stepper(store, timezone).advance_due(now, limit)


def replay(
    store: Store,
    until: datetime,
    timezone: tzinfo = UTC,
    *,
    batch: int = 1000,
    on_progress: Callable[[Advanced], None] | None = None,
) -> Advanced:
    """Walk everybody who is due through their own instants, in order, up to `until`.

    The clock is the argument: events and waits happen at their own times, as they would have live.
    `on_progress` is called with what each batch did.
    """
    stepper = Stepper(store, timezone)
    total = Advanced()
    while (done := stepper.replay_due(until, batch)).people:
        total += done
        if on_progress is not None:
            on_progress(done)
    return total
