"""What carries out journeys for the people of a scenario, whichever way: one small protocol.

Two kinds keep to it: `by_engine` with the engine that runs journeys for real, `by_reference` with
the definition of the language.  They tell the same, for all that the engine carries out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Literal, Protocol

from cio_lang import ir
from cio_lang.record import record
from cio_lang.reference import Story

__all__ = ["Machine", "Passage", "Seen", "Sent"]


@record
class Sent:
    """A message: sent at `at`, skipped then for a reason, or made then and still held."""

    id: str
    run: str
    journey: str
    at: datetime
    channel: ir.Channel
    template: str | None
    text: str | None
    outcome: Literal["sent", "skipped", "held"] = "sent"
    reason: str | None = None
    until: datetime | None = None  # how long it is held


@record
class Passage:
    """A run, as far as scenarios ask about it."""

    id: str
    journey: str
    entered: datetime
    left: datetime | None
    reason: str | None
    goal_at: datetime | None


@record
class Seen:
    """What has become of a person so far.  Messages in the order in which they went out."""

    attributes: Mapping[str, Any]
    messages: Sequence[Sent]
    runs: Sequence[Passage]


class Machine(Protocol):
    """Journeys in force from `start` on, people, and a clock."""

    now: datetime

    def __init__(self, graphs: Sequence[ir.Graph], start: datetime, zone: tzinfo) -> None: ...

    @property
    def people(self) -> Collection[str]:
        """The keys of everybody so far."""

    def add(
        self,
        key: str,
        attributes: Mapping[str, Any],
        since: datetime,
        segments: Sequence[ir.Slug] = (),
    ) -> None:
        """Somebody new, known since then, and in some segments kept by hand already."""

    def happens(self, key: str, event: str, properties: Mapping[str, Any]) -> None:
        """The person does something now; who was not known before is new."""

    def becomes(self, key: str, attribute: str, value: Any) -> None:
        """An attribute of the person changes now; who was not known before is new."""

    def moves(self, key: str, segment: ir.Slug, inside: bool) -> None:
        """Somebody puts the person into a segment kept by hand, or takes them out."""

    def answers(self, key: str, journey: ir.Slug, who: str, approved: bool) -> bool:
        """Whoever is asked says yes or no of the person's run; no where nobody is asked now."""

    def wins(self, experiment: str, arm: str) -> None:
        """An arm of an experiment turns out to be better, for everybody from now on."""

    def walk(self, until: datetime) -> None:
        """Everything that comes due up to and with `until`."""

    def seen(self, key: str) -> Seen:
        """What has become of the person so far."""

    def matches(self, key: str, condition: ir.Condition) -> bool:
        """Whether the condition holds for the person now."""

    def timeline(self, key: str) -> tuple[str, ...]:
        """All that happened to the person, in lines."""

    def stories(self) -> Sequence[Story]:
        """What the reference told of everybody; nothing where another machine ran."""
