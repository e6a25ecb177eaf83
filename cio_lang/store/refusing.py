"""Many rows of which some may be refused: those are told one by one, and the others are stored."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from cio_lang.store.limits import Refused

_T = TypeVar("_T")


def put_others(
    rows: Sequence[_T],
    put: Callable[[Sequence[_T]], int],
    check: Callable[[_T], object],
    on_refused: Callable[[_T, Refused], object],
    row_of: Callable[[_T], Hashable] = id,
) -> tuple[Sequence[_T], int]:
    """Put all at once; where one is refused, look which are, and put the others.

    `put` stores nothing where it raises `Refused`, and `check` raises it for what is wrong with one
    row by itself; what is wrong only with what is stored already, `put` finds.  What has the same
    `row_of` is stored together or not at all; the first of them that is refused is told.
    Returns those that were put, and the sum of what `put` said.
    """
    try:
        return rows, put(rows)
    except Refused:
        others = _passing(rows, check, on_refused, row_of)
    try:
        return others, put(others) if others else 0
    except Refused:
        pass
    together: dict[Hashable, list[_T]] = {}
    for each in others:
        together.setdefault(row_of(each), []).append(each)
    stored, count = list[_T](), 0
    for row in together.values():
        try:
            count += put(row)
            stored += row
        except Refused as refused:
            on_refused(row[0], refused)
    return stored, count


def _passing(
    rows: Sequence[_T],
    check: Callable[[_T], object],
    on_refused: Callable[[_T, Refused], object],
    row_of: Callable[[_T], Hashable],
) -> list[_T]:
    bad: set[Hashable] = set()
    for each in rows:
        if row_of(each) not in bad:
            try:
                check(each)
            except Refused as refused:
                bad.add(row_of(each))
                on_refused(each, refused)
    return [each for each in rows if row_of(each) not in bad]
