"""The rules of journeys for one person, as plainly as they can be said: no store and no speed.

Time goes on in ticks of an hour.  At every tick everything is asked again, from nothing; the
engine, which asks only what can have changed, must come to the same story.  Shared with the engine
are the meaning of conditions (which has tests of its own) and the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cio_lang import ir
from cio_lang.calendar_time import add_local, exact, parse_duration
from cio_lang.conditions import Event, Moment, holds, matches_event
from cio_lang.store.state import Deployed

TICK = timedelta(hours=1)


@dataclass
class Run:
    graph: ir.JourneyGraph
    entered: datetime
    event: Event | None
    node: str | None
    until: datetime | None = None  # while it waits
    ended: tuple[datetime, str] | None = None
    goal: datetime | None = None


@dataclass
class Story:
    """What became of the person."""

    attributes: dict[str, Any]
    messages: list[tuple[str, str, datetime]] = field(default_factory=list)  # journey, text, when
    runs: list[Run] = field(default_factory=list)

    @property
    def ends(self) -> list[tuple[str, datetime, str, datetime | None, datetime | None]]:
        """Every run: journey, entered, how it ended, when, and when its goal was reached."""
        return [
            (r.graph.name, r.entered, r.ended[1] if r.ended else "", r.ended and r.ended[0], r.goal)
            for r in sorted(self.runs, key=lambda r: (r.entered, r.graph.name))
        ]


def tell(
    journeys: Sequence[Deployed],
    segments: Mapping[str, ir.Condition],
    attributes: Mapping[str, Any],
    known_since: datetime,
    events: Sequence[Event],
    start: datetime,
    until: datetime,
) -> Story:
    """The story of a person from `start` to `until`; events are on ticks, by time."""
    story = Story(dict(attributes))
    matched: dict[str, bool] = {}
    journeys = sorted(journeys, key=lambda each: each.graph.name)
    now = start

    def moment(run: Run | None = None) -> Moment:
        past = [event for event in events if event.at <= now]
        entered, by = (run.entered, run.event) if run else (None, None)
        return Moment(story.attributes, past, now, UTC, known_since, entered, by, segments)

    def live() -> list[Run]:
        return [run for run in story.runs if run.ended is None]

    def enter(graph: ir.JourneyGraph, event: Event | None) -> None:
        before = [run for run in story.runs if run.graph.name == graph.name]
        if any(run.ended is None or run.entered == now for run in before):
            return
        if before and graph.reentry.allow == "once":
            return
        if before and graph.reentry.allow == "after":
            pause = parse_duration(graph.reentry.after or "")
            if now < add_local(before[-1].entered, pause, UTC):
                return
        run = Run(graph, now, event, graph.start)
        if graph.only is None or holds(graph.only, moment(run)):
            story.runs.append(run)

    def end(run: Run, why: str) -> None:
        run.ended = (now, why)

    def happens(event: Event) -> None:
        for run in live():
            for exit_ in run.graph.exits:
                if (
                    isinstance(exit_, ir.ExitOnEvent)
                    and exit_.event == event.name
                    and event.at > run.entered
                    and matches_event(exit_.where, event)
                ):
                    end(run, "event")
                    break
        for run in story.runs:
            goal = run.graph.goal
            if run.goal or not goal or goal.event != event.name or event.at <= run.entered:
                continue
            if goal.within and event.at > run.entered + exact(parse_duration(goal.within)):
                continue
            if matches_event(goal.where, event):
                run.goal = event.at
                if goal.leave and run.ended is None:
                    end(run, "goal")
        for each in journeys:
            entry = each.graph.entry
            if (
                isinstance(entry, ir.EventMatch)
                and entry.event == event.name
                and matches_event(entry.where, event)
            ):
                enter(each.graph, event)

    def look() -> None:
        for each in journeys:
            entry = each.graph.entry
            if not isinstance(entry, ir.Match) or now < known_since:
                continue
            matches = holds(entry.match, moment())
            first = known_since <= each.applied_at and entry.existing == "exclude"
            before = matched.get(each.graph.name, first)
            matched[each.graph.name] = matches
            if matches and not before:
                enter(each.graph, None)
        for run in live():
            if any(
                isinstance(x, ir.ExitWhen) and holds(x.when, moment(run)) for x in run.graph.exits
            ):
                end(run, "condition")

    def walk(run: Run) -> None:
        if run.until is not None:
            run.until, run.node = None, run.graph.nodes[run.node or ""].next  # type: ignore
        while run.node is not None:
            match run.graph.nodes[run.node]:
                case ir.SendNode() as node:
                    story.messages.append((run.graph.name, node.send.text or "", now))
                    run.node = node.next
                case ir.WaitNode() as node:
                    run.until = add_local(now, parse_duration(node.wait.for_), UTC)
                    return
                case ir.BranchNode() as node:
                    found = [case for case in node.branch if holds(case.if_, moment(run))]
                    run.node = found[0].next if found else node.otherwise
                case ir.SetNode() as node:
                    story.attributes[node.set.attribute] = node.set.to
                    run.node = node.next
                    if run.node is not None:
                        return
                case ir.LeaveNode():
                    return end(run, "leave")
        end(run, "finished")

    while now <= until:
        for event in [event for event in events if event.at == now]:
            happens(event)
        while True:
            look()
            ready = [run for run in live() if run.until is None or run.until <= now]
            if not ready:
                break
            walk(min(ready, key=lambda run: (run.entered, run.graph.name)))
        now += TICK
    return story
