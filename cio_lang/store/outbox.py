"""Handing messages over: at most once, and every hand-over whose result is not known is visible.

`queued → attempting → accepted | rejected | deferred | unknown`, or `queued → skipped`.  A claim
gives a row to one dispatcher until a lease ends.  Each claim raises the row's fence, and every
write names the fence that it was claimed with: a dispatcher that was asleep longer than its lease
writes nothing.  `attempting` is committed, with the exact bytes, before the first byte is sent; a
row whose lease ends while it is `attempting` becomes `unknown` and is not sent again by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cio_lang.conditions import Event
from cio_lang.record import record
from cio_lang.store.database import Connection, transaction
from cio_lang.store.encoding import instant, micros, micros_or_none
from cio_lang.store.events import read_event
from cio_lang.store.people import person_row
from cio_lang.store.state import OutboxRow, OutboxStatus, PersonRow

_COLUMNS = (
    "o.id, o.person, o.run, o.journey, o.node, o.visit, o.channels, o.channel, o.template, o.text,"
    " o.topic, o.made_at, o.status, o.reason"
)


@record
class Claimed:
    """A message to hand over, with what it is made from.

    `message` holds the bytes of an earlier attempt, which a retry sends again unchanged.
    """

    row: OutboxRow
    fence: int
    attempts: int
    person: PersonRow
    entry_event: Event | None
    recipient: str | None
    message: bytes | None


@record
class Attempt:
    """What is about to be sent; `lease_until` None keeps the lease of the claim."""

    id: str
    fence: int
    channel: str
    recipient: str
    message: bytes
    lease_until: datetime | None = None


@record
class Settlement:
    """How an attempt ended; `retry_at` is for `deferred`."""

    id: str
    fence: int
    status: OutboxStatus
    at: datetime
    reason: str | None = None
    message_id: str | None = None
    retry_at: datetime | None = None


def outbox_row(row: Sequence[Any]) -> OutboxRow:
    """An outbox row from the columns of `_COLUMNS`."""
    return OutboxRow(
        id=row[0],
        person=row[1],
        run=row[2],
        journey=row[3],
        node=row[4],
        visit=row[5],
        channels=tuple(json.loads(row[6])),
        channel=row[7],
        template=row[8],
        text=row[9],
        topic=row[10],
        made_at=instant(row[11]),
        status=row[12],
        reason=row[13],
    )


def claim_outbox(
    connection: Connection, now: datetime, limit: int, lease_seconds: float
) -> list[Claimed]:
    """Up to `limit` messages that wait to be sent, the oldest first; nobody else gets them.

    The lease must be longer than the time that handing over may take.
    """
    instant_now = micros(now)
    lease = micros(now + timedelta(seconds=lease_seconds))
    with transaction(connection):
        ids = [
            row[0]
            for row in connection.execute(
                "UPDATE outbox SET fence = fence + 1, lease_until = ? WHERE id IN ("
                " SELECT id FROM outbox WHERE status IN ('queued', 'deferred')"
                " AND lease_until <= ? AND not_before <= ? ORDER BY made_at, id LIMIT ?"
                ") RETURNING id",
                (lease, instant_now, instant_now, limit),
            ).fetchall()
        ]
        rows = connection.execute(
            f"SELECT {_COLUMNS}, o.fence, o.attempts, o.recipient, o.message,"
            " p.id, p.key, p.attributes, p.created_at, e.uid, e.name, e.at, e.properties"
            " FROM outbox o JOIN people p ON p.id = o.person JOIN runs r ON r.id = o.run"
            " LEFT JOIN events e ON e.person = o.person AND e.uid = r.entry_event"
            " WHERE o.id IN (SELECT value FROM json_each(?)) ORDER BY o.made_at, o.id",
            (json.dumps(ids),),
        ).fetchall()
    return [
        Claimed(
            row=outbox_row(row),
            fence=row[14],
            attempts=row[15],
            person=person_row(row[18:22]),
            entry_event=None if row[22] is None else read_event(*row[22:26]),
            recipient=row[16],
            message=row[17],
        )
        for row in rows
    ]


def record_attempts(connection: Connection, attempts: Iterable[Attempt]) -> set[str]:
    """Commit that these are being sent; only the ids in the answer may be.

    The others were claimed by somebody else after the lease had ended, or are settled.
    """
    ours: set[str] = set()
    with transaction(connection):
        for attempt in attempts:
            changed = connection.execute(
                "UPDATE outbox SET status = 'attempting', attempts = attempts + 1, channel = ?,"
                " recipient = ?, message = ?, message_sha = ?,"
                " lease_until = ifnull(?, lease_until)"
                " WHERE id = ? AND fence = ? AND status IN ('queued', 'deferred')",
                (
                    attempt.channel,
                    attempt.recipient,
                    attempt.message,
                    sha256(attempt.message).hexdigest(),
                    micros_or_none(attempt.lease_until),
                    attempt.id,
                    attempt.fence,
                ),
            ).rowcount
            if changed:
                ours.add(attempt.id)
    return ours


def settle_all(connection: Connection, settlements: Iterable[Settlement]) -> set[str]:
    """Write how attempts ended; the answer holds the ids whose fence was still the newest."""
    written: set[str] = set()
    with transaction(connection):
        for end in settlements:
            changed = connection.execute(
                "UPDATE outbox SET status = ?, reason = ?, message_id = ?, settled_at = ?,"
                " not_before = ?, lease_until = 0 WHERE id = ? AND fence = ?"
                " AND status IN ('queued', 'deferred', 'attempting')",
                (
                    end.status,
                    end.reason,
                    end.message_id,
                    micros(end.at),
                    micros_or_none(end.retry_at) or 0,
                    end.id,
                    end.fence,
                ),
            ).rowcount
            if changed:
                written.add(end.id)
    return written


def expire_leases(connection: Connection, now: datetime) -> int:
    """Attempts whose lease has ended become `unknown`; returns how many.

    The fence rises, so that the dispatcher that comes back late writes nothing.
    """
    with transaction(connection):
        return connection.execute(
            "UPDATE outbox SET status = 'unknown', fence = fence + 1, settled_at = ?,"
            " reason = 'the result of handing over was never learned'"
            " WHERE status = 'attempting' AND lease_until <= ?",
            (micros(now), micros(now)),
        ).rowcount


def outbox_counts(connection: Connection) -> dict[str, int]:
    """How many messages there are in each status."""
    return dict(
        connection.execute(
            "SELECT status, count(*) FROM outbox GROUP BY status ORDER BY status"
        ).fetchall()
    )


def next_retry(connection: Connection) -> datetime | None:
    """When the first waiting message may be claimed, or None where nothing waits."""
    row = connection.execute(
        "SELECT min(max(lease_until, not_before)) FROM outbox"
        " WHERE status IN ('queued', 'deferred')"
    ).fetchone()
    return None if row[0] is None else instant(row[0])


def messages_of(connection: Connection, person_id: int) -> list[OutboxRow]:
    """Every message made for a person, in the order they were made."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM outbox o WHERE o.person = ? ORDER BY o.made_at, o.id",
        (person_id,),
    ).fetchall()
    return [outbox_row(row) for row in rows]
