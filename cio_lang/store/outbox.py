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

import sqlalchemy as sa

from cio_lang.conditions import Event
from cio_lang.record import record
from cio_lang.store.database import Database, chunks
from cio_lang.store.encoding import instant, instant_or_none, micros, micros_or_none
from cio_lang.store.events import read_event
from cio_lang.store.holding import NOT_PAUSED, hold_messages
from cio_lang.store.people import person_row
from cio_lang.store.release import consents, has_left, lock_people
from cio_lang.store.state import OutboxRow, OutboxStatus, PersonRow
from cio_lang.store.tables import outbox

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
    left: bool = False  # its run was ended by an exit


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
    database: Database, now: datetime, limit: int, lease_seconds: float
) -> list[Claimed]:
    """Up to `limit` messages that wait to be sent, the oldest first; nobody else gets them.

    The lease must be longer than the time that handing over may take.
    """
    lease = micros(now + timedelta(seconds=lease_seconds))
    with database.transaction():
        hold_messages(database)
        ids = _claim(database, micros(now), limit, lease)
        if not ids:
            return []
        rows = database.driver(
            f"SELECT {_COLUMNS}, o.fence, o.attempts, o.recipient, o.message,"
            " p.id, p.key, p.attributes, p.created_at, e.uid, e.name, e.at, e.properties,"
            " r.status, r.reason"
            " FROM outbox o JOIN people p ON p.id = o.person JOIN runs r ON r.id = o.run"
            " LEFT JOIN events e ON e.person = o.person AND e.uid = r.entry_event"
            f" WHERE o.id {database.within} ORDER BY o.made_at, o.id",
            (database.array(ids),),
        )
    return [
        Claimed(
            row=outbox_row(row),
            fence=row[14],
            attempts=row[15],
            person=person_row(row[18:22]),
            entry_event=None if row[22] is None else read_event(*row[22:26]),
            recipient=row[16],
            message=row[17],
            left=has_left(row[26], row[27]),
        )
        for row in rows
    ]


def _claim(database: Database, now: int, limit: int, lease: int) -> list[str]:
    """The ids of the messages that are ours from now on."""
    waiting = (
        "SELECT id FROM outbox WHERE status IN ('queued', 'deferred')"
        f" AND lease_until <= ? AND not_before <= ? AND {NOT_PAUSED} ORDER BY made_at, id LIMIT ?"
    )
    if database.dialect == "sqlite":
        sql = (
            f"WITH ready (id) AS ({waiting})"
            " UPDATE outbox SET fence = fence + 1, lease_until = ?"
            " WHERE id IN (SELECT id FROM ready) RETURNING id"
        )
    else:
        # What another process is just claiming is passed over.  MATERIALIZED: chosen once.
        sql = database.marks(
            f"WITH ready (id) AS MATERIALIZED ({waiting} FOR NO KEY UPDATE SKIP LOCKED)"
            " UPDATE outbox SET fence = outbox.fence + 1, lease_until = ?"
            " FROM ready WHERE outbox.id = ready.id RETURNING outbox.id"
        )
    return [row[0] for row in database.driver(sql, (now, now, limit, lease))]


_ATTEMPT = f"""
WITH given (id, fence, channel, recipient, message, message_sha, lease) AS (VALUES)
UPDATE outbox SET status = 'attempting', attempts = attempts + 1, channel = given.channel,
 recipient = given.recipient, message = given.message, message_sha = given.message_sha,
 lease_until = coalesce(CAST(given.lease AS bigint), lease_until)
 FROM given WHERE outbox.id = given.id AND outbox.fence = given.fence
 AND status IN ('queued', 'deferred') AND {NOT_PAUSED} AND CONSENTS RETURNING outbox.id
"""

