"""How runs end before their last step, and when their goal counts."""

from __future__ import annotations

from dataclasses import replace

from cio_lang import ir
from cio_lang.conditions import Event, holds, matches_event, next_change
from cio_lang.runtime.plan import in_words
from cio_lang.runtime.progress import Progress
from cio_lang.store.state import Run


def leave_on_event(person: Progress, event: Event) -> None:
    """End the live runs that this event ends, on whatever step they stand.

    Only what came strictly after entering counts: the event that started a run does not end it.
    """
    for run_id in tuple(person.live):
        run = person.runs[run_id]
        for exit_ in person.plan.pinned[run.digest].exits_on.get(event.name, ()):
            if event.at > run.entered_at and _passes(person, exit_.where, event):
                _leave(person, run, f"did {event.name}")
                break


def count_goals(person: Progress, event: Event) -> None:
    """Count the goal of each run, live or over, that this event reaches in time: once."""
    for run_id in tuple(person.runs):
        run = person.runs[run_id]
        if run.goal_at is not None or run.goal_until is None:
            continue
        goal = person.plan.pinned[run.digest].graph.goal
        if (
            goal is None
            or goal.event != event.name
            or not run.entered_at < event.at <= run.goal_until
            or not _passes(person, goal.where, event)
        ):
            continue
        run = person.put(replace(run, goal_at=event.at))
        person.decide("goal", run.journey, run.id, run.node, event=event.name)
        if goal.leave and run.status == "live":
            _leave(person, run, "goal")


def leave_on_conditions(person: Progress) -> None:
    """End the live runs with an exit by condition that holds now."""
    for run_id in tuple(person.live):
        run = person.runs[run_id]
        for position, when in enumerate(person.plan.pinned[run.digest].exits_when):
            key = f"{run_id} {position}"
            if not person.has_to_ask(key, when.depends):
                continue
            moment = person.moment(run)
            if holds(when.exit.when, moment):
                _leave(person, run, f"when {in_words(when.exit.when)}")
                break
            person.checks[key] = next_change(when.exit.when, moment)


def _passes(person: Progress, where: ir.Condition | None, event: Event) -> bool:
    return where is None or matches_event(where, event, event.at, person.timezone)


def _leave(person: Progress, run: Run, reason: str) -> None:
    person.finish(run, reason)
    for key in [key for key in person.checks if key.startswith(f"{run.id} ")]:
        del person.checks[key]
    person.decide("left", run.journey, run.id, run.node, reason=reason)
