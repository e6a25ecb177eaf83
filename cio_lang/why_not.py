"""Why somebody did not get a journey, from what was decided about them.

A journey that was entered is told step by step; an entry that was refused says why it was; where
nothing was decided, what starts the journey is looked for in what the person did and is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from cio_lang import calendar_time, draw, ir, text
from cio_lang.backends import heads, words
from cio_lang.conditions import Event, Moment, holds, matches_event
from cio_lang.membership import explained
from cio_lang.record import record
from cio_lang.runtime.control import versions_of
from cio_lang.source import Span
from cio_lang.store import Store
from cio_lang.store.state import Decision, Deployed, OutboxRow, PersonRow, PersonState
from cio_lang.story import Happening, moment, tell

__all__ = ["WhyNot", "why_not"]

_SENT = ("queued", "attempting", "deferred")


@record
class WhyNot:
    """Whether somebody got anything of a journey, and in lines why not."""

    person: str
    journey: str
    title: str
    got: bool
    lines: tuple[str, ...]
    decisions: tuple[Decision, ...]

    def data(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "person": self.person,
            "journey": self.journey,
            "title": self.title,
            "got": self.got,
            "because": list(self.lines),
            "decisions": [
                {
                    "at": each.at.isoformat(),
                    "what": each.what,
                    "step": each.node,
                    "detail": dict(each.detail),
                }
                for each in self.decisions
            ],
        }


def why_not(
    store: Store, journey: str, person: str, now: datetime, zone: tzinfo, span: Span | None = None
) -> WhyNot:
    """Why a person did not get a journey (its title or name); `zone` is the workspace's.

    Raises `UserMistake` for a journey that was never applied and a person who is not known.
    """
    row = store.the_person(person) if span is None else store.the_person(person, span)
    last = versions_of(store, journey)[-1]
    decided = [each for each in store.decisions_of(row.id) if each.journey == last.journey]
    sent = [each for each in store.messages_of(row.id) if each.journey == last.journey]
    (state,) = store.load_batch([row.id])
    asked = _Asked(store, row, state, last.journey, text.quoted(last.title), now, zone)
    told = [asked.verdict(decided, sent)]
    told += asked.standing()
    if decided:
        happening = Happening((), decided, sent, {last.journey: last.title})
        told += [f"  {line}" for line in tell(happening, zone)]
    else:
        told += asked.beginning()
    got = any(each.status == "accepted" for each in sent)
    return WhyNot(row.key, last.journey, last.title, got, tuple(told), tuple(decided))


@record
class _Asked:
    store: Store
    row: PersonRow
    state: PersonState
    journey: str
    title: str  # in quotes
    now: datetime
    zone: tzinfo

    def verdict(self, decided: Sequence[Decision], sent: Sequence[OutboxRow]) -> str:
        """The answer in one sentence."""
        who = self.row.key
        accepted = [each for each in sent if each.status == "accepted"]
        if accepted:
            count = f"{len(accepted)} message{'' if len(accepted) == 1 else 's'}"
            return f"{who} did get {self.title}: {count}."
        waiting = [each for each in sent if each.status in _SENT]
        unsent = [each for each in sent if each.status not in _SENT and each.reason]
        runs = [run for run in self.state.runs if run.journey == self.journey]
        live = [run for run in runs if run.status == "live"]
        if waiting:
            return f"{who} is to get {self.title}: a message waits to be sent."
        if unsent:
            return f"{who} entered {self.title}, and nothing came: {unsent[-1].reason}."
        if live:
            due = live[-1].due
            until = "" if due is None else f", and waits until {moment(due, self.zone)}"
            since = moment(live[-1].entered_at, self.zone)
            return f"{who} is in {self.title} since {since}{until}."
        if runs:
            return f"{who} was in {self.title}, and got nothing of it: {runs[-1].reason}."
        refused = [each for each in decided if each.what == "not_entered"]
        if refused:
            return f"{who} did not enter {self.title}: {refused[-1].detail.get('reason')}."
        return f"{who} never came to the beginning of {self.title}."

    def standing(self) -> Iterator[str]:
        """What keeps everybody out of the journey, if anything does."""
        door = self.store.deployments
        if (since := door.stopped().get(self.journey)) is not None:
            yield f"  It is stopped since {moment(since, self.zone)}."
        elif (since := door.paused().get(self.journey)) is not None:
            yield f"  It is paused since {moment(since, self.zone)}."
        elif self.deployed() is None:
            yield "  It is not in force any more."

    def deployed(self) -> Deployed | None:
        """The version in force."""
        found = (each for each in self.store.journeys() if each.graph.name == self.journey)
        return next(found, None)

    def beginning(self) -> Iterator[str]:
        """Where nothing was decided: what starts the journey, and what is there of it."""
        deployed = self.deployed()
        if deployed is None:
            return
        yield f"  {heads.entry(deployed.graph.entry)}."
        match deployed.graph.entry:
            case ir.EventMatch():
                yield f"  {self._of_event(deployed.graph.entry, deployed)}"
            case ir.Match():
                yield from self._of_match(deployed.graph.entry.match)
            case ir.OnceEntry():
                yield from self._of_match(deployed.graph.entry.once)
            case (
                ir.JoinEntry()
                | ir.LeaveEntry()
                | ir.DateEntry()
                | ir.ScheduleEntry()
                | ir.StartEntry()
            ):
                return

    def _of_event(self, entry: ir.EventMatch, deployed: Deployed) -> str:
        who = self.row.key
        done = [event for event in self.state.events if event.name == entry.event]
        if not done:
            return f"{who} has never done {entry.event}."
        last = moment(done[-1].at, self.zone)
        met = [event for event in done if self._meets(entry, event)]
        if not met:
            times = "once" if len(done) == 1 else f"{len(done)} times, the last"
            return f"{who} did {entry.event} {times} on {last}, and not as it has to be."
        last = moment(met[-1].at, self.zone)
        if met[-1].at < deployed.applied_at:
            return f"{who} did {entry.event} on {last}, before it was in force."
        history = {event.id for event, _ in self.state.new_events}
        if met[-1].id in history:
            return f"{who} did {entry.event} on {last}, which was not looked at yet: run `cio up`."
        return (
            f"{who} did {entry.event} on {last}, and that came days later: history starts nobody."
        )

    def _meets(self, entry: ir.EventMatch, event: Event) -> bool:
        zone = calendar_time.zone(self.row.attributes.get("timezone"), self.zone)
        return entry.where is None or matches_event(entry.where, event, event.at, zone)

    def _of_match(self, condition: ir.Condition) -> Iterator[str]:
        here = Moment(
            attributes=self.row.attributes,
            events=[event for event in self.state.events if event.at <= self.now],
            now=self.now,
            timezone=calendar_time.zone(self.row.attributes.get("timezone"), self.zone),
            known_since=self.row.created_at,
            segments=self.store.segments(),
            changed=self.row.changed,
            members=frozenset(self.state.members),
            lot=draw.lot(self.row.key),
        )
        if holds(condition, here):
            looked = any(key.startswith(f"{self.journey} ") for key in self.state.standings)
            yield f"  {self.row.key} is among the {words.people(condition)}: " + (
                "but was already when it was applied, and did not start to be."
                if looked
                else "which was not looked at yet: run `cio up`."
            )
        yield from explained(condition, here, self.store.live.titles())
