"""One comparison of a stored value, as SQL: NULL or false where it does not hold.

`negated` alone makes true of NULL.  What is compared stands in a `Compared`: the value itself and
what was worked out beside it when it was written (`cio_lang.store.beside`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal

from cio_lang import ir
from cio_lang.calendar_time import (
    anniversary,
    calendar_days,
    calendar_window,
    day_ago,
    day_ahead,
    day_window,
    earlier,
    later,
    local_day,
    parse_duration,
)
from cio_lang.conditions.values import edges_of, is_number, length, span
from cio_lang.record import record
from cio_lang.store.condition_sql.engines import ELEMENT, Engine, Value

FALSE, TRUE = "(1 = 0)", "(1 = 1)"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Edges = tuple[datetime, datetime]

Zone = Callable[[], str]

DayOp = Literal[
    "before",
    "after",
    "in_next",
    "in_last",
    "more_than_ago",
    "less_than_ago",
    "more_than_ahead",
    "ago",
    "ahead",
    "during",
]


@record
class Clock:
    """When it is, and where people live.

    `zones` are the zones that people have, by the name in `column`; whoever has none lives in `tz`.
    """

    now: datetime
    tz: tzinfo
    zones: Mapping[str, tzinfo]

    def everywhere(self) -> Iterator[tuple[str | None, tzinfo]]:
        """Every zone with its name, the workspace's last, by None."""
        yield from self.zones.items()
        yield None, self.tz


@record
class Compared:
    """A stored value: as it is, its casefolded text, its instant and its day in the year.

    `zone` names the column with the zone of the person that it is of, where that is needed.
    """

    value: Value
    folded: Value
    date: Value
    day: Value
    zone: Zone


def micros(at: datetime) -> int:
    """An instant as the store has it."""
    return (at - EPOCH) // timedelta(microseconds=1)


def negated(test: str) -> str:
    """True where a test is false or NULL."""
    return f"NOT coalesce({test}, {FALSE})"


def compare(
    engine: Engine, compared: Compared, op: ir.Op, value: ir.TestValue, clock: Clock
) -> str:
    """Whether a stored value passes a comparison."""
    match op:
        case "is":
            return _one_of(engine, compared, (value,))
        case "is_not":
            return negated(_one_of(engine, compared, (value,)))
        case "one_of":
            return _one_of(engine, compared, _each(value))
        case "not_one_of":
            return negated(_one_of(engine, compared, _each(value)))
        case "known":
            return engine.known(compared.value)
        case "unknown":
            return negated(engine.known(compared.value))
        case "more_than" | "at_least" | "less_than" | "at_most":
            return _ordered(engine, compared.value, _SIGNS[op], value)
        case "between":
            low, high = _each(value)
            above = _ordered(engine, compared.value, ">=", low)
            return f"({above} AND {_ordered(engine, compared.value, '<=', high)})"
        case "starts_with" | "ends_with" | "contains":
            return _part(engine, compared, op, value)
        case "does_not_contain":
            return negated(_part(engine, compared, "contains", value))
        case "includes":
            return _includes(engine, compared, value)
        case "does_not_include":
            return negated(_includes(engine, compared, value))
        case (
            "before"
            | "after"
            | "in_next"
            | "in_last"
            | "more_than_ago"
            | "less_than_ago"
            | "more_than_ahead"
            | "ago"
            | "ahead"
            | "during"
        ):
            if not isinstance(value, str):
                return FALSE
            return _dated(engine, engine.integer(compared.date), op, value, clock, compared.zone)
        case "during_yearly":
            if not isinstance(value, str):
                return FALSE
            return _yearly(engine, engine.integer(compared.day), value, clock, compared.zone)


