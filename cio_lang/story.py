"""One person's events, decisions and messages in, a story in lines out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from cio_lang import ir, text
from cio_lang.backends import words
from cio_lang.conditions import Event
from cio_lang.record import record
from cio_lang.store.state import Decision, OutboxRow

if TYPE_CHECKING:
    from cio_lang.store import Store
    from cio_lang.store.segments.figures import MembershipChange

__all__ = ["Happening", "moment", "said", "story", "tell"]


@record
class Happening:
    """All that happened to one person; `titles` are those of journeys, by name."""

    events: Sequence[Event]
    decisions: Sequence[Decision]
    messages: Sequence[OutboxRow]
    titles: Mapping[str, str]
    memberships: Sequence[MembershipChange] = ()
    segments: Mapping[str, str] = field(default_factory=dict)
    """The titles of segments, by name."""


def story(store: Store, person_id: int, zone: tzinfo) -> list[str]:
    """What happened to a person, in order, in the zone's local time."""
    titles = {deployed.graph.name: deployed.graph.title for deployed in store.journeys()}
    return tell(
        Happening(
            store.events(person_id),
            store.decisions_of(person_id),
            store.messages_of(person_id),
            titles,
            store.membership_changes(person_id),
            store.live.titles(),
        ),
        zone,
    )


def tell(happening: Happening, zone: tzinfo) -> list[str]:
    """Lines with the day (where it changes), the time and what happened; longer silences, too."""
    lines: list[str] = []
    last: datetime | None = None
    for instant, what in _in_order(happening, zone):
        local = instant.astimezone(zone)
        if last is not None and (local.date() - last.date()).days > 1:
            lines.append(f"{'':12}… {(local.date() - last.date()).days} days later")
        new_day = last is None or last.date() != local.date()
        day = local.date().isoformat() if new_day else ""
        lines.append(f"{day:10}  {local:%H:%M}  {what}")
        last = local
    return lines


