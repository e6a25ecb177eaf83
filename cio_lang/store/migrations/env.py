"""Runs Alembic's steps on the connection of the store, in the transaction that is open."""

from __future__ import annotations

from alembic import context

from cio_lang.store.tables import metadata

context.configure(
    connection=context.config.attributes["database"].connection(),
    target_metadata=metadata,
)
context.run_migrations()