def compare_number(engine: Engine, number: str, op: ir.Op, value: ir.TestValue) -> str:
    """The same for a number that was made of many: a total, an average, …"""
    match op:
        case "is" | "one_of":
            return _numbers_among(number, _each(value))
        case "is_not" | "not_one_of":
            return negated(_numbers_among(number, _each(value)))
        case "known":
            return f"{number} IS NOT NULL"
        case "unknown":
            return f"{number} IS NULL"
        case "more_than" | "at_least" | "less_than" | "at_most":
            wanted = _plain(value)
            return FALSE if wanted is None else f"{number} {_SIGNS[op]} {engine.double_of(wanted)}"
        case "between":
            low, high = (_plain(each) for each in _each(value))
            if low is None or high is None:
                return FALSE
            return f"{number} BETWEEN {engine.double_of(low)} AND {engine.double_of(high)}"
        case "does_not_contain" | "does_not_include":
            return TRUE
        case "starts_with" | "ends_with" | "contains" | "includes":
            return FALSE
        case (
            "before"
            | "after"
            | "in_next"
            | "in_last"
            | "more_than_ago"
            | "less_than_ago"
            | "more_than_ahead"
            | "ago"
            | "ahead"
            | "during"
            | "during_yearly"
        ):
            return FALSE  # what is made of many numbers is a number, and no date


def window_edges(word: str, clock: Clock) -> tuple[dict[str | None, Edges], Edges]:
    """[start, end) of a calendar span or a day, by zone (None: the workspace's), and around all."""
    as_span = span(word)

    def edges(tz: tzinfo) -> Edges:
        if as_span is None:
            return day_window(date.fromisoformat(word), tz)
        return calendar_window(as_span, clock.now, tz)

    found = {name: edges(tz) for name, tz in clock.everywhere()}
    return found, (min(low for low, _ in found.values()), max(high for _, high in found.values()))


def by_zone(found: Mapping[str | None, str], zone: Zone, engine: Engine) -> str:
    """The expression that is for the zone in a column; None is for people without one."""
    default = found[None]
    named: dict[str, list[str]] = {}
    for name, sql in found.items():
        if name is not None and sql != default:
            named.setdefault(sql, []).append(name)
    if not named:
        return default
    column = zone()
    arms = " ".join(
        f"WHEN {column} IN ({', '.join(map(engine.quote, sorted(names)))}) THEN {sql}"
        for sql, names in sorted(named.items())
    )
    return f"CASE {arms} ELSE {default} END"


def edge_by_zone(
    found: Mapping[str | None, Edges], end: Literal[0, 1], zone: Zone, engine: Engine
) -> str:
    """The start or the end of a stretch of time for the zone in a column."""
    return by_zone({name: str(micros(edges[end])) for name, edges in found.items()}, zone, engine)


def is_text(engine: Engine, value: Value) -> str:
    """Whether a value is text that is not empty."""
    return f"{engine.text(value)} <> ''"


def amount(engine: Engine, value: Value, currency: str | None) -> str:
    """A value as a number: a plain one, or an amount of money (in a currency, if there is one)."""
    return engine.number_or(value, _money(engine, value, currency))


def _money(engine: Engine, value: Value, currency: str | None) -> str:
    unit = engine.text(value.part("currency"))
    of = f"{unit} IS NOT NULL" if currency is None else f"{unit} = {engine.quote(currency)}"
    return f"CASE WHEN {of} THEN {engine.number(value.part('amount'))} END"


_SIGNS = {"more_than": ">", "at_least": ">=", "less_than": "<", "at_most": "<="}


def _one_of(engine: Engine, compared: Compared, values: Sequence[object]) -> str:
    texts = sorted({each.casefold() for each in values if isinstance(each, str) and each})
    tests = []
    if texts:
        # A text that is its own casefold stands as it is, and one that is not beside it.
        same = [text for text in texts if text.casefold() == text]
        if same == texts:
            tests.append(engine.one_of(compared.value, texts))
            beside = engine.one_of(compared.folded, texts)
            tests.append(f"({compared.folded.column} IS NOT NULL AND {beside})")
        else:
            listed = ", ".join(map(engine.quote, texts))
            tests.append(f"{_folded_text(engine, compared)} IN ({listed})")
    for flag in (True, False):
        if any(each is flag for each in values):
            tests.append(engine.flag(compared.value, flag))
    for each in values:
        if _plain(each) is not None:
            tests.append(_ordered(engine, compared.value, "=", each))
    return _either(tests)


def _folded_text(engine: Engine, compared: Compared) -> str:
    return f"coalesce({engine.text(compared.folded)}, {engine.text(compared.value)})"


