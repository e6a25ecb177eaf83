"""What a store has to know of its workspace: the zone and the region that values are read in.

They decide what stands beside values (the instants of dates) and what names people (phone numbers
without a country).  Where one of them changes, that is worked out again.
"""

from __future__ import annotations

import sqlalchemy as sa

from cio_lang.store.beside import rework_events, rework_people
from cio_lang.store.database import Database, chunks
from cio_lang.store.encoding import load
from cio_lang.store.identity import Claim, names_in, settle_claims
from cio_lang.store.segments.defining import define
from cio_lang.store.tables import people

BATCH = 5_000


def keep_settings(database: Database, timezone: str, region: str | None, at: int) -> None:
    """Take over the workspace's settings; `at` is the instant, in microseconds."""
    if _as_they_are(database, timezone, region):
        return
    with database.transaction():
        before = database.setting("region") or None
        moved = database.setting("timezone") != timezone
        database.keep_setting("timezone", timezone)
        database.keep_setting("region", region or "")
        for ids in chunks(_everybody(database), BATCH):
            if moved:
                rework_people(database, ids)
                rework_events(database, ids)
            if before != region:
                _rename(database, ids, before, region, at)
        if moved:
            define(database, at)


def _as_they_are(database: Database, timezone: str, region: str | None) -> bool:
    return (database.setting("timezone"), database.setting("region") or None) == (timezone, region)


def _everybody(database: Database) -> list[int]:
    return [row[0] for row in database.driver("SELECT id FROM people ORDER BY id")]


def _rename(
    database: Database, ids: list[int], before: str | None, after: str | None, at: int
) -> None:
    p = people.c
    rows = database.execute(sa.select(p.id, p.attributes).where(database.among(p.id, ids)))
    claims = []
    for person, text in rows:
        attributes = load(text)
        names = names_in(attributes, before), names_in(attributes, after)
        if names[0] != names[1]:
            claims.append(Claim(person, *names, at))
    settle_claims(database, claims)
