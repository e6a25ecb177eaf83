"""Values as canonical text: one way to write each."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal

from cio_lang import ast

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
"""Currencies that canonical text writes with their sign; all others as `50 SEK`."""

_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR "
    "KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
    "MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR "
    "SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS "
    "UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG "
)
CURRENCIES = frozenset(_CODES.split())
"""Currencies that people pay with, by their letters (ISO 4217)."""

NOBODY = frozenset(
    {
        "all",
        "anybody",
        "anyone",
        "customers",
        "everybody",
        "everyone",
        "nobody",
        "people",
        "somebody",
        "someone",
        "subscribers",
        "them",
        "they",
        "users",
        "who",
    }
)
"""Words that are no person's id where they stand without quotes."""


def quoted(text: str) -> str:
    """Text between double quotes; `\\` and `"` are escaped, a line break becomes `\\n`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'


def name(written: ast.Name, taken: Collection[str] = ()) -> str:
    """A name: bare where it is a plain word that starts with a letter, else quoted.

    Words in `taken` mean something else in its place: a name equal to one of them is quoted.
    """
    if written.text in taken:
        return quoted(written.text)
    return written.text if re.fullmatch(r"[^\W\d]\w*", written.text) else quoted(written.text)


def number(value: Decimal) -> str:
    """A number without exponent, trailing zeros or thousands separators."""
    plain = format(value.normalize(), "f")
    return "0" if plain == "-0" else plain


def money(value: ast.Money) -> str:
    """`$50`, `$49.90`, `50 SEK`: whole amounts without decimals, others with at least two."""
    plain = number(value.amount)
    if "." in plain and len(plain.split(".")[1]) < 2:
        plain += "0"
    symbol = SYMBOLS.get(value.currency)
    return f"{plain} {value.currency}" if symbol is None else f"{symbol}{plain}"


def duration(value: ast.Duration) -> str:
    """`1 day`, `3 days`."""
    return f"{value.count} {value.unit}{'' if value.count == 1 else 's'}"


def percent(value: ast.Percent) -> str:
    """`70%`, `2.5%`."""
    return f"{number(value.value)}%"


def clock(value: ast.Time) -> str:
    """`09:00`; with seconds only where there are some."""
    return value.value.isoformat("minutes" if not value.value.second else "seconds")


def time_of_day(value: ast.TimeOfDay) -> str:
    """`09:00 their time`, `09:00 workspace time`."""
    return f"{clock(value.time)} {'their' if value.theirs else 'workspace'} time"


def value(written: ast.Value) -> str:
    """Any value."""
    match written:
        case ast.Text():
            return quoted(written.value)
        case ast.Number():
            return number(written.value)
        case ast.Money():
            return money(written)
        case ast.Date():
            return written.value.isoformat()
        case ast.Time():
            return clock(written)
        case ast.YesNo():
            return "yes" if written.value else "no"
