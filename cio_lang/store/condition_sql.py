"""A condition over all people at once: condition in, SQL out.

The SQL selects the ids of exactly those people for whom `cio_lang.conditions.holds` is true.  It
reads `people(id, key, attributes, created_at)` and `events(person, name, at, properties)`; the
connection needs `register`.  Every part of it is 0 or 1, never NULL, so that `NOT` means not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from cio_lang import draw, ir
from cio_lang.calendar_time import day_window, earlier
from cio_lang.conditions.counting import limit, made_of
from cio_lang.conditions.evaluate import ADDRESS, OURS, UNSUBSCRIBED
from cio_lang.conditions.values import DATE_OPS, length, passes
from cio_lang.record import record
from cio_lang.store.value_sql import (
    Fragment,
    Test,
    is_text,
    made_test,
    micros,
    negated,
    register,
    value_test,
    window_edge,
)

__all__ = ["people_sql", "register"]


@record
class _Scope:
    """Where a part of a condition stands: `event` is the table of the event that it is about."""

    now: datetime
    tz: tzinfo
    segments: Mapping[str, ir.Condition]
    inside: tuple[str, ...] = ()
    event: str | None = None
    depth: int = 0


def people_sql(
    condition: ir.Condition, now: datetime, tz: tzinfo, segments: Mapping[str, ir.Condition]
) -> tuple[str, list[object]]:
    """SQL and its parameters that select the ids of the people for whom the condition holds.

    `tz` is the zone of people without one.  Raises ValueError where the condition asks about a run
    (`since entering`, a property of the entry event): all people at once are in no run.
    """
    text, values = _expression(condition, _Scope(now, tz, segments))
    return f"SELECT p.id FROM people AS p WHERE {text}", values


def _expression(condition: ir.Condition, scope: _Scope) -> Fragment:
    match condition:
        case ir.AttributeTest():
            return value_test(
                Test(
                    "p.attributes",
                    condition.attribute,
                    condition.op,
                    condition.value,
                    scope.now,
                    scope.tz,
                )
            )
        case ir.PropertyTest():
            if scope.event is None:
                absent = passes(condition.op, None, condition.value, scope.now, scope.tz)
                return str(int(absent)), []
            return value_test(
                Test(
                    f"{scope.event}.properties",
                    condition.property,
                    condition.op,
                    condition.value,
                    scope.now,
                    scope.tz,
                )
            )
        case ir.EntryTest():
            raise ValueError("a property of the entry event, outside of a run")
        case ir.EventTest():
            return _event_test(condition, scope)
        case ir.AggregateTest():
            return _aggregate(condition, scope)
        case ir.SequenceTest():
            return _sequence(condition, scope)
        case ir.InactiveTest():
            return _inactive(condition, scope)
        case ir.SegmentTest():
            slug = condition.segment
            segment = None if slug in scope.inside else scope.segments.get(slug)
            if segment is None:
                return "0", []
            return _expression(segment, replace(scope, inside=(*scope.inside, slug), event=None))
        case ir.SubscribedTest():
            return _WANTS_MESSAGES, []
        case ir.ReachTest():
            address = ADDRESS[condition.can_receive]
            if address is None:
                return "0", []
            text, values = is_text("p.attributes", address, scope.now, scope.tz)
            return f"{_WANTS_MESSAGES} AND {text}", values
        case ir.HeldTest() | ir.ChurnTest() | ir.LikelyTest() | ir.TopTest():
            # The store keeps neither when a value changed nor predictions: for nobody it is known.
            return "0", []
        case ir.DrawTest():
            factor, summand = draw.order(condition.draw)
            start, end = draw.edge(condition.from_), draw.edge(condition.to)
            return (
                f"(? * cio_lot(p.key) + ?) % {draw.LOTS} BETWEEN ? AND ?",
                [factor, summand, start, end - 1],
            )
        case ir.All():
            return _joined(" AND ", "1", condition.all, scope)
        case ir.Any_():
            return _joined(" OR ", "0", condition.any, scope)
        case ir.Not():
            return negated(_expression(condition.not_, scope))


def _joined(joint: str, empty: str, parts: tuple[ir.Condition, ...], scope: _Scope) -> Fragment:
    fragments = [_expression(part, scope) for part in parts]
    text = joint.join(f"({text})" for text, _ in fragments) or empty
    return text, [value for _, values in fragments for value in values]


_WANTS_MESSAGES = f"json_type(p.attributes, '$.{UNSUBSCRIBED}') IS NOT 'true'"


def _event_test(condition: ir.EventTest, scope: _Scope) -> Fragment:
    if condition.key is not None:
        raise ValueError("the key of a run, outside of a run")
    op, n = limit(condition.times)
    match op:
        case "at_least":
            return _counted(condition, scope, ">=", n) if n > 0 else ("1", [])
        case "fewer_than":
            return negated(_counted(condition, scope, ">=", n)) if n > 0 else ("0", [])
        case "exactly" if n == 0:
            return negated(_counted(condition, scope, ">=", 1))
        case "exactly":
            return _counted(condition, scope, "=", n)


def _counted(condition: ir.EventTest, scope: _Scope, sign: str, n: int) -> Fragment:
    """Whether the person did the event so often (`n` is at least 1)."""
    table = f"e{scope.depth}"
    window = condition.window or ir.Window()
    text, values = _events(condition.event, condition.where, window, table, scope)
    oldest = _oldest(window, scope.now)
    if oldest is not None:
        # The window differs by zone: the index finds who may have an event in theirs.
        exact, exact_values = _per_person(table, text, values, sign, n)
        return (
            "p.id IN (SELECT c.person FROM events AS c WHERE c.name = ? AND c.at >= ?"
            f" AND c.at <= ?) AND {exact}",
            [condition.event, micros(oldest), micros(scope.now), *exact_values],
        )
    if window == ir.Window() or "p." in text:
        # All of history, or a `where` that looks at the person: one look-up for each of them.
        return _per_person(table, text, values, sign, n)
    groups = f" GROUP BY {table}.person HAVING count(*) {sign} ?" if (sign, n) != (">=", 1) else ""
    return (
        f"p.id IN (SELECT {table}.person FROM events AS {table} WHERE {text}{groups})",
        [*values, n] if groups else values,
    )


def _events(
    name: str, where: ir.Condition | None, window: ir.Window, table: str, scope: _Scope
) -> Fragment:
    """Which events count: those with a name, in a window, that pass a `where`."""
    bounds, bound_values = _bounds(window, table, scope)
    text, values = f"{table}.name = ? AND {bounds}", [name, *bound_values]
    if where is not None:
        inner = replace(scope, event=table, depth=scope.depth + 1)
        where_text, where_values = _expression(where, inner)
        return f"{text} AND ({where_text})", [*values, *where_values]
    return text, values


_WIDEST: Mapping[ir.CalendarWord, timedelta] = {
    "today": timedelta(days=3),
    "yesterday": timedelta(days=5),
    "this_week": timedelta(days=10),
    "last_week": timedelta(days=17),
    "this_month": timedelta(days=34),
    "last_month": timedelta(days=65),
    "this_year": timedelta(days=369),
    "last_year": timedelta(days=735),
}
"""How far back a calendar window can begin in any zone, with room to spare."""


def _oldest(window: ir.Window, now: datetime) -> datetime | None:
    """Where a window that differs by zone begins at the earliest; None for one that does not."""
    if window.calendar is not None:
        return earlier(now, _WIDEST[window.calendar])
    first = window.between_dates[0] if window.between_dates else window.since_date
    if first is None:
        return None
    return earlier(day_window(date.fromisoformat(first), UTC)[0], timedelta(days=3))


def _per_person(table: str, text: str, values: list[object], sign: str, n: int) -> Fragment:
    source = f"FROM events AS {table} WHERE {table}.person = p.id AND {text}"
    if (sign, n) == (">=", 1):
        return f"EXISTS (SELECT 1 {source})", values
    return f"(SELECT count(*) FROM (SELECT 1 {source} LIMIT ?)) {sign} ?", [*values, n + 1, n]


def _bounds(window: ir.Window, table: str, scope: _Scope) -> Fragment:
    """The times in a window."""
    now, at = scope.now, f"{table}.at"
    if window.since is not None:
        raise ValueError("since entering, outside of a run")
    if window.last is not None:
        since = micros(earlier(now, length(window.last)))
        return f"{at} > ? AND {at} <= ?", [since, micros(now)]
    if window.between_ago is not None:
        far = micros(earlier(now, length(window.between_ago.far)))
        near = micros(earlier(now, length(window.between_ago.near)))
        return f"{at} >= ? AND {at} < ?", [far, near]
    if window.since_date is not None:
        start, start_values = window_edge(window.since_date, False, now, scope.tz)
        return f"{at} >= {start} AND {at} <= ?", [*start_values, micros(now)]
    ends: tuple[str, str] | None = window.between_dates
    if window.calendar is not None:
        ends = (window.calendar, window.calendar)
    if ends is not None:
        start, start_values = window_edge(ends[0], False, now, scope.tz)
        end, end_values = window_edge(ends[1], True, now, scope.tz)
        return (
            f"{at} >= {start} AND {at} < {end} AND {at} <= ?",
            [*start_values, *end_values, micros(now)],
        )
    return f"{at} <= ?", [micros(now)]


_AS_TIMES: Mapping[ir.Op, Literal["at_least", "exactly", "fewer_than", "more_than", "at_most"]] = {
    "is": "exactly",
    "more_than": "more_than",
    "at_least": "at_least",
    "less_than": "fewer_than",
    "at_most": "at_most",
}


def _aggregate(condition: ir.AggregateTest, scope: _Scope) -> Fragment:
    of, table = condition.of, f"e{scope.depth}"
    text, values = _events(of.event, of.where, of.window or ir.Window(), table, scope)
    zoned = condition.op in DATE_OPS or "p." in text
    n = condition.value
    if of.function == "number" and isinstance(n, int) and not isinstance(n, bool):
        times = _AS_TIMES.get(condition.op)
        if times is not None:
            test_ = ir.EventTest(of.event, of.where, ir.Times(times, n), of.window)
            return _event_test(test_, scope)
    test = Test(f"{table}.properties", "", condition.op, condition.value, scope.now, scope.tz)
    (made, made_values), (none, none_values) = made_test(
        of, test, f"{table}.at", f"{table}.uid", zoned
    )
    if zoned:
        return (
            f"ifnull((SELECT {made} FROM events AS {table} WHERE {table}.person = p.id AND {text}),"
            f" {none})",
            [*made_values, *values, *none_values],
        )
    without = passes(
        condition.op, made_of(of.function, (), None), condition.value, scope.now, scope.tz
    )
    return (
        f"p.id {'NOT ' if without else ''}IN (SELECT {table}.person FROM events AS {table}"
        f" WHERE {text} GROUP BY {table}.person HAVING {made} = ?)",
        [*values, *made_values, int(not without)],
    )


def _sequence(condition: ir.SequenceTest, scope: _Scope) -> Fragment:
    first, then, within = condition.first, condition.then, length(condition.within)
    a, b = f"e{scope.depth}", f"e{scope.depth + 1}"
    deeper = replace(scope, depth=scope.depth + 1)
    first_text, first_values = _events(first.event, first.where, ir.Window(), a, deeper)
    then_text, then_values = _events(then.event, then.where, ir.Window(), b, deeper)
    ticks = within // timedelta(microseconds=1)
    came = (
        f"EXISTS (SELECT 1 FROM events AS {b} WHERE {b}.person = {a}.person"
        f" AND {b}.at > {a}.at AND {b}.at <= {a}.at + ? AND {then_text})"
    )
    text, values = f"{first_text} AND {came}", [*first_values, ticks, *then_values]
    if condition.missing:
        text = f"{first_text} AND {a}.at <= ? AND NOT {came}"
        values = [*first_values, micros(earlier(scope.now, within)), ticks, *then_values]
    if "p." in text:
        text = f"{a}.person = p.id AND {text}"
        return f"EXISTS (SELECT 1 FROM events AS {a} WHERE {text})", values
    return f"p.id IN (SELECT {a}.person FROM events AS {a} WHERE {text})", values


def _inactive(condition: ir.InactiveTest, scope: _Scope) -> Fragment:
    since = micros(earlier(scope.now, length(condition.inactive)))
    return (
        "p.created_at <= ? AND NOT EXISTS (SELECT 1 FROM events AS i WHERE i.person = p.id"
        " AND i.at > ? AND i.at <= ? AND substr(i.name, 1, ?) <> ?)",
        [since, since, micros(scope.now), len(OURS), OURS],
    )
