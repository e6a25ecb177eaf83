"""Many events at once: each counts once, however they come and whatever is there already."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cio_lang.store import beside
from cio_lang.store.database import Database
from cio_lang.store.encoding import dump, load
from cio_lang.store.events import events, put_events
from cio_lang.store.people import people_count
from cio_lang.store.state import NewEvent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANY = 200
"""More than are inserted one by one."""


def done(first: int, last: int) -> list[NewEvent]:
    return [
        NewEvent(f"p{n % 7}", "did", NOW + timedelta(seconds=n), {"n": n}, id=f"e{n}")
        for n in range(first, last)
    ]


def ids(database: Database) -> list[str]:
    return sorted(uid for (uid,) in database.driver("SELECT uid FROM events"))


def test_batches_that_repeat_a_part_store_the_rest(database: Database) -> None:
    assert put_events(database, done(0, MANY)) == MANY
    assert put_events(database, done(MANY // 2, 2 * MANY)) == MANY
    assert put_events(database, done(0, 2 * MANY)) == 0
    assert put_events(database, done(2 * MANY, 3 * MANY)) == MANY
    assert put_events(database, [*done(3 * MANY, 4 * MANY), *done(3 * MANY, 4 * MANY)]) == MANY
    assert ids(database) == sorted(f"e{n}" for n in range(4 * MANY))
    assert people_count(database) == 7
    (first,) = [each for each in events(database, 1, None) if each.id == "e0"]
    assert (first.at, first.properties) == (NOW, {"n": 0})


def test_a_batch_that_repeats_does_not_undo_what_came_before_in_its_transaction(
    database: Database,
) -> None:
    put_events(database, done(0, MANY))
    with database.transaction():
        put_events(database, done(MANY, 2 * MANY))
        put_events(database, done(MANY, 3 * MANY))
    assert len(ids(database)) == 3 * MANY
    with pytest.raises(RuntimeError), database.transaction():
        put_events(database, done(0, 4 * MANY))
        raise RuntimeError
    assert len(ids(database)) == 3 * MANY


VALUES = st.text(alphabet='aAßİ"\\:,{}[]1-e \n', max_size=6) | st.integers() | st.booleans()


@given(st.dictionaries(st.text(alphabet='aA"\\:,{}[1', max_size=4), VALUES, max_size=5))
@settings(max_examples=300, deadline=None)
def test_what_stands_beside_text_is_what_stands_beside_its_values(
    values: dict[str, object],
) -> None:
    # As SQLite gives it back, and as PostgreSQL does.
    for text in (dump(values), json.dumps(values, ensure_ascii=False)):
        folded, dates = beside.beside_text(text, None, "UTC")
        _, folded_of_values, dates_of_values = beside.beside(load(text), None, "UTC")
        assert (json.loads(folded or "{}"), dates) == (
            json.loads(folded_of_values or "{}"),
            dates_of_values,
        )
