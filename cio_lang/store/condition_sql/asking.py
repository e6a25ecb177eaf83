"""Every form of condition as an expression about one row of `people`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from cio_lang import draw, ir
from cio_lang.calendar_time import earlier
from cio_lang.conditions.counting import limit, made_of
from cio_lang.conditions.evaluate import ADDRESS, OURS, UNSUBSCRIBED
from cio_lang.conditions.values import length, passes
from cio_lang.record import record
from cio_lang.store.condition_sql.comparing import (
    FALSE,
    TRUE,
    Clock,
    Compared,
    amount,
    compare,
    compare_number,
    edge_by_zone,
    is_text,
    micros,
    negated,
    window_edges,
)
from cio_lang.store.condition_sql.engines import ENGINES, Dialect, Engine, Value

AT = '"at"'
"""The column with the time, which is a word of SQL in some engines."""


@record
class Question:
    """What does not depend on the condition: the engine, the time, the zones, the segments.

    `zones` are those that people have (`people.timezone`), by name; `tz` is the workspace's.
    `among` is SQL for the ids of the people of whom is asked (None: of all).
    """

    dialect: Dialect
    now: datetime
    tz: tzinfo
    segments: Mapping[str, ir.Condition] = field(default_factory=dict)
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    among: str | None = None


def people_sql(condition: ir.Condition, question: Question) -> str:
    """SQL that selects the ids of the people for whom the condition holds.

    Raises ValueError where the condition asks about a run (`since entering`, a property of the
    entry event): all people at once are in no run.
    """
    test = expression(condition, question)
    only = "" if question.among is None else f" AND p.id IN ({question.among})"
    return f"SELECT p.id FROM people AS p WHERE ({test}){only}"


def expression(condition: ir.Condition, question: Question) -> str:
    """An expression about the row `p` of `people`; NULL, too, means that it does not hold."""
    clock = Clock(question.now, question.tz, question.zones)
    scope = _Scope(question, ENGINES[question.dialect], clock, _Row("p.id", lambda: "p"))
    return _test(condition, scope)


@record
class _Row:
    """Whom a part of a condition is about: their id, and their row of `people` if it is wanted.

    `event` is the row of `events` that a `where` is about.
    """

    person: str
    people: Callable[[], str]
    event: str | None = None


@record
class _Scope:
    question: Question
    engine: Engine
    clock: Clock
    row: _Row
    inside: tuple[str, ...] = ()
    depth: int = 0


def _test(condition: ir.Condition, scope: _Scope) -> str:
    engine = scope.engine
    match condition:
        case ir.AttributeTest():
            stored = _attribute(condition.attribute, scope)
            return compare(engine, stored, condition.op, condition.value, scope.clock)
        case ir.PropertyTest():
            if scope.row.event is None:
                none = passes(condition.op, None, condition.value, scope.clock.now, scope.clock.tz)
                return TRUE if none else FALSE
            stored = _property(condition.property, scope.row.event, scope)
            return compare(engine, stored, condition.op, condition.value, scope.clock)
        case ir.EntryTest():
            raise ValueError("a property of the entry event, outside of a run")
        case ir.EventTest():
            return _counted(condition, scope)
        case ir.AggregateTest():
            return _aggregate(condition, scope)
        case ir.HeldTest():
            return _held(condition, scope)
        case ir.SequenceTest():
            return _sequence(condition, scope)
        case ir.InactiveTest():
            return _inactive(condition, scope)
        case ir.SegmentTest():
            return _segment(condition.segment, scope)
        case ir.SubscribedTest():
            return _wants_messages(scope)
        case ir.ReachTest():
            address = ADDRESS[condition.can_receive]
            if address is None:
                return FALSE
            known = is_text(engine, _attribute(address, scope).value)
            return f"({_wants_messages(scope)} AND {known})"
        case ir.DrawTest():
            return _draw(condition, scope)
        case ir.ChurnTest() | ir.LikelyTest() | ir.TopTest():
            return FALSE  # the store keeps no predictions: for nobody one is known
        case ir.All():
            return _joined(" AND ", TRUE, _all(condition.all, scope))
        case ir.Any_():
            return _joined(" OR ", FALSE, (_test(part, scope) for part in condition.any))
        case ir.Not():
            return negated(_test(condition.not_, scope))


def _all(parts: Sequence[ir.Condition], scope: _Scope) -> list[str]:
    """Each part as a test; parts that count the same events are asked of one reading of them."""
    tests, seen = list[str](), dict[str, _Grouped]()
    for part in parts:
        grouped = _grouped(part, scope)
        if grouped is None:
            tests.append(_test(part, scope))
        else:
            # By how they are written: `1` and `yes` are equal in Python.
            known = seen.setdefault(repr(grouped.of), grouped)
            if known is not grouped:
                known.having.extend(grouped.having)
    return [*tests, *(each.sql(scope) for each in seen.values())]


@dataclass(slots=True)
class _Grouped:
    """Tests of all events of one person in a window; nobody without one passes them all."""

    of: tuple[str, ir.Window | None, ir.Condition | None]
    having: list[str]

    def sql(self, scope: _Scope) -> str:
        """Whether the person is among those who pass."""
        event, window, where = self.of
        events = _events(scope, event)
        events.within(window)
        events.where(where)
        found = f"SELECT {events.name}.person FROM {events.source()} WHERE {events.test()}"
        if self.having != [_ANY]:
            having = " AND ".join(f"({test})" for test in self.having)
            found += f" GROUP BY {events.name}.person HAVING {having}"
        return f"{scope.row.person} IN ({found})"


_ANY = "count(*) >= 1"


def _grouped(condition: ir.Condition, scope: _Scope) -> _Grouped | None:
    """A condition about the events of one name that is false for whoever has none of them."""
    match condition:
        case ir.EventTest(key=None):
            how, n = limit(condition.times)
            if n <= 0 or how == "fewer_than":
                return None
            having = f"count(*) {'=' if how == 'exactly' else '>='} {n}"
            return _Grouped((condition.event, condition.window, condition.where), [having])
        case ir.AggregateTest() if condition.of.function not in ("latest", "first"):
            of, op, value = condition.of, condition.op, condition.value
            none = made_of(of.function, (), None)
            if passes(op, none, value, scope.clock.now, scope.clock.tz):
                return None
            made = _made(of, value, f"e{scope.depth}", scope)
            test = compare_number(scope.engine, made, op, value)
            return _Grouped((of.event, of.window, of.where), [test])
    return None


def _joined(joint: str, empty: str, parts: Iterable[str]) -> str:
    return joint.join(f"({part})" for part in parts) or empty


def _attribute(name: str, scope: _Scope) -> Compared:
    return _compared(name, scope.row.people(), "attributes", scope.row.people)


def _property(name: str, event: str, scope: _Scope) -> Compared:
    return _compared(name, event, "properties", scope.row.people)


def _compared(name: str, table: str, column: str, people: Callable[[], str]) -> Compared:
    return Compared(
        Value(f"{table}.{column}", name),
        Value(f"{table}.folded", name),
        Value(f"{table}.dates", name),
        Value(f"{table}.dates", "", name),
        lambda: f"{people()}.timezone",
    )


def _wants_messages(scope: _Scope) -> str:
    return negated(scope.engine.flag(_attribute(UNSUBSCRIBED, scope).value, True))


def _segment(slug: str, scope: _Scope) -> str:
    segment = None if slug in scope.inside else scope.question.segments.get(slug)
    if segment is not None:
        row = replace(scope.row, event=None)
        return _test(segment, replace(scope, inside=(*scope.inside, slug), row=row))
    name = scope.engine.quote(slug)
    members = f"SELECT m.person FROM memberships AS m WHERE m.segment = {name}"
    return f"{scope.row.person} IN ({members})"


def _draw(condition: ir.DrawTest, scope: _Scope) -> str:
    factor, shift = draw.order(condition.draw)
    first, last = draw.edge(condition.from_), draw.edge(condition.to) - 1
    place = f"(CAST({factor} AS {scope.engine.bigint}) * {scope.row.people()}.lot + {shift})"
    return f"({place} % {draw.LOTS} BETWEEN {first} AND {last})"


def _held(condition: ir.HeldTest, scope: _Scope) -> str:
    now_so = compare(
        scope.engine, _attribute(condition.attribute, scope), "is", condition.held, scope.clock
    )
    changed = Value(f"{scope.row.people()}.changed", condition.attribute)
    since = micros(earlier(scope.clock.now, length(condition.for_)))
    return f"({now_so} AND {scope.engine.integer(changed)} <= {since})"


def _inactive(condition: ir.InactiveTest, scope: _Scope) -> str:
    since, now = earlier(scope.clock.now, length(condition.inactive)), scope.clock.now
    theirs = f"substr(i.name, 1, {len(OURS)}) <> {scope.engine.quote(OURS)}"
    active = (
        f"SELECT i.person FROM events AS i WHERE i.{AT} > {micros(since)}"
        f" AND i.{AT} <= {micros(now)} AND {theirs}{_only('i.person', scope)}"
    )
    known = f"{scope.row.people()}.created_at <= {micros(since)}"
    return f"({known} AND {scope.row.person} NOT IN ({active}))"


@dataclass(slots=True)
class _Events:
    """Rows of `events`, under a name of their own, joined with their people if that is wanted."""

    name: str
    people: str
    scope: _Scope
    tests: list[str] = field(default_factory=list)
    joined: bool = False

    def row(self) -> _Row:
        """What a `where` about one of them is about."""
        return _Row(f"{self.name}.person", self._join, self.name)

    def _join(self) -> str:
        self.joined = True
        return self.people

    def zone(self) -> str:
        """The column with the zone of whoever did them."""
        return f"{self._join()}.timezone"

    def where(self, condition: ir.Condition | None) -> None:
        """Leave only those that pass."""
        if condition is not None:
            inner = replace(self.scope, row=self.row(), depth=self.scope.depth + 1)
            self.tests.append(_test(condition, inner))

    def within(self, window: ir.Window | None) -> None:
        """Leave only those in a window, and no future ones."""
        self.tests += _window(window or ir.Window(), self)

    def source(self) -> str:
        """What stands behind FROM."""
        people = f" JOIN people AS {self.people} ON {self.people}.id = {self.name}.person"
        return f"events AS {self.name}{people if self.joined else ''}"

    def test(self) -> str:
        """What stands behind WHERE."""
        return " AND ".join(f"({test})" for test in self.tests)


def _events(scope: _Scope, *names: str) -> _Events:
    found = _Events(f"e{scope.depth}", f"q{scope.depth}", scope)
    column = f"{found.name}.name"
    named = [scope.engine.quote(name) for name in dict.fromkeys(names)]
    found.tests.append(
        f"{column} = {named[0]}" if len(named) == 1 else f"{column} IN ({', '.join(named)})"
    )
    if scope.question.among is not None:
        found.tests.append(f"{found.name}.person IN ({scope.question.among})")
    return found


def _only(person: str, scope: _Scope) -> str:
    among = scope.question.among
    return "" if among is None else f" AND {person} IN ({among})"


def _window(window: ir.Window, events: _Events) -> list[str]:
    scope, at = events.scope, f'{events.name}."at"'
    clock, engine, now = scope.clock, scope.engine, micros(scope.clock.now)
    if window.since is not None:
        raise ValueError("since entering, outside of a run")
    if window.last is not None:
        since = micros(earlier(clock.now, length(window.last)))
        return [f"{at} > {since}", f"{at} <= {now}"]
    if window.between_ago is not None:
        far = micros(earlier(clock.now, length(window.between_ago.far)))
        near = micros(earlier(clock.now, length(window.between_ago.near)))
        return [f"{at} >= {far}", f"{at} < {near}", f"{at} <= {now}"]
    first, last = window.since_date, None
    if window.between_dates is not None:
        first, last = window.between_dates
    elif window.calendar is not None:
        first, last = window.calendar, window.calendar
    if first is None:
        return [f"{at} <= {now}"]
    starts, (earliest, _) = window_edges(first, clock)
    # The plain bound, the same for all zones, is what an index can use.
    tests = [f"{at} >= {micros(earliest)}", f"{at} <= {now}"]
    start = edge_by_zone(starts, 0, events.zone, engine)
    if start != str(micros(earliest)):
        tests.append(f"{at} >= {start}")
    if last is not None:
        ends, (_, latest) = window_edges(last, clock)
        if micros(latest) <= now:
            tests[1] = f"{at} < {micros(latest)}"
        end = edge_by_zone(ends, 1, events.zone, engine)
        if end != str(micros(latest)) or micros(latest) > now:
            tests.append(f"{at} < {end}")
    return tests


def _counted(condition: ir.EventTest, scope: _Scope) -> str:
    if condition.key is not None:
        raise ValueError("the key of a run, outside of a run")
    op, n = limit(condition.times)
    if op == "exactly" and n > 0:
        return _so_often(condition, f"= {n}", scope)
    if n <= 0:
        never = negated(_so_often(condition, ">= 1", scope))
        return never if op == "exactly" else (TRUE if op == "at_least" else FALSE)
    enough = _so_often(condition, f">= {n}", scope)
    return enough if op == "at_least" else negated(enough)


def _so_often(condition: ir.EventTest, count: str, scope: _Scope) -> str:
    events = _events(scope, condition.event)
    events.within(condition.window)
    events.where(condition.where)
    grouped = "" if count == ">= 1" else f" GROUP BY {events.name}.person HAVING count(*) {count}"
    found = f"SELECT {events.name}.person FROM {events.source()} WHERE {events.test()}{grouped}"
    return f"{scope.row.person} IN ({found})"


def _aggregate(condition: ir.AggregateTest, scope: _Scope) -> str:
    of, op, value = condition.of, condition.op, condition.value
    clock = scope.clock
    events = _events(scope, of.event)
    events.within(of.window)
    events.where(of.where)
    name = events.name
    without = passes(op, made_of(of.function, (), None), value, clock.now, clock.tz)
    if of.function in ("latest", "first"):
        stored = _compared(of.property or "", "r", "properties", lambda: "r")
        kept = f"SELECT r.person FROM ({_ranked(events, of.function == 'latest')}) AS r"
        test = compare(scope.engine, stored, op, value, clock)
        found = f"{kept} WHERE r.place = 1 AND {negated(test) if without else test}"
    else:
        made = _made(of, value, name, scope)
        test = compare_number(scope.engine, made, op, value)
        found = (
            f"SELECT {name}.person FROM {events.source()} WHERE {events.test()}"
            f" GROUP BY {name}.person HAVING {negated(test) if without else test}"
        )
    return f"{scope.row.person} {'NOT ' if without else ''}IN ({found})"


def _ranked(events: _Events, last: bool) -> str:
    """The events of each person, numbered from the last or the first one."""
    name, order = events.name, " DESC" if last else ""
    people = events.row().people()
    uid = f"{name}.uid{events.scope.engine.binary}"
    return (
        f"SELECT {name}.person, {name}.properties, {name}.folded, {name}.dates, {people}.timezone,"
        f" row_number() OVER (PARTITION BY {name}.person ORDER BY {name}.{AT}{order}, {uid}{order})"
        f" AS place FROM {events.source()} WHERE {events.test()}"
    )


def _made(of: ir.Aggregate, value: ir.TestValue, name: str, scope: _Scope) -> str:
    if of.function == "number":
        return "count(*)"
    stored = Value(f"{name}.properties", of.property or "")
    number = amount(scope.engine, stored, _currency(value))
    if of.function == "smallest":
        return f"min({number})"
    if of.function == "largest":
        return f"max({number})"
    millionths = scope.engine.millionths(number)
    if of.function == "total":
        return f"coalesce(sum({millionths}), 0.0) / 1000000.0"
    return f"sum({millionths}) / count({number}) / 1000000.0"


def _currency(value: ir.TestValue) -> str | None:
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, ir.Money):
            return each.currency
    return None


def _sequence(condition: ir.SequenceTest, scope: _Scope) -> str:
    """Is there a second one soon after a first one?

    Looked up for each first one where an index leads there; else by a window over both kinds.
    """
    if scope.engine.looks_up:
        return _looked_up(condition, scope)
    first, then, within = condition.first, condition.then, length(condition.within)
    ticks = within // timedelta(microseconds=1)
    events = _events(scope, first.event, then.event)
    events.within(None)
    is_first, is_then = (_is(match_, events) for match_ in (first, then))
    person, at = f"{events.name}.person", f'{events.name}."at"'
    marked = (
        f"SELECT {person} AS person, {at} AS {AT}, {is_first} AS is_first,"
        f" CASE WHEN {is_then} = 1 THEN {at} END AS then_at"
        f" FROM {events.source()} WHERE {events.test()}"
    )
    following = (
        f"min(s.then_at) OVER (PARTITION BY s.person ORDER BY s.{AT}"
        " RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"
    )
    seen = f"SELECT s.person, s.{AT}, s.is_first, {following} AS next FROM ({marked}) AS s"
    came = f"t.next - t.{AT} <= {ticks}"
    if condition.missing:
        until = micros(earlier(scope.clock.now, within))
        came = f"t.{AT} <= {until} AND {negated(came)}"
    return (
        f"{scope.row.person} IN (SELECT t.person FROM ({seen}) AS t"
        f" WHERE t.is_first = 1 AND {came})"
    )


def _looked_up(condition: ir.SequenceTest, scope: _Scope) -> str:
    first, then, within = condition.first, condition.then, length(condition.within)
    ones = _events(scope, first.event)
    ones.within(None)
    ones.where(first.where)
    inner = replace(scope, depth=scope.depth + 1, question=replace(scope.question, among=None))
    others = _events(inner, then.event)
    others.within(None)
    others.where(then.where)
    one, other = ones.name, others.name
    ticks = within // timedelta(microseconds=1)
    came = (
        f"EXISTS (SELECT 1 FROM {others.source()} WHERE {other}.person = {one}.person"
        f" AND {other}.{AT} > {one}.{AT} AND {other}.{AT} <= {one}.{AT} + {ticks}"
        f" AND {others.test()})"
    )
    if condition.missing:
        until = micros(earlier(scope.clock.now, within))
        came = f"{one}.{AT} <= {until} AND NOT {came}"
    found = f"FROM {ones.source()} WHERE {ones.test()} AND {came}"
    if scope.engine.stops_early and scope.question.among is None:
        person = scope.row.person
        return f"EXISTS (SELECT 1 {found} AND {one}.person = {person})"
    return f"{scope.row.person} IN (SELECT {one}.person {found})"


def _is(match_: ir.EventMatch, events: _Events) -> str:
    test = f"{events.name}.name = {events.scope.engine.quote(match_.event)}"
    if match_.where is not None:
        inner = replace(events.scope, row=events.row(), depth=events.scope.depth + 1)
        test = f"{test} AND ({_test(match_.where, inner)})"
    return f"CASE WHEN {test} THEN 1 ELSE 0 END"
