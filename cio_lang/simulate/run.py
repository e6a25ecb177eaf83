"""The simulation: the engine steps everybody who could enter through their own instants."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from cio_lang import graph_file, ir
from cio_lang.channels import Channel, Unreachable
from cio_lang.conditions import Event
from cio_lang.mistake import UserMistake, place
from cio_lang.record import record
from cio_lang.runtime.carried import not_carried
from cio_lang.runtime.dispatch import as_bytes
from cio_lang.runtime.engine import Plan, plan, replay_person
from cio_lang.runtime.progress import Progress
from cio_lang.simulate.figures import Figures
from cio_lang.simulate.looks import looks
from cio_lang.simulate.problems import NothingToReplay, NotSimulated, shown, shown_end
from cio_lang.store import Claimed, Store
from cio_lang.store.history import History, Wanted
from cio_lang.store.state import Deployed, PersonRow, PersonState


@record
class Setting:
    """What is simulated: the journey, as if it had been applied at `start`, and all around it."""

    graph: ir.JourneyGraph
    segments: Sequence[ir.SegmentGraph]
    templates: Mapping[str, str]
    channels: Sequence[Channel]
    start: datetime
    end: datetime
    zone: tzinfo
    as_now: bool = False


def simulate(
    store: Store, setting: Setting, on_progress: Callable[[int], None] | None = None
) -> Figures:
    """What would have happened.  `on_progress` is called with how many people each page had.

    Nothing is written: the store can be open `read_only`.  Raises `UserMistake` where the journey
    cannot be carried out, or there is no history.
    """
    began = time.perf_counter()
    possible(setting)
    conditions = {each.name: each.where for each in setting.segments if each.where is not None}
    seen = looks(setting.graph, conditions)
    entry = setting.graph.entry.event if isinstance(setting.graph.entry, ir.EventMatch) else None
    wanted = Wanted(
        setting.start,
        setting.end,
        seen.events,
        seen.since(setting.start),
        entry,
        seen.segments - conditions.keys(),
        setting.graph.name,
        setting.as_now,
    )
    digest = graph_file.digest(setting.graph)
    deployed = Deployed(setting.graph, digest, 1, setting.start)
    arranged = plan([deployed], {}, conditions, setting.zone)
    figures = Figures(setting.graph, setting.start, setting.end, setting.zone)
    with store.reading():
        for page in store.histories(wanted):
            for history in page:
                _person(history, arranged, setting, entry, figures)
            if on_progress is not None:
                on_progress(len(page))
        if not figures.people:
            raise UserMistake(_nothing(store, setting, entry))
    figures.seconds = time.perf_counter() - began
    return figures


def possible(setting: Setting) -> None:
    """Nothing where history can be replayed for the journey; else raises `UserMistake`."""
    if not isinstance(setting.graph.entry, ir.EventMatch | ir.Match):
        span = place(setting.graph.source.file)
        raise UserMistake(NotSimulated(span=span, title=setting.graph.title), exit_code=1)
    conditions = {each.name: each.where for each in setting.segments if each.where is not None}
    asked = looks(setting.graph, conditions).segments
    needed: list[ir.Graph] = [
        setting.graph,
        *(each for each in setting.segments if each.name in asked),
    ]
    if later := not_carried(needed):
        raise UserMistake(*later, exit_code=1)


def _person(
    history: History, arranged: Plan, setting: Setting, entry: str | None, figures: Figures
) -> None:
    state = _state(history, setting, entry)
    if entry is not None and not any(event.name == entry for event, _ in state.new_events):
        return
    figures.people += 1
    figures.events += len(state.new_events)
    outcomes: dict[str, str | Unreachable] = {}
    by_name: dict[str, Channel] = {channel.name: channel for channel in setting.channels}

    def after(progress: Progress) -> None:
        for row in progress.messages[len(outcomes) :]:
            person = replace(history.person, attributes=progress.attributes)
            event = progress.runs[row.run].entry_event
            outcomes[row.id] = _outcome(
                Claimed(row, 0, 0, person, event, None, None), by_name, setting
            )

    figures.add(replay_person(state, arranged, setting.end, history.told, after), outcomes)


def _state(history: History, setting: Setting, entry: str | None) -> PersonState:
    """The person as the engine gets them: what came before the start is handled already."""
    person = history.person
    new: list[tuple[Event, bool]] = [
        (event, False) for event in history.events if event.at >= setting.start
    ]
    # Who starts to match is noticed by looking, from the start on, as after `cio apply`.
    due = None if entry is not None else max(setting.start, person.created_at)
    return PersonState(
        PersonRow(
            person.id, person.key, person.attributes, person.created_at, dict(person.changed)
        ),
        history.events,
        new,
        [],
        {},
        due,
        set(history.members),
    )


def _outcome(
    claimed: Claimed, channels: Mapping[str, Channel], setting: Setting
) -> str | Unreachable:
    """The channel that would take the message, or why none would."""
    found = as_bytes(claimed, channels, setting.templates)
    return found if isinstance(found, Unreachable) else found.channel.name


def _nothing(store: Store, setting: Setting, entry: str | None) -> NothingToReplay:
    span = store.history_span(entry)
    return NothingToReplay(
        span=place(store.where),
        start=shown(setting.start.astimezone(setting.zone)),
        end=shown_end(setting.end.astimezone(setting.zone)),
        event=entry,
        stored=None
        if span is None
        else (
            f"{span[0].astimezone(setting.zone):%Y-%m-%d}",
            f"{span[1].astimezone(setting.zone):%Y-%m-%d}",
        ),
    )
