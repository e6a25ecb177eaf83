"""The reference interpreter's story, in the words in which the engine's is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from cio_lang import ir, reference
from cio_lang.conditions import Event
from cio_lang.store.state import Deployed


@dataclass
class Story:
    """What became of the person."""

    attributes: dict[str, Any]
    messages: list[tuple[str, str, datetime]]  # journey, text, when
    ends: list[tuple[str, datetime, str, datetime | None, datetime | None]]
    """Every run: journey, entered, how it ended, when, and when its goal was reached."""


def tell(
    journeys: Sequence[Deployed],
    segments: Mapping[str, ir.Condition],
    attributes: Mapping[str, Any],
    known_since: datetime,
    events: Sequence[Event],
    start: datetime,
    until: datetime,
) -> Story:
    """The story of a person from `start` to `until` whom every channel reaches."""
    origin = ir.Origin("s.journey", "sha256:0")
    graphs: list[ir.Graph] = [each.graph for each in journeys]
    for name, where in segments.items():
        graphs.append(ir.SegmentGraph(1, "segment", name, name, origin, where))
    story = reference.tell(
        reference.Person("alice", known_since, attributes, reach=frozenset(get_args(ir.Channel))),
        graphs,
        [reference.Did(event.at, event) for event in events],
        until,
        applied=start,
    )
    return Story(
        story.attributes,
        [(m.run.graph.name, m.message.text or "", m.made) for m in story.messages],
        [
            (run.graph.name, run.entered, _kind(run), run.left and run.left[0], run.goal_at)
            for run in sorted(story.runs, key=lambda run: (run.entered, run.graph.name))
        ],
    )


def _kind(run: reference.Run) -> str:
    reason = run.left[1] if run.left else ""
    return "event" if reason.startswith("did ") else reason
