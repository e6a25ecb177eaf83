"""Members, sizes, what changed and when to look again: verdicts in, rows out."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence

from cio_lang.store.bulk import insert_rows
from cio_lang.store.database import Database
from cio_lang.store.segments.judging import Verdict
from cio_lang.store.segments.touched import Cause
from cio_lang.store.tables import membership_changes, memberships, segment_checks


class Moves:
    """What is found of people at `at`, gathered over all segments and written by `write`."""

    def __init__(self, database: Database, at: int) -> None:
        self._database, self._at = database, at
        self._entered: list[tuple[str, int, int]] = []
        self._left: dict[str, list[int]] = {}
        self._changes: list[tuple[str, int, int, bool, Cause]] = []
        self._sizes: dict[str, int] = {}
        self._checks: list[tuple[str, int, int]] = []
        self._unchecked: list[tuple[str, list[Verdict]]] = []

    def judge(
        self, segment: str, verdicts: Iterable[Verdict], members: Collection[int], cause: Cause
    ) -> None:
        """Bring members to what was found; `members` are those of the people who were in so far."""
        found = verdicts if isinstance(verdicts, list) else list(verdicts)
        entered = [one for one, inside, _ in found if inside and one not in members]
        left = [one for one, inside, _ in found if not inside and one in members]
        self._checks += [(segment, one, until) for one, _, until in found if until is not None]
        self._unchecked.append((segment, found))
        self.move(segment, entered, left, cause)

    def move(self, segment: str, entered: Sequence[int], left: Sequence[int], cause: Cause) -> None:
        """Take people in and out, and write that down."""
        if not entered and not left:
            return
        at = self._at
        self._entered += [(segment, person, at) for person in entered]
        if left:
            self._left.setdefault(segment, []).extend(left)
        self._changes += [(segment, person, at, True, cause) for person in entered]
        self._changes += [(segment, person, at, False, cause) for person in left]
        self._sizes[segment] = self._sizes.get(segment, 0) + len(entered) - len(left)

    def write(self) -> None:
        """Write all of it; sizes stay exact."""
        database, at = self._database, self._at
        insert_rows(database, memberships, ("segment", "person", "since"), self._entered)
        self._take_out()
        columns = ("segment", "person", "at", "entered", "cause")
        insert_rows(database, membership_changes, columns, self._changes)
        sql = (
            "UPDATE segments SET size = size + ?,"
            " changed_at = CASE WHEN changed_at > ? THEN changed_at ELSE ? END WHERE segment = ?"
        )
        rows = [(more, at, at, segment) for segment, more in sorted(self._sizes.items())]
        if rows:
            database.driver_many(database.marks(sql), rows)
        # An earlier instant that is noted stays; one that is past is over: it was looked at now.
        insert_rows(
            database,
            segment_checks,
            ("segment", "person", "at"),
            self._checks,
            "ON CONFLICT (segment, person) DO UPDATE SET at = excluded.at"
            f" WHERE excluded.at < segment_checks.at OR segment_checks.at <= {at}",
        )
        self._take_checks()

    def _take_out(self) -> None:
        database = self._database
        if database.dialect == "sqlite":
            rows = [(segment, each) for segment, people in self._left.items() for each in people]
            if rows:
                sql = "DELETE FROM memberships WHERE segment = ? AND person = ?"
                database.driver_many(sql, rows)
            return
        for segment, people in self._left.items():
            database.driver(
                "DELETE FROM memberships WHERE segment = %s AND person = ANY(%s)",
                (segment, people),
            )

    def _take_checks(self) -> None:
        """Take out what was due by now of those whom time does not change any more."""
        if not self._unchecked:
            return
        database, by = self._database, self._at
        sql = "SELECT 1 FROM segment_checks WHERE at <= ? LIMIT 1"
        if database.driver(database.marks(sql), (by,)):
            sql = "DELETE FROM segment_checks WHERE segment = ? AND person = ? AND at <= ?"
            gone = [
                (segment, one, by)
                for segment, verdicts in self._unchecked
                for one, _, until in verdicts
                if until is None
            ]
            if gone:
                database.driver_many(database.marks(sql), gone)


def members_among(database: Database, people: Sequence[int]) -> dict[str, set[int]]:
    """The segments that these people are in, each with those of them who are."""
    on_file = database.dialect == "sqlite"
    together = "json_group_array(person)" if on_file else "array_agg(person)"
    rows = database.driver(
        f"SELECT segment, {together} FROM memberships WHERE person {database.within}"
        " GROUP BY segment",
        (database.array(people),),
    )
    return {segment: set(json.loads(who) if on_file else who) for segment, who in rows}