def moment(instant: datetime, zone: tzinfo) -> str:
    """`1997-03-08 10:00`."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def said(value: Any) -> str:
    """A stored value as canonical text would write it."""
    if isinstance(value, dict) and value.keys() == {"amount", "currency"}:
        return words.value(ir.Money(value["amount"], value["currency"]))
    if isinstance(value, list | tuple):
        return ", ".join(said(part) for part in value)
    if isinstance(value, bool | int | float | str | ir.Money):
        return words.value(value)
    return str(value)


def _in_order(happening: Happening, zone: tzinfo) -> Iterator[tuple[datetime, str]]:
    """Events before what was decided on them; a message where it was decided to send it."""
    messages = {row.id: row for row in happening.messages}
    told = [(event.at, 0, _event(event)) for event in happening.events]
    for change in happening.memberships:
        title = text.quoted(happening.segments.get(change.segment, change.segment))
        told.append((change.at, 0, _membership(change, title)))
    for decision in happening.decisions:
        if decision.what == "sent":
            row = messages.pop(str(decision.detail.get("message")), None)
            if row is None:
                continue
            told.append((decision.at, 1, _message(row)))
        else:
            told.append((decision.at, 1, _decision(decision, happening.titles, zone)))
    told += [(row.made_at, 2, _message(row)) for row in messages.values()]
    for instant, _, what in sorted(told, key=lambda each: each[:2]):
        yield instant, what


def _event(event: Event) -> str:
    # By name: PostgreSQL does not keep the order in which they were written.
    told = sorted(event.properties.items())
    properties = ", ".join(f"{name} {said(value)}" for name, value in told)
    return f"did {event.name}" + (f" ({properties})" if properties else "")


def _membership(change: MembershipChange, title: str) -> str:
    came = f"came into segment {title}" if change.entered else f"went out of segment {title}"
    match change.cause:
        case "event" | "attribute" | "time":
            return came
        case "hand":
            return f"{came}, by hand"
        case "redefined":
            return f"{came}, as it was defined"


def _decision(decision: Decision, titles: Mapping[str, str], zone: tzinfo) -> str:
    title = text.quoted(titles.get(decision.journey, decision.journey))
    detail = {name: value for name, value in decision.detail.items() if value is not None}
    reason = str(detail.get("reason", ""))
    sentences: Mapping[str, Callable[[], str]] = {
        "entered": lambda: f"entered {title}: {_by(detail)}",
        "not_entered": lambda: f"did not enter {title}: {reason}",
        "goal": lambda: f"reached the goal of {title}",
        "left": lambda: f"left {title}" + (f": {reason}" if reason != "leave" else ""),
        "settled": lambda: _settled(detail, title),
        "continues": lambda: f"goes on in a newer version of {title}, at {detail.get('to')}",
        "finished": lambda: f"came to the end of {title}",
        "waited": lambda: f"waits in {title}{_for(detail, zone)}",
        "tracked": lambda: f"{detail.get('event')} is recorded by {title}",
        "set": lambda: f"{detail.get('attribute')} becomes {said(detail.get('to'))} by {title}",
        "held": lambda: f"is to get {_held(detail)} by {title}: held until {_until(detail, zone)}",
        "branch": lambda: f"in {title}: {_taken(detail)}",
        "drawn": lambda: f"in {title}: drawn for {text.quoted(str(detail.get('share')))}",
        "becomes": lambda: f"{detail.get('attribute')} becomes {said(detail.get('to'))}",
        "moved": lambda: _moved(detail),
        "answered": lambda: (
            f"{text.quoted(str(detail['who']))} "
            f"{'approves' if detail['approved'] else 'declines'} {title}"
        ),
        "won": lambda: (
            f"{text.quoted(str(detail['arm']))} wins experiment "
            f"{text.quoted(str(detail['experiment']))}"
        ),
    }
    if decision.what in sentences:
        return sentences[decision.what]()
    told = ", ".join(f"{name} {said(value)}" for name, value in detail.items())
    return f"{decision.what.replace('_', ' ')} {title}" + (f": {told}" if told else "")


def _by(detail: Mapping[str, Any]) -> str:
    by = str(detail.get("by", ""))
    return "started to match" if by == "matched" else by


def _moved(detail: Mapping[str, Any]) -> str:
    how = "is added to" if detail["inside"] else "is removed from"
    return f"{how} segment {text.quoted(str(detail['segment']))}"


def _settled(detail: Mapping[str, Any], title: str) -> str:
    who = detail.get("by") or "somebody"
    said_of = {"sent": "was sent", "failed": "was not sent", "resend": "is sent again"}
    return f"{who} says of a message of {title}: it {said_of[str(detail['as'])]}"


def _for(detail: Mapping[str, Any], zone: tzinfo) -> str:
    """How long a wait lasts: without a time-out, that is not known."""
    return f" until {_until(detail, zone)}" if "until" in detail else ""


def _until(detail: Mapping[str, Any], zone: tzinfo) -> str:
    try:
        return moment(datetime.fromisoformat(str(detail["until"])), zone)
    except (KeyError, ValueError):
        return "later"


def _held(detail: Mapping[str, Any]) -> str:
    reason = f" ({detail['reason']})" if "reason" in detail else ""
    return f"{text.quoted(str(detail.get('message', 'a message')))}{reason}"


def _taken(detail: Mapping[str, Any]) -> str:
    return f"as {detail['condition']}" if "condition" in detail else "otherwise"


def _message(row: OutboxRow) -> str:
    what = " ".join((row.template or row.text or "").split())
    named = text.quoted(what if len(what) <= 60 else what[:59] + "…")
    channel = row.channel or row.channels[0]
    because = f": {row.reason}" if row.reason else ""
    match row.status:
        case "accepted":
            return f"got {channel} {named}"
        case "skipped":
            return f"was not sent {channel} {named}{because}"
        case "rejected":
            return f"was refused {channel} {named}{because}"
        case "unknown":
            return f"may or may not have got {channel} {named}{because}"
        case "queued" | "attempting" | "deferred" | "held":
            return f"is to get {channel} {named}{because}"
