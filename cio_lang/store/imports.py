"""How far imports are: a row for each file and mapping, written with the rows that it counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from cio_lang.mistake import UserMistake, place
from cio_lang.record import record
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant, micros
from cio_lang.store.problems import ImportUnderWay
from cio_lang.store.tables import imports


@record
class ImportState:
    """An import: `done` rows are stored, known already or rejected (`rejected` of them)."""

    id: str
    file: str
    done: int
    stored: int
    rejected: int
    at: datetime
    finished: bool


def import_state(database: Database, import_id: str) -> ImportState | None:
    """The import with that id, if it ever began."""
    rows = database.execute(sa.select(*imports.c).where(imports.c.id == import_id))
    if not rows:
        return None
    name, file, done, stored, rejected, at, finished = rows[0]
    return ImportState(name, file, done, stored, rejected, instant(at), bool(finished))


def keep_import_state(database: Database, before: int | None, now: ImportState) -> None:
    """Write how far an import is, inside the transaction that stores its rows.

    `before` is how many rows were done when it was read or written last (None: there was none).
    Raises `UserMistake` where another process has gone on with the same import meanwhile.
    """
    values = {
        "id": now.id,
        "file": now.file,
        "done": now.done,
        "stored": now.stored,
        "rejected": now.rejected,
        "at": micros(now.at),
        "finished": now.finished,
    }
    if before is None:
        insert = database.upsert(imports).values(values).on_conflict_do_nothing()
        written = database.execute(insert).changed
    else:
        same = sa.and_(imports.c.id == now.id, imports.c.done == before)
        written = database.execute(sa.update(imports).where(same).values(values)).changed
    if not written:
        raise UserMistake(ImportUnderWay(span=place(now.file), path=now.file))


def forget_import(database: Database, import_id: str) -> None:
    """Let an import begin anew."""
    database.execute(sa.delete(imports).where(imports.c.id == import_id))


def stored_events(
    database: Database, wanted: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], tuple[str, int, str]]:
    """Name, instant and properties of events by person's id and uid; those that are not there, not.

    Only events that are hot.
    """
    pairs = list(dict.fromkeys(wanted))
    if not pairs:
        return {}
    columns = "e.person, e.uid, e.name, e.at, e.properties"
    if database.dialect == "sqlite":
        rows: Sequence[Sequence[object]] = database.driver(
            # CROSS JOIN keeps SQLite from going through all events of each person.
            f"SELECT {columns} FROM json_each(?) AS j CROSS JOIN events AS e"
            " ON e.person = json_extract(j.value, '$[0]')"
            " AND e.uid = json_extract(j.value, '$[1]')",
            (database.array(pairs),),
        )
    else:
        rows = database.driver(
            f"SELECT {columns} FROM unnest(%s::bigint[], %s::text[]) AS j (person, uid)"
            " JOIN events AS e USING (person, uid)",
            ([person for person, _ in pairs], [uid for _, uid in pairs]),
        )
    return {
        (int(str(person)), str(uid)): (str(name), int(str(at)), str(text))
        for person, uid, name, at, text in rows
    }
