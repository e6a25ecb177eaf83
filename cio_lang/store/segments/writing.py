"""Members, sizes, what changed and when to look again: verdicts in, rows out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from cio_lang.store.bulk import insert_rows
from cio_lang.store.database import Database
from cio_lang.store.segments.judging import Verdict
from cio_lang.store.segments.touched import Cause
from cio_lang.store.tables import membership_changes, memberships, segment_checks


def write(
    database: Database,
    segment: str,
    verdicts: Iterable[Verdict],
    members: Collection[int],
    at: int,
    cause: Cause,
) -> None:
    """Bring members to what was found; `members` are those of the people who were in so far."""
    entered: list[int] = []
    left: list[int] = []
    checks: list[tuple[str, int, int]] = []
    for person, inside, until in verdicts:
        if inside is not (person in members):
            (entered if inside else left).append(person)
        if until is not None:
            checks.append((segment, person, until))
    move(database, segment, entered, left, at, cause)
    look_by(database, checks)


def move(
    database: Database,
    segment: str,
    entered: Sequence[int],
    left: Sequence[int],
    at: int,
    cause: Cause,
) -> None:
    """Take people in and out, and write that down; the size stays exact."""
    if not entered and not left:
        return
    insert_rows(
        database,
        memberships,
        ("segment", "person", "since"),
        [(segment, person, at) for person in entered],
    )
    if left:
        database.driver(
            database.marks("DELETE FROM memberships WHERE segment = ? AND person ")
            + database.within,
            (segment, database.array(left)),
        )
    insert_rows(
        database,
        membership_changes,
        ("segment", "person", "at", "entered", "cause"),
        [
            *((segment, person, at, True, cause) for person in entered),
            *((segment, person, at, False, cause) for person in left),
        ],
    )
    database.driver(
        database.marks(
            "UPDATE segments SET size = size + ?,"
            " changed_at = CASE WHEN changed_at > ? THEN changed_at ELSE ? END WHERE segment = ?"
        ),
        (len(entered) - len(left), at, at, segment),
    )


def look_by(database: Database, checks: Sequence[tuple[str, int, int]]) -> None:
    """Have (segment, person) looked at by an instant; an earlier one that is noted stays."""
    insert_rows(
        database,
        segment_checks,
        ("segment", "person", "at"),
        checks,
        "ON CONFLICT (segment, person) DO UPDATE SET at = excluded.at"
        " WHERE excluded.at < segment_checks.at",
    )


def take_checks(database: Database, segment: str, people: Sequence[int], by: int) -> None:
    """Take out what was to be looked at by an instant: it is looked at now."""
    database.driver(
        database.marks("DELETE FROM segment_checks WHERE at <= ? AND segment = ? AND person ")
        + database.within,
        (by, segment, database.array(people)),
    )


def members_among(database: Database, people: Sequence[int]) -> dict[str, set[int]]:
    """The segments that these people are in, each with those of them who are."""
    found: dict[str, set[int]] = {}
    for segment, person in database.driver(
        f"SELECT segment, person FROM memberships WHERE person {database.within}",
        (database.array(people),),
    ):
        who = found.get(segment)
        if who is None:
            who = found[segment] = set()
        who.add(person)
    return found
