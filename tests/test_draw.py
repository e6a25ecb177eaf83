"""Draws of people by chance: evenly spread, apart from each other, and the same in any database."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import combinations, pairwise
from math import sqrt

import pytest

from cio_lang import ir
from cio_lang.conditions import Moment, holds
from cio_lang.draw import LOTS, draw, edge, lot, order, place, split_point

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = {
    "numbers": [str(number) for number in range(20_000)],
    "addresses": [f"person.{number}@example.com" for number in range(20_000)],
}
DRAWS = ("holdout 2026", "holdout 2027", "a", "b", "A", "test 1", "test 2", "Frühling")


def bins(name: str, people: Iterable[str], number: int) -> list[int]:
    """In which of so many equal parts of a draw each person is."""
    return [place(name, lot(person)) * number // LOTS for person in people]


def assert_even(found: Sequence[object], cells: int) -> None:
    """Chi squared, four standard deviations above what chance gives at the most."""
    expected = len(found) / cells
    counts = Counter(found)
    squared = sum((count - expected) ** 2 for count in counts.values()) / expected
    squared += (cells - len(counts)) * expected
    assert squared < cells - 1 + 4 * sqrt(2 * (cells - 1))


@pytest.mark.parametrize("people", PEOPLE.values(), ids=PEOPLE)
def test_every_draw_is_evenly_spread(people: Sequence[str]) -> None:
    for name in DRAWS:
        assert_even(bins(name, people, 100), 100)


@pytest.mark.parametrize("people", PEOPLE.values(), ids=PEOPLE)
def test_two_draws_tell_nothing_of_each_other(people: Sequence[str]) -> None:
    for one, other in combinations(DRAWS, 2):
        pairs = list(zip(bins(one, people, 10), bins(other, people, 10), strict=True))
        assert_even(pairs, 100)


def test_nor_do_three() -> None:
    three = (bins(name, PEOPLE["numbers"], 5) for name in DRAWS[:3])
    assert_even(list(zip(*three, strict=True)), 125)


def test_a_draw_tells_nothing_of_splits_and_experiments() -> None:
    people = PEOPLE["numbers"]
    drawn = bins("welcome", people, 10)
    splits = [int(split_point(person, "welcome", 0) / 10) for person in people]
    trials = [int(draw(person, "experiment", "welcome") / 10) for person in people]
    assert_even(list(zip(drawn, splits, strict=True)), 100)
    assert_even(list(zip(drawn, trials, strict=True)), 100)


def member(test: ir.Condition, person: str) -> bool:
    return holds(test, Moment({}, (), NOW, UTC, NOW, lot=lot(person)))


def test_the_first_ten_percent_are_among_the_first_twenty() -> None:
    ten, twenty = ir.DrawTest("x", 10), ir.DrawTest("x", 20)
    rest = ir.DrawTest("x", 20, 10)
    for person in PEOPLE["numbers"][:2_000]:
        assert member(twenty, person) == (member(ten, person) or member(rest, person))
        assert not (member(ten, person) and member(rest, person))


def test_parts_that_make_up_a_draw_leave_nobody_out_and_nobody_twice() -> None:
    ends = (0, 0.1, 33.3, 66.6, 99.9, 100)
    edges = [edge(end) for end in ends]
    assert edges[0] == 0 and edges[-1] == LOTS
    parts = [ir.DrawTest("x", to, start) for start, to in pairwise(ends)]
    for person in PEOPLE["numbers"][:2_000]:
        assert sum(member(part, person) for part in parts) == 1
    # Lots that stand right at an edge of the parts.
    factor, summand = order("x")
    for at in edges[1:-1]:
        for drawn in (at - 1, at):
            there = (drawn - summand) * pow(factor, -1, LOTS) % LOTS
            assert place("x", there) == drawn
            moment = Moment({}, (), NOW, UTC, NOW, lot=there)
            assert [holds(part, moment) for part in parts].count(True) == 1


def test_nobody_without_a_lot_is_in_a_draw() -> None:
    assert not holds(ir.DrawTest("x", 100), Moment({}, (), NOW, UTC, NOW))


def test_draws_stay_what_they_are() -> None:
    """People that are out of a holdout today are out of it with every later version."""
    assert lot("ann@example.com") == 301382373
    assert order("holdout 2026") == (572575409, 1008503352)
    assert place("holdout 2026", lot("ann@example.com")) == 2105683170
    assert edge(10) == 214748365


def test_any_database_can_work_it_out() -> None:
    """Products stay below 2**63, and whole numbers are all that is needed."""
    connection = sqlite3.connect(":memory:")
    lots = [0, 1, 2, LOTS - 2, LOTS - 1, *(lot(person) for person in PEOPLE["numbers"][:200])]
    orders = [(1, 0), (LOTS - 1, LOTS - 1), *(order(name) for name in DRAWS)]
    for factor, summand in orders:
        for number in lots:
            assert factor * number + summand < 2**63
            [found] = connection.execute(
                "SELECT (? * ? + ?) % 2147483647", (factor, number, summand)
            ).fetchone()
            assert found == (factor * number + summand) % LOTS
    connection.close()
