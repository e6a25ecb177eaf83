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


def expression(condition: ir.Condition, question: Question) -> str:
    """An expression about the row `p` of `people`; NULL, too, means that it does not hold."""
    return _test(condition, whole(question))


def whole(question: Question) -> Scope:
    """What a whole condition is asked in: about the row `p` of `people`."""
    clock = Clock(question.now, question.tz, question.zones)
    return Scope(question, ENGINES[question.dialect], clock, _Row("p.id", lambda: "p"))


@record
class _Row:
    """Whom a part of a condition is about: their id, and their row of `people` if it is wanted.

    `event` is the row of `events` that a `where` is about.
    """

    person: str
    people: Callable[[], str]
    event: str | None = None


@record
class Scope:
    """Where a part of a condition stands: the segments and the events around it."""

    question: Question
    engine: Engine
    clock: Clock
    row: _Row
    inside: tuple[str, ...] = ()
    depth: int = 0


def _test(condition: ir.Condition, scope: Scope) -> str:
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
            found = _counted(condition, scope)
            always = TRUE if limit(condition.times)[0] == "at_least" else FALSE
            return always if found is None else _among(found, scope)
        case ir.AggregateTest():
            return _among(_aggregate(condition, scope), scope)
        case ir.SequenceTest():
            if _of_each(scope):
                return f"EXISTS (SELECT 1 FROM {_followed(condition, scope, scope.row.person)})"
            return _among(_sequence(condition, scope), scope)
        case ir.HeldTest():
            return _held(condition, scope)
        case ir.InactiveTest():
            return _inactive(condition, scope)
        case ir.SegmentTest():
            inner = segment(condition.segment, scope)
            return _test(*inner) if inner else _among(_kept(condition.segment, scope), scope)
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


def _all(parts: Sequence[ir.Condition], scope: Scope) -> list[str]:
    """Each part as a test; parts that count the same events are asked of one reading of them."""
    tests, counted = list[str](), list[Found]()
    for part in parts:
        found = members(part, scope)
        if found is None:
            tests.append(_test(part, scope))
        else:
            counted.append(found)
    return [*tests, *(_among(each, scope) for each in merged(counted))]


@record
class Found:
    """People found elsewhere than in `people`: those for whom a condition holds, or all others.

    They are the `person`s of the rows that `source` names; of those whose rows, taken together,
    pass the tests of `having`, if there are any.
    """

    person: str
    source: str
    having: tuple[str, ...] = ()
    holds: bool = True

    def sql(self, once: bool = False) -> str:
        """SQL that selects their ids: each of them only `once`, if that is wanted."""
        distinct = "DISTINCT " if once and not self.having else ""
        found = f"SELECT {distinct}{self.person} FROM {self.source}"
        if self.having:
            having = " AND ".join(f"({test})" for test in self.having)
            found += f" GROUP BY {self.person} HAVING {having}"
        return found


def merged(found: Iterable[Found]) -> list[Found]:
    """Those for whom the condition holds, of the same rows, as one: they pass all the tests."""
    seen: dict[tuple[object, ...], Found] = {}
    for each in found:
        key = (each.source,) if each.holds else (each.source, each.having)
        known = seen.get(key)
        if known is None or not each.holds:
            seen[key] = each
        else:
            seen[key] = replace(known, having=(*known.having, *each.having))
    return list(seen.values())


def members(condition: ir.Condition, scope: Scope) -> Found | None:
    """Whom a single test finds; None where it is asked of each person."""
    if isinstance(condition, ir.EventTest):
        return _counted(condition, scope)
    if isinstance(condition, ir.AggregateTest):
        return _aggregate(condition, scope)
    if isinstance(condition, ir.SequenceTest) and not _of_each(scope):
        return _sequence(condition, scope)
    if isinstance(condition, ir.SegmentTest) and segment(condition.segment, scope) is None:
        return _kept(condition.segment, scope)
    return None


def _among(found: Found, scope: Scope) -> str:
    return f"{scope.row.person} {'' if found.holds else 'NOT '}IN ({found.sql()})"


def _joined(joint: str, empty: str, parts: Iterable[str]) -> str:
    return joint.join(f"({part})" for part in parts) or empty


def _attribute(name: str, scope: Scope) -> Compared:
    return _compared(name, scope.row.people(), "attributes", scope.row.people)


