"""How commands open the store, for real or to try something out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cio_lang.mistake import UserMistake
from cio_lang.workspace import Archiving, Workspace

if TYPE_CHECKING:
    from cio_lang.store import Store
    from cio_lang.store.archive.rules import Rules

__all__ = ["looked_at", "opened"]

WAIT = 10.0
"""Seconds to wait for another process that writes to the store."""


@contextmanager
def opened(workspace: Workspace, *, create: bool = False, dry_run: bool = False) -> Iterator[Store]:
    """The workspace's store.  `dry_run` undoes all that is written; then none is created, either.

    Raises `UserMistake` where it is missing (and not to be created), locked or not a store.
    """
    with (
        tempfile.TemporaryDirectory() if dry_run else nullcontext("") as folder,
        _open(workspace, create, dry_run, Path(folder)) as store,
    ):
        store.keep_archive(workspace.root, _rules(workspace.archive))
        if not dry_run:
            store.keep_settings(workspace.timezone, workspace.region, datetime.now(UTC))
            yield store
            return
        try:
            with store.transaction():
                store.keep_settings(workspace.timezone, workspace.region, datetime.now(UTC))
                yield store
                raise _Undo
        except _Undo:
            pass


@contextmanager
def looked_at(workspace: Workspace) -> Iterator[Store]:
    """The workspace's store, to be read: the database itself refuses every write.

    Raises `UserMistake` where it is missing, or another cio wrote it.
    """
    from cio_lang.store import open_store

    with open_store(workspace.store_place, wait=WAIT, read_only=True) as store:
        store.keep_archive(workspace.root, _rules(workspace.archive))
        yield store


def _rules(settings: Archiving) -> Rules:
    from cio_lang.store.archive.rules import Rules

    return Rules(
        where=settings.where,
        cold=settings.cold,
        hot_days=settings.hot_days,
        cold_days=settings.cold_days,
        keep_days=settings.keep,
    )


def _open(workspace: Workspace, create: bool, dry_run: bool, folder: Path) -> Store:
    from cio_lang.store import open_store
    from cio_lang.store.problems import StoreMissing

    try:
        return open_store(workspace.store_place, create=create and not dry_run, wait=WAIT)
    except UserMistake as mistake:
        missing = isinstance(mistake.problems[0], StoreMissing)
        if not (dry_run and create and missing):
            raise
    return open_store(folder / "cio.db", create=True, wait=WAIT)


class _Undo(Exception):
    """Ends a transaction that was only tried out."""
