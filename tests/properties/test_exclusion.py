"""What the check says of two conditions is true of every person at every instant."""

from __future__ import annotations

import datetime
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ast
from cio_lang.check import exclusion
from cio_lang.conditions import Moment, holds
from cio_lang.lower import condition as lowered
from cio_lang.schema import Schema
from tests.properties.histories import BERLIN, attribute_maps, histories, nows

VALUES: st.SearchStrategy[ast.Value] = st.one_of(
    st.builds(ast.Text, st.sampled_from(["Pro", "pro", "free", "5", "ß", "ss"])),
    st.builds(ast.Number, st.sampled_from([Decimal(0), Decimal(5), Decimal("19.99")])),
    st.builds(ast.Money, st.sampled_from([Decimal(5), Decimal(50)]), st.just("USD")),
    st.builds(ast.YesNo, st.booleans()),
)
NUMBERS = st.builds(ast.Number, st.sampled_from([Decimal(0), Decimal(5), Decimal("19.99")]))
DAYS = st.dates(datetime.date(2024, 3, 30), datetime.date(2024, 4, 2)).map(ast.Date)
DURATIONS = st.builds(ast.Duration, st.sampled_from([1, 2, 7, 14]), st.just("day")) | st.just(
    ast.Duration(1, "month")
)
TESTS: st.SearchStrategy[ast.Test] = st.one_of(
    st.builds(ast.Compare, st.sampled_from(["is", "is_not"]), VALUES),
    st.builds(
        ast.Compare, st.sampled_from(["more_than", "at_least", "less_than", "at_most"]), NUMBERS
    ),
    st.builds(ast.Compare, st.sampled_from(["before", "after"]), DAYS),
    st.builds(
        ast.Compare,
        st.sampled_from(["contains", "does_not_contain", "starts_with"]),
        st.just(ast.Text("pro")),
    ),
    st.builds(
        ast.Compare, st.sampled_from(["includes", "does_not_include"]), st.just(ast.Text("pro"))
    ),
    st.builds(ast.OneOf, st.lists(VALUES, min_size=1, max_size=2).map(tuple), st.booleans()),
    st.builds(ast.Known, st.booleans()),
    st.builds(ast.Between, NUMBERS, NUMBERS),
    st.builds(
        ast.Within,
        st.sampled_from(["in_next", "in_last", "more_than_ago", "less_than_ago", "ago", "ahead"]),
        DURATIONS,
    ),
)
WINDOWS = st.one_of(
    st.none(),
    st.builds(ast.Last, DURATIONS),
    st.builds(ast.Calendar, st.sampled_from(["today", "yesterday", "this week", "this month"])),
    st.builds(ast.BetweenAgo, st.just(1), st.just(7), st.just("day")),
)
ORDERED = ast.Name("order_placed")
WHERE = st.sampled_from(
    [None, ast.Comparison(ast.Property(ast.Name("sku")), ast.Compare("is", ast.Text("pro")))]
)
COUNTS = st.none() | st.builds(
    ast.Count, st.sampled_from(["at_least", "exactly", "fewer_than"]), st.integers(0, 3)
)
DONE: st.SearchStrategy[ast.Condition] = st.one_of(
    st.builds(ast.Did, st.just(ORDERED), WHERE, COUNTS, WINDOWS),
    st.builds(ast.DidNot, st.just(ORDERED), WHERE, WINDOWS),
    st.builds(ast.Never, st.just(ORDERED), WHERE),
)


def _or_not(of: st.SearchStrategy[ast.Condition]) -> st.SearchStrategy[ast.Condition]:
    return of | st.builds(ast.Not, of)


def _about(name: str) -> st.SearchStrategy[ast.Condition]:
    return st.builds(ast.Comparison, st.just(ast.Attribute(ast.Name(name))), TESTS)


def _says_something(pair: tuple[ast.Condition, ast.Condition]) -> bool:
    return exclusion.exclude(*pair) or exclusion.complete(*pair)


PAIRS = st.one_of(
    st.tuples(_or_not(_about("plan")), _or_not(_about("plan"))),
    st.tuples(_or_not(_about("due")), _or_not(_about("due"))),
    st.tuples(_or_not(DONE), _or_not(DONE)),
).filter(_says_something)


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    now = draw(nows)
    return Moment(
        attributes=draw(attribute_maps(now)),
        events=draw(histories(now)),
        now=now,
        timezone=BERLIN,
        known_since=now,
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(PAIRS, st.lists(moments(), min_size=1, max_size=4))
def test_pairs(pair: tuple[ast.Condition, ast.Condition], people: list[Moment]) -> None:
    one, other = pair
    excluded, completed = exclusion.exclude(one, other), exclusion.complete(one, other)
    for person in people:
        held = holds(lowered(one, Schema()), person), holds(lowered(other, Schema()), person)
        assert not (excluded and all(held)), person
        assert not (completed and not any(held)), person
