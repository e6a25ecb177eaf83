"""What the replay came to: the figures of the demo's table, checks and report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from cio_lang import ir
from cio_lang.pictures.layout import Steps, steps
from cio_lang.record import record
from cio_lang.store import Store


@record
class Sent:
    """One step that sends: what it sends, and how many messages ended in each status."""

    step: str
    statuses: Mapping[str, int]

    @property
    def accepted(self) -> int:
        """How many the mail server took over."""
        return self.statuses.get("accepted", 0)


@record
class JourneyFigures:
    """One journey: `entered == live + sum(ends.values())`."""

    graph: ir.JourneyGraph
    entered: int
    live: int
    goals: int
    ends: Mapping[str, int]  # why runs ended, the most frequent first
    sent: Sequence[Sent]
    steps: Steps
    visits: Mapping[str, int]  # how often each node was reached
    weeks: Mapping[date, int]  # accepted messages by the Monday of their week

    def endings(self) -> dict[str, int]:
        """Why runs ended, as a person would say it, and how many have not."""
        said = {"finished": "came to the end", "leave": "the step `leave`"}
        ended = {said.get(reason, reason): count for reason, count in self.ends.items()}
        return {**ended, "still in it": self.live} if self.live else ended


@record
class Mail:
    """The received files held against the outbox."""

    accepted: int
    received: int
    missing: int  # accepted, and there is no file with just those bytes
    surplus: int  # files that no accepted message accounts for
    unsettled: Mapping[str, int]  # messages in any other status
    digest: str  # over the bytes of all accepted messages: the same for the same input

    @property
    def agrees(self) -> bool:
        """Every accepted message is in the inbox once, and nothing else is."""
        open_ends = {"queued", "attempting", "deferred", "unknown", "held"} & set(self.unsettled)
        return self.missing == self.surplus == 0 and not open_ends

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "accepted": self.accepted,
            "received": self.received,
            "missing": self.missing,
            "surplus": self.surplus,
            "unsettled": dict(self.unsettled),
            "digest": self.digest,
            "agrees": self.agrees,
        }


def journeys(store: Store, segments: Mapping[str, str]) -> list[JourneyFigures]:
    """The figures of every active journey, the one with most runs first.

    `segments` are the titles of segments by name.
    """
    runs = {summary.journey: summary for summary in store.runs_summary()}
    visits = store.visits()
    weeks = store.accepted_by_week()
    found: list[JourneyFigures] = []
    for deployed in store.journeys():
        graph = deployed.graph
        summary = runs.get(graph.name)
        messages = summary.messages if summary else {}
        below = steps(graph, segments)
        found.append(
            JourneyFigures(
                graph,
                summary.entered if summary else 0,
                summary.live if summary else 0,
                summary.goals if summary else 0,
                summary.reasons if summary else {},
                [Sent(says, messages.get(node, {})) for node, says in _sends(below)],
                below,
                visits.get(graph.name, {}),
                weeks.get(graph.name, {}),
            )
        )
    return sorted(found, key=lambda figures: (-figures.entered, figures.graph.name))


def _sends(below: Steps) -> list[tuple[str, str]]:
    """Node and words of every step that sends, in the order of reading."""
    found: list[tuple[str, str]] = []
    for step in below:
        if step.kind == "send":
            found.append((step.node, step.says))
        for arm in step.arms:
            found += _sends(arm.steps)
    return found


def mail(store: Store, messages: Sequence[Path]) -> Mail:
    """Hold the received files against the outbox, byte by byte."""
    expected: dict[str, str] = {}
    whole = sha256()
    for outbox_id, message_id, message_sha in store.accepted():
        expected[message_id.partition("@")[0].strip("<>")] = message_sha
        whole.update(f"{outbox_id} {message_sha}\n".encode())
    right: set[str] = set()
    surplus = 0
    for file in messages:
        content = file.read_bytes()
        if expected.get(file.stem) == sha256(content).hexdigest() and file.stem not in right:
            right.add(file.stem)
        else:
            surplus += 1
    unsettled = {s: n for s, n in store.outbox_counts().items() if s != "accepted"}
    return Mail(
        len(expected),
        len(messages),
        len(expected) - len(right),
        surplus,
        unsettled,
        f"sha256:{whole.hexdigest()}",
    )


def as_json(figures: JourneyFigures) -> dict[str, Any]:
    """One journey for `--json`."""
    return {
        "journey": figures.graph.title,
        "entered": figures.entered,
        "live": figures.live,
        "goals": figures.goals,
        "ends": dict(figures.ends),
        "sent": {sent.step: dict(sent.statuses) for sent in figures.sent},
    }
