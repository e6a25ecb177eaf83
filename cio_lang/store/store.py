"""The door to a workspace's store: one SQLite file, one method per thing that is asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.mistake import place
from cio_lang.source import Span
from cio_lang.store import (
    database,
    documents,
    events,
    figures,
    outbox,
    people,
    runtime_state,
    timeline,
)
from cio_lang.store.state import (
    Decision,
    Deployed,
    Deployment,
    NewEvent,
    OutboxRow,
    OutboxStatus,
    PersonChange,
    PersonRow,
    PersonState,
)


def open_store(
    path: Path, *, create: bool = False, wait: float = 10.0, durable: bool = False
) -> Store:
    """The store at `path`, with its tables up to date.

    `create` makes one where there is none; `wait` is how many seconds to wait for another process;
    `durable` waits for the disk at each commit, so that a power cut loses nothing.
    Raises `UserMistake`: missing, locked, not a store of cio, newer, read-only, damaged.
    """
    return Store(database.connect(path, create=create, wait=wait, durable=durable))


class Store:
    """People, events, documents, runs and messages of one workspace.

    One thread at a time; each process opens its own.  Reading methods return what is true at one
    instant; writing methods are each one transaction (bulk ones: one per 5,000 rows), and join the
    transaction that they are called in.  Wherever the file fails, `UserMistake` is raised.
    """

    def __init__(self, connection: database.Connection) -> None:
        self._connection = connection
        self._seen: dict[int, int] = {}
        self._graphs: dict[str, ir.JourneyGraph] = {}

    @property
    def path(self) -> Path:
        """The file."""
        return self._connection.path

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def transaction(self) -> AbstractContextManager[object]:
        """All or nothing for what is called inside; other processes wait until it ends."""
        return database.transaction(self._connection)

    def data_version(self) -> int:
        """A number that changes whenever another process has written."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    # people

    def put_person(self, key: str, attributes: Mapping[str, Any], at: datetime) -> int:
        """Store a person or merge `attributes` (None takes one away); returns their id."""
        return people.put_person(self._connection, key, attributes, at)

    def put_people(self, rows: Iterable[people.PersonData]) -> int:
        """Store or merge many (key, attributes, at); returns how many are new."""
        return people.put_people(self._connection, rows)

    def person(self, person_id: int) -> PersonRow:
        """The person with an id that the store gave out; `KeyError` for another."""
        return people.person(self._connection, person_id)

    def find_person(self, ref: str, span: Span | None = None) -> PersonRow | None:
        """By key, else by email in any letter case; `UserMistake` where several share the email."""
        return people.find_person(self._connection, ref, span or place(ref))

    def the_person(self, ref: str, span: Span | None = None) -> PersonRow:
        """Like `find_person`; `UserMistake` with names that are close where there is nobody."""
        return people.the_person(self._connection, ref, span or place(ref))

    def similar_people(self, ref: str) -> list[str]:
        """Up to three keys or emails that `ref` was probably meant to be."""
        return people.similar_people(self._connection, ref)

    def people_count(self) -> int:
        """How many people there are."""
        return people.people_count(self._connection)

    def count_where(self, condition: ir.Condition, now: datetime, zone: tzinfo) -> int:
        """How many people match at `now`; `zone` is the workspace's."""
        return people.count_where(self._connection, condition, now, zone, self.segments())

    def people_where(
        self, condition: ir.Condition, now: datetime, zone: tzinfo
    ) -> Iterator[PersonRow]:
        """The people who match at `now`, by key."""
        return people.people_where(self._connection, condition, now, zone, self.segments())

    # events

    def put_events(self, rows: Iterable[NewEvent]) -> int:
        """Store events, each once; returns how many are new.  Unknown people are made."""
        return events.put_events(self._connection, rows)

    def put_event_rows(self, rows: Sequence[events.EventRow]) -> int:
        """The same for encoded rows, in one transaction: what the import uses."""
        return events.put_event_rows(self._connection, rows)

    def events(self, person_id: int, since: datetime | None = None) -> list[Event]:
        """What a person did, from `since` on, by time and id."""
        return events.events(self._connection, person_id, since)

    # documents

    def deploy(
        self,
        graphs: Sequence[ir.Graph],
        templates: Mapping[str, str],
        at: datetime,
        author: str = "",
        note: str = "",
    ) -> Deployment:
        """Make these the active documents; the same again changes nothing."""
        return documents.deploy(self._connection, graphs, templates, at, author, note)

    def deployed_revision(self) -> tuple[int, int]:
        """Changes whenever what is active does; cheap enough to ask before each batch."""
        return documents.revision(self._connection)

    def journeys(self) -> list[Deployed]:
        """The active journeys by name."""
        return documents.journeys(self._connection)

    def graph(self, digest: str) -> ir.JourneyGraph:
        """The journey graph with that digest, active or not."""
        if digest not in self._graphs:
            self._graphs[digest] = documents.graph(self._connection, digest)
        return self._graphs[digest]

    def segments(self) -> dict[str, ir.Condition]:
        """The conditions of the active segments by name."""
        return documents.segments(self._connection)

    def template(self, name: str) -> str:
        """The text of an active template; `UserMistake` where there is none of that name."""
        return documents.template(self._connection, name)

    def templates(self) -> dict[str, str]:
        """The texts of all active templates by name."""
        return documents.templates(self._connection)

    # runtime state

    def due_people(self, now: datetime, limit: int) -> list[int]:
        """Ids of people who are due at `now` or before, the longest due first."""
        return runtime_state.due_people(self._connection, now, limit)

    def next_due(self) -> datetime | None:
        """The earliest instant at which somebody is due."""
        return runtime_state.next_due(self._connection)

    def wake(self, person_ids: Sequence[int], at: datetime) -> None:
        """Make people due at `at`, if not before."""
        runtime_state.wake(self._connection, person_ids, at)

    def load_batch(self, person_ids: Sequence[int]) -> list[PersonState]:
        """The states of these people, in the order of their ids as given."""
        seen = dict.fromkeys(person_ids, 0)
        # Revisions first: a change that comes between the two reads is then noticed, never missed.
        seen |= runtime_state.revisions(self._connection, person_ids)
        self._seen |= seen
        return runtime_state.load_batch(self._connection, person_ids)

    def save_batch(self, changes: Sequence[PersonChange], now: datetime) -> list[int]:
        """Write what steps changed, in one transaction.

        Returns the ids of people who were left out, because another process changed them after
        `load_batch`: they are still due, and their step is taken again from what is true then.
        """
        left_out = runtime_state.save_batch(self._connection, changes, now, self._seen)
        for change in changes:
            self._seen.pop(change.person_id, None)
        return left_out

    # messages

    def claim_outbox(self, now: datetime, limit: int, lease_seconds: float) -> list[outbox.Claimed]:
        """Up to `limit` messages to send; nobody else gets them until the lease ends."""
        return outbox.claim_outbox(self._connection, now, limit, lease_seconds)

    def record_attempt(self, attempt: outbox.Attempt) -> bool:
        """Commit that this is being sent; only if the answer is yes may it be."""
        return attempt.id in outbox.record_attempts(self._connection, [attempt])

    def record_attempts(self, attempts: Iterable[outbox.Attempt]) -> set[str]:
        """The same for many in one transaction: the ids that may be sent."""
        return outbox.record_attempts(self._connection, attempts)

    def settle(
        self,
        row_id: str,
        fence: int,
        status: OutboxStatus,
        at: datetime,
        *,
        reason: str | None = None,
        message_id: str | None = None,
        retry_at: datetime | None = None,
    ) -> bool:
        """Write how handing over ended; no where the fence is an old one."""
        end = outbox.Settlement(row_id, fence, status, at, reason, message_id, retry_at)
        return bool(outbox.settle_all(self._connection, [end]))

    def settle_all(self, settlements: Iterable[outbox.Settlement]) -> set[str]:
        """The same for many in one transaction: the ids that were written."""
        return outbox.settle_all(self._connection, settlements)

    def expire_leases(self, now: datetime) -> int:
        """Attempts whose lease has ended become `unknown`; returns how many."""
        return outbox.expire_leases(self._connection, now)

    def next_retry(self) -> datetime | None:
        """When the first waiting message may be claimed."""
        return outbox.next_retry(self._connection)

    def outbox_counts(self) -> dict[str, int]:
        """How many messages there are in each status."""
        return outbox.outbox_counts(self._connection)

    def messages_of(self, person_id: int) -> list[OutboxRow]:
        """Every message made for a person, in order."""
        return outbox.messages_of(self._connection, person_id)

    # what happened

    def decisions_of(self, person_id: int) -> list[Decision]:
        """What was decided about a person and why, in order."""
        return timeline.decisions_of(self._connection, person_id)

    def runs_summary(self) -> list[timeline.JourneySummary]:
        """Every journey in figures: entered, live, why finished, goals, messages by step."""
        return timeline.runs_summary(self._connection)

    def visits(self) -> dict[str, dict[str, int]]:
        """How often each node was entered, by journey and node."""
        return figures.visits(self._connection)

    def accepted(self) -> list[tuple[str, str, str]]:
        """Outbox id, Message-ID and SHA-256 of the bytes of every accepted message, by id."""
        return figures.accepted(self._connection)

    def accepted_by_week(self) -> dict[str, dict[date, int]]:
        """Accepted messages by journey and by the Monday (UTC) of their week."""
        return figures.accepted_by_week(self._connection)

    def protagonist(self) -> str | None:
        """The key of a person whose story has a bit of everything."""
        return figures.protagonist(self._connection)
