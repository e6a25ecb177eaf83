"""One comparison of a stored value, as an SQL expression over a JSON column: always 0 or 1.

The usual comparisons are SQL alone.  What SQLite says differently from Python (letters beyond
ASCII, numbers closer than its reading of decimals is exact) and what it cannot say (dates in a
person's zone) is asked of `cio_lang.conditions` through functions that `register` puts on the
connection.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from cio_lang import ir
from cio_lang.calendar_time import calendar_window, day_window, zone
from cio_lang.conditions.counting import currency_of, made_of
from cio_lang.conditions.values import DATE_OPS, is_number, passes, span
from cio_lang.draw import lot
from cio_lang.record import record

Fragment = tuple[str, list[object]]
"""SQL text and the values of its `?`, in order."""

ZONE = "json_extract(p.attributes, '$.timezone')"
"""The zone of the person that the query is about."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_ ]+")
_EXACT = 2**52


def micros(at: datetime) -> int:
    """An instant as the store has it."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def register(connection: sqlite3.Connection) -> None:
    """Put the functions on a connection that the SQL of conditions calls."""
    connection.create_function("cio_test", 4, _run_test, deterministic=True)
    connection.create_function("cio_lot", 1, lot, deterministic=True)
    connection.create_function("cio_fold", 1, _fold, deterministic=True)
    connection.create_function("cio_window", 5, _window_edge, deterministic=True)
    connection.create_aggregate("cio_made", 5, _Made)  # type: ignore[arg-type]


@record
class Test:
    """A comparison of the value `name` in the JSON of `column`; `tz` is for people without zone."""

    column: str
    name: str
    op: ir.Op
    value: ir.TestValue
    now: datetime
    tz: tzinfo


def value_test(test: Test) -> Fragment:
    """The expression for a comparison."""
    if not _PLAIN_NAME.fullmatch(test.name):
        return _asked(test)
    match test.op:
        case "known":
            return _known(test)
        case "unknown":
            return negated(_known(replace(test, op="known")))
        case "is":
            return _one_of(test, (test.value,))
        case "is_not":
            return negated(_one_of(replace(test, op="is"), (test.value,)))
        case "one_of":
            return _one_of(test, _each(test.value))
        case "not_one_of":
            return negated(_one_of(replace(test, op="one_of"), _each(test.value)))
        case "more_than":
            return _numbers(test, (">", test.value))
        case "at_least":
            return _numbers(test, (">=", test.value))
        case "less_than":
            return _numbers(test, ("<", test.value))
        case "at_most":
            return _numbers(test, ("<=", test.value))
        case "between":
            low, high = _each(test.value)
            return _numbers(test, (">=", low), ("<=", high))
        case "starts_with" | "ends_with" | "contains":
            return _by_kind(test, {"text": _called(test, "text")})
        case "does_not_contain":
            return negated(value_test(replace(test, op="contains")))
        case "includes":
            return _by_kind(test, {"array": _called(test, "json")})
        case "does_not_include":
            return negated(value_test(replace(test, op="includes")))
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
            whole = _asked(test)
            kinds = {"text": _called(test, "text"), "integer": whole, "real": whole}
            return _by_kind(test, kinds)


def is_text(column: str, name: str, now: datetime, tz: tzinfo) -> Fragment:
    """Whether a value is text that is not empty."""
    test = Test(column, name, "contains", "", now, tz)
    return _by_kind(test, {"text": (f"json_extract({column}, ?) <> ''", [_path(test)])})


def made_test(
    of: ir.Aggregate, test: Test, at: str, uid: str, zoned: bool
) -> tuple[Fragment, Fragment]:
    """A comparison of what is made of the rows of a group; and the same of no rows.

    `test.column` is the JSON of the events; `zoned` says that the zone of the person is at hand.
    """
    about = replace(test, name=of.property or "")
    written = _written(about)
    # The value as JSON: SQLite's own reading of decimals can be a bit off.
    value, path = "NULL", cast(list[object], [])
    if of.property is not None:
        plain = _PLAIN_NAME.fullmatch(of.property)
        value, path = f"{test.column} -> ?", [_path(about) if plain else "$"]
    zone_sql = ZONE if zoned else "NULL"
    made = f"cio_made(?, {value}, {at}, {uid}, {zone_sql})"
    none = made_of(of.function, (), None)
    return (
        (made, [json.dumps([of.function, written]), *path]),
        (f"cio_test(?, 'json', ?, {zone_sql})", [written, json.dumps(none)]),
    )


class _Made:
    """The aggregate `cio_made`: a comparison with a total, an average, … of the rows of a group."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str, Any]] = []
        self.about: tuple[Any, Test, object] | None = None

    def step(self, about: str, stored: str | None, at: int, uid: str, zone_: object) -> None:
        """Take one event in."""
        if self.about is None:
            self.about = (*_read_made(about), zone_)
        value = None if stored is None else json.loads(stored)
        name = self.about[1].name
        if isinstance(value, dict) and not _PLAIN_NAME.fullmatch(name):
            value = value.get(name)
        self.rows.append((at, uid, value))

    def finalize(self) -> int | None:
        """Whether the comparison holds."""
        if self.about is None:
            return None
        function, test, zone_of_person = self.about
        self.rows.sort(key=lambda row: row[:2])
        made = made_of(function, [value for _, _, value in self.rows], currency_of(test.value))
        return passes(test.op, made, test.value, test.now, zone(zone_of_person, test.tz))


