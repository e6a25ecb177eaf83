"""Plain data in, canonical YAML out.

One way to write each thing, so that the same data is the same bytes: a mapping or list that fits in
the line is written in one (`{for: P3D}`), any other as a block; words are bare where YAML reads
them back as the same words, text of several lines is a literal block, all else is in double quotes.
Written by hand because no emitter lays out so, and so that the bytes do not change with a library's
version; it takes no longer than PyYAML's in C.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

WIDTH = 100
"""Longest line of a mapping or list in one line."""

_BARE = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_./+-]|[ ](?=[A-Za-z0-9_./+-])|:(?=[A-Za-z0-9]))*")
_WORDS_WITH_A_MEANING = frozenset(["true", "false", "yes", "no", "on", "off", "null"])
# Those that YAML does not print, named one by one: the ranges of all others take 4 ms to compile.
_UNPRINTED = "\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_TO_ESCAPE = re.compile(f'["\\\\\x00-\x1f{_UNPRINTED}]')
_NOT_IN_A_BLOCK = re.compile(f"[\x00-\x09\x0b-\x1f{_UNPRINTED}]")


def write(data: Mapping[str, Any]) -> str:
    """The YAML of a mapping whose own keys each start a line.

    Takes mappings with text keys, lists, text, numbers, booleans and None.
    """
    return "".join(f"{line}\n" for key, value in data.items() for line in _entry(key, value, 0))


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    """The lines of `key: value`."""
    yield from _after(" " * indent + scalar(key) + ":", value, indent)


def _after(head: str, value: Any, indent: int) -> Iterator[str]:
    """The lines of a value behind `head` (`key:` or `-`), in one line where they fit."""
    one_line = _flow(value, WIDTH - len(head) - 1)
    if one_line is not None:
        yield f"{head} {one_line}"
    elif isinstance(value, Mapping):
        yield head
        for key, inner in value.items():
            yield from _entry(key, inner, indent + 2)
    elif isinstance(value, str):
        yield from _text(head, value, indent)
    else:
        yield head
        for inner in value:
            yield from _item(inner, indent + 2)


def _item(value: Any, indent: int) -> Iterator[str]:
    """The lines of one entry of a list; a mapping starts on the line of its `-`."""
    dash = " " * indent + "-"
    if isinstance(value, Mapping) and _flow(value, WIDTH - len(dash) - 1) is None:
        lines = (line for key, inner in value.items() for line in _entry(key, inner, indent + 2))
        first = next(lines)
        yield f"{dash} {first[indent + 2 :]}"
        yield from lines
    else:
        yield from _after(dash, value, indent)


def _text(head: str, value: str, indent: int) -> Iterator[str]:
    """Text that has several lines, or is too long for one."""
    lines = value.removesuffix("\n").split("\n")
    if (
        len(lines) == 1
        or not lines[0]
        or lines[0].startswith(" ")
        or not lines[-1]
        or _NOT_IN_A_BLOCK.search(value)
    ):
        yield f"{head} {scalar(value)}"
        return
    yield f"{head} {'|' if value.endswith(chr(10)) else '|-'}"
    for line in lines:
        yield " " * (indent + 2) + line if line else ""


def _flow(value: Any, room: int) -> str | None:
    """The value in one line, or None where it does not fit or has text of several lines."""
    if isinstance(value, str):
        return None if "\n" in value else scalar(value)
    if isinstance(value, Mapping):
        entries = ((f"{scalar(key)}: ", inner) for key, inner in value.items())
        opening, closing = "{", "}"
    elif isinstance(value, Sequence):
        entries = (("", inner) for inner in value)
        opening, closing = "[", "]"
    else:
        return scalar(value)
    parts: list[str] = []
    left = room
    for head, inner in entries:
        written = _flow(inner, left)
        if written is None or len(written) > left:
            return None
        parts.append(head + written)
        left -= len(parts[-1])
    line = opening + ", ".join(parts) + closing
    return line if len(line) <= room else None


def scalar(value: str | int | float | bool | None) -> str:
    """One value in one line."""
    if isinstance(value, str):
        return _words(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        raise ValueError(f"{value} has no place in a graph")
    written = repr(value)
    return written if "." in written else written.replace("e", ".0e")


@lru_cache(maxsize=4096)
def _words(value: str) -> str:
    if _BARE.fullmatch(value) and value.lower() not in _WORDS_WITH_A_MEANING:
        return value
    return '"' + _TO_ESCAPE.sub(_escape, value) + '"'


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    known = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
    if character in known:
        return known[character]
    point = ord(character)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}"
