"""Who enters a journey, and the record of why somebody did not."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from cio_lang import ir
from cio_lang.calendar_time import add_local, exact, later, parse_duration
from cio_lang.conditions import Event, Moment, holds, matches_event, next_change
from cio_lang.runtime.ending import count_goals, leave_on_event
from cio_lang.runtime.plan import Matching, in_words
from cio_lang.runtime.progress import FOREVER, Progress
from cio_lang.store.state import Deployed, Run


def take_in(person: Progress, event: Event) -> None:
    """An event happens: it ends runs, then counts goals, then starts runs."""
    person.happened(event)
    leave_on_event(person, event)
    count_goals(person, event)
    enter_by_event(person, event)


def start_journey(person: Progress, name: str) -> None:
    """A step starts a journey, if there is one of that name in force."""
    deployed = person.plan.by_name.get(name)
    if deployed is not None:
        _enter(person, deployed, person.now, None, "started")


def enter_by_event(person: Progress, event: Event) -> None:
    """Enter the journeys that this event starts, as of the event's own time."""
    for deployed, entry in person.plan.by_event.get(event.name, ()):
        if matches_event(entry.where, event, event.at, person.timezone):
            if event.at < deployed.applied_at:
                _refuse(person, deployed, f"did {event.name}", "before this journey was applied")
            else:
                _enter(person, deployed, event.at, event, f"did {event.name}")


def look_at_standings(person: Progress, may_enter: frozenset[str] | None = None) -> None:
    """Ask who matches again, where that can have changed; whoever starts to match enters.

    With `may_enter`, only the journeys with these standings: for others it is only noted.
    """
    for matching in person.plan.matching:
        key = matching.standing
        if person.now < person.person.created_at:
            person.checks[key] = person.person.created_at
            continue
        if not person.has_to_ask(key, matching.depends):
            continue
        moment = person.moment()
        condition = matching.entry.match
        now_matching = holds(condition, moment)
        person.checks[key] = next_change(condition, moment)
        before = _stood(person, matching)
        person.stand(key, now_matching)
        if now_matching and not before and (may_enter is None or key in may_enter):
            _enter(person, matching.deployed, person.now, None, "matched")


def matched_without(person: Progress) -> frozenset[str]:
    """The standings of the journeys that the person matches before history is taken in.

    History starts nobody: who starts to match now has to match with it and without it.
    """
    moment = person.moment()
    return frozenset(
        matching.standing
        for matching in person.plan.matching
        if holds(matching.entry.match, moment)
    )


def _stood(person: Progress, matching: Matching) -> bool:
    """Whether the person matched before, for all that is known.

    Nobody who matched already when the journey was applied starts to match now, unless the journey
    takes those too; whoever became known only afterwards started as somebody who does not match.
    """
    known = person.standings.get(matching.standing)
    if known is not None:
        return known
    name = matching.deployed.graph.name + " "
    if any(key.startswith(name) for key in person.standings):
        return True  # redefined since: whether they match now is noted, and starts nothing
    if matching.entry.existing == "include":
        return False
    return person.person.created_at <= matching.deployed.applied_at


def _enter(
    person: Progress, deployed: Deployed, at: datetime, event: Event | None, by: str
) -> None:
    graph = deployed.graph
    run_id = _run_id(person.person.key, graph.name, at, event)
    reason = _not_again(person, graph, at, run_id)
    if reason is not None:
        _refuse(person, deployed, by, reason)
        return
    run = Run(
        id=run_id,
        person=person.person.id,
        journey=graph.name,
        digest=deployed.digest,
        entered_at=at,
        entry_event=event,
        node=graph.start,
        visits={},
        due=None,
        goal_until=_goal_until(graph.goal, at),
    )
    if graph.only is not None:
        clause = _first_failing(graph.only, person.moment(run))
        if clause is not None:
            _refuse(person, deployed, by, f"only people where {in_words(clause)}")
            return
    person.put(run)
    person.decide("entered", graph.name, run_id, None, by=by, version=deployed.version)


def _refuse(person: Progress, deployed: Deployed, by: str, reason: str) -> None:
    person.decide("not_entered", deployed.graph.name, None, None, by=by, reason=reason)


def _not_again(person: Progress, graph: ir.JourneyGraph, at: datetime, run_id: str) -> str | None:
    """Why the person may not enter because of earlier runs, or None where they may."""
    last = person.last.get(graph.name)
    if last is None:
        return None
    if any(person.runs[each].journey == graph.name for each in person.live):
        return "in it already"
    if run_id in person.runs:
        return "entered at this instant already"
    match graph.reentry.allow:
        case "once":
            return "entered before, and may only once"
        case "every_time":
            return None
        case "after":
            period = parse_duration(graph.reentry.after or "PT0S")
            if at < add_local(last.entered_at, period, person.timezone):
                return "entered too recently"
            return None


def _first_failing(condition: ir.Condition, moment: Moment) -> ir.Condition | None:
    """The first clause of an `and` that does not hold, or the whole; None where it holds."""
    if holds(condition, moment):
        return None
    if isinstance(condition, ir.All):
        return next((part for part in condition.all if not holds(part, moment)), condition)
    return condition


def _goal_until(goal: ir.Goal | None, at: datetime) -> datetime | None:
    if goal is None:
        return None
    if goal.within is None:
        return FOREVER
    return later(at, exact(parse_duration(goal.within)))


def _run_id(key: str, journey: str, at: datetime, event: Event | None) -> str:
    """The same entry has the same id, however often it is worked out."""
    parts = (key, journey, at.isoformat(), "" if event is None else event.id)
    written = "\x00".join(part.replace("\x00", "\x00\x00") for part in parts)
    return blake2b(written.encode(), digest_size=12).hexdigest()