@lru_cache(maxsize=1024)
def _read_made(about: str) -> tuple[Any, Test]:
    function, written = json.loads(about)
    return function, _read(written)


def window_edge(word: str, end: bool, now: datetime, tz: tzinfo) -> Fragment:
    """The start or the end of a calendar span or of a day in the person's zone, in microseconds."""
    return f"cio_window(?, ?, ?, ?, {ZONE})", [word, int(end), micros(now), zone_name(tz)]


def negated(fragment: Fragment) -> Fragment:
    """The opposite of an expression that is 0 or 1."""
    return f"NOT ({fragment[0]})", fragment[1]


def zone_name(tz: tzinfo) -> str:
    """The IANA name of a zone; raises ValueError for one without."""
    if tz is UTC:
        return "UTC"
    if isinstance(tz, ZoneInfo) and tz.key:
        return tz.key
    raise ValueError(f"not a zone with a name: {tz!r}")


def _by_kind(test: Test, kinds: dict[str, Fragment]) -> Fragment:
    """One expression for each JSON type of the stored value; 0 for all others."""
    if not kinds:
        return "0", []
    text = f"CASE json_type({test.column}, ?)"
    values: list[object] = [_path(test)]
    for kind, (branch, branch_values) in kinds.items():
        if kind == "text":
            # `json_extract` cuts text off at a NUL, so text with one is left to Python.
            asked, asked_values = _asked(test)
            branch = f"CASE instr({test.column}, '\\u0000') WHEN 0 THEN {branch} ELSE {asked} END"
            branch_values = [*branch_values, *asked_values]
        text += f" WHEN '{kind}' THEN {branch}"
        values += branch_values
    return text + " ELSE 0 END", values


def _known(test: Test) -> Fragment:
    path = _path(test)
    kinds: dict[str, Fragment] = {
        "text": (f"json_extract({test.column}, ?) <> ''", [path]),
        "array": (f"json_array_length({test.column}, ?) > 0", [path]),
    }
    for kind in ("integer", "real", "true", "false", "object"):
        kinds[kind] = ("1", [])
    return _by_kind(test, kinds)


def _one_of(test: Test, values: Sequence[object]) -> Fragment:
    texts = [each.casefold() for each in values if isinstance(each, str) and each]
    others = [each for each in values if not isinstance(each, str | bool | None)]
    kinds: dict[str, Fragment] = {}
    if texts:
        stored, path = f"json_extract({test.column}, ?)", _path(test)
        # Text as long in bytes as in characters is ASCII, and there `lower` is `casefold`.
        kinds["text"] = (
            f"CASE WHEN length({stored}) = length(CAST({stored} AS BLOB)) THEN lower({stored})"
            f" ELSE cio_fold({stored}) END IN ({', '.join('?' * len(texts))})",
            [path, path, path, path, *texts],
        )
    for value in (True, False):
        if any(each is value for each in values):
            kinds[str(value).lower()] = ("1", [])
    if others:
        kinds |= _number_kinds(test, *(("=", each) for each in others), joint=" OR ")
    return _by_kind(test, kinds)


