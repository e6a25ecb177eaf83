"""The tables of a store: made where there are none, brought up to date where they are older.

A new store gets the tables of `tables.py` at once.  Alembic is loaded only where an older one has
to be brought up, step by step, by the files of `migrations/versions`.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from cio_lang.mistake import UserMistake, place
from cio_lang.store.database import Database
from cio_lang.store.problems import NotAStore, StoreMissing, StoreNewer, StoreOlder

APPLICATION_ID = 0x63696F31  # "cio1", so that a store is told from any other SQLite file

REVISION = "0003"
"""The newest step; 1 and 2 were SQL files, counted by `user_version`, and on SQLite alone."""

MIGRATIONS = Path(__file__).parent / "migrations"


def revision(database: Database) -> str | None:
    """The step that the store is at: "0000" where it is empty, None for another program's."""
    return (
        _sqlite_revision(database) if database.dialect == "sqlite" else _server_revision(database)
    )


def _sqlite_revision(database: Database) -> str | None:
    # One look: between two, another process may make the tables of a new store.
    own = not database.in_transaction
    if own:
        database.driver("BEGIN")
    try:
        application = int(database.driver("PRAGMA application_id")[0][0])
        version = int(database.driver("PRAGMA user_version")[0][0])
        tables = int(database.driver("SELECT count(*) FROM sqlite_master")[0][0])
        if application == APPLICATION_ID and version > 2:
            return str(database.driver("SELECT version_num FROM alembic_version")[0][0])
    finally:
        if own:
            database.driver("COMMIT")
    if application != APPLICATION_ID and (tables or version or application):
        return None
    return f"{version:04}"


def _server_revision(database: Database) -> str | None:
    rows = database.driver(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
        (database.schema,),
    )
    names = {row[0] for row in rows}
    if not names:
        return "0000"
    if not {"alembic_version", "meta", "people"} <= names:
        return None
    if database.setting("application") != "cio":
        return None
    return str(database.driver("SELECT version_num FROM alembic_version")[0][0])


def recognise(database: Database, create: bool) -> None:
    """Refuse the database of another program before anything is written to it."""
    path = database.where
    found = revision(database)
    if found is None:
        another = "another program's database"
        raise UserMistake(NotAStore(span=place(path), path=path, found=another))
    if found == "0000" and not create:
        raise UserMistake(StoreMissing(span=place(path), path=path))


def bring_up(database: Database, newest: str = REVISION) -> None:
    """Bring the tables to the newest step, in one transaction."""
    if revision(database) == newest:
        return
    with database.transaction():
        if database.dialect == "postgresql":
            # Two processes may make the same store at once: the second waits, and finds it made.
            database.driver("SELECT pg_advisory_xact_lock(hashtext(%s))", (database.schema,))
        found = revision(database)
        if found == "0000":
            _make(database)
        elif found is None or found > newest:
            raise UserMistake(_newer(database.where, found, newest))
        elif found < newest:
            _step_up(database, found)
        if database.dialect == "sqlite":
            database.driver(f"PRAGMA application_id = {APPLICATION_ID}")
            database.driver(f"PRAGMA user_version = {int(newest)}")


def _newer(path: str, found: str | None, newest: str) -> StoreNewer:
    return StoreNewer(span=place(path), path=path, version=int(found or 0), known=int(newest))


def is_newest(database: Database) -> None:
    """Refuse a store whose tables are not those of the newest step: nothing may be written."""
    found = revision(database)
    if found != REVISION:
        path = database.where
        if found is not None and found > REVISION:
            raise UserMistake(_newer(path, found, REVISION))
        raise UserMistake(StoreOlder(span=place(path), path=path))


def _make(database: Database) -> None:
    from cio_lang.store.tables import metadata

    if database.dialect == "postgresql":
        database.driver(f"CREATE SCHEMA IF NOT EXISTS {database.schema}")
    metadata.create_all(database.connection(), checkfirst=False)
    if database.dialect == "postgresql":
        # What `data_version` looks at.  It need not outlive a crash, so no commit waits for it.
        kind = "UNLOGGED SEQUENCE" if database.raw.info.server_version >= 150_000 else "SEQUENCE"
        database.driver(f"CREATE {kind} writes")
    database.driver("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    database.driver(f"INSERT INTO alembic_version VALUES ('{REVISION}')")
    settle(database)


def settle(database: Database) -> None:
    """What every store has for itself: that it is one, and the secret of its hashes."""
    database.keep_setting("application", "cio")
    database.keep_setting("secret", secrets.token_hex(32))


def remove(database: Database) -> None:
    """Take the store away, with all that is in it, and close it."""
    if database.dialect == "postgresql":
        database.driver(f"DROP SCHEMA {database.schema} CASCADE")
    database.close()
    if database.path is not None:
        for end in ("", "-wal", "-shm"):
            Path(f"{database.path}{end}").unlink(missing_ok=True)


def _step_up(database: Database, found: str) -> None:
    """Run Alembic's steps from `found` on, inside the transaction that is open."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["database"] = database
    if found < "0003":
        database.driver("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    if found == "0002":
        database.driver("INSERT INTO alembic_version VALUES ('0002')")
    command.upgrade(config, "head")
    if database.setting("secret") is None:
        settle(database)