def _property(name: str, event: str, scope: Scope) -> Compared:
    return _compared(name, event, "properties", scope.row.people)


def _compared(name: str, table: str, column: str, people: Callable[[], str]) -> Compared:
    return Compared(
        Value(f"{table}.{column}", name),
        Value(f"{table}.folded", name),
        Value(f"{table}.dates", name),
        Value(f"{table}.dates", "", name),
        lambda: f"{people()}.timezone",
    )


def _wants_messages(scope: Scope) -> str:
    return negated(scope.engine.flag(_attribute(UNSUBSCRIBED, scope).value, True))


def segment(slug: str, scope: Scope) -> tuple[ir.Condition, Scope] | None:
    """The condition of a segment and what it is asked in; None where its members are known."""
    found = None if slug in scope.inside else scope.question.segments.get(slug)
    if found is None:
        return None
    row = replace(scope.row, event=None)
    return found, replace(scope, inside=(*scope.inside, slug), row=row)


def _kept(slug: str, scope: Scope) -> Found:
    return Found("m.person", f"memberships AS m WHERE m.segment = {scope.engine.quote(slug)}")


def _draw(condition: ir.DrawTest, scope: Scope) -> str:
    factor, shift = draw.order(condition.draw)
    first, last = draw.edge(condition.from_), draw.edge(condition.to) - 1
    place = f"(CAST({factor} AS {scope.engine.bigint}) * {scope.row.people()}.lot + {shift})"
    return f"({place} % {draw.LOTS} BETWEEN {first} AND {last})"


def _held(condition: ir.HeldTest, scope: Scope) -> str:
    now_so = compare(
        scope.engine, _attribute(condition.attribute, scope), "is", condition.held, scope.clock
    )
    changed = Value(f"{scope.row.people()}.changed", condition.attribute)
    since = micros(earlier(scope.clock.now, length(condition.for_)))
    return f"({now_so} AND {scope.engine.integer(changed)} <= {since})"


def _inactive(condition: ir.InactiveTest, scope: Scope) -> str:
    since, now = earlier(scope.clock.now, length(condition.inactive)), scope.clock.now
    person, among = scope.row.person, scope.question.among
    name, after = f"i.name{scope.engine.binary}", OURS[:-1] + chr(ord(OURS[-1]) + 1)
    ours = f"{name} >= {scope.engine.quote(OURS)} AND {name} < {scope.engine.quote(after)}"
    active = (
        f"FROM events AS i WHERE i.{AT} > {micros(since)} AND i.{AT} <= {micros(now)}"
        f" AND NOT ({ours})"
    )
    if among is not None:
        never = f"{person} NOT IN (SELECT i.person {active} AND i.person IN ({among}))"
    elif scope.engine.joins_what_is_not:
        never = f"NOT EXISTS (SELECT 1 {active} AND i.person = {person})"
    else:
        never = f"{person} NOT IN (SELECT i.person {active})"
    return f"({scope.row.people()}.created_at <= {micros(since)} AND {never})"


@dataclass(slots=True)
class _Events:
    """Rows of `events`, under a name of their own, joined with their people if that is wanted."""

    name: str
    people: str
    scope: Scope
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
        tests = " AND ".join(f"({test})" for test in self.tests)
        return f"events AS {self.name}{people if self.joined else ''} WHERE {tests}"

    def found(self, having: Iterable[str] = (), holds: bool = True) -> Found:
        """Whose they are."""
        return Found(f"{self.name}.person", self.source(), tuple(having), holds)


def _events(scope: Scope, *names: str) -> _Events:
    found = _Events(f"e{scope.depth}", f"q{scope.depth}", scope)
    column = f"{found.name}.name"
    named = [scope.engine.quote(name) for name in dict.fromkeys(names)]
    found.tests.append(
        f"{column} = {named[0]}" if len(named) == 1 else f"{column} IN ({', '.join(named)})"
    )
    if scope.question.among is not None:
        found.tests.append(f"{found.name}.person IN ({scope.question.among})")
    return found


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


def _counted(condition: ir.EventTest, scope: Scope) -> Found | None:
    """None where it is so, or not, for everybody."""
    if condition.key is not None:
        raise ValueError("the key of a run, outside of a run")
    op, n = limit(condition.times)
    if n <= 0 and op != "exactly":
        return None
    events = _events(scope, condition.event)
    events.within(condition.window)
    events.where(condition.where)
    if op == "exactly" and n > 0:
        return events.found([f"count(*) = {n}"])
    return events.found([f"count(*) >= {n}"] if n > 1 else [], op == "at_least")


