"""One cell in, a value out: by the type that the workspace declares, or as it looks."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from cio_lang import ast
from cio_lang.problem import nearest
from cio_lang.store.encoding import EPOCH, FIRST, LAST, micros

MISSING = None
"""What an empty cell stands for."""

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?", re.ASCII)
_LONGEST_PLAIN = 32
"""No plain number, `true` or `false` is longer."""

_MONEY = re.compile(r"([A-Z]{3} ?|[$€£¥] ?)?([+-]?\d+(?:\.\d+)?)( ?[A-Z]{3}| ?[€£])?", re.ASCII)
_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_YES, _NO = frozenset({"yes", "true", "1", "y", "t"}), frozenset({"no", "false", "0", "n", "f"})


class BadCell(ValueError):
    """Holds the reason, in words that follow the name of the column."""


def value(
    cell: object,
    kind: ast.Type | None,
    currency: str,
    written: str | None = None,
    *,
    typed: bool = False,
) -> Any:
    """The value of a cell of a column with type `kind` (None: not declared), or `MISSING`.

    A cell is text (CSV), any JSON value, or an instant.  Money becomes a plain number, since it
    must be in the declared currency (else `currency`); a date becomes ISO text, and is `written` as
    `Instants` says.  Without a type, text that is written as a plain number is a number, `true` and
    `false` are yes and no, and all else is text; where the file says itself what is text (`typed`),
    text stays text.
    Raises `BadCell`.
    """
    if cell is None:
        return MISSING
    if written is not None and (kind is None or kind.kind == "date"):
        cell = _as_iso(cell, written)
    if not isinstance(cell, str):
        if isinstance(cell, datetime):
            cell = cell.isoformat()
            return value(cell, kind, currency, typed=True)
        return _json_value(cell, kind, currency)
    cell = cell.strip()
    if not cell:
        return MISSING
    if kind is None:
        return cell if typed or len(cell) > _LONGEST_PLAIN else _undeclared(cell)
    match kind.kind:
        case "text":
            return cell
        case "number":
            return number(cell)
        case "money":
            return _money(cell, kind.currency or currency)
        case "date":
            return _date(cell)
        case "time":
            return _time_of_day(cell)
        case "yes/no":
            return _yes_no(cell)
        case "list":
            return _list(cell)
        case "one of":
            return _one_of(cell, kind.values)


@lru_cache(10_000)  # the same come again and again
def _undeclared(cell: str) -> Any:
    if _PLAIN_NUMBER.fullmatch(cell):
        return float(cell) if "." in cell else int(cell)
    return {"true": True, "false": False}.get(cell.casefold(), cell)


def number(cell: str) -> int | float:
    """A number as it is written in data files: digits, a point, no separators, no NaN."""
    if cell.isascii() and cell.isdigit() and len(cell) < 16:
        return int(cell)
    if not _NUMBER.fullmatch(cell):
        raise BadCell(f"`{cell[:40]}` is no number (write it as `1234.5`)")
    found = float(cell)
    if not math.isfinite(found):
        raise BadCell(f"`{cell[:40]}` is too large")
    return int(found) if found == int(found) and abs(found) < 1e15 and "." not in cell else found


def _money(cell: str, currency: str) -> int | float:
    found = _MONEY.fullmatch(cell)
    if found is None:
        raise BadCell(f"`{cell[:40]}` is no amount (write it as `1234.50`)")
    before, amount, after = found.groups()
    for named in (before, after):
        if named is not None:
            code = named.strip()
            if _SYMBOLS.get(code, code) != currency:
                raise BadCell(f"`{cell[:40]}` is not in {currency}")
    return number(amount)


def _date(cell: str) -> str:
    try:
        if len(cell) == 10:
            return date.fromisoformat(cell).isoformat()
        return datetime.fromisoformat(cell).isoformat()
    except ValueError:
        raise BadCell(f"`{cell[:40]}` is no date (write it as `2026-12-01`)") from None


def _time_of_day(cell: str) -> str:
    try:
        return time.fromisoformat(cell).isoformat("minutes")
    except ValueError:
        raise BadCell(f"`{cell[:40]}` is no time of day (write it as `09:00`)") from None


def _yes_no(cell: str) -> bool:
    folded = cell.casefold()
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise BadCell(f"`{cell[:40]}` is neither yes nor no")


def _list(cell: str) -> list[str]:
    """`["a", "b"]`, or `a; b`."""
    if not cell.startswith("["):
        return [part for part in map(str.strip, cell.split(";")) if part]
    try:
        parts = json.loads(cell)
    except ValueError:
        raise BadCell(f"`{cell[:40]}` is no list (write it as `a; b`)") from None
    return [str(part) for part in parts]


def _one_of(cell: str, values: tuple[str, ...]) -> str:
    folded = cell.casefold()
    for allowed in values:
        if allowed.casefold() == folded:
            return allowed
    close = nearest(cell, values)
    rest = f"; did it mean `{close}`?" if close else ""
    raise BadCell(f"`{cell[:40]}` is not one of {', '.join(f'`{v}`' for v in values)}{rest}")


def _json_value(cell: object, kind: ast.Type | None, currency: str) -> Any:
    """A JSON value that is not text, which must be of the declared type already."""
    written = json.dumps(cell, ensure_ascii=False, default=str)[:40]
    if isinstance(cell, float) and not math.isfinite(cell):
        raise BadCell(f"`{cell}` is no number (leave the cell empty)")
    if isinstance(cell, bytes):
        raise BadCell("it is bytes and no text")
    if isinstance(cell, dict):
        amount, code = cell.get("amount"), cell.get("currency")
        if kind is not None and kind.kind == "money" and len(cell) == 2:
            return value(f"{amount} {code}", kind, currency)
        raise BadCell(f"`{written}` holds values inside a value (name the columns that are needed)")
    fits = {
        "number": isinstance(cell, int | float) and not isinstance(cell, bool),
        "money": isinstance(cell, int | float) and not isinstance(cell, bool),
        "yes/no": isinstance(cell, bool),
        "list": isinstance(cell, list),
    }
    if kind is None or fits.get(kind.kind, False):
        if isinstance(cell, list):
            if any(isinstance(part, dict | list) for part in cell):
                raise BadCell(f"`{written}` is a list of more than plain values")
            return cell
        if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) >= 2**63:
            raise BadCell(f"`{written}` is too large")
        return cell
    if kind.kind in ("text", "one of") and not isinstance(cell, list | bool):
        return value(written, kind, currency)
    raise BadCell(f"`{written}` is of another type than declared")


_UNITS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}

WRITTEN = (*_UNITS, "%d.%m.%Y %H:%M")
"""How times can be written, besides ISO 8601: since 1970, or as in `strptime`."""


def in_unit(cell: object, unit: str) -> datetime:
    """The instant of a number of seconds … since 1970.  Raises `BadCell`."""
    try:
        if isinstance(cell, bool) or not isinstance(cell, int | float | str):
            raise ValueError
        count = float(cell)
        exact = int(cell) if isinstance(cell, int | str) and count == int(count) else count
        return EPOCH + timedelta(microseconds=round(exact * _UNITS[unit]))
    except (ValueError, OverflowError):
        hint = "" if unit != "seconds" else "; in milliseconds, perhaps?"
        raise BadCell(f"`{str(cell)[:40]}` is no time in {unit} since 1970{hint}") from None


def _read(cell: object, written: str) -> datetime:
    if written in _UNITS:
        return in_unit(cell, written)
    try:
        return datetime.strptime(str(cell).strip(), written)
    except (ValueError, OverflowError):
        raise BadCell(f"`{str(cell)[:40]}` is no time that is written as `{written}`") from None


def _as_iso(cell: object, written: str) -> object:
    if isinstance(cell, datetime) or (isinstance(cell, str) and not cell.strip()):
        return cell
    found = _read(cell, written)
    at_midnight = found.time() == time.min and found.tzinfo is None
    return (found.date() if at_midnight else found).isoformat()


class Instants:
    """Cells to instants in microseconds; a time without an offset is in `zone`.

    Times are ISO 8601, or `written` as `strptime` says, or as a number of `seconds`,
    `milliseconds` or `microseconds` since 1970.
    """

    def __init__(self, zone: tzinfo, written: str | None = None) -> None:
        self._zone, self._written = zone, written
        self._known: dict[str, int] = {}

    def micros(self, cell: object) -> int:
        """The instant of a cell: an ISO date (its midnight) or an ISO date and time."""
        if isinstance(cell, datetime):
            return self._micros(cell, cell)
        if self._written is not None and cell is not None and str(cell).strip():
            return self._micros(_read(cell, self._written), cell)
        if cell is None:
            cell = ""
        if not isinstance(cell, str):
            raise BadCell(f"`{str(cell)[:40]}` is no time (write it as `2026-12-01T09:30:00`)")
        if len(cell) > 10:
            return self._iso(cell.strip())
        found = self._known.get(cell)  # days come again and again
        if found is None:
            if len(self._known) > 10_000:
                self._known.clear()
            found = self._known[cell] = self._iso(cell.strip())
        return found

    def _iso(self, cell: str) -> int:
        if not cell:
            raise BadCell("the cell is empty, and it is when it happened")
        try:
            read = datetime.fromisoformat(cell)
        except ValueError:
            raise BadCell(
                f"`{cell[:40]}` is no time (write it as `2026-12-01` or `2026-12-01T09:30:00`)"
            ) from None
        return self._micros(read, cell)

    def _micros(self, read: datetime, cell: object) -> int:
        if read.tzinfo is None:
            read = read.replace(tzinfo=self._zone)
        found = micros(read)
        if not FIRST <= found <= LAST:
            why = "is no time that can be told in UTC (the years are 1 to 9999)"
            raise BadCell(f"`{str(cell)[:40]}` {why}")
        return found
