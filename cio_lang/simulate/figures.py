"""What a simulation came to, in figures: added up person by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from cio_lang import ir
from cio_lang.channels import Unreachable
from cio_lang.store.state import OutboxRow, PersonChange

KNOWN = frozenset(
    [
        "branch",
        "drawn",
        "entered",
        "finished",
        "goal",
        "left",
        "not_entered",
        "sent",
        "set",
        "tracked",
        "waited",
    ]
)
"""Decisions that are told elsewhere; all others are limits that the engine kept to."""


@dataclass(slots=True)
class Figures:
    """Everything that is told of one simulation.  `entered == live + sum(ends.values())`."""

    graph: ir.JourneyGraph
    start: datetime
    end: datetime
    zone: tzinfo
    people: int = 0
    """Who was looked at: all who could enter."""
    events: int = 0
    entrants: int = 0
    """Different people who entered."""
    goals: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    visits: Counter[str] = field(default_factory=Counter)
    standing: Counter[str] = field(default_factory=Counter)
    """Who stood at each step at the end."""
    entered_on: Counter[date] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    """Messages by step, whatever became of them."""
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Messages by step and channel."""
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Messages by step and reason."""
    sent_on: Counter[date] = field(default_factory=Counter)
    sent_at: Counter[tuple[int, int]] = field(default_factory=Counter)
    """By weekday (0: Monday) and hour."""
    each_got: Counter[int] = field(default_factory=Counter)
    """How many people got so many messages, of those who entered."""
    limits: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def entered(self) -> int:
        """How often somebody entered."""
        return sum(self.entered_on.values())

    @property
    def live(self) -> int:
        """How many had not come to an end."""
        return self.entered - sum(self.ends.values())

    @property
    def messages(self) -> int:
        """How many would have been handed over."""
        return sum(self.sent.values())

    def by_channel(self) -> dict[str, int]:
        """Messages by channel."""
        found: Counter[str] = Counter()
        for (_, channel), count in self.sent.items():
            found[channel] += count
        return dict(sorted(found.items()))

    def cost(self, prices: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """What the messages of each channel with a price would have cost."""
        return {
            channel: prices[channel] * count
            for channel, count in self.by_channel().items()
            if channel in prices
        }

    def add(self, change: PersonChange, outcomes: Mapping[str, str | Unreachable]) -> None:
        """Count one person; `outcomes` are the channel of each message, or why it is not sent."""
        if not change.decisions:
            return
        entered = got = 0
        for made in change.decisions:
            if made.what == "entered":
                entered += 1
                self.entered_on[made.at.astimezone(self.zone).date()] += 1
            elif made.what == "not_entered":
                self.refused[str(made.detail.get("reason", ""))] += 1
            elif made.what not in KNOWN:
                self.limits[(made.what, str(made.detail.get("reason", "")))] += 1
        for run in change.runs:
            self.visits.update(run.visits)
            self.goals += run.goal_at is not None
            if run.status == "live":
                self.standing[run.node or ""] += 1
            else:
                self.ends[run.reason or "finished"] += 1
        for row in change.outbox:
            got += self._message(row, outcomes.get(row.id))
        if entered:
            self.entrants += 1
            self.each_got[got] += 1

    def _message(self, row: OutboxRow, outcome: str | Unreachable | None) -> bool:
        self.made[row.node] += 1
        if isinstance(outcome, Unreachable):
            self.skipped[(row.node, outcome.reason)] += 1
            return False
        if outcome is None:
            self.skipped[(row.node, row.reason or row.status)] += 1
            return False
        self.sent[(row.node, outcome)] += 1
        local = row.made_at.astimezone(self.zone)
        self.sent_on[local.date()] += 1
        self.sent_at[(local.weekday(), local.hour)] += 1
        return True


def as_json(figures: Figures, prices: Mapping[str, Decimal], currency: str) -> dict[str, Any]:
    """For `--json`: keys of steps are those of the graph."""
    cost = figures.cost(prices)
    return {
        "journey": figures.graph.title,
        "from": figures.start.isoformat(),
        "to": figures.end.isoformat(),
        "people": figures.people,
        "events": figures.events,
        "entered": figures.entered,
        "entrants": figures.entrants,
        "live": figures.live,
        "goals": figures.goals,
        "not_entered": dict(figures.refused.most_common()),
        "ends": dict(figures.ends.most_common()),
        "steps": {
            node: {
                "reached": figures.visits[node],
                "standing": figures.standing[node],
                **_sends(figures, node),
            }
            for node in figures.graph.nodes
        },
        "messages": {
            "sent": figures.messages,
            "by_channel": figures.by_channel(),
            "by_day": {str(day): count for day, count in sorted(figures.sent_on.items())},
            "by_hour": _hours(figures),
            "per_entrant": {str(n): count for n, count in sorted(figures.each_got.items())},
            "skipped": _reasons(figures),
        },
        "limits": [
            {"what": what, "reason": reason, "count": count}
            for (what, reason), count in figures.limits.most_common()
        ],
        "cost": {
            "currency": currency,
            "prices": {channel: str(price) for channel, price in sorted(prices.items())},
            "by_channel": {channel: str(amount) for channel, amount in cost.items()},
            "total": str(sum(cost.values(), Decimal())) if cost else None,
            "without_price": [each for each in figures.by_channel() if each not in prices],
        },
        "seconds": round(figures.seconds, 3),
    }


def _sends(figures: Figures, node: str) -> dict[str, Any]:
    if not figures.made[node]:
        return {}
    return {
        "sent": sum(count for (step, _), count in figures.sent.items() if step == node),
        "skipped": {
            reason: count for (step, reason), count in figures.skipped.items() if step == node
        },
    }


def _reasons(figures: Figures) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (_, reason), count in figures.skipped.items():
        found[reason] += count
    return dict(found.most_common())


def _hours(figures: Figures) -> dict[str, int]:
    found: Counter[int] = Counter()
    for (_, hour), count in figures.sent_at.items():
        found[hour] += count
    return {f"{hour:02}": count for hour, count in sorted(found.items())}
