"""For values: dates, times of day, money, numbers."""

from __future__ import annotations

import re
from calendar import monthrange
from decimal import Decimal

from cio_lang.grammar.other_words.rewrite import UNIT, Rewrite, looked_up, said

_MONTHS = {
    word: f"{number:02}"
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for word in names
}
_MONTH = rf"(?i:{'|'.join(_MONTHS)})"
_OTHER_SIGNS = {"¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₪": "ILS"}
_CODES = "usd|eur|gbp|sek|nok|dkk|chf|cad|aud|nzd|jpy|cny|inr|brl|mxn|pln|czk|huf|zar"

_DATES = "Dates are written year-month-day, so that every reader takes them for the same day."
_MONEY = "An amount has `$`, `€` or `£`, or the three capitals of its currency."
_CLOCK = "Times of day are written as on a clock."
_COMPARED = "Comparisons are in words, one for each."
_AHEAD = "A stretch of time on from now is `in the next`."

_PARTS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_IN_WORDS = {1: "seconds", 60: "minutes", 3600: "hours", 86_400: "days", 604_800: "weeks"}
_PART = (
    r"(?:s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:ee)?ks?)(?![a-z])"
)
_ONE_UNIT = "A length of time is one number of one unit."


def _in_one_unit(found: re.Match[str]) -> str:
    """`1 hour 30 minutes` is `90 minutes`, in the larger unit where that comes out even."""
    one, two = (_PARTS[found[group][0]] for group in (2, 4))
    seconds = int(found[1]) * one + int(found[3]) * two
    unit = max(size for size in (one, two) if seconds % size == 0)
    return f"{seconds // unit} {_IN_WORDS[unit]}"


def _within(found: re.Match[str]) -> str:
    """`in 2026` and `in June 2026` are from the first day to the last."""
    year, month = int(found["year"]), found["month"]
    first = last = int(_MONTHS[month.lower()]) if month else 0
    if not month:
        first, last = 1, 12
    end = monthrange(year, last)[1]
    return f"{found['is'] or ''}between {year}-{first:02}-01 and {year}-{last:02}-{end}"


def _written_out(found: re.Match[str]) -> str:
    """`1.5k` is `1500`, and `1e3` is `1000`."""
    zeros = {"k": 3, "thousand": 3, "million": 6, "mio": 6, "mn": 6}
    power = int(found[4]) if found[4] else zeros[found[3].lower()]
    number = Decimal(found[2]).scaleb(power)
    return f"{found[1]}{number.normalize():f}"


DATES: tuple[Rewrite, ...] = (
    said(
        rf"([0-9]{{1,4}}) ?({_PART}),? ?(?:and )?([0-9]{{1,4}}) ?({_PART})",
        _in_one_unit,
        _ONE_UNIT,
    ),
    said(
        rf"(?P<is>is )?(?:in|during)(?: (?P<month>{_MONTH}))?(?: the year)? "
        r"(?P<year>[12][0-9]{3})(?![-/.0-9])",
        _within,
        "A stretch of days is said with its first and its last day.",
    ),
    said(
        r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})",
        lambda found: f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}",
        _DATES,
    ),
    said(
        rf"({_MONTH})\.? ([0-9]{{1,2}})(?:st|nd|rd|th)?,? ([0-9]{{4}})",
        lambda found: f"{found[3]}-{_MONTHS[found[1].lower()]}-{int(found[2]):02}",
        _DATES,
    ),
    said(
        rf"([0-9]{{1,2}})(?:st|nd|rd|th|\.)? ({_MONTH})\.?,? ([0-9]{{4}})",
        lambda found: f"{found[3]}-{_MONTHS[found[2].lower()]}-{int(found[1]):02}",
        _DATES,
    ),
    said(rf"is older than ([0-9]+ {UNIT})", r"is more than \1 ago", _COMPARED),
    said(rf"is (?:newer|younger) than ([0-9]+ {UNIT})", r"is less than \1 ago", _COMPARED),
    said(rf"is less than ([0-9]+ {UNIT}) (?:ahead|away|from now)", r"is in the next \1", _AHEAD),
    said(rf"([0-9]+ {UNIT}) (?:from now|away|from today|later)", r"\1 ahead", _AHEAD),
    said(rf"is in ([0-9]+ {UNIT})", r"is \1 ahead", _AHEAD),
    said(r"([0-9]{1,2}) o'clock", lambda found: f"{found[1]:0>2}:00", _CLOCK),
    said(r"noon|midday", "12:00", "Times of day are written as on a clock."),
    said(r"midnight", "00:00", "Times of day are written as on a clock."),
    said(
        r"(?:their|the person's|local|in their)(?: local| own)? (?:time ?zone|time)|local time",
        "their time",
        "A time of day is `their time` or `workspace time`.",
    ),
)
VALUES: tuple[Rewrite, ...] = (
    said(r"US\$ ?([0-9.,]+)", r"$\1", _MONEY),
    looked_up(
        _OTHER_SIGNS,
        rf"(?P<it>[{''.join(_OTHER_SIGNS)}]) ?(?P<n>[0-9.,]*[0-9])",
        r"\g<n> {}",
        _MONEY,
    ),
    looked_up(
        _OTHER_SIGNS,
        rf"(?P<n>[0-9.,]*[0-9]) ?(?P<it>[{''.join(_OTHER_SIGNS)}])",
        r"\g<n> {}",
        _MONEY,
    ),
    said(
        rf"([0-9.,]*[0-9]) ?({_CODES})",
        lambda found: f"{found[1]} {found[2].upper()}",
        _MONEY,
    ),
    said(
        r"([$€£]?)([0-9]{1,9}(?:\.[0-9]{1,9})?) ?(?:((?i:k|thousand|million|mio|mn))(?![a-z])"
        r"|[eE]([0-9]))",
        _written_out,
        "Numbers are written out.",
    ),
    said(
        r"([$€£]?)([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]{1,2})(?: ?€)?",
        lambda found: (
            f"{'€' if '€' in found[0] else found[1]}{found[2].replace('.', '')}.{found[3]}"
        ),
        "A point stands before the cents; commas or nothing group the thousands.",
    ),
    said(
        r"([$€£]?[0-9]+),([0-9]{1,2})( ?€)?(?![0-9])",
        r"\1.\2\3",
        "A point stands before the cents; commas or nothing group the thousands.",
    ),
    said(r"true", "yes", "It is `yes` or `no`."),
    said(r"false", "no", "It is `yes` or `no`."),
)