def _part(engine: Engine, compared: Compared, op: str, value: ir.TestValue) -> str:
    wanted = value.casefold() if isinstance(value, str) else str(value).casefold()
    stored = _folded_text(engine, compared)
    if wanted == "":
        return f"{stored} <> ''"
    if op == "starts_with":
        return engine.starts(stored, wanted)
    return engine.ends(stored, wanted) if op == "ends_with" else engine.contains(stored, wanted)


def _includes(engine: Engine, compared: Compared, value: ir.TestValue) -> str:
    if isinstance(value, str):
        if value == "":
            return FALSE
        test = f"{engine.text(ELEMENT)} = {engine.quote(value.casefold())}"
        folded = engine.element(compared.folded, test)
        return f"({folded} OR {engine.element(compared.value, test)})"
    if isinstance(value, bool):
        return engine.element(compared.value, engine.flag(ELEMENT, value))
    if _plain(value) is None:
        return FALSE
    return engine.element(compared.value, _ordered(engine, ELEMENT, "=", value))


def _ordered(engine: Engine, value: Value, sign: str, wanted: object) -> str:
    number = _plain(wanted)
    if number is None:
        return FALSE
    currency = wanted.currency if isinstance(wanted, ir.Money) else None
    return engine.ordered(value, sign, number, _money(engine, value, currency))


def _numbers_among(number: str, values: Iterable[object]) -> str:
    plain = [each for each in map(_plain, values) if each is not None]
    return _either([f"{number} = {each!r}" for each in plain])


def _plain(value: object) -> float | None:
    """A number of a graph as a double; None for what is none."""
    amount_of = value.amount if isinstance(value, ir.Money) else value
    return float(amount_of) if is_number(amount_of) else None


def _either(tests: Sequence[str]) -> str:
    if not tests:
        return FALSE
    return tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"


def _dated(engine: Engine, at: str, op: DayOp, value: str, clock: Clock, zone: Zone) -> str:
    now = micros(clock.now)
    match op:
        case "in_next":
            return f"({at} > {now} AND {at} <= {micros(later(clock.now, length(value)))})"
        case "in_last" | "less_than_ago":
            return f"({at} > {micros(earlier(clock.now, length(value)))} AND {at} <= {now})"
        case "more_than_ago":
            return f"{at} <= {micros(earlier(clock.now, length(value)))}"
        case "more_than_ahead":
            return f"{at} > {micros(later(clock.now, length(value)))}"
        case "before" | "after" | "ago" | "ahead" | "during":
            found = _stretches(op, value, clock)
    if found is None:
        return FALSE
    start, end = (edge_by_zone(found, which, zone, engine) for which in (0, 1))
    if op == "before":
        return f"{at} < {start}"
    return f"{at} >= {end}" if op == "after" else f"({at} >= {start} AND {at} < {end})"


def _stretches(op: str, value: str, clock: Clock) -> dict[str | None, Edges] | None:
    """The day, time or calendar span that a date is compared with, by zone."""

    def edges(tz: tzinfo) -> Edges | None:
        if op == "ago":
            return day_ago(clock.now, parse_duration(value), tz)
        if op == "ahead":
            return day_ahead(clock.now, parse_duration(value), tz)
        if op == "during":
            word = span(value)
            return None if word is None else calendar_window(word, clock.now, tz)
        return edges_of(value, tz)

    found = {name: edges(tz) for name, tz in clock.everywhere()}
    known = {name: each for name, each in found.items() if each is not None}
    return known if len(known) == len(found) else None


def _yearly(engine: Engine, day: str, value: str, clock: Clock, zone: Zone) -> str:
    word = span(value)
    if word is None:
        return FALSE
    found: dict[str | None, str] = {}
    for name, tz in clock.everywhere():
        days = sorted(_days_in(*calendar_days(word, local_day(clock.now, tz))))
        found[name] = f"{day} IN ({', '.join(map(str, days))})"
    return by_zone(found, zone, engine)


def _days_in(first: date, after: date) -> set[int]:
    """The days of the year (month × 100 + day) that come round in [first, after)."""
    found: set[int] = set()
    for step in range((after - first).days):
        each = first + timedelta(days=step)
        found.add(each.month * 100 + each.day)
        if (each.month, each.day) == (2, 28) and anniversary(date(2024, 2, 29), each.year) == each:
            found.add(229)
    return found


def _each(value: ir.TestValue) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