_END = """
WITH given (id, fence, status, reason, message_id, settled_at, not_before) AS (VALUES)
UPDATE outbox SET status = given.status, reason = given.reason, message_id = given.message_id,
 settled_at = given.settled_at, not_before = given.not_before, lease_until = 0
 FROM given WHERE outbox.id = given.id AND outbox.fence = given.fence
 AND outbox.status IN ('queued', 'deferred', 'attempting') RETURNING outbox.id
"""


def record_attempts(database: Database, attempts: Iterable[Attempt]) -> set[str]:
    """Commit that these are being sent; only the ids in the answer may be.

    The others were claimed by somebody else after the lease had ended, are settled, or are for
    people who have unsubscribed meanwhile: whoever claims those next finds out and says so.
    """
    rows = [
        (
            attempt.id,
            attempt.fence,
            attempt.channel,
            attempt.recipient,
            attempt.message,
            sha256(attempt.message).hexdigest(),
            micros_or_none(attempt.lease_until),
        )
        for attempt in attempts
    ]
    if not rows:
        return set()
    with database.transaction():
        lock_people(database, [row[0] for row in rows])
        return _write(database, rows, _ATTEMPT.replace("CONSENTS", consents(database)))


def settle_all(database: Database, settlements: Iterable[Settlement]) -> set[str]:
    """Write how attempts ended; the answer holds the ids whose fence was still the newest."""
    rows = [
        (
            end.id,
            end.fence,
            end.status,
            end.reason,
            end.message_id,
            micros(end.at),
            micros_or_none(end.retry_at) or 0,
        )
        for end in settlements
    ]
    return _write(database, rows, _END)


def _write(database: Database, rows: Sequence[tuple[Any, ...]], sql: str) -> set[str]:
    """Change messages whose fence is still the one given; the ids of those that were changed."""
    written: set[str] = set()
    if not rows:
        return written
    with database.transaction():
        if database.dialect == "postgresql" and len(rows) > 1:
            # In one order, so that who comes late does not wait for who waits for them.
            database.driver(
                "SELECT id FROM outbox WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                ([row[0] for row in rows],),
            )
        for some in chunks(rows, 500):
            one = "(" + ", ".join("?" * len(some[0])) + ")"
            filled = database.marks(sql.replace("VALUES", "VALUES " + ", ".join([one] * len(some))))
            flat = [value for row in some for value in row]
            written |= {row[0] for row in database.driver(filled, flat)}
    return written


def expire_leases(database: Database, now: datetime) -> int:
    """Attempts whose lease has ended become `unknown`; returns how many.

    The fence rises, so that the dispatcher that comes back late writes nothing.
    """
    ended = "WHERE status = 'attempting' AND lease_until <= ?"
    there = f"SELECT 1 FROM outbox {ended} LIMIT 1"
    if not database.driver(database.marks(there), (micros(now),)):
        return 0
    with database.transaction():
        sql = (
            "UPDATE outbox SET status = 'unknown', fence = fence + 1, settled_at = ?,"
            f" reason = 'the result of handing over was never learned' {ended}"
        )
        return database.driver(database.marks(sql), (micros(now), micros(now))).changed


def outbox_counts(database: Database) -> dict[str, int]:
    """How many messages there are in each status."""
    rows = database.execute(sa.select(outbox.c.status, sa.func.count()).group_by(outbox.c.status))
    return dict(sorted((status, count) for status, count in rows))


def next_retry(database: Database) -> datetime | None:
    """When the first waiting message may be claimed, or None where nothing waits."""
    rows = database.driver(
        "SELECT min(CASE WHEN lease_until > not_before THEN lease_until ELSE not_before END)"
        " FROM outbox WHERE status IN ('queued', 'deferred')"
    )
    return instant_or_none(rows[0][0])


def messages_of(database: Database, person_id: int) -> list[OutboxRow]:
    """Every message made for a person, in the order they were made."""
    rows = database.driver(
        database.marks(f"SELECT {_COLUMNS} FROM outbox o WHERE o.person = ?"), (person_id,)
    )
    return sorted(map(outbox_row, rows), key=lambda row: (row.made_at, row.id))
