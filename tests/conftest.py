"""What all tests share: a quiet, repeatable environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stores import DIALECTS, place_for

if TYPE_CHECKING:
    from cio_lang.store.database import Database

# Prefect would otherwise write to the home folder and report its use.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output is compared as text, so no colours, and lines of one width everywhere."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Each database that a store can be in, one after the other."""
    name: str = request.param
    return name


@pytest.fixture
def store_place(dialect: str, tmp_path: Path) -> Iterator[Path | str]:
    """Where a store can be made: what `open_store` takes, on each database."""
    with place_for(dialect, tmp_path) as place:
        yield place


@pytest.fixture
def database(store_place: Path | str) -> Iterator[Database]:
    """An empty store on each database, below its door."""
    from cio_lang.store.database import open_database

    with open_database(store_place, create=True) as opened:
        yield opened
