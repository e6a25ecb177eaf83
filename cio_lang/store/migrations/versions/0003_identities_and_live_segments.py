"""Identities, the history of attributes, live segments, archives; PostgreSQL begins here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from alembic import context

from cio_lang.store.database import Database, chunks

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From the tables of version 2, which were on SQLite alone."""
    database: Database = context.config.attributes["database"]
    script = Path(__file__).with_name("0003.sql").read_text(encoding="utf-8")
    for statement in _statements(script):
        database.driver(statement)
    _work_out(database)


def _work_out(database: Database) -> None:
    """What Python knows: lots, phone numbers, casefolded texts, the instants of dates."""
    from cio_lang.draw import lot
    from cio_lang.store.beside import rework_events, rework_people
    from cio_lang.store.encoding import load
    from cio_lang.store.identity import Claim, names_in, settle_claims

    everybody = [row[0] for row in database.driver("SELECT id FROM people ORDER BY id")]
    for ids in chunks(everybody, 5_000):
        rows = database.driver(
            f"SELECT id, key, attributes, updated_at FROM people WHERE id {database.within}",
            (database.array(ids),),
        )
        claims = []
        for person, _, text, at in rows:
            names = names_in({"phone": load(text).get("phone")}, None)
            claims.append(Claim(person, frozenset(), names, at))
        settle_claims(database, claims)
        lots = [(lot(key), person) for person, key, *_ in rows]
        database.driver_many("UPDATE people SET lot = ? WHERE id = ?", lots)
        rework_people(database, ids)
        rework_events(database, ids)


def _statements(script: str) -> Iterator[str]:
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
