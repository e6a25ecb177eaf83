"""Segments keep themselves: after anything, members are who each person's own answer says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang.store.database import Database, open_database
from tests.properties import histories
from tests.properties.segment_lives import Life, conditions, steps
from tests.stores import DIALECTS, place_for

SETTINGS = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
    ],
)


@pytest.fixture(scope="module", params=DIALECTS)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("segments")
    with place_for(request.param, folder) as place, open_database(place, create=True) as opened:
        yield opened


@SETTINGS
@given(st.data())
def test_members_are_who_each_persons_own_answer_says(
    database: Database, data: st.DataObject
) -> None:
    now = data.draw(histories.nows)
    life = Life(database, now)
    life.define(data.draw(conditions(now)))
    for _ in range(data.draw(st.integers(1, 6))):
        match data.draw(steps(now)):
            case "events", rows:
                life.events(rows)
            case "attributes", (person, values):
                life.attributes(person, values)
            case "define", wanted:
                life.define(wanted)
            case "hand", (change, keys):
                life.by_hand(change, keys)
            case "time", by:
                life.pass_time(by)
            case "next", _:
                life.wait_for_next()
        life.check()
