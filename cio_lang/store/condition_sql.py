"""A condition over all people at once: condition in, SQL out.

The SQL selects the ids of exactly those people for whom `cio_lang.conditions.holds` is true.  It
reads `people(id, attributes, created_at)` and `events(person, name, at, properties)`; the
connection needs `register`.  Every part of it is 0 or 1, never NULL, so that `NOT` means not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from cio_lang import ir
from cio_lang.calendar_time import earlier
from cio_lang.conditions.evaluate import OURS
from cio_lang.conditions.values import length, passes
from cio_lang.store.value_sql import (
    Fragment,
    Test,
    micros,
    negated,
    register,
    value_test,
    window_edge,
)

__all__ = ["people_sql", "register"]


@dataclass(frozen=True, slots=True)
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
        case ir.InactiveTest():
            return _inactive(condition, scope)
        case ir.SegmentTest():
            slug = condition.segment
            segment = None if slug in scope.inside else scope.segments.get(slug)
            if segment is None:
                return "0", []
            return _expression(segment, replace(scope, inside=(*scope.inside, slug), event=None))
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


def _event_test(condition: ir.EventTest, scope: _Scope) -> Fragment:
    n = condition.times.n
    match condition.times.op:
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
    bounds, bound_values = _bounds(window, table, scope)
    where, where_values = _where(
        condition.where, replace(scope, event=table, depth=scope.depth + 1)
    )
    text = f"{table}.name = ? AND {bounds}{where}"
    values = [condition.event, *bound_values, *where_values]
    if window.calendar is not None:
        # The window differs by zone: the index finds who may have an event in theirs.
        exact, exact_values = _per_person(table, text, values, sign, n)
        since = micros(earlier(scope.now, _WIDEST[window.calendar]))
        return (
            "p.id IN (SELECT c.person FROM events AS c WHERE c.name = ? AND c.at >= ?"
            f" AND c.at <= ?) AND {exact}",
            [condition.event, since, micros(scope.now), *exact_values],
        )
    if window == ir.Window() or "p." in where:
        # All of history, or a `where` that looks at the person: one look-up for each of them.
        return _per_person(table, text, values, sign, n)
    groups = f" GROUP BY {table}.person HAVING count(*) {sign} ?" if (sign, n) != (">=", 1) else ""
    return (
        f"p.id IN (SELECT {table}.person FROM events AS {table} WHERE {text}{groups})",
        [*values, n] if groups else values,
    )


_WIDEST: Mapping[ir.CalendarWord, timedelta] = {
    "today": timedelta(days=3),
    "yesterday": timedelta(days=5),
    "this_week": timedelta(days=10),
    "this_month": timedelta(days=34),
}
"""How far back a calendar window can begin in any zone, with room to spare."""


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
    if window.calendar is not None:
        start, start_values = window_edge(window.calendar, False, now, scope.tz)
        end, end_values = window_edge(window.calendar, True, now, scope.tz)
        return (
            f"{at} >= {start} AND {at} < {end} AND {at} <= ?",
            [*start_values, *end_values, micros(now)],
        )
    return f"{at} <= ?", [micros(now)]


def _where(where: ir.Condition | None, scope: _Scope) -> Fragment:
    if where is None:
        return "", []
    text, values = _expression(where, scope)
    return f" AND ({text})", values


def _inactive(condition: ir.InactiveTest, scope: _Scope) -> Fragment:
    since = micros(earlier(scope.now, length(condition.inactive)))
    return (
        "p.created_at <= ? AND NOT EXISTS (SELECT 1 FROM events AS i WHERE i.person = p.id"
        " AND i.at > ? AND i.at <= ? AND substr(i.name, 1, ?) <> ?)",
        [since, since, micros(scope.now), len(OURS), OURS],
    )
