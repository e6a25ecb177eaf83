"""Who of some people is in a segment, and until when that can stay so.

One statement for all of the people.  The database answers what is about events (`facts` where it
is about their times alone, so that the statement stays the same and is prepared once, else
`condition_sql`); what is about attributes is asked of `conditions`, as everywhere.  Where time can
change whether a single event passes, people are judged one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from weakref import WeakKeyDictionary

from cio_lang import ir
from cio_lang.calendar_time import calendar_window, zone
from cio_lang.conditions import Moment, holds, next_change
from cio_lang.record import record
from cio_lang.store.condition_sql import Dialect, Question, expression
from cio_lang.store.database import Database
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
    for first in range(0, len(people), BATCH):
        chunk = people[first : first + BATCH]
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


@record
class _Way:
    """How a condition is asked of many at once.

    `test` takes the answers of the database and the person as they are known.
    """

    facts: tuple[Fact, ...]
    looking: Looking
    test: Test
    plain: bool
    """Whether the answer of the database is that of the condition."""
    zoned: bool
    """Whether attributes have to be read."""
    row: bool
    """Whether the row of a person has to be read, and not only what they did."""


Fact = Term | ir.Condition
"""What the database is asked: SQL that is there already, or a test."""

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
    facts: dict[Fact, int] = {}
    if look is None:
        return None
    test = _test(live.condition, plan.conditions, facts, ())
    names = live.names
    drawn = any(isinstance(each, ir.DrawTest) for each in facts)
    known = bool(look.tests or names.attributes) or drawn
    plain = _is_fact(live.condition, plan.conditions)
    return _Way(tuple(facts), look, test, plain, bool(look.turns) or known, names.any_event)


def _is_fact(condition: ir.Condition, segments: Mapping[str, ir.Condition]) -> bool:
    """Whether a condition is one question to the database, and nothing around it."""
    if isinstance(condition, ir.SegmentTest):
        return condition.segment not in segments
    kinds = ir.EventTest | ir.SequenceTest | ir.InactiveTest | ir.AggregateTest | ir.DrawTest
    return isinstance(condition, kinds)


def _test(
    condition: ir.Condition,
    segments: Mapping[str, ir.Condition],
    facts: dict[Fact, int],
    inside: tuple[str, ...],
) -> Test:
    """The condition over the facts that it needs, which are added."""
    match condition:
        case ir.EventTest() | ir.SequenceTest() | ir.InactiveTest():
            return _fact_test(fact(condition) or condition, facts)
        case ir.SegmentTest():
            slug = condition.segment
            if slug in inside or slug not in segments:
                return _fact_test(member_of(slug), facts)
            return _test(segments[slug], segments, facts, (*inside, slug))
        case ir.All():
            tests = [_test(part, segments, facts, inside) for part in condition.all]
            return lambda answers, known: all(test(answers, known) for test in tests)
        case ir.Any_():
            any_of = [_test(part, segments, facts, inside) for part in condition.any]
            return lambda answers, known: any(test(answers, known) for test in any_of)
        case ir.Not():
            negated = _test(condition.not_, segments, facts, inside)
            return lambda answers, known: not negated(answers, known)
        case ir.AggregateTest() | ir.DrawTest():
            return _fact_test(condition, facts)
        case (
            ir.AttributeTest() | ir.HeldTest() | ir.PropertyTest() | ir.EntryTest()
            | ir.SubscribedTest() | ir.ReachTest() | ir.ChurnTest() | ir.LikelyTest()
            | ir.TopTest()
        ):  # fmt: skip
            return lambda answers, known: holds(condition, known)


def _fact_test(asked: Fact, facts: dict[Fact, int]) -> Test:
    place = facts.setdefault(asked, len(facts))
    return lambda answers, known: bool(answers[place])


def _together(
    database: Database, plan: Plan, way: _Way, people: Sequence[int], now: int
) -> Iterable[Verdict]:
    looks, columns, values = way.looking, list[str](), list[object]()
    asking = _Asking(database, plan, people, now)
    for asked in way.facts:
        if isinstance(asked, Term):
            columns.append(database.marks(asked.sql))
            values += values_at(asked, now)
        else:
            columns.append(asking.sql(asked))
    columns.append(database.marks(looks.sql(database.dialect)))
    values += looks.values(now)
    for turn in looks.turns:
        columns.append(database.marks(turn.term.sql))
        values += values_at(turn.term, now)
    if way.zoned:
        columns.append("p.attributes, p.changed, p.created_at")
    sql = f"SELECT p.id, {', '.join(columns)} FROM {_FROM[database.dialect]}"
    if way.zoned or way.row:
        sql = f"SELECT p.id, {', '.join(columns)} FROM people AS p WHERE p.id {database.within}"
    rows = database.driver(sql, (*values, database.array(people)))
    if way.plain and not way.zoned:
        return [(one, bool(is_in), till if till <= LAST else None) for one, is_in, till in rows]
    return _tested(plan, way, rows, now)


def _tested(plan: Plan, way: _Way, rows: Sequence[Any], now: int) -> Iterator[Verdict]:
    looks, test = way.looking, way.test
    at, count, turns = instant(now), len(way.facts), len(looks.turns)
    default, nobody = zone(plan.zone, UTC), Moment({}, (), at, UTC, at)
    for row in rows:
        answers, until, known = row[1 : count + 1], row[count + 1], nobody
        if way.zoned:
            known = _known(row[count + 2 + turns :], at, default)
            until = min([until, *_later(looks, row[count + 2 : count + 2 + turns], known)])
        yield row[0], test(answers, known), None if until > LAST else until


_FROM: Mapping[str, str] = {
    "sqlite": "(SELECT value AS id FROM json_each(?)) AS p",
    "postgresql": "unnest(%s::bigint[]) AS p(id)",
}
"""The people who are asked about, without their rows."""


class _Asking:
    """Asks tests of some people at an instant."""

    def __init__(self, database: Database, plan: Plan, people: Sequence[int], now: int) -> None:
        self._database, self._plan, self._people = database, plan, people
        self._now = now
        self._question: Question | None = None

    def sql(self, condition: ir.Condition) -> str:
        """A test in SQL about the row `p` of `people`."""
        if self._question is None:
            self._question = self._asked()
        text = f"({expression(condition, self._question)})"
        # Its text is whole: what looks like the mark of a parameter is none.
        return text if self._database.dialect == "sqlite" else text.replace("%", "%%")

    def _asked(self) -> Question:
        default = zone(self._plan.zone, UTC)
        dialect: Dialect = "sqlite" if self._database.dialect == "sqlite" else "postgres"
        return Question(
            dialect,
            instant(self._now),
            default,
            self._plan.conditions,
            {name: zone(name, default) for name in self._zones()},
            self._among(),
        )

    def _zones(self) -> list[str]:
        return [
            row[0]
            for row in self._database.driver(
                "SELECT DISTINCT timezone FROM people WHERE timezone IS NOT NULL AND id "
                + self._database.within,
                (self._database.array(self._people),),
            )
        ]

    def _among(self) -> str:
        ids = ",".join(map(str, self._people))
        if self._database.dialect == "sqlite":
            return f"SELECT value FROM json_each('[{ids}]')"
        return f"SELECT unnest('{{{ids}}}'::bigint[])"


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
