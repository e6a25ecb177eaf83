"""What is in force and what was: `Store.deployments`.

A stopped journey is one that is kept out of force whatever is applied, until it is resumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from cio_lang import graph_file, ir
from cio_lang.record import record
from cio_lang.store import documents, holding, inside
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant
from cio_lang.store.tables import deployments, runs, standings
from cio_lang.store.tables import documents as stored


@record
class Version:
    """One version of a journey, and whether it is the one in force."""

    journey: str
    title: str
    digest: str
    version: int
    applied_at: datetime
    author: str
    note: str
    active: bool


class Deployments:
    """Versions, and who is inside of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def graphs(self) -> dict[str, ir.Graph]:
        """What is in force, templates apart, by kind and name (`journey welcome`)."""
        c = deployments.c
        rows = self._database.execute(
            sa.select(stored.c.digest, stored.c.body)
            .join(deployments, stored.c.digest == c.digest)
            .where(c.active == 1, c.kind != "template")
        )
        found = [graph_file.load(body, digest) for digest, body in rows]
        return {f"{graph.kind} {graph.name}": graph for graph in found}

    def versions(self) -> dict[str, list[Version]]:
        """Every version of every journey that was ever applied, the oldest first."""
        c = deployments.c
        rows = self._database.execute(
            sa.select(
                c.name,
                stored.c.title,
                c.digest,
                c.version,
                c.applied_at,
                c.author,
                c.note,
                c.active,
            )
            .join(stored, stored.c.digest == c.digest)
            .where(c.kind == "journey")
            .order_by(c.version)
        )
        found: dict[str, list[Version]] = {}
        for name, title, digest, version, at, author, note, active in rows:
            found.setdefault(name, []).append(
                Version(name, title, digest, version, instant(at), author, note, bool(active))
            )
        return dict(sorted(found.items()))

    def looked_at(self, journey: str) -> bool:
        """Whether anybody was ever looked at for matching this journey."""
        like = standings.c.journey.startswith(f"{journey} ", autoescape=True)
        return bool(self._database.execute(sa.select(sa.literal(1)).where(like).limit(1)))

    def put_in_force(self, version: Version, at: datetime, author: str, note: str) -> int:
        """Make a stored version the newest, and the one in force; the number that it gets."""
        return documents.reinstate(
            self._database, version.journey, version.digest, at, author, note
        )

    def out_of_force(self, journey: str) -> None:
        """Let nobody enter a journey any more."""
        documents.withdraw(self._database, journey)

    def one_at_a_time(self) -> None:
        """Inside a transaction: wait until nobody else changes what is in force."""
        documents.one_at_a_time(self._database)

    def as_it_is(self) -> None:
        """Inside a transaction: let nobody change what is in force until it ends."""
        documents.as_it_is(self._database)

    # paused and stopped

    def paused(self) -> dict[str, datetime]:
        """The journeys that hold, and since when."""
        return holding.marked(self._database, "paused")

    def stopped(self) -> dict[str, datetime]:
        """The journeys that stay out of force, and since when."""
        return holding.marked(self._database, "stopped")

    def pause(self, journey: str, at: datetime) -> None:
        """Let nobody in a journey go on, and nothing of it be sent."""
        with self._database.transaction():
            self.one_at_a_time()
            holding.mark(self._database, "paused", journey, at)
            holding.hold_messages(self._database)

    def resume(self, journey: str, at: datetime) -> bool:
        """Let a paused journey go on, now with what fell due meanwhile; whether it was paused."""
        with self._database.transaction():
            self.one_at_a_time()
            inside.hold_still(self._database, [journey], at)
            was = holding.unmark(self._database, "paused", journey)
            holding.release_messages(self._database, journey)
        return was

    def stop(self, journey: str, reason: str, at: datetime) -> int:
        """Take a journey out of force, and everybody out of it; how many they were."""
        with self._database.transaction():
            self.one_at_a_time()
            holding.mark(self._database, "stopped", journey, at)
            holding.unmark(self._database, "paused", journey)
            documents.withdraw(self._database, journey)
            inside.hold_still(self._database, [journey], at)
            there = [group for group in self.groups() if group.journey == journey]
            for group in there:
                inside.take_out(self._database, group, reason, at)
            every = sa.select(runs.c.id).where(runs.c.journey == journey)
            inside.skip_waiting(self._database, every, reason, at)
        return sum(group.people for group in there)

    def unstop(self, journey: str) -> bool:
        """Let a stopped journey be put into force again; whether it was stopped."""
        return holding.unmark(self._database, "stopped", journey)

    # who is inside

    def groups(self) -> list[inside.Group]:
        """Everybody who is inside of a journey, by journey, version and step."""
        return inside.groups(self._database)

    def some_of(self, group: inside.Group, most: int) -> tuple[str, ...]:
        """The keys of a few of a group."""
        return inside.some_of(self._database, group, most)

    def hold_still(self, journeys: Sequence[str], at: datetime) -> None:
        """Before runs are changed: make all who are inside of the journeys due at `at`."""
        inside.hold_still(self._database, journeys, at)

    def move(
        self, group: inside.Group, digest: str, node: str, *, fresh: bool, at: datetime
    ) -> None:
        """Pin a group to another version, at `node`."""
        inside.move(self._database, group, digest, node, fresh=fresh, at=at)

    def reopen_goals(self, journey: str, digest: str, open_for: timedelta | None) -> None:
        """Give the runs in a version the time that its goal has; None: it has none."""
        inside.reopen_goals(self._database, journey, digest, open_for)

    def take_out(self, group: inside.Group, reason: str, at: datetime) -> None:
        """End the runs of a group, and skip what they made that waits to be sent."""
        inside.take_out(self._database, group, reason, at)
