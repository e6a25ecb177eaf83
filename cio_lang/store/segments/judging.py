"""Who of some people is in a segment, and until when that can stay so.

The database answers what was done and when, for all of the people in one statement; what asks for
values is asked of `conditions`, as everywhere.  Conditions that ask for values of events are judged
one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from weakref import WeakKeyDictionary

from cio_lang import ir
from cio_lang.calendar_time import calendar_window, zone
from cio_lang.conditions import Moment, holds, next_change
from cio_lang.store.database import Database, chunks
from cio_lang.store.encoding import LAST, instant, load, micros
from cio_lang.store.segments.facts import fact, member_of
from cio_lang.store.segments.live import Live, Plan
from cio_lang.store.segments.looking import FAR, Looking, Term, looking, values_at
from cio_lang.store.segments.moments import moments

Verdict = tuple[int, bool, int | None]
"""A person, whether they are in, and the next instant at which time alone can change that."""

BATCH = 2_000


def judged(
    database: Database, plan: Plan, live: Live, people: Sequence[int], now: int
) -> Iterator[Verdict]:
    """Each of the people, at `now`; who is not in the store any more is left out."""
    way = _way(plan, live)
    for chunk in chunks(people, BATCH):
        if way is None:
            yield from _one_by_one(database, plan, live, chunk, now)
        else:
            yield from _together(database, plan, way, chunk, now)


def _one_by_one(
    database: Database, plan: Plan, live: Live, people: Sequence[int], now: int
) -> Iterator[Verdict]:
    assert live.condition is not None
    for person, moment in moments(database, plan, people, live.names, instant(now)):
        until = next_change(live.condition, moment)
        yield person, holds(live.condition, moment), None if until is None else micros(until)


@dataclass(frozen=True, slots=True)
class _Way:
    """How a condition is asked of many at once.

    `test` takes the answers of the database and the person as they are known.
    """

    facts: tuple[Term, ...]
    looking: Looking
    test: Test
    known: bool
    """Whether attributes have to be read."""
    zoned: bool


Test = Callable[[Sequence[Any], Moment], bool]

_ways: WeakKeyDictionary[Plan, dict[str, _Way | None]] = WeakKeyDictionary()


def _way(plan: Plan, live: Live) -> _Way | None:
    """None where people have to be judged one by one."""
    known = _ways.setdefault(plan, {})
    if live.name not in known:
        known[live.name] = _find_way(plan, live)
    return known[live.name]


def _find_way(plan: Plan, live: Live) -> _Way | None:
    assert live.condition is not None
    look = looking(live.condition, plan.conditions)
    facts: dict[Term, int] = {}
    test = None if look is None else _test(live.condition, plan.conditions, facts, ())
    if look is None or test is None:
        return None
    names = live.names
    known = bool(look.tests or names.attributes)
    return _Way(tuple(facts), look, test, known, bool(look.turns) or known)


def _test(
    condition: ir.Condition,
    segments: Mapping[str, ir.Condition],
    facts: dict[Term, int],
    inside: tuple[str, ...],
) -> Test | None:
    """The condition over the facts that it needs, which are added; None where it needs more."""
    match condition:
        case ir.EventTest() | ir.SequenceTest() | ir.InactiveTest():
            return _fact_test(fact(condition), facts)
        case ir.SegmentTest():
            slug = condition.segment
            if slug in inside or slug not in segments:
                return _fact_test(member_of(slug), facts)
            return _test(segments[slug], segments, facts, (*inside, slug))
        case ir.All():
            parts = [_test(part, segments, facts, inside) for part in condition.all]
            tests = [part for part in parts if part is not None]
            if len(tests) < len(parts):
                return None
            return lambda answers, known: all(test(answers, known) for test in tests)
        case ir.Any_():
            parts = [_test(part, segments, facts, inside) for part in condition.any]
            any_of = [part for part in parts if part is not None]
            if len(any_of) < len(parts):
                return None
            return lambda answers, known: any(test(answers, known) for test in any_of)
        case ir.Not():
            negated = _test(condition.not_, segments, facts, inside)
            if negated is None:
                return None
            return lambda answers, known: not negated(answers, known)
        case ir.AggregateTest():
            return None
        case (
            ir.AttributeTest() | ir.HeldTest() | ir.PropertyTest() | ir.EntryTest()
            | ir.SubscribedTest() | ir.ReachTest() | ir.ChurnTest() | ir.LikelyTest()
            | ir.TopTest()
        ):  # fmt: skip
            return lambda answers, known: holds(condition, known)


def _fact_test(term: Term | None, facts: dict[Term, int]) -> Test | None:
    if term is None:
        return None
    place = facts.setdefault(term, len(facts))
    return lambda answers, known: bool(answers[place])


def _together(
    database: Database, plan: Plan, way: _Way, people: Sequence[int], now: int
) -> Iterator[Verdict]:
    looks = way.looking
    columns = [term.sql for term in way.facts]
    values = [value for term in way.facts for value in values_at(term, now)]
    columns.append(looks.sql(database.dialect))
    values += looks.values(now)
    for turn in looks.turns:
        columns.append(turn.term.sql)
        values += values_at(turn.term, now)
    if way.zoned:
        columns.append("p.attributes, p.changed, p.created_at")
    sql = f"SELECT p.id, {', '.join(columns)} FROM people AS p WHERE p.id "
    rows = database.driver(database.marks(sql) + database.within, (*values, database.array(people)))
    at, count, turns = instant(now), len(way.facts), len(looks.turns)
    default, nobody = zone(plan.zone, UTC), Moment({}, (), at, UTC, at)
    for row in rows:
        answers, until, known = row[1 : count + 1], row[count + 1], nobody
        if way.zoned:
            known = _known(row[count + 2 + turns :], at, default)
            until = min([until, *_later(looks, row[count + 2 : count + 2 + turns], known)])
        yield row[0], way.test(answers, known), None if until > LAST else until


def _known(columns: Sequence[Any], now: datetime, default: tzinfo) -> Moment:
    """A person without what they did."""
    attributes, changed, created_at = columns
    values = load(attributes)
    return Moment(
        attributes=values,
        events=(),
        now=now,
        timezone=zone(values.get("timezone"), default),
        known_since=instant(created_at),
        changed={name: instant(at) for name, at in load(changed).items()},
    )


def _later(looks: Looking, turning: Sequence[Any], known: Moment) -> Iterator[int]:
    """When the calendar or an attribute can change something."""
    for turn, turns in zip(looks.turns, turning, strict=True):
        if turns:
            yield micros(calendar_window(turn.period, known.now, known.timezone)[1])
    for test in looks.tests:
        change = next_change(test, known)
        yield FAR if change is None else micros(change)


__all__ = ["BATCH", "Verdict", "judged"]
