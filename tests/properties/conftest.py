"""An empty store in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from cio_lang.store.condition_sql import register
from cio_lang.store.database import migrations


@pytest.fixture(scope="module")
def store() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    for script in migrations():
        connection.executescript(script)
    register(connection)
    yield connection
    connection.close()
