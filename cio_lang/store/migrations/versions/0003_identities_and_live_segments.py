"""Identities, the history of attributes, live segments, archives; PostgreSQL begins here."""

from __future__ import annotations

from alembic import op

from cio_lang.store.tables import metadata

revision = "0003"
down_revision = "0002"

_STATEMENTS = (
    "DROP INDEX people_email",
    "ALTER TABLE people DROP COLUMN email",
    "ALTER TABLE people ADD COLUMN timezone TEXT",
    "ALTER TABLE people ADD COLUMN folded TEXT",
    "ALTER TABLE people ADD COLUMN dates TEXT",
    "ALTER TABLE people ADD COLUMN changed TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE events ADD COLUMN folded TEXT",
    "ALTER TABLE events ADD COLUMN dates TEXT",
    "DROP INDEX events_of_name",
    "CREATE INDEX events_of_name ON events (name, at, person)",
)


def upgrade() -> None:
    """From the tables of version 2, which were on SQLite alone."""
    connection = op.get_bind()
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement)
    metadata.create_all(connection)