def _aggregate(condition: ir.AggregateTest, scope: Scope) -> Found:
    of, op, value = condition.of, condition.op, condition.value
    clock = scope.clock
    events = _events(scope, of.event)
    events.within(of.window)
    events.where(of.where)
    # Whoever has none of them passes, too: then those are found who do not.
    without = passes(op, made_of(of.function, (), None), value, clock.now, clock.tz)
    if of.function in ("latest", "first"):
        stored = _compared(of.property or "", "r", "properties", lambda: "r")
        test = compare(scope.engine, stored, op, value, clock)
        kept = f"r.place = 1 AND {negated(test) if without else test}"
        ranked = _ranked(events, of.function == "latest")
        return Found("r.person", f"({ranked}) AS r WHERE {kept}", holds=not without)
    test = compare_number(scope.engine, _made(of, value, events.name, scope), op, value)
    return events.found([negated(test) if without else test], not without)


def _ranked(events: _Events, last: bool) -> str:
    """The events of each person, numbered from the last or the first one."""
    name, order = events.name, " DESC" if last else ""
    people = events.row().people()
    uid = f"{name}.uid{events.scope.engine.binary}"
    return (
        f"SELECT {name}.person, {name}.properties, {name}.folded, {name}.dates, {people}.timezone,"
        f" row_number() OVER (PARTITION BY {name}.person ORDER BY {name}.{AT}{order}, {uid}{order})"
        f" AS place FROM {events.source()}"
    )


def _made(of: ir.Aggregate, value: ir.TestValue, name: str, scope: Scope) -> str:
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


def _of_each(scope: Scope) -> bool:
    """Whether a sequence is better looked for in what one person did, and then the next."""
    return scope.engine.stops_early and scope.question.among is None


def _sequence(condition: ir.SequenceTest, scope: Scope) -> Found:
    """Is there a second one soon after a first one?

    Looked up for each first one; where an engine cannot, by a window over both kinds.
    """
    if scope.engine.looks_up:
        return Found(f"e{scope.depth}.person", _followed(condition, scope))
    first, then, within = condition.first, condition.then, length(condition.within)
    ticks = within // timedelta(microseconds=1)
    events = _events(scope, first.event, then.event)
    events.within(None)
    is_first, is_then = (_is(match_, events) for match_ in (first, then))
    person, at = f"{events.name}.person", f'{events.name}."at"'
    marked = (
        f"SELECT {person} AS person, {at} AS {AT}, {is_first} AS is_first,"
        f" CASE WHEN {is_then} = 1 THEN {at} END AS then_at"
        f" FROM {events.source()}"
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
    return Found("t.person", f"({seen}) AS t WHERE t.is_first = 1 AND {came}")


def _followed(condition: ir.SequenceTest, scope: Scope, person: str | None = None) -> str:
    """Rows of first ones (of one `person`) that a second one comes soon after."""
    first, then, within = condition.first, condition.then, length(condition.within)
    ones = _events(scope, first.event)
    ones.within(None)
    ones.where(first.where)
    inner = replace(scope, depth=scope.depth + 1, question=replace(scope.question, among=None))
    others = _events(inner, then.event)
    one, other = ones.name, others.name
    ticks = within // timedelta(microseconds=1)
    others.tests += [
        f"{other}.person = {one}.person",
        f"{other}.{AT} > {one}.{AT}",
        f"{other}.{AT} <= {one}.{AT} + {ticks}",
    ]
    others.within(None)
    others.where(then.where)
    came = f"EXISTS (SELECT 1 FROM {others.source()})"
    if condition.missing:
        until = micros(earlier(scope.clock.now, within))
        came = f"{one}.{AT} <= {until} AND NOT {came}"
    ones.tests.append(came)
    if person is not None:
        ones.tests.append(f"{one}.person = {person}")
    return ones.source()


def _is(match_: ir.EventMatch, events: _Events) -> str:
    test = f"{events.name}.name = {events.scope.engine.quote(match_.event)}"
    if match_.where is not None:
        inner = replace(events.scope, row=events.row(), depth=events.scope.depth + 1)
        test = f"{test} AND ({_test(match_.where, inner)})"
    return f"CASE WHEN {test} THEN 1 ELSE 0 END"
