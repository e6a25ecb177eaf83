"""The engines that SQL of conditions is asked of."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.properties.sql_engines import EVERY, SqlEngine

EXAMPLES = int(os.environ.get("CIO_EXAMPLES", "60"))
"""How many worlds each engine is asked about: 10,000 in the nightly run."""


@pytest.fixture(scope="session", params=sorted(EVERY))
def engine(request: pytest.FixtureRequest) -> Iterator[SqlEngine]:
    """Each engine, one after the other."""
    engine: SqlEngine = EVERY[request.param]()
    yield engine
    engine.close()
