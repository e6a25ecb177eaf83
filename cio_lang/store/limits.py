"""What the store does not take: a row in, and what is wrong with it out.

Looked at before anything of a row is written, so that nothing is stored by half.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cio_lang.mistake import UserMistake, place
from cio_lang.store.encoding import FIRST, LAST, dump
from cio_lang.store.problems import RowRefused

NUMBER = 10**15
"""Beyond this, not every whole number is one that every engine can count with."""

ID_BYTES = 512
ATTRIBUTES = 1_000
ROW_BYTES = 256 * 1024
DEPTH = 32

_SHORT = 5 * ATTRIBUTES
"""Text of JSON that is no longer than this has room for no more attributes than fit."""

# The beginning of a number that may be too large.
_LARGE = re.compile(r"[0-9](?:[0-9]{15}|[eE]\+?[0-9])")

_FLATTER = "give each thing a name of its own, at most a few levels deep"
_WHOLE = "save what the text comes from as UTF-8"
_NO_NULLS = "take the null bytes out of where it comes from"


class Refused(UserMistake):
    """A row that the store does not take."""


def written(person: str, values: Mapping[str, Any], what: str) -> str:
    """`values` as they are stored.  Raises `Refused` for what the store does not take."""
    text = encoded(person, values, what)
    check_text(person, text, what)
    return text


def encoded(person: str, values: Mapping[str, Any], what: str) -> str:
    """The same without looking at the text, which `plain` does for many at once."""
    _check_count(person, len(values), what)
    try:
        text = dump(values)
    except RecursionError:
        raise _nested(person, what) from None
    except UnicodeEncodeError:
        why = f"its {what} have half a character, so they are not text"
        raise refused(person, why, _WHOLE) from None
    except ValueError:
        why = f"its {what} have a number that is infinite, or is none"
        raise refused(person, why, "leave out a value that is not known") from None
    return text


def plain(texts: Sequence[str]) -> bool:
    """Whether nothing in these texts of JSON can be wrong; where not, look at each."""
    return max(map(len, texts), default=0) <= _SHORT and _plain("".join(texts), len(texts))


def _plain(text: str, objects: int) -> bool:
    """Whether text has what can be wrong nowhere; `objects` are those that nothing is nested in."""
    return (
        "\\u0000" not in text
        and "[" not in text
        and text.count("{") <= objects
        and _LARGE.search(text) is None
    )


def plain_ids(values: Sequence[str]) -> bool:
    """The same for keys, ids and names."""
    together = "".join(values)
    return (
        together.isascii()
        and "\x00" not in together
        and max(map(len, values), default=0) <= ID_BYTES
        and all(map(str.strip, values))
    )


def check_text(person: str, text: str, what: str) -> None:
    """Look at values that are JSON text already.  Raises `Refused`."""
    if len(text) * 4 > ROW_BYTES and len(text.encode()) > ROW_BYTES:
        why = f"its {what} are more than {ROW_BYTES // 1024} KiB"
        raise refused(person, why, "keep long texts elsewhere, and a link to them here")
    many = len(text) > _SHORT and text.count(":") > ATTRIBUTES
    if many or not _plain(text, 1):
        try:
            values = json.loads(text)
        except RecursionError:
            raise _nested(person, what) from None
        _check_count(person, len(values), what)
        _look_inside(person, values, what, 0)


def check_id(value: str, what: str, person: str | None = None) -> None:
    """Look at a key, or at the id or name of an event.  Raises `Refused`."""
    shown = value if person is None else person
    if not value or value.isspace():
        raise refused(shown, f"its {what} is empty", f"give it a {what}")
    if "\x00" in value:
        raise refused(shown, f"its {what} has a null byte", _NO_NULLS)
    if value.isascii():
        size = len(value)
    else:
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            why = f"its {what} has half a character, so it is not text"
            raise refused(shown, why, _WHOLE) from None
    if size > ID_BYTES:
        why = f"its {what} is {size:,} bytes long, and {ID_BYTES} fit"
        raise refused(shown, why, "name it by something shorter")


def check_instant(person: str, at: int) -> None:
    """Look at an instant in microseconds.  Raises `Refused`."""
    if not FIRST <= at <= LAST:
        why = "its time is outside of the years 1 to 9999"
        raise refused(person, why, "check the unit: seconds, milliseconds or microseconds")


def refused(person: str, fault: str, way: str) -> Refused:
    """The mistake about a row of `person`."""
    shown = person.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\0")
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return Refused(RowRefused(span=place(shown), row=shown, fault=fault, way=way))


def _nested(person: str, what: str) -> Refused:
    return refused(person, f"its {what} are nested more than {DEPTH} deep", _FLATTER)


def _check_count(person: str, count: int, what: str) -> None:
    if count > ATTRIBUTES:
        why = f"it has {count:,} {what}, and {ATTRIBUTES:,} fit"
        raise refused(person, why, "record what happens again and again as events")


def _look_inside(person: str, value: Any, what: str, depth: int) -> None:
    if depth > DEPTH and isinstance(value, dict | list):
        raise _nested(person, what)
    if isinstance(value, str):
        if "\x00" in value:
            raise refused(person, f"its {what} have a null byte", _NO_NULLS)
    elif isinstance(value, dict):
        for name, each in value.items():
            _look_inside(person, name, what, depth)
            _look_inside(person, each, what, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _look_inside(person, each, what, depth + 1)
    elif isinstance(value, int | float) and not -NUMBER <= value <= NUMBER:
        why = f"its {what} have a number beyond {NUMBER:,}"
        raise refused(person, why, "write what is no amount, such as a long id, as text")
