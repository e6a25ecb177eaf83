"""What a run waits for, and whether it has come.

A run that waits has `due`: the instant at which its wait is over whatever comes, `FOREVER` where
there is none.  What ends a wait goes before its time-out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from cio_lang import ir
from cio_lang.calendar_time import add_local, parse_duration
from cio_lang.conditions import holds, matches_event, next_change
from cio_lang.runtime.progress import FOREVER, Progress
from cio_lang.store.encoding import instant, micros
from cio_lang.store.state import Run
from cio_lang.wall_clock import date_moment, next_time, slot_opens

NO_DATE = "no date"
"""Why a run ends that waits for a date which the person does not have."""

_TICK = timedelta(microseconds=1)


def arrived(node_id: str) -> str:
    """Under which name `Run.visits` keeps when a run came to a wait for a date (microseconds)."""
    return f"{node_id} arrived"


def until_key(run_id: str) -> str:
    """Under which key `Progress.checks` has what a run waits for."""
    return f"{run_id} until"


def wait_begins(person: Progress, run: Run, node: ir.WaitNode | ir.UntilNode) -> Run:
    """The run as it waits at `node`, to which it comes now."""
    here, now, tz = run.node or "", person.now, person.timezone
    match node:
        case ir.UntilNode():
            at_most = node.until.at_most
            due = FOREVER if at_most is None else add_local(now, parse_duration(at_most), tz)
            return replace(run, due=due)
        case ir.WaitNode(wait=ir.WaitFor() as wait):
            return replace(run, due=add_local(now, parse_duration(wait.for_), tz))
        case ir.WaitNode(wait=ir.WaitTime() as wait):
            # A step does not end twice at one instant: in a repeat it takes the next day.
            since = now + _TICK if person.rested.get(run.id) == here else now
            due = next_time(since, wait.time, wait.weekday, zone_of(person, wait.zone))
            return replace(run, due=due)
        case ir.WaitNode(wait=ir.WaitSlot() as wait):
            return replace(run, due=slot_opens(now, wait, zone_of(person, wait.zone)))
        case ir.WaitNode():
            run = replace(run, visits={**run.visits, arrived(here): micros(now)})
            return replace(run, due=_date(person, run, node) or now)


def is_ready(person: Progress, run: Run) -> bool:
    """Whether a run can walk: it does not wait, or what it waits for has come."""
    if run.due is None:
        return True
    node = person.plan.pinned[run.digest].graph.nodes.get(run.node or "")
    if isinstance(node, ir.WaitNode) and isinstance(node.wait, ir.WaitDate):
        # The date is read again: whoever has it moved waits for the new one.
        due = _date(person, run, node)
        if due is not None and due != run.due:
            person.put(replace(run, due=due))
        return due is None or due <= person.now
    if isinstance(node, ir.UntilNode) and _has_come(person, run, node):
        return True
    return run.due <= person.now


def after_wait(person: Progress, run: Run) -> tuple[ir.NodeId | None, str | None]:
    """Where a run goes that is ready after waiting; or why it ends."""
    person.rested[run.id] = run.node or ""
    node = person.plan.pinned[run.digest].graph.nodes.get(run.node or "")
    if isinstance(node, ir.UntilNode):
        met = _has_come(person, run, node)
        person.checks.pop(until_key(run.id), None)
        return node.met if met else node.timeout, None
    if not isinstance(node, ir.WaitNode):
        return run.node, None
    if isinstance(node.wait, ir.WaitDate) and _date(person, run, node) is None:
        return node.missing, None if node.missing else NO_DATE
    return node.next, None


def reaches(person: Progress, run: Run, match_: ir.EventMatch) -> bool:
    """Whether the person did that after entering."""
    return any(
        event.name == match_.event
        and run.entered_at < event.at
        and matches_event(match_.where, event, event.at, person.timezone)
        for event in person.events
    )


def zone_of(person: Progress, zone: ir.Zone) -> tzinfo:
    """Theirs or the workspace's."""
    return person.timezone if zone == "person" else person.plan.timezone


def _has_come(person: Progress, run: Run, node: ir.UntilNode) -> bool:
    """Asked again only where the answer can have changed; what has come is not kept."""
    key, until = until_key(run.id), node.until
    depends = person.plan.pinned[run.digest].waits_for[run.node or ""]
    if not person.has_to_ask(key, depends):
        return False
    moment = person.moment(run)
    person.checks.pop(key, None)
    if until.condition is not None and holds(until.condition, moment):
        return True
    if any(reaches(person, run, match_) for match_ in until.events):
        return True
    change = None if until.condition is None else next_change(until.condition, moment)
    person.checks[key] = change
    return False


def _date(person: Progress, run: Run, node: ir.WaitNode) -> datetime | None:
    assert isinstance(node.wait, ir.WaitDate)
    date = node.wait.date
    since = run.visits.get(arrived(run.node or ""))
    came = person.now if since is None else instant(since)
    return date_moment(
        person.attributes.get(date.attribute), date, zone_of(person, date.zone), came
    )
