"""JSON in, objects out: one in each line, or all of them in one list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NoReturn

from cio_lang.importing.csv_rows import COLUMNS
from cio_lang.importing.lines import LONGEST_LINE, BadRow, Lines, Row

_SAMPLE = 1_000  # objects that are looked through for their keys

LIST = re.compile(
    r'\s*(?:\[|\{\s*"(?:activities|customers|people|events|exports|batch|results|data)"\s*:\s*\[)'
)
"""How a file begins that is one list, or a page of an API's answer."""

_BETWEEN = re.compile(r"[\s,]*")


class JsonObjects:
    """JSON Lines, or one JSON list: the objects, each with the line that it begins in."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._first = lines.first()
        self.header: str | None = None
        self.listed = LIST.match(self._first) is not None or self._first.strip() == "{"

    def objects(self) -> Iterator[tuple[int, dict[str, Any]] | BadRow]:
        """Every object, and what is none."""
        yield from self._of_list() if self.listed else self._of_lines()

    def _of_lines(self) -> Iterator[tuple[int, dict[str, Any]] | BadRow]:
        bad = self._lines.bad
        yield self._object(self._lines.number, self._first)
        for number, text in self._lines.rest():
            while bad:
                yield bad.popleft()
            if not text.isspace():
                yield self._object(number, text)
        yield from bad

    def _object(self, number: int, text: str) -> tuple[int, dict[str, Any]] | BadRow:
        try:
            found = _decoder.decode(text)
        except (ValueError, RecursionError) as error:
            return BadRow(number, f"the line is not JSON: {_why(error)}", text)
        if not isinstance(found, dict):
            return BadRow(number, "the line is not a JSON object", text)
        if len(found) > COLUMNS:
            return BadRow(number, f"it has {len(found):,} keys, and {COLUMNS:,} can be read", text)
        return number, found

    def _of_list(self) -> Iterator[tuple[int, dict[str, Any]] | BadRow]:
        """Objects of a list; after one that is not JSON, nothing can be told apart any more."""
        source = self._lines.rest()
        text, number = self._first, self._lines.number

        def more() -> bool:
            nonlocal text
            added = next(source, None)
            if added is not None:
                text += added[1]
            return added is not None

        while (opened := LIST.match(text)) is None:
            if len(text) > LONGEST_LINE or not more():
                reason = "it is one JSON value and no list of rows"
                self._lines.refuse(reason, "write one object per line (`jq -c '.[]'`)")
        start = opened.end()
        number += text.count("\n", 0, start)
        while True:
            between = _BETWEEN.match(text, start)
            assert between is not None
            number += text.count("\n", start, between.end())
            start = between.end()
            if start == len(text):
                text, start = "", 0
                if more():
                    continue
                break
            if text[start] == "]":
                yield from self._lines.bad
                return
            try:
                found, end = _decoder.raw_decode(text, start)
            except (ValueError, RecursionError) as error:
                text, start = text[start:], 0
                ours = isinstance(error, _NotOurs | RecursionError)
                if not ours and len(text) <= LONGEST_LINE and more():
                    continue
                yield BadRow(number, f"the list is not JSON from here on: {_why(error)}", text)
                return
            if isinstance(found, dict):
                yield number, found
            else:
                yield BadRow(number, "this is not a JSON object", text[start:end])
            number += text.count("\n", start, end)
            start = end
        yield from self._lines.bad
        yield BadRow(number, "the list has no end: is the file cut off?", "")

    def text(self, cells: Sequence[Any] | Mapping[str, Any]) -> str:
        """An object as it can stand in a line."""
        return json.dumps(cells, ensure_ascii=False, default=str)


class JsonTable:
    """The same with columns: every key is one, and `columns` grows as keys are met."""

    def __init__(self, lines: Lines) -> None:
        self.columns: list[str] = []
        self.header: str | None = None
        self._places: dict[str, int] = {}
        self._objects = JsonObjects(lines)
        self._source = self._objects.objects()
        self._ahead = [self._row(found) for found in islice(self._source, _SAMPLE)]
        if not self.columns:
            lines.refuse("none of its first lines is a JSON object", "write one object per line")

    def rows(self) -> Iterator[Row | BadRow]:
        """All rows in order; a key that an object does not have is a cell of None."""
        for row in self._ahead:
            if isinstance(row, Row):
                row.cells.extend([None] * (len(self.columns) - len(row.cells)))
            yield row
        self._ahead.clear()
        for found in self._source:
            yield self._row(found)

    def _row(self, found: tuple[int, dict[str, Any]] | BadRow) -> Row | BadRow:
        if isinstance(found, BadRow):
            return found
        number, values = found
        places = self._places
        fresh = [key for key in values if key not in places]
        if len(places) + len(fresh) > COLUMNS:
            reason = f"with its keys the file would have more than {COLUMNS:,} columns"
            return BadRow(number, reason, self._objects.text(values))
        for key in fresh:
            places[key] = len(self.columns)
            self.columns.append(key)
        get = values.get
        return Row(number, [get(column) for column in self.columns])

    def text(self, cells: Sequence[Any]) -> str:
        """A row as the object that it was; what was null is left out."""
        pairs = zip(self.columns, cells, strict=False)
        return self._objects.text({name: cell for name, cell in pairs if cell is not None})


class _NotOurs(ValueError):
    """JSON that Python reads and that is not JSON, or says two things."""


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return str(error) if isinstance(error, _NotOurs) else "is the line cut off?"


def _refuse_constant(name: str) -> NoReturn:
    raise _NotOurs(f"`{name}` is no number")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotOurs("a key stands in it twice")
    return found


_decoder = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_pairs)
