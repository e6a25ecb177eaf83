"""How values stand in the store: instants as whole microseconds, attributes as JSON text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cio_lang import ir

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // _MICROSECOND
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _MICROSECOND
"""The instants that a store can hold: the years 1 to 9999, in UTC."""


def micros(instant: datetime) -> int:
    """Whole microseconds since 1970 in UTC; `instant` must know its zone."""
    return (instant - EPOCH) // _MICROSECOND


def micros_or_none(instant: datetime | None) -> int | None:
    """The same for an instant that may be missing."""
    return None if instant is None else (instant - EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """The instant of a number that `micros` made."""
    return EPOCH + timedelta(microseconds=value)


def instant_or_none(value: int | None) -> datetime | None:
    """The same for a column that may be empty."""
    return None if value is None else EPOCH + timedelta(microseconds=value)


def _plain(value: object) -> object:
    if isinstance(value, ir.Money):
        return {"amount": value.amount, "currency": value.currency}
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored")


_encoder = json.JSONEncoder(
    separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain, check_circular=False
)


def _made_once() -> Callable[[object], str]:
    """`encode` makes its inner encoder anew at each call, which takes as long as a small row."""
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    text: Any = getattr(json.encoder, "encode_basestring", None)
    if make is None or text is None:
        return _encoder.encode
    inner = make(None, _plain, text, None, ":", ",", False, False, False)

    def encode(value: object) -> str:
        return "".join(inner(value, 0))

    return encode


_encode = _made_once()
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]


def dump(values: Mapping[str, Any]) -> str:
    """JSON text without blanks.  A value of None is missing and is left out.

    Raises `ValueError` for numbers that JSON does not have (NaN, infinity) and for text that is not
    Unicode (half a surrogate pair), `TypeError` for values that are neither plain nor a date, a
    time or `ir.Money`.
    """
    if not values:
        return "{}"
    if None in values.values():
        values = {name: value for name, value in values.items() if value is not None}
    text = _encode(values)
    if not text.isascii():
        text.encode()
    return text


def load(text: str) -> dict[str, Any]:
    """The values of JSON text that `dump` made."""
    if text == "{}":
        return {}
    # `decode` looks for blanks around it first, which takes as long as a small row.
    values: dict[str, Any] = _scan(text, 0)[0] if text.startswith("{") else json.loads(text)
    return values


def dump_value(value: object) -> str:
    """JSON text of one value, as `dump` writes it."""
    text = _encode(value)
    if not text.isascii():
        text.encode()
    return text


def stored(value: object) -> Any:
    """A value as it will come back: dates as text, amounts of money as `amount` and `currency`."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return json.loads(_encode(value))


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """`old` with the values of `new`; None takes one away."""
    return {name: value for name, value in {**old, **new}.items() if value is not None}
