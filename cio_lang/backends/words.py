"""Conditions, values and lengths of time of a graph in English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cio_lang import ast, ir, text
from cio_lang.calendar_time import parse_duration


@dataclass(frozen=True, slots=True)
class _Voice:
    """How a clause begins: `plan is …` or `whose plan is …`."""

    attribute: str
    did: str
    did_not: str
    never: str
    inactive: str
    inside: str
    outside: str
    negated: str
    entry: str


_PLAIN = _Voice(
    attribute="{}",
    did="did {}",
    did_not="did not do {}",
    never="never did {}",
    inactive="did nothing at all for {}",
    inside="in segment {}",
    outside="not in segment {}",
    negated="not ({})",
    entry="the entry event's {}",
)
_PEOPLE = _Voice(
    attribute="whose {}",
    did="who did {}",
    did_not="who did not do {}",
    never="who never did {}",
    inactive="who did nothing at all for {}",
    inside="who are in segment {}",
    outside="who are not in segment {}",
    negated="of whom it does not hold that ({})",
    entry="whose entry event's {}",
)


def condition(what: ir.Condition) -> str:
    """A condition as it reads after `if` or `where`: `plan is "Pro" and never did order_placed`."""
    return _clause(what, _PLAIN, "people", inner=False)


def people(what: ir.Condition) -> str:
    """Whom a condition takes: `people whose plan is "Pro" and who never did order_placed`."""
    return f"people {_clause(what, _PEOPLE, 'people', inner=False)}"


def where(what: ir.Condition | None) -> str:
    """What narrows an event, in parentheses, or nothing."""
    return "" if what is None else f" (where {_clause(what, _PLAIN, 'events', inner=False)})"


def _clause(what: ir.Condition, voice: _Voice, of: str, *, inner: bool) -> str:
    match what:
        case ir.AttributeTest():
            begin = voice.attribute.format(what.attribute)
            return begin + test(what.op, what.value, f"{of} with no {what.attribute}")
        case ir.PropertyTest():
            return what.property + test(what.op, what.value, f"events with no {what.property}")
        case ir.EntryTest():
            begin = voice.entry.format(what.entry)
            return begin + test(what.op, what.value, f"entry events with no {what.entry}")
        case ir.EventTest():
            return _event(what, voice)
        case ir.InactiveTest():
            return voice.inactive.format(duration(what.inactive))
        case ir.SegmentTest():
            return voice.inside.format(what.segment)
        case ir.Not(ir.SegmentTest(segment)):
            return voice.outside.format(segment)
        case ir.Not():
            return voice.negated.format(_clause(what.not_, _PLAIN, of, inner=False))
        case ir.All():
            joined = " and ".join(_clause(part, voice, of, inner=True) for part in what.all)
            return f"({joined})" if inner else joined
        case ir.Any_():
            joined = " or ".join(_clause(part, voice, of, inner=True) for part in what.any)
            return f"(either {joined})" if inner else f"either {joined}"


def _event(what: ir.EventTest, voice: _Voice) -> str:
    event = f"{what.event}{where(what.where)}"
    window = "" if what.window is None else f" {_window(what.window)}"
    n = what.times.n
    often = f"{n} time{'' if n == 1 else 's'}"
    match what.times.op:
        case "exactly" if n == 0:
            if what.window is None:
                return voice.never.format(event)
            return voice.did_not.format(event) + window
        case "at_least" if n == 1:
            return voice.did.format(event) + window
        case "exactly":
            return f"{voice.did.format(event)} exactly {often}{window}"
        case "at_least":
            return f"{voice.did.format(event)} at least {often}{window}"
        case "fewer_than":
            return f"{voice.did.format(event)} fewer than {often}{window} (or not at all)"


def _window(window: ir.Window) -> str:
    if window.last is not None:
        return f"in the last {duration(window.last)}"
    if window.calendar is not None:
        return window.calendar.replace("_", " ")
    if window.between_ago is not None:
        near, far = duration(window.between_ago.near), duration(window.between_ago.far)
        return f"between {near} and {far} ago"
    return "since entering"


def test(op: ir.Op, compared: ir.TestValue, missing: str) -> str:
    """A comparison behind its subject: ` is "Pro"`; `missing` is who has no value."""
    including = f" (including {missing})"
    if op in ("one_of", "not_one_of") and isinstance(compared, tuple):
        listed = ", ".join(map(value, compared))
        return f" is one of {listed}" if op == "one_of" else f" is not one of {listed}{including}"
    if op == "between" and isinstance(compared, tuple):
        low, high = map(value, compared)
        return f" is between {low} and {high}"
    one = "" if compared is None or isinstance(compared, tuple) else value(compared)
    long = duration(compared) if isinstance(compared, str) else one
    match op:
        case "is" | "one_of" | "between":
            return f" is {one}"
        case "is_not" | "not_one_of":
            return f" is not {one}{including}"
        case "known":
            return " is known"
        case "unknown":
            return " is unknown"
        case "more_than" | "at_least" | "less_than" | "at_most":
            return f" is {op.replace('_', ' ')} {one}"
        case "starts_with" | "ends_with":
            return f" {op.replace('_', ' ')} {one}"
        case "contains":
            return f" contains {one}"
        case "does_not_contain":
            return f" does not contain {one}{including}"
        case "includes":
            return f" includes {one}"
        case "does_not_include":
            return f" does not include {one}{including}"
        case "before" | "after":
            return f" is {op} {one}"
        case "in_next":
            return f" is in the next {long}"
        case "in_last":
            return f" is in the last {long}"
        case "more_than_ago":
            return f" is more than {long} ago"
        case "less_than_ago":
            return f" is less than {long} ago"
        case "ago":
            return f" is {long} ago (that calendar day)"
        case "ahead":
            return f" is {long} ahead (that calendar day)"


def quoted(words: str) -> str:
    """Words between quotes, as canonical text writes them."""
    return text.quoted(words)


def value(one: ir.Scalar) -> str:
    """`"Pro"`, `5`, `$50`, `yes`, `2026-12-01`."""
    match one:
        case bool():
            return "yes" if one else "no"
        case int() | float():
            return text.number(Decimal(repr(one)))
        case str():
            return one if re.fullmatch(r"\d{4}-\d\d-\d\d", one) else quoted(one)
        case ir.Money():
            return text.money(ast.Money(Decimal(repr(one.amount)), one.currency))


def duration(iso: str) -> str:
    """`P3D` is `3 days`, `PT1H` is `1 hour`, `P1Y` is `1 year`; anything else as it stands."""
    try:
        period = parse_duration(iso)
    except ValueError:
        return iso
    years, months = divmod(period.months, 12)
    hours, seconds = divmod(period.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    amounts: Sequence[tuple[int, str]] = (
        (years, "year"),
        (months, "month"),
        (period.days, "day"),
        (hours, "hour"),
        (minutes, "minute"),
        (seconds, "second"),
    )
    said = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in amounts if n]
    return " and ".join(said) or "no time"
