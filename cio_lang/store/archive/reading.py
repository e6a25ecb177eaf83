"""Reading over all tiers: one person's history, and every event at once through DuckDB."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from cio_lang.conditions import Event
from cio_lang.mistake import UserMistake, place
from cio_lang.store.archive.columns import schema_of, table_of
from cio_lang.store.archive.files import BUCKETS, COLUMNS, literal, quoted, source
from cio_lang.store.archive.manifest import Archive
from cio_lang.store.archive.problems import ArchiveDamaged
from cio_lang.store.encoding import instant, load, micros
from cio_lang.store.tables import archives, events, memberships, merges, people

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from sqlalchemy import ColumnElement, Table


PEOPLE = ("id", "key", "lot", "timezone", "attributes", "folded", "dates", "changed", "created_at")
"""The columns of `people` that conditions look at, and the key."""


def events_of(
    archive: Archive,
    ids: Sequence[int],
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Event]:
    """What a person did that is no longer hot, in [since, until], by time and id.

    `ids` are theirs and those of everybody who was merged into them: files keep the old ones.
    """
    buckets = {person % BUCKETS for person in ids}
    where: list[ColumnElement[bool]] = [archive.database.among(archives.c.bucket, buckets)]
    within = [f"person IN ({', '.join(str(int(person)) for person in ids)})"]
    if since is not None:
        where.append(archives.c.last_at >= micros(since))
        within.append(f'"at" >= {micros(since)}')
    if until is not None:
        where.append(archives.c.first_at <= micros(until))
        within.append(f'"at" <= {micros(until)}')
    rows = _rows(
        archive,
        where,
        lambda files: (
            f'SELECT uid, name, "at", properties FROM {files}'
            f' WHERE {" AND ".join(within)} ORDER BY "at", uid'
        ),
    )
    # Two people who were merged may both have had an event with the same id: it is one.
    found = {uid: Event(name, instant(at), load(text), uid) for uid, name, at, text in rows}
    return list(found.values())


def events_of_many(
    archive: Archive,
    ids: Sequence[int],
    names: Iterable[str] | None,
    since: datetime | None,
    until: datetime,
) -> list[tuple[int, Event]]:
    """What people did that is no longer hot, in [since, until], each with the id of who did it.

    Those who were merged into one of them count as them.
    """
    merged: dict[int, int] = {
        before: kept
        for before, kept in archive.database.execute(
            select(merges.c.merged, merges.c.kept).where(archive.database.among(merges.c.kept, ids))
        )
    }
    everybody = [*ids, *merged]
    where: list[ColumnElement[bool]] = [archives.c.first_at <= micros(until)]
    within = ["person IN (SELECT person FROM asked)", f'"at" <= {micros(until)}']
    if since is not None:
        where.append(archives.c.last_at >= micros(since))
        within.append(f'"at" >= {micros(since)}')
    if names is not None:
        within.append(f"name IN ({', '.join(map(literal, sorted(names))) or 'NULL'})")
    import pyarrow as pa

    rows = _rows(
        archive,
        where,
        lambda files: (
            f'SELECT person, uid, name, "at", properties FROM {files} WHERE {" AND ".join(within)}'
        ),
        asked=pa.table({"person": everybody}),
    )
    found = {
        (merged.get(person, person), uid): Event(name, instant(at), load(text), uid)
        for person, uid, name, at, text in rows
    }
    return [(person, event) for (person, _), event in found.items()]


def stored(archive: Archive, wanted: Iterable[tuple[int, str, int]]) -> set[tuple[int, str]]:
    """Which of these (person, uid, at) are archived already: they are not to be stored again."""
    keys = list(wanted)
    if not keys:
        return set()
    first, last = min(at for _, _, at in keys), max(at for _, _, at in keys)
    where = [
        archive.database.among(archives.c.bucket, {person % BUCKETS for person, _, _ in keys}),
        archives.c.first_at <= last,
        archives.c.last_at >= first,
    ]
    import pyarrow as pa

    asked = pa.table({"person": [key[0] for key in keys], "uid": [key[1] for key in keys]})
    rows = _rows(
        archive,
        where,
        lambda files: f"SELECT person, uid FROM {files} SEMI JOIN asked USING (person, uid)",
        asked=asked,
    )
    return {(person, uid) for person, uid in rows}


@contextmanager
def every_tier(
    archive: Archive, names: Iterable[str] | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with `people` and `events` as the store has them, hot and archived ones alike.

    `names` are the events that are asked about (None: all); the others are left out.
    """
    import duckdb

    chosen = None if names is None else sorted(set(names))
    with duckdb.connect() as connection:
        connection.register("people", _arrow(archive, people, PEOPLE, ()))
        connection.register("memberships", _arrow(archive, memberships, ("segment", "person"), ()))
        hot = () if chosen is None else (archive.database.among(events.c.name, chosen),)
        connection.register("hot_events", _arrow(archive, events, COLUMNS, hot))
        paths = _paths(archive, ())
        listed = ", ".join(map(quoted, COLUMNS))
        parts = [f"SELECT {listed} FROM hot_events"]
        if paths:
            asked = ", ".join(map(literal, chosen or ()))
            only = "" if chosen is None else f" WHERE name IN ({asked or 'NULL'})"
            connection.register("merges", _arrow(archive, merges, ("merged", "kept"), ()))
            # Of two people who were merged, an event with the same id is one.
            person = "coalesce(kept, person)"
            others = ", ".join(map(quoted, COLUMNS[1:]))
            parts.append(
                f"SELECT DISTINCT ON ({person}, uid) {person} AS person, {others}"
                f" FROM {source(paths)} LEFT JOIN merges ON merged = person{only}"
            )
        connection.execute(f"CREATE VIEW events AS {' UNION ALL '.join(parts)}")
        yield connection


