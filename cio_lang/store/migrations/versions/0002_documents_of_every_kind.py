"""Topics and policies are documents too."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = None

_STATEMENTS = (
    "PRAGMA writable_schema = ON",
    # SQLite has no statement that takes a CHECK out of a table; this is the way its manual gives.
    "UPDATE sqlite_schema"
    " SET sql = replace(sql, ' CHECK (kind IN (''journey'', ''segment'', ''template''))', '')"
    " WHERE type = 'table' AND name = 'documents'",
    # Makes every open connection read the tables again.
    "CREATE TABLE changed (x)",
    "DROP TABLE changed",
    "PRAGMA writable_schema = RESET",
)


def upgrade() -> None:
    """From the tables of version 1; in those of version 2 there is nothing left to replace."""
    connection = op.get_bind()
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement)
