"""What the four engines say differently: reading a value out of JSON, and comparing text.

An `Engine` writes expressions for a value: a JSON column and a name in it, or one element of a
list.  Each is NULL where the value is not of that kind, so that no engine fails on what is stored.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal

from cio_lang.record import record

Dialect = Literal["sqlite", "postgres", "duckdb", "clickhouse"]

_OTHER_KINDS = re.compile(r"[-+.\d\[{\"'(\s]|true|false|null|nan|inf", re.IGNORECASE)
"""How a value that is no text may begin when it is read as one."""

_PLAIN = re.compile(r"[^\"\\\x00-\x1f]+")


@record
class Value:
    """A stored value: `name` in the JSON `column`; without a name, the column is all of it.

    `inner` is a name inside of the value (that of an amount of money).
    """

    column: str
    name: str | None = None
    inner: str | None = None

    def part(self, inner: str) -> Value:
        """A value inside of this one."""
        return Value(self.column, self.name, inner)


class Engine(ABC):
    """Expressions of one engine; what most of them say alike stands here."""

    dialect: Dialect
    bigint = "BIGINT"
    double = "DOUBLE PRECISION"
    binary = ""  # how text is put in order, byte by byte
    both, less = " INTERSECT ", " EXCEPT "  # between queries; no row twice
    looks_up = True  # whether a query may be about each row of the one around it
    stops_early = False  # whether it is better asked of one person after another
    joins_what_is_not = False  # whether NOT EXISTS is faster there than NOT IN

    def quote(self, text: str) -> str:
        """A text as a literal."""
        return "'" + text.replace("'", "''") + "'"

    @abstractmethod
    def text(self, value: Value) -> str:
        """The value where it is text."""

    def one_of(self, value: Value, texts: Sequence[str]) -> str:
        """Whether the value is one of these texts, none of which is empty.

        Without a look at its kind where no other kind reads as one of them.
        """
        kind_matters = any(_OTHER_KINDS.match(text) for text in texts)
        read = self.text(value) if kind_matters else self.plain(value)
        return f"{read} IN ({', '.join(map(self.quote, texts))})"

    def plain(self, value: Value) -> str:
        """The value as the engine writes it as text, if it is text; else whatever comes."""
        return self.text(value)

    @abstractmethod
    def number(self, value: Value) -> str:
        """The value as a double where it is a number."""

    def number_or(self, value: Value, money: str) -> str:
        """The value where it is a number; else that of `money`, which is about an object."""
        return f"coalesce({self.number(value)}, {money})"

    def double_of(self, number: float) -> str:
        """A number as a literal."""
        return f"CAST({number!r} AS {self.double})"

    def ordered(self, value: Value, sign: str, number: float, money: str) -> str:
        """How a number or `money` compares with a number."""
        return f"{self.number_or(value, money)} {sign} {self.double_of(number)}"

    @abstractmethod
    def integer(self, value: Value) -> str:
        """The value as a whole number; it is known to be one, or missing."""

    @abstractmethod
    def flag(self, value: Value, wanted: bool) -> str:
        """Whether the value is exactly yes, or no."""

    @abstractmethod
    def known(self, value: Value) -> str:
        """Whether there is a value that is not null, empty text or an empty list."""

    @abstractmethod
    def element(self, value: Value, test: str) -> str:
        """Whether the value is a list with an element for which `test` (about `ELEMENT`) holds."""

    def millionths(self, number: str) -> str:
        """A number in whole millionths, the nearest, as a double."""
        return f"floor({number} * 1000000.0 + 0.5)"

    def starts(self, text: str, wanted: str) -> str:
        """Whether a text begins with another."""
        return f"substr({text}, 1, {len(wanted)}) = {self.quote(wanted)}"

    def ends(self, text: str, wanted: str) -> str:
        """Whether a text ends with another."""
        return f"right({text}, {len(wanted)}) = {self.quote(wanted)}"

    def contains(self, text: str, wanted: str) -> str:
        """Whether a text has another in it."""
        return f"strpos({text}, {self.quote(wanted)}) > 0"


ELEMENT = Value("cio_element")
"""The element that `Engine.element` is about."""


class SQLite(Engine):
    """JSON is text that `json_extract` reads; a name that its paths cannot write is looked for."""

    dialect: Dialect = "sqlite"
    stops_early = True
    bigint = "INTEGER"
    double = "REAL"

    def _kind(self, value: Value) -> str:
        if value == ELEMENT:
            return "cio_element.type"
        if value.name is not None and not _PLAIN.fullmatch(value.name):
            if value.inner is None:
                return f"(SELECT type FROM {self._found(value)})"
            whole = f"(SELECT value FROM {self._found(value)} AND type = 'object')"
            return f"json_type({whole}, '$.{value.inner}')"
        return f"json_type({self._column(value)}, {self._path(value)})"

    def _value(self, value: Value) -> str:
        if value == ELEMENT:
            return "cio_element.value"
        if value.name is not None and not _PLAIN.fullmatch(value.name):
            if value.inner is None:
                return f"(SELECT value FROM {self._found(value)})"
            whole = f"(SELECT value FROM {self._found(value)} AND type = 'object')"
            return f"json_extract({whole}, '$.{value.inner}')"
        return f"json_extract({self._column(value)}, {self._path(value)})"

    def _found(self, value: Value) -> str:
        return f"json_each({value.column}) WHERE key = {self.quote(value.name or '')}"

    def _column(self, value: Value) -> str:
        if value.name is not None:
            return value.column
        # An element is JSON only where it is an object.
        return "CASE cio_element.type WHEN 'object' THEN cio_element.value END"

    def _path(self, value: Value) -> str:
        named = "" if value.name is None else f'."{value.name}"'
        inner = "" if value.inner is None else f'."{value.inner}"'
        return self.quote(f"${named}{inner}")

    def text(self, value: Value) -> str:
        """Text is what `json_type` calls so."""
        return f"CASE {self._kind(value)} WHEN 'text' THEN {self._value(value)} END"

    def plain(self, value: Value) -> str:
        """As it is read."""
        return self._value(value)

    def number(self, value: Value) -> str:
        """Whole numbers and others."""
        return f"CASE {self._kind(value)} {self._numbers(value)} END"

    def _numbers(self, value: Value) -> str:
        read = self._value(value)
        return f"WHEN 'real' THEN {read} WHEN 'integer' THEN CAST({read} AS REAL)"

    def number_or(self, value: Value, money: str) -> str:
        """One look at its kind."""
        kind = self._kind(value)
        return f"CASE {kind} {self._numbers(value)} WHEN 'object' THEN {money} END"

    def integer(self, value: Value) -> str:
        """As it is read."""
        return self._value(value)

    def flag(self, value: Value, wanted: bool) -> str:
        """The two have types of their own."""
        return f"{self._kind(value)} = '{str(wanted).lower()}'"

    def known(self, value: Value) -> str:
        """By type; an empty list is written as one."""
        kind, read = self._kind(value), self._value(value)
        return (
            f"CASE {kind} WHEN 'null' THEN 0 WHEN 'text' THEN {read} <> ''"
            f" WHEN 'array' THEN {read} <> '[]' ELSE {kind} IS NOT NULL END"
        )

    def element(self, value: Value, test: str) -> str:
        """`json_each` gives an element as it is and its type."""
        listed = f"CASE {self._kind(value)} WHEN 'array' THEN {self._value(value)} ELSE '[]' END"
        return f"EXISTS (SELECT 1 FROM json_each({listed}) AS cio_element WHERE {test})"

    def millionths(self, number: str) -> str:
        """Without `floor`, which not every SQLite has.

        SQLAlchemy puts one of Python in its place, which fails on NULL.
        """
        below = "CAST(y AS INTEGER) - (y < CAST(y AS INTEGER)) + 0.0"
        floor = (
            "CASE WHEN y BETWEEN 0.0 AND 9e15 THEN CAST(y AS INTEGER) + 0.0"
            f" WHEN abs(y) < 9e15 THEN {below} ELSE y END"
        )
        return f"(SELECT {floor} FROM (SELECT {number} * 1000000.0 + 0.5 AS y LIMIT 1))"

    def ends(self, text: str, wanted: str) -> str:
        """A number below 0 counts from the end."""
        return f"substr({text}, -{len(wanted)}) = {self.quote(wanted)}"

    def contains(self, text: str, wanted: str) -> str:
        """By its own name."""
        return f"instr({text}, {self.quote(wanted)}) > 0"


class PostgreSQL(Engine):
    """JSON is `jsonb`."""

    dialect: Dialect = "postgres"
    binary = ' COLLATE "C"'
    joins_what_is_not = True

    def _json(self, value: Value) -> str:
        column = value.column if value != ELEMENT else "cio_element.value"
        names = [name for name in (value.name, value.inner) if name is not None]
        return column + "".join(f" -> {self.quote(name)}" for name in names)

    def _text(self, value: Value) -> str:
        column = "cio_element.value" if value.name is None else value.column
        names = [name for name in (value.name, value.inner) if name is not None]
        if not names:
            return f"({column} #>> '{{}}')"
        inner = "".join(f" -> {self.quote(name)}" for name in names[:-1])
        return f"({column}{inner} ->> {self.quote(names[-1])})"

    def _json_of(self, value: Value) -> str:
        column = "cio_element.value" if value.name is None else value.column
        return f"({self._json(Value(column, value.name, value.inner))})"

    def text(self, value: Value) -> str:
        """A string."""
        kind = f"jsonb_typeof({self._json_of(value)})"
        return f"CASE {kind} WHEN 'string' THEN {self._text(value)} END"

    def plain(self, value: Value) -> str:
        """Without its quotes."""
        return self._text(value)

    def number(self, value: Value) -> str:
        """Decimals become doubles."""
        return f"CASE {self._kind(value)} {self._numbers(value)} END"

    def _kind(self, value: Value) -> str:
        return f"jsonb_typeof({self._json_of(value)})"

    def _numbers(self, value: Value) -> str:
        return f"WHEN 'number' THEN CAST({self._text(value)} AS {self.double})"

    def number_or(self, value: Value, money: str) -> str:
        """One look at its kind."""
        kind = self._kind(value)
        return f"CASE {kind} {self._numbers(value)} WHEN 'object' THEN {money} END"

    def ordered(self, value: Value, sign: str, number: float, money: str) -> str:
        """As JSON, which puts text before numbers and objects behind: that costs no conversion."""
        read, kind = self._json_of(value), self._kind(value)
        passes = f"{read} {sign} '{number!r}'::jsonb"
        also = f"WHEN 'object' THEN {money} {sign} {self.double_of(number)} END"
        if sign == "=":
            return f"CASE WHEN {passes} THEN true ELSE CASE {kind} {also} END"
        if sign in (">", ">="):
            return f"({passes} AND CASE {kind} WHEN 'number' THEN true {also})"
        return f"CASE WHEN {passes} THEN {kind} = 'number' ELSE CASE {kind} {also} END"

    def integer(self, value: Value) -> str:
        """Read from its digits."""
        return f"CAST({self._text(value)} AS BIGINT)"

    def flag(self, value: Value, wanted: bool) -> str:
        """As JSON."""
        return f"{self._json_of(value)} = '{str(wanted).lower()}'::jsonb"

    def known(self, value: Value) -> str:
        """As JSON."""
        return f"{self._json_of(value)} NOT IN ('null'::jsonb, '\"\"'::jsonb, '[]'::jsonb)"

    def element(self, value: Value, test: str) -> str:
        """The elements as rows."""
        found = self._json_of(value)
        listed = f"CASE jsonb_typeof({found}) WHEN 'array' THEN {found} ELSE '[]'::jsonb END"
        rows = f"jsonb_array_elements({listed}) AS cio_element (value)"
        return f"EXISTS (SELECT 1 FROM {rows} WHERE {test})"


class DuckDB(Engine):
    """JSON is text; names are written as JSON pointers, which can write every name."""

    dialect: Dialect = "duckdb"
    double = "DOUBLE"

    def _pointer(self, value: Value) -> str:
        names = [name for name in (value.name, value.inner) if name is not None]
        parts = (name.replace("~", "~0").replace("/", "~1") for name in names)
        return self.quote("".join(f"/{part}" for part in parts))

    def _column(self, value: Value) -> str:
        return "cio_element" if value.name is None else value.column

    def _kind(self, value: Value) -> str:
        if value == ELEMENT:
            return "json_type(cio_element)"
        return f"json_type({self._column(value)}, {self._pointer(value)})"

    def _text(self, value: Value) -> str:
        if value == ELEMENT:
            return "json_extract_string(cio_element, '$')"
        return f"json_extract_string({self._column(value)}, {self._pointer(value)})"

    def text(self, value: Value) -> str:
        """A string."""
        return f"CASE WHEN {self._kind(value)} = 'VARCHAR' THEN {self._text(value)} END"

    def plain(self, value: Value) -> str:
        """Without its quotes."""
        return self._text(value)

    def number(self, value: Value) -> str:
        """What reads as one where text still stands in quotes."""
        read = "cio_element"
        if value != ELEMENT:
            read = f"json_extract({self._column(value)}, {self._pointer(value)})"
        return f"TRY_CAST(CAST({read} AS VARCHAR) AS DOUBLE)"

    def integer(self, value: Value) -> str:
        """Read from its digits."""
        return f"CAST({self._text(value)} AS BIGINT)"

    def flag(self, value: Value, wanted: bool) -> str:
        """By type and word."""
        word = str(wanted).lower()
        return f"({self._kind(value)} = 'BOOLEAN' AND {self._text(value)} = '{word}')"

    def known(self, value: Value) -> str:
        """By type; an empty list is written as one."""
        kind, read = self._kind(value), self._text(value)
        return (
            f"CASE {kind} WHEN 'NULL' THEN false WHEN 'VARCHAR' THEN {read} <> ''"
            f" WHEN 'ARRAY' THEN {read} <> '[]' ELSE {kind} IS NOT NULL END"
        )

    def element(self, value: Value, test: str) -> str:
        """The list as JSON values, looked through by a function."""
        found = f"json_extract({self._column(value)}, {self._pointer(value)})"
        listed = (
            f"""CASE WHEN {self._kind(value)} = 'ARRAY' THEN from_json({found}, '["JSON"]') END"""
        )
        return f"len(list_filter({listed}, lambda cio_element: coalesce({test}, false))) > 0"


class ClickHouse(Engine):
    """JSON is text; its functions give an empty value for a missing one, so types are asked."""

    dialect: Dialect = "clickhouse"
    bigint = "Int64"
    double = "Float64"
    both, less = " INTERSECT DISTINCT ", " EXCEPT DISTINCT "
    looks_up = False

    def quote(self, text: str) -> str:
        """Backslashes escape there."""
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def _arguments(self, value: Value) -> str:
        column = "cio_element" if value.name is None else value.column
        names = [name for name in (value.name, value.inner) if name is not None]
        return ", ".join([column, *(self.quote(name) for name in names)])

    def _kind(self, value: Value) -> str:
        return f"toString(JSONType({self._arguments(value)}))"

    def text(self, value: Value) -> str:
        """A string."""
        read = f"JSONExtractString({self._arguments(value)})"
        return f"CASE WHEN {self._kind(value)} = 'String' THEN {read} END"

    def number(self, value: Value) -> str:
        """Whichever kind of number it was read as."""
        read = f"JSONExtractFloat({self._arguments(value)})"
        return f"CASE WHEN {self._kind(value)} IN ('Int64', 'UInt64', 'Double') THEN {read} END"

    def integer(self, value: Value) -> str:
        """NULL where it is not there."""
        read = f"JSONExtractInt({self._arguments(value)})"
        return f"CASE WHEN {self._kind(value)} IN ('Int64', 'UInt64') THEN {read} END"

    def flag(self, value: Value, wanted: bool) -> str:
        """By type and value."""
        read = f"JSONExtractBool({self._arguments(value)})"
        return f"({self._kind(value)} = 'Bool' AND {read} = {str(wanted).lower()})"

    def known(self, value: Value) -> str:
        """By type; an empty list is written as one."""
        raw = f"JSONExtractRaw({self._arguments(value)})"
        return f"({self._kind(value)} <> 'Null' AND {raw} NOT IN ('\"\"', '[]'))"

    def element(self, value: Value, test: str) -> str:
        """The elements as JSON, looked through by a function, which takes no NULL."""
        column, _, names = self._arguments(value).partition(", ")
        listed = f"JSONExtractArrayRaw(coalesce({column}, ''), {names})"
        return f"arrayExists(cio_element -> coalesce({test}, false), {listed})"

    def starts(self, text: str, wanted: str) -> str:
        """By bytes."""
        return f"startsWith({text}, {self.quote(wanted)})"

    def ends(self, text: str, wanted: str) -> str:
        """By bytes."""
        return f"endsWith({text}, {self.quote(wanted)})"

    def contains(self, text: str, wanted: str) -> str:
        """By bytes."""
        return f"position({text}, {self.quote(wanted)}) > 0"


ENGINES: dict[Dialect, Engine] = {
    engine.dialect: engine for engine in (SQLite(), PostgreSQL(), DuckDB(), ClickHouse())
}
