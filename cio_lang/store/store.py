"""The door to a workspace's store: one method per thing that is asked of it.

The store is a SQLite file, or a schema of a PostgreSQL database; what is behind the door is the
same on both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cio_lang import ir
from cio_lang.conditions import Event
from cio_lang.conditions.reach import Reach, reach
from cio_lang.mistake import place
from cio_lang.source import Span
from cio_lang.store import (
    cost,
    documents,
    events,
    everything,
    figures,
    forget,
    forgotten,
    history,
    identity,
    imports,
    linking,
    merge,
    outbox,
    people,
    people_writing,
    person_export,
    runtime_state,
    settings,
    timeline,
)
from cio_lang.store.archive import new
from cio_lang.store.archive import reading as archived
from cio_lang.store.archive.asking import looks_past_hot, matching
from cio_lang.store.archive.location import open_location
from cio_lang.store.archive.manifest import Archive
from cio_lang.store.archive.moving import bring_back, rewrite_without
from cio_lang.store.archive.rules import Rules
from cio_lang.store.database import Database, open_database
from cio_lang.store.deployments import Deployments
from cio_lang.store.desk import Desk
from cio_lang.store.encoding import instant, micros
from cio_lang.store.events import EventRow
from cio_lang.store.forget import Forgotten
from cio_lang.store.limits import Refused
from cio_lang.store.merge import Merge, PastMerge
from cio_lang.store.segments.door import LiveSegments
from cio_lang.store.segments.figures import MembershipChange
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
from cio_lang.store.upgrade import remove, revision


def open_store(
    where: Path | str,
    *,
    create: bool = False,
    wait: float = 10.0,
    durable: bool = False,
    read_only: bool = False,
) -> Store:
    """The store at `where`, with its tables up to date.

    `where` is a file, or `postgresql://user:password@host/database?schema=name`, or `env:NAME` for
    what the environment says.
    `create` makes one where there is none; `wait` is how many seconds to wait for another process;
    `durable` waits for the disk at each commit, so that a power cut loses nothing (PostgreSQL
    always does); with `read_only` the database itself refuses every write.
    Raises `UserMistake`: missing, locked, not a store of cio, newer, read-only, damaged, out of
    reach.
    """
    return Store(
        open_database(where, create=create, wait=wait, durable=durable, read_only=read_only)
    )


class Store:
    """People, events, documents, runs and messages of one workspace.

    Reading methods return what is true at one instant; writing methods are each one transaction
    (bulk ones: one per 5,000 rows), and join the transaction that they are called in.  Wherever the
    file or the server fails, `UserMistake` is raised.

    Threads: any may call; one call is carried out at a time, and a transaction belongs to the
    thread that began it, while the others wait.  Tasks of one event loop are one thread: do not
    `await` inside a transaction, or what other tasks write becomes a part of it.
    `load_batch` and `save_batch` go together: one stepper for each store that is open.
    Processes: each opens its own, after a fork too.

    `live` are the segments as they are kept; `deployments` is what is in force and what was, and
    who is inside of it; `desk` is the outbox as people see it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.live = LiveSegments(database)
        self.deployments = Deployments(database)
        self.desk = Desk(database)
        self._seen: dict[int, int] = {}
        self._graphs: dict[str, ir.JourneyGraph] = {}
        self._archive: Archive | None = None

    def keep_archive(self, root: Path, rules: Rules) -> None:
        """Say where old events go: folders in `root`, or buckets."""
        warm = open_location(rules.where, root)
        cold = warm if rules.cold is None else open_location(rules.cold, root)
        self._archive = Archive(self._database, warm, cold, rules)

    @property
    def archive(self) -> Archive:
        """The tiers of old events; without `keep_archive`, a folder beside the file."""
        if self._archive is None:
            self.keep_archive(Path() if self.path is None else self.path.parent, Rules())
        assert self._archive is not None
        return self._archive

    def reach(self) -> Reach:
        """How far back what is in force, or runs are pinned to, can look."""
        return reach(documents.in_force(self._database))

    @property
    def where(self) -> str:
        """The file, or the address without its password: fit to be shown."""
        return self._database.where

    @property
    def path(self) -> Path | None:
        """The file; None where the store is in PostgreSQL."""
        return self._database.path

    @property
    def revision(self) -> str | None:
        """Which step of the migrations its tables are at."""
        return revision(self._database)

    def server_time(self) -> datetime | None:
        """What the clock of the database says; None where the store is a file."""
        if self._database.dialect == "sqlite":
            return None
        rows = self._database.driver("SELECT extract(epoch FROM clock_timestamp()) * 1000000")
        return instant(int(rows[0][0]))

    def mark(self, name: str) -> None:
        """Say that this store was made for something, and may be removed by it."""
        self._database.keep_setting("mark", name)

    def is_marked(self, name: str) -> bool:
        """Whether it was made for that."""
        return self._database.setting("mark") == name

    def remove(self) -> None:
        """Take the store away, with all that is in it, and close it."""
        remove(self._database)

    def close(self) -> None:
        """Give the file or the connection back."""
        self._database.close()

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
        """All or nothing for what is called inside.

        Other processes that write wait until it ends; on PostgreSQL only where they write the same
        rows.
        """
        return self._database.transaction()

    def stepping(self) -> AbstractContextManager[object]:
        """Around `due_people`, `load_batch` and `save_batch`: nobody else takes the same people.

        A transaction on PostgreSQL, whose row locks keep others away and end with the process.  On
        SQLite nothing is held, since everybody would have to wait: there `save_batch` leaves out
        whom another process was quicker with.
        """
        if self._database.dialect == "postgresql":
            return self._database.transaction()
        return nullcontext()

    def data_version(self) -> int:
        """A number that changes whenever another process has written."""
        return self._database.data_version()

    def keep_settings(self, timezone: str, region: str | None, at: datetime) -> None:
        """Take over the workspace's zone and region; what depends on them is worked out again."""
        settings.keep_settings(self._database, timezone, region, micros(at))

    # people

    def put_person(self, key: str, attributes: Mapping[str, Any], at: datetime) -> int:
        """Store a person or merge `attributes` (None takes one away); returns their id."""
        return people.put_person(self._database, key, attributes, at)

    def put_people(
        self,
        rows: Iterable[people.PersonData],
        on_refused: Callable[[people.PersonData, Refused], object] | None = None,
    ) -> int:
        """Store or merge many (key, attributes, at); returns how many are new.

        Rows that cannot be stored are told to `on_refused`; without it the first is raised.
        """
        return people.put_people(self._database, rows, on_refused)

    def person(self, person_id: int) -> PersonRow:
        """The person with an id that the store gave out; `KeyError` for another."""
        return people.person(self._database, person_id)

    def find_person(self, ref: str, span: Span | None = None) -> PersonRow | None:
        """By key, else by email in any letter case; `UserMistake` where several share the email."""
        return people.find_person(self._database, ref, span or place(ref))

    def the_person(self, ref: str, span: Span | None = None) -> PersonRow:
        """Like `find_person`; `UserMistake` with names that are close where there is nobody."""
        return people.the_person(self._database, ref, span or place(ref))

    def similar_people(self, ref: str) -> list[str]:
        """Up to three keys or emails that `ref` was probably meant to be."""
        return people.similar_people(self._database, ref)

    def identify(self, person_id: int, kind: identity.Kind, value: str, at: datetime) -> bool:
        """Give a device, an anonymous id or an alias to a person; no where it is another's."""
        region = self._database.setting("region")
        return identity.identify(self._database, person_id, kind, value, at, region)

    def people_named(self, kind: identity.Kind, values: Iterable[str]) -> dict[str, str]:
        """The keys of the people with these emails, devices …, by the values as given."""
        region = self._database.setting("region")
        return identity.people_named(self._database, kind, values, region)

    def conflicts(self, *, settled: bool = False) -> list[identity.Conflict]:
        """Names that two people claim, the oldest first."""
        return identity.conflicts_of(self._database, settled=settled)

    def conflict_count(self) -> int:
        """How many names two people claim that nobody has settled."""
        return identity.conflict_count(self._database)

    def merge(self, keep: str, other: str, at: datetime, author: str = "") -> Merge:
        """Make one person of two, named by a key or by another of their names."""
        return merge.merge(self._database, keep, other, at, author)

    def merges_of(self, person_id: int) -> list[PastMerge]:
        """Who was merged into a person, and what was whose before."""
        return merge.merges_of(self._database, person_id)

    def forget(self, ref: str, at: datetime, span: Span | None = None) -> Forgotten:
        """Erase a person from the tables, the archive and the pages of the file."""
        return forget.forget(self._database, ref, at, self._out_of_archive(at), span)

    def finish_forgetting(self, at: datetime) -> bool:
        """Do what an interrupted `forget` left to do."""
        return forget.finish(self._database, self._out_of_archive(at))

    def welcome_back(self, ref: str) -> int:
        """Let somebody who was forgotten be stored again; how many names that frees."""
        region = self._database.setting("region")
        return forgotten.lift(self._database, forgotten.every_name(ref, region))

    def export_person(self, person_id: int) -> dict[str, Any]:
        """All that is stored of a person, in every tier, as plain values."""
        return person_export.export_person(self._database, person_id, self.events(person_id))

    def _out_of_archive(self, at: datetime) -> Callable[[int], object]:
        return lambda person: rewrite_without(self.archive, person, at)

    def people_count(self) -> int:
        """How many people there are."""
        return people.people_count(self._database)

    def count_where(self, condition: ir.Condition, now: datetime, zone: tzinfo) -> int:
        """How many people match at `now`; `zone` is the workspace's."""
        found = self._over_all_tiers(condition, now, zone)
        if found is not None:
            return len(found)
        return people.count_where(self._database, condition, now, zone, self.segments())

    def people_where(
        self, condition: ir.Condition, now: datetime, zone: tzinfo
    ) -> Iterator[PersonRow]:
        """The people who match at `now`, by key."""
        found = self._over_all_tiers(condition, now, zone)
        if found is not None:
            return people.rows_of(self._database, found)
        return people.people_where(self._database, condition, now, zone, self.segments())

    def _over_all_tiers(
        self, condition: ir.Condition, now: datetime, zone: tzinfo
    ) -> list[int] | None:
        """Who matches, where archived events may count; None where the hot store knows it all."""
        segments = self.segments()
        if not self._has_archive() or not looks_past_hot(self.archive, condition, segments):
            return None
        return matching(self.archive, condition, now, zone, segments)

    def cost_where(self, condition: ir.Condition, now: datetime) -> cost.Cost:
        """What asking who matches at `now` will take."""
        return cost.cost_where(self._database, condition, now, self.segments())

    # events

    def put_events(
        self,
        rows: Iterable[NewEvent],
        on_refused: Callable[[NewEvent, Refused], object] | None = None,
    ) -> int:
        """Store events, each once; returns how many are new.  Unknown people are made.

        Events that cannot be stored are told to `on_refused`; without it the first is raised.
        """
        return events.put_encoded(rows, self.put_event_rows, on_refused)

    def put_event_rows(self, rows: Sequence[EventRow]) -> int:
        """The same for encoded rows, in one transaction: what the import uses."""
        with self._database.transaction():
            return events.put_event_rows(self._database, self._not_archived(rows))

    def events(self, person_id: int, since: datetime | None = None) -> list[Event]:
        """What a person did, from `since` on, by time and id."""
        found = events.events(self._database, person_id, since)
        if not self._has_archive():
            return found
        ids = [person_id, *merge.ids_before(self._database, person_id)]
        return sorted(
            [*archived.events_of(self.archive, ids, since), *found],
            key=lambda event: (event.at, event.id),
        )

    def _has_archive(self) -> bool:
        return bool(self._database.driver("SELECT 1 FROM archives LIMIT 1"))

    def _not_archived(self, rows: Sequence[EventRow]) -> Sequence[EventRow]:
        return new.not_archived(self.archive, rows) if self._has_archive() else rows

    # imports

    def import_state(self, import_id: str) -> imports.ImportState | None:
        """How far an import is, if it ever began."""
        return imports.import_state(self._database, import_id)

    def keep_import_state(self, before: int | None, now: imports.ImportState) -> None:
        """Write how far an import is, in the transaction that stores its rows."""
        imports.keep_import_state(self._database, before, now)

    def forget_import(self, import_id: str) -> None:
        """Let an import begin anew."""
        imports.forget_import(self._database, import_id)

    def ids_of(self, keys: Iterable[str]) -> dict[str, int]:
        """The ids of people by key, also of those who were merged into others."""
        return people_writing.ids_of(self._database, keys)

    def stored_events(
        self, wanted: Iterable[tuple[int, str]]
    ) -> dict[tuple[int, str], tuple[str, int, str]]:
        """Name, instant and properties of hot events by the person's id and the event's."""
        return imports.stored_events(self._database, wanted)

    def link(self, links: Sequence[linking.Link], author: str) -> linking.Linked:
        """Give many names to people; who was known by nothing else becomes one with them."""
        with self._database.transaction():
            return linking.link(self._database, links, author)

    def last_conflict(self) -> int:
        """The number of the newest conflict."""
        return linking.last_conflict(self._database)

    def conflicts_after(self, number: int, limit: int) -> tuple[int, list[identity.Conflict]]:
        """How many open conflicts are newer than that, and the first of them."""
        return linking.conflicts_after(self._database, number, limit)

    def forgotten_among(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys whose people asked to be forgotten."""
        return linking.forgotten_among(self._database, keys)

    # everything

    def reading(self) -> AbstractContextManager[object]:
        """What is read inside is true at one instant; nothing may be written inside."""
        return self._database.reading()

    def every_person(self, ids: Sequence[int] | None) -> Iterator[everything.EveryPerson]:
        """People with all that `cio import` needs to make them again; None: all."""
        return everything.every_person(self._database, ids)

    def every_event(
        self, ids: Sequence[int] | None, names: Sequence[str] | None
    ) -> Iterator[everything.EveryEvent]:
        """Events of every tier, of these people and names (None: all)."""
        archive = self.archive if self._has_archive() else None
        return everything.every_event(self._database, archive, ids, names)

    def histories(self, wanted: history.Wanted) -> Iterator[list[history.History]]:
        """Everybody who is asked for as they were and what came after, a page at a time."""
        return history.histories(self._database, self._old(), wanted)

    def history_span(self, event: str | None) -> tuple[datetime, datetime] | None:
        """The first and the last instant of what is stored of an event; None: of all of them."""
        return history.span(self._database, event, self._old())

    def _old(self) -> Archive | None:
        return self.archive if self._has_archive() else None

    # documents

    def deploy(
        self,
        graphs: Sequence[ir.Graph],
        templates: Mapping[str, str],
        at: datetime,
        author: str = "",
        note: str = "",
    ) -> Deployment:
        """Make these the active documents; the same again changes nothing.

        Archived events that one of them can look back on come back into the store.
        """
        with self._database.transaction():
            if self._has_archive():
                looks = reach([*documents.in_force(self._database), *graphs])
                bring_back(self.archive, looks, at)
            return documents.deploy(self._database, graphs, templates, at, author, note)

    def deployed_revision(self) -> tuple[int, int, str]:
        """Changes whenever what is active does; cheap enough to ask before each batch."""
        return documents.revision(self._database)

    def journeys(self) -> list[Deployed]:
        """The active journeys by name."""
        return documents.journeys(self._database)

    def graph(self, digest: str) -> ir.JourneyGraph:
        """The journey graph with that digest, active or not."""
        if digest not in self._graphs:
            self._graphs[digest] = documents.graph(self._database, digest)
        return self._graphs[digest]

    def segments(self) -> dict[str, ir.Condition]:
        """The conditions of the active segments by name."""
        return documents.segments(self._database)

    def membership_changes(self, person_id: int) -> list[MembershipChange]:
        """Every time a person came into a segment or went out of one, in order."""
        return self.live.changes_of(person_id)

    def template(self, name: str) -> str:
        """The text of an active template; `UserMistake` where there is none of that name."""
        return documents.template(self._database, name)

    def templates(self) -> dict[str, str]:
        """The texts of all active templates by name."""
        return documents.templates(self._database)

    # runtime state

    def due_people(self, now: datetime, limit: int) -> list[int]:
        """Ids of people who are due at `now` or before, the longest due first."""
        return runtime_state.due_people(self._database, now, limit)

    def next_due(self) -> datetime | None:
        """The earliest instant at which somebody is due."""
        return runtime_state.next_due(self._database)

    def wake(self, person_ids: Sequence[int], at: datetime) -> None:
        """Make people due at `at`, if not before."""
        runtime_state.wake(self._database, person_ids, at)

    def load_batch(self, person_ids: Sequence[int]) -> list[PersonState]:
        """The states of these people, in the order of their ids as given."""
        seen = dict.fromkeys(person_ids, 0)
        # Revisions first: a change that comes between the two reads is then noticed, never missed.
        seen |= runtime_state.revisions(self._database, person_ids)
        self._seen |= seen
        return runtime_state.load_batch(self._database, person_ids)

    def save_batch(self, changes: Sequence[PersonChange], now: datetime) -> list[int]:
        """Write what steps changed, in one transaction.

        Returns the ids of people who were left out, because another process changed them after
        `load_batch`: they are still due, and their step is taken again from what is true then.
        """
        left_out = runtime_state.save_batch(self._database, changes, now, self._seen)
        for change in changes:
            self._seen.pop(change.person_id, None)
        return left_out

    # messages

    def claim_outbox(self, now: datetime, limit: int, lease_seconds: float) -> list[outbox.Claimed]:
        """Up to `limit` messages to send; nobody else gets them until the lease ends."""
        return outbox.claim_outbox(self._database, now, limit, lease_seconds)

    def record_attempt(self, attempt: outbox.Attempt) -> bool:
        """Commit that this is being sent; only if the answer is yes may it be."""
        return attempt.id in outbox.record_attempts(self._database, [attempt])

    def record_attempts(self, attempts: Iterable[outbox.Attempt]) -> set[str]:
        """The same for many in one transaction: the ids that may be sent."""
        return outbox.record_attempts(self._database, attempts)

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
        return bool(outbox.settle_all(self._database, [end]))

    def settle_all(self, settlements: Iterable[outbox.Settlement]) -> set[str]:
        """The same for many in one transaction: the ids that were written."""
        return outbox.settle_all(self._database, settlements)

    def expire_leases(self, now: datetime) -> int:
        """Attempts whose lease has ended become `unknown`; returns how many."""
        return outbox.expire_leases(self._database, now)

    def next_retry(self) -> datetime | None:
        """When the first waiting message may be claimed."""
        return outbox.next_retry(self._database)

    def outbox_counts(self) -> dict[str, int]:
        """How many messages there are in each status."""
        return outbox.outbox_counts(self._database)

    def messages_of(self, person_id: int) -> list[OutboxRow]:
        """Every message made for a person, in order."""
        return outbox.messages_of(self._database, person_id)

    # what happened

    def decisions_of(self, person_id: int) -> list[Decision]:
        """What was decided about a person and why, in order."""
        return timeline.decisions_of(self._database, person_id)

    def runs_summary(self) -> list[timeline.JourneySummary]:
        """Every journey in figures: entered, live, why finished, goals, messages by step."""
        return timeline.runs_summary(self._database)

    def visits(self) -> dict[str, dict[str, int]]:
        """How often each node was entered, by journey and node."""
        return figures.visits(self._database)

    def accepted(self) -> list[tuple[str, str, str]]:
        """Outbox id, Message-ID and SHA-256 of the bytes of every accepted message, by id."""
        return figures.accepted(self._database)

    def accepted_by_week(self) -> dict[str, dict[date, int]]:
        """Accepted messages by journey and by the Monday (UTC) of their week."""
        return figures.accepted_by_week(self._database)

    def protagonist(self) -> str | None:
        """The key of a person whose story has a bit of everything."""
        return figures.protagonist(self._database)
