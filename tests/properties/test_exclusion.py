"""What the check says of conditions is true of every person at every instant."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ast
from cio_lang.check import contradictions, entering, exclusion
from cio_lang.check.contradictions import AlwaysHolds, NeverHolds
from cio_lang.conditions import Event, Moment, holds
from cio_lang.draw import LOTS
from cio_lang.lower import condition as lowered
from cio_lang.schema import Schema
from tests.properties.histories import BERLIN, attribute_maps, histories, nows

NAMED = st.sampled_from(["Pro", "pro", "free", "5", "ß", "ss", "2024-03-31", "prop", "p"])
AMOUNTS = st.sampled_from([Decimal(0), Decimal(5), Decimal("19.99"), Decimal(50)])
NUMBERS: st.SearchStrategy[ast.Value] = st.builds(ast.Number, AMOUNTS) | st.builds(
    ast.Money, AMOUNTS, st.sampled_from(["USD", "EUR"])
)
DAYS = st.dates(datetime.date(2024, 3, 30), datetime.date(2024, 4, 2)).map(ast.Date)
VALUES: st.SearchStrategy[ast.Value] = st.one_of(
    st.builds(ast.Text, NAMED), NUMBERS, DAYS, st.builds(ast.YesNo, st.booleans())
)
PARTS = st.sampled_from(["pro", "p", "o", "ro", "x"]).map(ast.Text)
DURATIONS = st.builds(
    ast.Duration, st.sampled_from([1, 2, 7, 14]), st.just("day")
) | st.sampled_from([ast.Duration(1, "month"), ast.Duration(36, "hour"), ast.Duration(1, "week")])
TESTS: st.SearchStrategy[ast.Test] = st.one_of(
    st.builds(ast.Compare, st.sampled_from(["is", "is_not"]), VALUES),
    st.builds(
        ast.Compare, st.sampled_from(["more_than", "at_least", "less_than", "at_most"]), NUMBERS
    ),
    st.builds(ast.Compare, st.sampled_from(["before", "after"]), DAYS),
    st.builds(
        ast.Compare,
        st.sampled_from(["contains", "does_not_contain", "starts_with", "ends_with"]),
        PARTS,
    ),
    st.builds(ast.Compare, st.sampled_from(["includes", "does_not_include"]), PARTS),
    st.builds(ast.OneOf, st.lists(VALUES, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(ast.Known, st.booleans()),
    st.builds(ast.Between, NUMBERS, NUMBERS),
    st.builds(ast.Within, st.sampled_from(get_args(ast.WithinOp)), DURATIONS),
    st.builds(ast.During, st.sampled_from(get_args(ast.CalendarSpan)), st.booleans()),
    st.builds(ast.HasBeen, VALUES, DURATIONS),
)
WORDS = st.sampled_from(["today", "yesterday", "this week", "last week", "this month", "this year"])
WINDOWS: st.SearchStrategy[ast.Window | None] = st.one_of(
    st.none(),
    st.builds(ast.Last, DURATIONS),
    st.builds(ast.Calendar, WORDS),
    st.sampled_from([(0, 1), (1, 7), (2, 3)]).map(lambda ends: ast.BetweenAgo(*ends, "day")),
    st.builds(ast.SinceDate, DAYS),
    st.tuples(DAYS, DAYS).map(lambda ends: ast.BetweenDates(*ends)),
    st.just(ast.SinceEntering()),
)
ORDERED = ast.Name("order_placed")
IS_PRO = ast.Comparison(ast.Property(ast.Name("sku")), ast.Compare("is", ast.Text("pro")))
MUCH = ast.Comparison(
    ast.Property(ast.Name("amount")), ast.Compare("at_least", ast.Number(Decimal(5)))
)
WHERE = st.sampled_from([None, IS_PRO, MUCH, ast.And((MUCH, IS_PRO)), ast.Not(IS_PRO)])
COUNTS = st.none() | st.builds(
    ast.Count,
    st.sampled_from(["at_least", "exactly", "fewer_than", "more_than", "at_most"]),
    st.integers(0, 3),
)
KEYS = st.sampled_from([None, None, ast.Name("sku")])
DONE: st.SearchStrategy[ast.Condition] = st.one_of(
    st.builds(ast.Did, st.just(ORDERED), WHERE, COUNTS, WINDOWS, KEYS),
    st.builds(ast.DidNot, st.just(ORDERED), WHERE, WINDOWS, KEYS),
    st.builds(ast.Never, st.just(ORDERED), WHERE, KEYS),
    st.builds(ast.Inactive, DURATIONS),
    st.builds(
        ast.Comparison,
        st.builds(ast.Aggregate, st.just("number"), st.none(), st.just(ORDERED), WHERE, WINDOWS),
        st.builds(
            ast.Compare,
            st.sampled_from(["is", "is_not", "more_than", "at_least", "less_than", "at_most"]),
            st.integers(0, 3).map(lambda n: ast.Number(Decimal(n))),
        ),
    ),
)
AGGREGATES: st.SearchStrategy[ast.Condition] = st.builds(
    ast.Comparison,
    st.builds(
        ast.Aggregate,
        st.sampled_from(["total", "average", "smallest", "largest", "latest", "first"]),
        st.just(ast.Name("amount")),
        st.just(ORDERED),
        WHERE,
        WINDOWS,
    ),
    TESTS.filter(lambda test: not isinstance(test, ast.HasBeen)),
)
CHANCES = st.sampled_from([Decimal(0), Decimal(50), Decimal(70), Decimal(100)]).map(ast.Percent)
OTHER: st.SearchStrategy[ast.Condition] = st.one_of(
    st.builds(
        ast.MessageTest,
        st.sampled_from(["opened", "clicked"]),
        st.none() | st.just(ast.Text("welcome")),
        st.none() | st.just("email"),
        WINDOWS,
        st.booleans(),
    ),
    st.builds(ast.Subscribed, st.just(ast.Name("Tips")), st.booleans()),
    st.builds(ast.CanReceive, st.sampled_from(["email", "push"]), st.booleans()),
    st.builds(
        ast.ChurnRisk, st.sampled_from(["more_than", "at_least", "less_than", "at_most"]), CHANCES
    ),
    st.builds(ast.Likely, st.just(ORDERED), DURATIONS),
    st.builds(ast.TopLikely, CHANCES, st.just(ORDERED)),
    st.builds(
        ast.InDraw,
        CHANCES,
        st.sampled_from(["a", "b"]).map(ast.Name),
        st.none() | CHANCES,
        st.booleans(),
    ),
    st.builds(ast.Sequence, st.just(ORDERED), st.just(ORDERED), DURATIONS, st.booleans()),
)


def _about(name: str) -> st.SearchStrategy[ast.Condition]:
    return st.builds(ast.Comparison, st.just(ast.Attribute(ast.Name(name))), TESTS)


ATOMS = {
    "text": _about("plan"),
    "date": _about("due"),
    "events": DONE,
    "totals": AGGREGATES,
    "totals and events": AGGREGATES | DONE,
    "others": OTHER,
}


def joined(atoms: st.SearchStrategy[ast.Condition]) -> st.SearchStrategy[ast.Condition]:
    """Conditions of any shape."""
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds(ast.Not, inner),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: ast.And(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: ast.Or(tuple(parts))),
        ),
        max_leaves=5,
    )


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    now = draw(nows)
    history = draw(histories(now))
    return Moment(
        attributes=draw(attribute_maps(now)),
        events=history,
        now=now,
        timezone=BERLIN,
        known_since=now - datetime.timedelta(days=draw(st.sampled_from([0, 1, 60]))),
        entered_at=draw(st.sampled_from([None, now - datetime.timedelta(days=2)])),
        changed=draw(
            st.dictionaries(
                st.sampled_from(["plan", "due"]), st.just(now - datetime.timedelta(days=5))
            )
        ),
        key=draw(st.sampled_from([None, ("sku", "pro")])),
        unsubscribed=draw(st.sampled_from([frozenset(), frozenset({"tips"})])),
        churn=draw(st.sampled_from([None, 0.0, 0.5, 0.7, 0.71, 1.0])),
        predictions=draw(_predictions),
        top=draw(st.dictionaries(st.just("order_placed"), st.sampled_from([0.0, 50.0, 70.0]))),
        lot=draw(st.integers(0, LOTS - 1)),
    )


_predictions: st.SearchStrategy[Mapping[str, Any]] = st.dictionaries(
    st.just("order_placed"),
    st.dictionaries(
        st.sampled_from([datetime.timedelta(days=days) for days in (7, 30)]),
        st.sampled_from([0.0, 0.5, 1.0]),
    ),
)

UNHURRIED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@pytest.mark.parametrize("about", sorted(ATOMS))
def test_conditions_taken_together(about: str) -> None:
    """`exclude` and `complete` of a few conditions, some of them negated."""
    atom = ATOMS[about] | st.builds(ast.Not, ATOMS[about])
    sets = st.lists(atom, min_size=1, max_size=3).filter(
        lambda some: exclusion.exclude(*some) or exclusion.complete(*some)
    )

    @UNHURRIED
    @given(sets, st.lists(moments(), min_size=1, max_size=4))
    def property_holds(some: list[ast.Condition], people: list[Moment]) -> None:
        excluded, completed = exclusion.exclude(*some), exclusion.complete(*some)
        for person in people:
            held = [holds(lowered(one, Schema()), person) for one in some]
            assert not (excluded and all(held)), person
            assert not (completed and not any(held)), person

    property_holds()


@pytest.mark.parametrize("about", sorted(ATOMS))
def test_conditions_of_any_shape(about: str) -> None:
    """A condition of which the check says that all of it never holds, or that it always does."""

    def said(condition: ast.Condition) -> list[NeverHolds | AlwaysHolds]:
        return list(contradictions.check(condition, Schema()))

    found = joined(ATOMS[about]).filter(said)

    @UNHURRIED
    @given(found, st.lists(moments(), min_size=1, max_size=4))
    def property_holds(condition: ast.Condition, people: list[Moment]) -> None:
        problems = said(condition)
        never = any(isinstance(each, NeverHolds) and not each.part for each in problems)
        always = isinstance(condition, ast.Or) and any(
            isinstance(each, AlwaysHolds) for each in said(replace(condition)) if _outer(condition)
        )
        for person in people:
            held = holds(lowered(condition, Schema()), person)
            assert not (never and held), person
            assert not (always and not held), person

    property_holds()


def _leaving(condition: ast.Condition) -> bool:
    entry, exit_ = ast.OnEvent(ORDERED), ast.LeaveWhere(condition)
    return any(entering.leaving(entry, (), exit_, Schema()))


def _entering(condition: ast.Condition) -> bool:
    return any(entering.check(ast.OnEvent(ORDERED), condition, Schema()))


@pytest.mark.parametrize("said", [_entering, _leaving])
def test_whom_an_event_lets_in_and_who_stays(said: Callable[[ast.Condition], bool]) -> None:
    """Where nobody enters, or everybody leaves at once, it is so for events that come late, too."""

    @UNHURRIED
    @given(
        joined(DONE).filter(said),
        moments(),
        st.sampled_from([0, 1, 25, 71, 72]),
        st.sampled_from([1, 19.99, "pro"]),
    )
    def property_holds(asked: ast.Condition, person: Moment, late: int, amount: Any) -> None:
        at = person.now - datetime.timedelta(hours=late)
        done = Event("order_placed", at, {"amount": amount, "sku": "pro"}, "the one that starts it")
        seen = sorted((*person.events, done), key=lambda event: event.at)
        held = holds(lowered(asked, Schema()), replace(person, events=seen, entered_at=at))
        assert held is (said is _leaving)

    property_holds()


def _outer(condition: ast.Or) -> bool:
    """Whether no alternative is joined of others, so that they are the whole."""
    return not any(isinstance(part, ast.And | ast.Or | ast.Not) for part in condition.parts)
