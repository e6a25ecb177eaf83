"""One person's step: what they did and now in, what changes out.  Pure; time is an argument.

At an instant: history first changes who stands where, and starts nothing.  Then each new event, by
time: it ends live runs (exits), counts goals, starts runs.  Then, until nothing is left to do at
this instant: whoever starts to match enters, exits by condition act, and the run that entered first
walks to its next wait or its end, or up to an attribute that it sets.

What is decided here and would be easy to get wrong:

* Exits and goals look at an event's own time and count only what came after entering.  An event
  that was history when it was received (more than 72 hours old) ends runs and counts goals like any
  other, and never starts a run, neither by itself nor by what it makes true.
* A run started by an event entered at that event's time; one started by matching, at `now`.  Its
  waits count from the instant at which the step before was done, so that after an hour without
  power nobody gets in one minute what they were to get in one hour.
* An event from before the journey was applied starts nothing, and is recorded as that.
* Whether somebody matches is kept under the condition's fingerprint: where the condition, or a
  segment in it, is redefined, it is noted silently who matches now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.runtime.ending import count_goals, leave_on_conditions, leave_on_event
from cio_lang.runtime.entering import look_at_standings, matched_without, take_in
from cio_lang.runtime.plan import Plan, plan
from cio_lang.runtime.progress import Progress
from cio_lang.runtime.walking import next_to_walk, walk
from cio_lang.store.state import Deployed, PersonChange, PersonState, Told

__all__ = ["Plan", "advance", "plan", "replay_person", "step"]


def advance(
    person: PersonState,
    journeys: Sequence[Deployed],
    graphs: Mapping[str, ir.JourneyGraph],
    segments: Mapping[str, ir.Condition],
    now: datetime,
    default_tz: tzinfo,
) -> PersonChange:
    """Everything that is to be done for this person at `now`, in one step.

    `graphs` are by digest and may leave out those of `journeys`.  Events after `now` stay new.
    """
    return step(person, plan(journeys, graphs, segments, default_tz), now)


def step(person: PersonState, arranged: Plan, now: datetime) -> PersonChange:
    """The same with all but the person arranged beforehand: for many people at one instant."""
    progress = Progress(person, arranged)
    new = sorted(person.new_events, key=lambda each: (each[0].at, each[0].id))
    waiting = [each for each in new if each[0].at > now]
    _at(progress, now, [each for each in new if each[0].at <= now])
    return progress.change(_earliest(progress.due(), waiting))


def replay_person(
    person: PersonState,
    arranged: Plan,
    until: datetime,
    told: Sequence[Told] = (),
    after: Callable[[Progress], None] | None = None,
) -> PersonChange:
    """Every instant of this person up to `until`, in order: their events, and what falls due.

    The first instant is `person.due`, or their first new event.  `told` is what others said of them
    meanwhile, in order.  `after` is called after each instant, and may look but not touch.
    """
    progress = Progress(person, arranged)
    waiting = sorted(person.new_events, key=lambda each: (each[0].at, each[0].id))
    changes = list(told)
    at = _first(_earliest(person.due, waiting), changes)
    while at is not None and at <= until:
        count = next((n for n, each in enumerate(waiting) if each[0].at > at), len(waiting))
        while changes and changes[0].at <= at:
            progress.told(changes.pop(0))
        _at(progress, at, waiting[:count])
        if after is not None:
            after(progress)
        del waiting[:count]
        at = _first(_earliest(progress.due(), waiting), changes)
    return progress.change(at)


def _first(due: datetime | None, changes: Sequence[Told]) -> datetime | None:
    if changes and (due is None or changes[0].at < due):
        return changes[0].at
    return due


def _earliest(due: datetime | None, waiting: Sequence[tuple[Event, bool]]) -> datetime | None:
    if not waiting:
        return due
    first = waiting[0][0].at
    return first if due is None or first < due else due


def _at(person: Progress, now: datetime, new: Sequence[tuple[Event, bool]]) -> None:
    """One instant; `new` are the events that came, by (time, id), and whether they are history."""
    person.now = now
    person.met.clear()
    person.rested.clear()
    if any(history for _, history in new):
        may_enter = matched_without(person)
        for event, history in new:
            if history:
                person.happened(event)
                leave_on_event(person, event)
                count_goals(person, event)
        look_at_standings(person, may_enter)
    for event, history in new:
        if not history:
            take_in(person, event)
    while True:
        look_at_standings(person)
        leave_on_conditions(person)
        run = next_to_walk(person)
        person.news.clear()
        person.touched.clear()
        if run is None:
            return
        walk(person, run)
