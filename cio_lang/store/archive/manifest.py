"""Which files there are: the table that names them, and how one comes into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, select

from cio_lang.record import record
from cio_lang.store.archive.files import Written
from cio_lang.store.archive.location import Location
from cio_lang.store.archive.rules import Rules
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant, micros
from cio_lang.store.tables import archives

MADE = "made.parquet"
"""What a file is called before it has a name."""


@record
class Known:
    """A file that readers read; `written` only while it is made."""

    file: str
    tier: str
    bucket: int
    first_at: int
    last_at: int
    rows: int
    written: Written | None = None


@record
class Archive:
    """The tiers of one store: where its warm and its cold files are, and by which rules."""

    database: Database
    warm: Location
    cold: Location
    rules: Rules

    def place(self, tier: str) -> Location:
        """Where the files of a tier are."""
        return self.cold if tier == "cold" else self.warm


def put(archive: Archive, folder: Path, bucket: int, written: Written, tier: str) -> Known:
    """Give what was written its name (the same contents have the same) and keep it."""
    month = instant(written.first_at).strftime("%Y-%m")
    name = f"{month}/{bucket:02}-{written.sha256[:20]}.parquet"
    archive.place(tier).put(folder / MADE, name)
    return Known(name, tier, bucket, written.first_at, written.last_at, written.rows, written)


def known_files(database: Database, *where: ColumnElement[bool]) -> list[Known]:
    """Files that are known, by name."""
    columns = [
        archives.c[each] for each in ("file", "tier", "bucket", "first_at", "last_at", "rows")
    ]
    rows = database.execute(select(*columns).where(*where).order_by(archives.c.file))
    return [Known(*row) for row in rows]


def make_known(database: Database, files: Sequence[Known], now: datetime) -> None:
    """Let readers see files, inside the transaction that takes their rows from elsewhere."""
    for known in files:
        assert known.written is not None
        database.execute(
            database.upsert(archives)
            .values(
                file=known.file,
                tier=known.tier,
                bucket=known.bucket,
                first_at=known.first_at,
                last_at=known.last_at,
                rows=known.rows,
                bytes=known.written.bytes,
                sha256=known.written.sha256,
                made_at=micros(now),
            )
            .on_conflict_do_nothing()
        )


def month_of(at: int) -> int:
    """Months since year 0, so that those of two years differ."""
    when = instant(at)
    return when.year * 12 + when.month
