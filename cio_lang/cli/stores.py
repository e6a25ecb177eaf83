"""How commands open the store, for real or to try something out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cio_lang.workspace import Workspace

if TYPE_CHECKING:
    from cio_lang.store import Store

__all__ = ["opened"]

WAIT = 10.0
"""Seconds to wait for another process that writes to the store."""


@contextmanager
def opened(workspace: Workspace, *, create: bool = False, dry_run: bool = False) -> Iterator[Store]:
    """The workspace's store.  `dry_run` undoes all that is written; then none is created, either.

    Raises `UserMistake` where it is missing (and not to be created), locked or not a store.
    """
    from cio_lang.store import open_store

    if not dry_run:
        with open_store(workspace.store_path, create=create, wait=WAIT) as store:
            yield store
        return
    with tempfile.TemporaryDirectory() as folder:
        there = workspace.store_path.exists() or not create
        path = workspace.store_path if there else Path(folder) / "cio.db"
        with open_store(path, create=create, wait=WAIT) as store:
            try:
                with store.transaction():
                    yield store
                    raise _Undo
            except _Undo:
                pass


class _Undo(Exception):
    """Ends a transaction that was only tried out."""
