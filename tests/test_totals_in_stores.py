"""Totals over what stores hold: with values that are no numbers, and large, small and odd ones."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cio_lang import ir
from cio_lang.conditions.counting import made_of
from cio_lang.store import open_store
from cio_lang.store.condition_sql.engines import ENGINES
from cio_lang.store.database import open_database
from cio_lang.store.state import NewEvent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HALVES = [number / 2e6 for number in range(-9, 10)]
NUMBERS = (*HALVES, 0.1, 19.99, -0.3, 4503599627.370497, -4503599627.370497, 9e9, 1e15, -1e15)


def test_who_has_no_numbers_has_a_total_of_nothing(store_place: Path | str) -> None:
    with open_store(store_place, create=True) as store:
        store.put_events(
            [
                NewEvent("ann", "bought", NOW, {"amount": "none"}),
                NewEvent("ann", "bought", NOW),
                NewEvent("bob", "bought", NOW, {"amount": 0.1}),
                NewEvent("bob", "bought", NOW, {"amount": 0.2}),
                NewEvent("cid", "bought", NOW, {"amount": 1e15}),
            ]
        )

        def who(function: str, op: ir.Op, value: ir.TestValue) -> list[str]:
            made = ir.Aggregate(function, "bought", "amount")  # type: ignore[arg-type]
            test = ir.AggregateTest(made, op, value)
            return [person.key for person in store.people_where(test, NOW, UTC)]

        assert who("total", "is", 0) == ["ann"]
        assert who("total", "is", 0.3) == ["bob"]
        assert who("total", "more_than", 9e14) == ["cid"]
        assert who("average", "is", 0.15) == ["bob"]
        assert who("average", "unknown", None) == ["ann"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_as_many_millionths_in_a_store_as_anywhere(
    store_place: Path | str, number: float
) -> None:
    with open_database(store_place, create=True) as database:
        engine = ENGINES["sqlite" if database.dialect == "sqlite" else "postgres"]
        sql = engine.millionths(f"CAST({number!r} AS {engine.double})")
        found = database.driver(f"SELECT {sql}")[0][0]
    assert found == math.floor(number * 1e6 + 0.5)
    assert found / 1e6 == made_of("total", [number], None)