def _rows(
    archive: Archive,
    where: Sequence[ColumnElement[bool]],
    sql: Callable[[str], str],
    **tables: pa.Table,
) -> list[Any]:
    """What DuckDB answers about the files whose manifests match; none where there are none.

    A file that was joined with others between asking for its name and reading it is gone: then the
    names are asked for again.
    """
    import duckdb

    while True:
        paths = _paths(archive, where)
        if not paths:
            return []
        with duckdb.connect() as connection:
            for name, table in tables.items():
                connection.register(name, table)
            try:
                return connection.sql(sql(source(paths))).fetchall()
            except duckdb.Error as error:
                if all(path.exists() for path in paths):
                    raise _damaged(archive, error) from error


def _paths(archive: Archive, where: Sequence[ColumnElement[bool]]) -> list[Path]:
    """Local files with what the manifests that match name."""
    rows = archive.database.execute(
        select(archives.c.tier, archives.c.file).where(*where).order_by(archives.c.file)
    )
    paths: list[Path] = []
    for tier in ("warm", "cold"):
        paths += archive.place(tier).local([file for each, file in rows if each == tier])
    return paths


def _arrow(
    archive: Archive, table: Table, names: Sequence[str], where: Sequence[ColumnElement[bool]]
) -> pa.Table:
    """Columns of a table of the hot store: a part of its rows at a time is in memory as rows."""
    import pyarrow as pa

    query = select(*(table.c[name] for name in names)).where(*where)
    with closing(archive.database.stream(query)) as parts:
        columns = [table_of(names, rows) for rows in parts]
    return pa.concat_tables([schema_of(names).empty_table(), *columns])


def _damaged(archive: Archive, error: Exception) -> UserMistake:
    where, detail = archive.warm.where, str(error).splitlines()[0][:200]
    return UserMistake(ArchiveDamaged(span=place(where), where=where, detail=detail))


def check(archive: Archive) -> list[str]:
    """The names of files whose contents are not what was written, or that are gone."""
    bad = []
    rows = archive.database.execute(
        select(archives.c.tier, archives.c.file, archives.c.sha256).order_by(archives.c.file)
    )
    for tier, file, digest in rows:
        (path,) = archive.place(tier).local([file])
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            bad.append(file)
    return bad
