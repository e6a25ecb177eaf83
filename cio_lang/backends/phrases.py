"""Values, lengths of time, moments and comparisons of a graph in English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from cio_lang import ast, ir, text
from cio_lang.calendar_time import parse_duration


def quoted(words: str) -> str:
    """Words between quotes, as canonical text writes them."""
    return text.quoted(words)


def name(written: str) -> str:
    """The name of an event, attribute or property: in quotes where it is not a plain word."""
    return text.name(ast.Name(written))


def value(one: ir.Scalar) -> str:
    """`"Pro"`, `5`, `$50`, `yes`, `2026-12-01`, `09:00`."""
    match one:
        case bool():
            return "yes" if one else "no"
        case int() | float():
            return text.number(Decimal(repr(one)))
        case str():
            return one if re.fullmatch(r"\d{4}-\d\d-\d\d|\d\d:\d\d", one) else quoted(one)
        case ir.Money():
            return text.money(ast.Money(Decimal(repr(one.amount)), one.currency))


def percent(number: float) -> str:
    """`10%`, `33.3%`."""
    return f"{text.number(Decimal(repr(number)))}%"


def times(n: int) -> str:
    """`1 time`, `3 times`."""
    return f"{n} time{'' if n == 1 else 's'}"


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


# ── moments ──────────────────────────────────────────────────────────────────────────────────────


def zone(whose: ir.Zone) -> str:
    """`their time`, `workspace time`."""
    return "their time" if whose == "person" else "workspace time"


def at_clock(clock: ir.Clock | None, whose: ir.Zone) -> str:
    """` at 09:00 their time`, or nothing."""
    return "" if clock is None else f" at {clock} {zone(whose)}"


def moment(date: ir.DateMoment) -> str:
    """`3 days before trial_ends_at at 09:00 their time`."""
    before = date.offset.startswith("-")
    length = duration(date.offset.removeprefix("-"))
    away = f"{length} {'before' if before else 'after'} "
    of = name(date.attribute) if length == "no time" else away + name(date.attribute)
    every = " in every year" if date.yearly else ""
    return f"{of}{every}{at_clock(date.at, date.zone)}"


def weekday(day: str) -> str:
    """`monday` is `Monday`."""
    return day.capitalize()


def hours(start: ir.Clock, end: ir.Clock, whose: ir.Zone) -> str:
    """`21:00 to 08:00 their time`."""
    return f"{start} to {end} {zone(whose)}"


def window(when: ir.Window) -> str:
    """When an event counts: `in the last 30 days`."""
    if when.last is not None:
        return f"in the last {duration(when.last)}"
    if when.calendar is not None:
        return when.calendar.replace("_", " ")
    if when.between_ago is not None:
        near, far = duration(when.between_ago.near), duration(when.between_ago.far)
        return f"between {near} and {far} ago"
    if when.since_date is not None:
        return f"since {when.since_date}"
    if when.between_dates is not None:
        first, last = when.between_dates
        return f"from {first} to {last} (both days included)"
    return "since entering"


# ── channels ─────────────────────────────────────────────────────────────────────────────────────

CHANNELS: Mapping[ir.Channel, str] = {
    "push": "push notification",
    "email": "email",
    "sms": "text message",
    "in_app": "in-app message",
    "whatsapp": "WhatsApp message",
    "slack": "Slack message",
}
"""One message of each channel."""


def messages(channel: ir.Channel | None) -> str:
    """`emails`, `text messages`; of any channel, `messages`."""
    return "messages" if channel is None else f"{CHANNELS[channel]}s"


# ── comparisons ──────────────────────────────────────────────────────────────────────────────────


def test(op: ir.Op, compared: ir.TestValue, missing: str | None) -> str:
    """A comparison behind its subject: ` is "Pro"`; `missing` is who has no value, if anyone."""
    including = "" if missing is None else f" (including {missing})"
    if op in ("one_of", "not_one_of") and isinstance(compared, tuple):
        listed = ", ".join(map(value, compared))
        return f" is one of {listed}" if op == "one_of" else f" is not one of {listed}{including}"
    if op == "between" and isinstance(compared, tuple):
        low, high = map(value, compared)
        return f" is between {low} and {high}"
    one = "" if compared is None or isinstance(compared, tuple) else value(compared)
    long = duration(compared) if isinstance(compared, str) else one
    long = "0 days" if long == "no time" else long
    span = compared.replace("_", " ") if isinstance(compared, str) else one
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
            return f" include {one}"
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
        case "more_than_ahead":
            return f" is more than {long} ahead"
        case "ago" | "ahead" if long == "0 days":
            return " is today"
        case "ago":
            return f" is {long} ago (that calendar day)"
        case "ahead":
            return f" is {long} ahead (that calendar day)"
        case "during":
            return f" is {span}"
        case "during_yearly":
            return f" is {span} in any year"