def _numbers(test: Test, *limits: tuple[str, object]) -> Fragment:
    return _by_kind(test, _number_kinds(test, *limits, joint=" AND "))


def _number_kinds(test: Test, *limits: tuple[str, object], joint: str) -> dict[str, Fragment]:
    """Comparisons with numbers or amounts, for each kind of value that can be one."""
    amounts = [(sign, v.amount if isinstance(v, ir.Money) else v) for sign, v in limits]
    kinds: dict[str, Fragment] = {"object": _called(test, "json")}
    asked, asked_values = _asked(test)
    path = _path(test)
    stored = f"json_extract({test.column}, ?)"
    plain, plain_values = "", cast(list[object], [])
    far, far_values = "", cast(list[object], [])
    for sign, amount in amounts:
        if not (is_number(amount) and -_EXACT < amount < _EXACT):
            return kinds | {"integer": (asked, asked_values), "real": (asked, asked_values)}
        number = amount if isinstance(amount, int) else float(amount)
        plain += f"{joint if plain else ''}{stored} {sign} ?"
        plain_values += [path, number]
        far += f"{' AND ' if far else ''}abs({stored} - 0.0 - ?) > 1e-9 * (1 + abs(?))"
        far_values += [path, number, number]
    kinds["integer"] = (plain, plain_values)
    # SQLite may read a decimal one bit off: numbers too close to tell are asked of Python.
    kinds["real"] = (
        f"CASE WHEN {far} THEN {plain} ELSE {asked} END",
        [*far_values, *plain_values, *asked_values],
    )
    return kinds


def _path(test: Test) -> str:
    return f'$."{test.name}"'


def _each(value: ir.TestValue) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _called(test: Test, kind: str) -> Fragment:
    """Ask Python about the stored value: `kind` says whether it is text itself or JSON."""
    text = f"cio_test(?, '{kind}', json_extract({test.column}, ?), {_zone(test)})"
    return text, [_written(test), _path(test)]


def _asked(test: Test) -> Fragment:
    """Ask Python to find the value in the JSON itself."""
    return f"cio_test(?, 'whole', {test.column}, {_zone(test)})", [_written(test)]


def _zone(test: Test) -> str:
    return ZONE if test.op in DATE_OPS else "NULL"


def _written(test: Test) -> str:
    def money(value: object) -> object:
        assert isinstance(value, ir.Money)
        return {"amount": value.amount, "currency": value.currency}

    parts = [test.name, test.op, test.value, micros(test.now), zone_name(test.tz)]
    return json.dumps(parts, default=money)


@lru_cache(maxsize=1024)
def _read(written: str) -> Test:
    name, op, value, now, tz = json.loads(written)
    scalars = [
        ir.Money(each["amount"], each["currency"]) if isinstance(each, dict) else each
        for each in (value if isinstance(value, list) else [value])
    ]
    read = tuple(scalars) if isinstance(value, list) else scalars[0]
    return Test("", name, op, read, _EPOCH + timedelta(microseconds=now), zone(tz, UTC))


def _run_test(written: str, kind: str, stored: Any, zone_of_person: object) -> int:
    test = _read(written)
    if kind == "json":
        stored = json.loads(stored)
    elif kind == "whole":
        stored = json.loads(stored).get(test.name)
    return passes(test.op, stored, test.value, test.now, zone(zone_of_person, test.tz))


def _fold(text: str) -> str:
    return text.casefold()


@lru_cache(maxsize=4096)
def _window_edge(word: str, end: int, now: int, default: str, zone_of_person: object) -> int:
    tz = zone(zone_of_person, zone(default, UTC))
    as_span = span(word)
    if as_span is None:
        return micros(day_window(date.fromisoformat(word), tz)[end])
    return micros(calendar_window(as_span, _EPOCH + timedelta(microseconds=now), tz)[end])
