"""The outbox as people see it: which messages need somebody, and what they say of them.

A message is settled by hand where cio cannot know what became of it, or has given up.  It is
written under a fence that rises, so that a dispatcher that comes back late writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa

from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.store.database import Database
from cio_lang.store.encoding import dump, instant, instant_or_none, micros
from cio_lang.store.state import OutboxStatus
from cio_lang.store.tables import decisions, outbox, people

Outcome = Literal["sent", "failed", "resend"]

OPEN: tuple[OutboxStatus, ...] = ("unknown", "rejected", "held")
"""What somebody may have to look at; the rest goes on, or is over."""

_FROM: Mapping[Outcome, tuple[OutboxStatus, ...]] = {
    "sent": ("unknown",),
    "failed": ("unknown", "queued", "deferred", "held"),
    "resend": ("unknown", "rejected", "skipped"),
}

_BRIEF = 12
"""So many letters of an id are printed: more than enough to tell it from all others."""


@record
class Message:
    """A message with all that is known of it; `content` are the bytes that were handed over."""

    id: str
    person: str
    journey: str
    node: str
    visit: int
    channel: str
    template: str | None
    text: str | None
    status: OutboxStatus
    reason: str | None
    recipient: str | None
    attempts: int
    made_at: datetime
    settled_at: datetime | None
    message_id: str | None
    content: bytes | None

    @property
    def brief(self) -> str:
        """The beginning of its id, which is as good as all of it."""
        return self.id[:_BRIEF]


@record(kw_only=True)
class UnknownMessage(Problem):
    """A message is named by an id that no message has, or that several begin with."""

    code = "unknown-message"
    message: str
    several: bool

    def report(self) -> Report:
        """What, why, one way out."""
        if self.several:
            return Report(
                f"Several messages begin with `{self.message}`.",
                "One has to be meant.",
                "write more of its id, as `cio outbox` prints it",
            )
        return Report(
            f"There is no message `{self.message}`.",
            "Messages are named by their ids, or by how those begin.",
            "`cio outbox --all` lists them",
        )


@record(kw_only=True)
class MessageNotOpen(Problem):
    """Somebody settles a message by hand that cannot be settled like that."""

    code = "message-not-open"
    message: str
    status: str
    outcome: str

    def report(self) -> Report:
        """What, why, one way out."""
        why = {
            "sent": "Only where it is unknown what became of it can somebody say that it was sent.",
            "failed": "Only a message that may still be sent, or of which it is unknown, can fail.",
            "resend": "Only what was not sent, or may not have been, is sent again.",
        }
        return Report(
            f"Message `{self.message}` is {self.status}, and is not settled as `{self.outcome}`.",
            why[self.outcome],
            f"`cio outbox show {self.message}` tells all of it; leave it as it is",
        )


class Desk:
    """What can be asked of messages, and said of them: `Store.desk`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def messages(
        self,
        statuses: Sequence[str] = OPEN,
        journey: str | None = None,
        person: int | None = None,
        limit: int = 20,
    ) -> list[Message]:
        """Messages in these states, the newest first."""
        c = outbox.c
        wanted: list[sa.ColumnElement[bool]] = [c.status.in_(statuses)]
        if journey is not None:
            wanted.append(c.journey == journey)
        if person is not None:
            wanted.append(c.person == person)
        asked = _SELECT.where(*wanted).order_by(c.made_at.desc(), c.id).limit(limit)
        return [_message(row) for row in self._database.execute(asked)]

    def find(self, ref: str) -> Message:
        """The one message whose id begins with `ref`; `UserMistake` where it is none or several."""
        begins = outbox.c.id.startswith(ref, autoescape=True)
        found = self._database.execute(_SELECT.where(begins).order_by(outbox.c.id).limit(2))
        if not ref or len(found) != 1:
            several = bool(ref) and len(found) > 1
            raise UserMistake(UnknownMessage(span=place(ref), message=ref, several=several))
        return _message(found[0])

    def settle(
        self, refs: Sequence[str], outcome: Outcome, at: datetime, author: str
    ) -> list[Message]:
        """Say what became of messages, or send them again: all of them, or none.

        `resend` sends the same bytes again where it is unknown whether they came, so that whoever
        got them can tell; a message that was refused is made anew.
        """
        with self._database.transaction():
            found = [self.find(ref) for ref in dict.fromkeys(refs)]
            for message in found:
                self._settle(message, outcome, at, author)
            return [self.find(message.id) for message in found]

    def _settle(self, message: Message, outcome: Outcome, at: datetime, author: str) -> None:
        c = outbox.c
        by = f"settled by {author}" if author else "settled by hand"
        values: dict[str, Any] = {"fence": c.fence + 1, "lease_until": 0, "not_before": 0}
        match outcome:
            case "sent":
                values |= {"status": "accepted", "reason": by, "settled_at": micros(at)}
            case "failed":
                begun = message.status == "unknown"
                status = "rejected" if begun else "skipped"
                values |= {"status": status, "reason": by, "settled_at": micros(at)}
            case "resend":
                values |= {"status": "queued", "reason": None, "settled_at": None, "attempts": 0}
                if message.status != "unknown":
                    values |= {"message": None, "message_sha": None, "recipient": None}
        changed = self._database.execute(
            sa.update(outbox)
            .where(c.id == message.id, c.status.in_(_FROM[outcome]))
            .values(values)
            .returning(c.person, c.run)
        )
        if not changed:
            raise UserMistake(
                MessageNotOpen(
                    span=place(message.brief),
                    message=message.brief,
                    status=message.status,
                    outcome=outcome,
                )
            )
        ((person, run),) = changed
        detail = {"message": message.id, "was": message.status, "as": outcome, "by": author}
        self._database.execute(
            sa.insert(decisions).values(
                person=person,
                run=run,
                journey=message.journey,
                at=micros(at),
                what="settled",
                node=message.node,
                detail=dump(detail),
            )
        )


EVERY: tuple[str, ...] = get_args(OutboxStatus)

_c = outbox.c
_SELECT = sa.select(
    _c.id,
    people.c.key,
    _c.journey,
    _c.node,
    _c.visit,
    _c.channel,
    _c.channels,
    _c.template,
    _c.text,
    _c.status,
    _c.reason,
    _c.recipient,
    _c.attempts,
    _c.made_at,
    _c.settled_at,
    _c.message_id,
    _c.message,
).join(people, people.c.id == _c.person)


def _message(row: Sequence[Any]) -> Message:
    return Message(
        id=row[0],
        person=row[1],
        journey=row[2],
        node=row[3],
        visit=row[4],
        channel=row[5] or json.loads(row[6])[0],
        template=row[7],
        text=row[8],
        status=row[9],
        reason=row[10],
        recipient=row[11],
        attempts=row[12],
        made_at=instant(row[13]),
        settled_at=instant_or_none(row[14]),
        message_id=row[15],
        content=None if row[16] is None else bytes(row[16]),
    )
