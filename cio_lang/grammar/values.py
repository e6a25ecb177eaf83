"""Names, values and lengths of time from the words of a line."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from cio_lang import ast
from cio_lang.grammar import problems
from cio_lang.grammar.rules import RULES, Spoken, Stop, rule, spoken, terminal
from cio_lang.grammar.words import Word
from cio_lang.problem import nearest
from cio_lang.source import Span
from cio_lang.text import CURRENCIES

LONGEST_NUMBER = 15
"""Digits that survive being stored as JSON."""

LONGEST_TIME = 100
"""Years."""

UNITS_IN_A_YEAR: dict[str, int] = {
    "second": 366 * 86_400,
    "minute": 366 * 1_440,
    "hour": 366 * 24,
    "day": 366,
    "week": 53,
    "month": 12,
    "year": 1,
}

CURRENCY_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
"""Signs that stand for one currency only, or nearly."""

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


@terminal("NAME")
def _name_word(word: Word) -> ast.Name:
    return ast.Name(str(word), span=word.span)


@terminal("CURRENCY")
def _currency(word: Word) -> ast.Name:
    return ast.Name(_known_currency(str(word), word.span), span=word.span)


def _known_currency(letters: str, span: Span) -> str:
    if letters in CURRENCIES:
        return letters
    suggestion = nearest(letters, CURRENCIES)
    raise Stop(problems.UnknownCurrency(span=span, written=letters, suggestion=suggestion))


@terminal("PERSON")
def _person_word(word: Word) -> ast.PersonRef:
    return ast.PersonRef(str(word), span=word.span)


@terminal("QUOTED")
def _quoted(word: Word) -> ast.Text:
    text = word[1:-1]
    if "\\" in text:
        text = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m.group(1), m.group()), text)
    return ast.Text(text, span=word.span)


@terminal("BLOCK")
def _block(word: Word) -> ast.Text:
    first, *rows = (row.rstrip() for row in word[3:-3].split("\n"))
    if rows and not rows[-1]:
        rows.pop()
    filled = [row for row in rows if row]
    margin = min((len(row) - len(row.lstrip()) for row in filled), default=0)
    lines = [row[margin:] for row in rows]
    if first.strip():
        lines.insert(0, first.strip())
    return ast.Text("\n".join(lines), block=True, span=word.span)


@terminal("FIGURE")
def _figure(word: Word) -> ast.Number:
    return ast.Number(_decimal(str(word), word.span), span=word.span)


@terminal("AMOUNT")
def _amount(word: Word) -> ast.Money:
    """`$50`, `$-50`, `-$50`, `€ 50`, `50 €`."""
    sign = next(character for character in word if character in CURRENCY_SIGNS)
    figure = word.replace(sign, "").replace(" ", "")
    return ast.Money(_decimal(figure, word.span), CURRENCY_SIGNS[sign], span=word.span)


@terminal("PRICE")
def _price(word: Word) -> ast.Money:
    """`USD 50`."""
    at = word.span
    letters = Span(at.file, at.line, at.column, at.line, at.column + 3)
    currency = _known_currency(word[:3], letters)
    return ast.Money(_decimal(word[3:].strip(), at), currency, span=at)


@terminal("PERCENT")
def _percent(word: Word) -> ast.Percent:
    percent = _decimal(word[:-1].strip(), word.span)
    if not 0 <= percent <= 100:
        raise Stop(problems.NoSuchShare(span=word.span, written=str(word)))
    return ast.Percent(percent, span=word.span)


@terminal("CLOCK")
def _clock(word: Word) -> ast.Time:
    """`09:00`, `9:30:15`, `9am`, `9:30 pm`."""
    figures, half = word.rstrip("apm "), word[-2:] if word[-1] == "m" else ""
    hour, minute, second = ([int(part) for part in figures.split(":")] + [0, 0])[:3]
    if half and not 1 <= hour <= 12:
        raise Stop(problems.NoSuchTime(span=word.span, written=str(word)))
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return ast.Time(datetime.time(hour, minute, second), span=word.span)
    except ValueError:
        raise Stop(problems.NoSuchTime(span=word.span, written=str(word))) from None


@terminal("CALENDAR_DAY")
def _date(word: Word) -> ast.Date:
    year, month, day = (int(part) for part in word.split("-"))
    try:
        return ast.Date(datetime.date(year, month, day), span=word.span)
    except ValueError:
        raise Stop(problems.NoSuchDate(span=word.span, written=str(word))) from None


def _decimal(figure: str, span: Span) -> Decimal:
    digits = figure.replace(",", "")
    if sum(c.isdigit() for c in digits) > LONGEST_NUMBER:
        raise Stop(problems.NumberTooLong(span=span, longest=LONGEST_NUMBER))
    return Decimal(digits)


def whole(number: ast.Number) -> int:
    """The number as a count; stops the line where it is not a whole number from 0."""
    if number.value != number.value.to_integral_value() or number.value < 0:
        raise Stop(problems.NotWhole(span=number.span))
    return int(number.value)


@rule("name")
def _name(values: list[Any], span: Span) -> ast.Name:
    [named] = values
    return ast.Name(named.value, span=span) if isinstance(named, ast.Text) else named


@rule("number")
def _number(values: list[Any], span: Span) -> ast.Value:
    value: ast.Value = values[0]
    return value


@rule("money")
def _money(values: list[Any], span: Span) -> ast.Money:
    if len(values) == 1:
        amount: ast.Money = values[0]
        return amount
    number, currency = values
    return ast.Money(number.value, currency.text, span=span)


@rule("yes")
def _yes(values: list[Any], span: Span) -> ast.YesNo:
    return ast.YesNo(True, span=span)


@rule("no")
def _no(values: list[Any], span: Span) -> ast.YesNo:
    return ast.YesNo(False, span=span)


def _unit(children: list[Any]) -> Word:
    word: Word = children[0]
    return word


RULES["unit"] = _unit


def _duration(children: list[Any]) -> ast.Duration:
    number, word = children
    span = number.span.to(word.span)
    unit: Any = word.removesuffix("s")
    if number.value % 1 and (instead := _in_smaller_units(number.value, unit)):
        raise Stop(problems.NotWhole(span=span, instead=instead))
    count = whole(number)
    if count > UNITS_IN_A_YEAR[unit] * LONGEST_TIME:
        raise Stop(problems.TooLongATime(span=span, longest=LONGEST_TIME))
    return ast.Duration(count, unit, span=span)


RULES["duration"] = _duration

_SMALLER = {
    "year": (12, "months"),
    "week": (7, "days"),
    "day": (24, "hours"),
    "hour": (60, "minutes"),
    "minute": (60, "seconds"),
}


def _in_smaller_units(count: Decimal, unit: str) -> str | None:
    """`1.5` days as `36 hours`: the largest unit in which it is a whole number."""
    while count > 0 and unit in _SMALLER:
        factor, smaller = _SMALLER[unit]
        count, unit = count * factor, smaller.removesuffix("s")
        if not count % 1 and count <= 1000:
            return f"{int(count)} {smaller}"
    return None


spoken("channel", "zone")


@rule("time_of_day")
def _time_of_day(values: list[Any], span: Span) -> ast.TimeOfDay:
    time, zone = values
    theirs = not isinstance(zone, Spoken) or zone.text == "their time"
    return ast.TimeOfDay(time, theirs, span=span)
