"""Values against types: what can be stored where, and how a value reads in a graph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from cio_lang import ast, ir, names, text
from cio_lang.problem import Fix, Problem, Report, nearest
from cio_lang.record import record
from cio_lang.schema import Schema


@record(kw_only=True)
class WrongType(Problem):
    """A value does not fit the type of what it is compared with or stored in.

    `instead` is the value as it would fit, where only its quotes or its currency are wrong.
    """

    code = "wrong-type"
    name: str
    expected: str
    written: str
    instead: str | None = None
    how: str = ""
    declared: bool = True

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.name}` is {self.expected}, but {self.written} is not.",
            "The two can never be equal or be compared.",
            f"write {self.how or self._other()}",
        )

    def _other(self) -> str:
        changed = f", or change what `{self.name}` is declared as" if self.declared else ""
        return f"a value that is {self.expected}{changed}"

    def fix(self) -> Fix | None:
        """The value as it would fit."""
        return None if self.instead is None else Fix(self.span, self.instead)


@record(kw_only=True)
class NotOneOf(Problem):
    """A value is not among those that the attribute or property can have."""

    code = "not-one-of"
    name: str
    written: str
    values: tuple[str, ...]
    suggestion: str | None
    words: str = "is"

    def report(self) -> Report:
        """What, why, one way out."""
        choices = ", ".join(text.quoted(value) for value in self.values)
        never = "is never" if self.words == "is" else f"never {self.words}"
        return Report(
            f"`{self.name}` {never} {text.quoted(self.written)}.",
            f"It is declared as one of {choices}.",
            f"write {text.quoted(self.suggestion)}"
            if self.suggestion
            else f"write one of {choices}",
        )

    def fix(self) -> Fix | None:
        """The choice that was probably meant."""
        return None if self.suggestion is None else Fix(self.span, text.quoted(self.suggestion))


@record(kw_only=True)
class WrongCurrency(Problem):
    """Two amounts in different currencies are compared."""

    code = "wrong-currency"
    name: str
    expected: str
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.name}` is in {self.expected}, but {self.written} is not.",
            "Amounts in two currencies cannot be compared without a rate, and rates change.",
            f"write the amount in {self.expected}",
        )


@record(kw_only=True)
class NotANumber(Problem):
    """Something is added to an attribute that is not a number."""

    code = "not-a-number"
    name: str
    declared: str

    def report(self) -> Report:
        """What, why, one way out."""
        name = text.name(ast.Name(self.name))
        return Report(
            f"`{self.name}` is {self.declared}, so nothing can be added to it.",
            "Only a number can count up or down.",
            f"declare a number for it, or write `set {name} to …`",
        )


TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
"""A time of day as it is written: `09:00`."""

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def described(kind: ast.Type) -> str:
    """A type as a person would say it: `a number`, `text`, `an amount of money`."""
    match kind.kind:
        case "text":
            return "text"
        case "number":
            return "a number"
        case "money":
            return "an amount of money"
        case "date":
            return "a date"
        case "time":
            return "a time of day such as 09:00"
        case "yes/no":
            return "yes or no"
        case "list":
            return "a list"
        case "one of":
            return "one of " + ", ".join(f'"{value}"' for value in kind.values)


def fits(
    named: ast.Name, kind: ast.Type, value: ast.Value, currency: str, *, declared: bool = True
) -> Problem | None:
    """The problem with `value` standing for something of type `kind`, or None where it fits.

    A bare number fits money (in the declared currency, else the workspace's `currency`).
    `declared` says that the type is declared under that very name.
    """
    expected = kind.currency or currency
    match kind.kind, value:
        case "one of", ast.Text():
            if value.value in kind.values:
                return None
            return NotOneOf(
                span=value.span,
                name=named.text,
                written=value.value,
                values=kind.values,
                suggestion=nearest(value.value, kind.values),
            )
        case "money", ast.Money():
            if value.currency == expected:
                return None
            return WrongCurrency(
                span=value.span, name=named.text, expected=expected, written=text.value(value)
            )
        case "time", ast.Text() if TIME.fullmatch(value.value):
            return None
        case (
            ("text", ast.Text())
            | ("list", ast.Text() | ast.Number())
            | ("number" | "money", ast.Number())
            | ("date", ast.Date())
            | ("time", ast.Time())
            | ("yes/no", ast.YesNo())
        ):
            return None
        case (
            "text" | "list" | "number" | "money" | "date" | "time" | "yes/no" | "one of",
            ast.Text() | ast.Number() | ast.Money() | ast.Date() | ast.Time() | ast.YesNo(),
        ):
            instead, how = rewritten(kind, value)
            return WrongType(
                span=value.span,
                name=named.text,
                expected=described(kind),
                written=text.value(value),
                instead=instead,
                how=how,
                declared=declared,
            )


def rewritten(kind: ast.Type, value: ast.Value) -> tuple[str | None, str]:
    """The value as it would fit, and how to say so."""
    match kind.kind, value:
        case "yes/no", ast.Text() if value.value.casefold() in ("yes", "no"):
            return _without_quotes(value.value.casefold())
        case (("number" | "money"), ast.Text()) if _NUMBER.fullmatch(value.value):
            return _without_quotes(value.value)
        case "date", ast.Text() if _DATE.fullmatch(value.value):
            return _without_quotes(value.value)
        case "number", ast.Money():
            amount = text.number(value.amount)
            return amount, f"{amount} without a currency"
        case "text", ast.Number() | ast.Date() | ast.Time() | ast.YesNo():
            return _in_quotes(value)
        case "one of", ast.Number() | ast.YesNo() if text.value(value) in kind.values:
            return _in_quotes(value)
        case _, ast.Text() | ast.Number() | ast.Money() | ast.Date() | ast.Time() | ast.YesNo():
            return None, ""


def _without_quotes(bare: str) -> tuple[str, str]:
    return bare, f"{bare} without quotes"


def _in_quotes(value: ast.Value) -> tuple[str, str]:
    quoted = text.quoted(text.value(value))
    return quoted, f"it in quotes: {quoted}"


def assignable(attribute: ast.Name, value: ast.Value, schema: Schema) -> Iterator[Problem]:
    """Problems with setting `attribute` to `value`: unknown, or of another type."""
    missing = names.attribute(attribute, schema)
    if missing is not None:
        yield missing
        return
    kind = schema.attribute_type(attribute.text)
    problem = None if kind is None else fits(attribute, kind, value, schema.settings.currency)
    if problem is not None:
        yield problem


def countable(attribute: ast.Name, schema: Schema) -> Iterator[Problem]:
    """Problems with adding to `attribute`: unknown, or not a number."""
    missing = names.attribute(attribute, schema)
    kind = schema.attribute_type(attribute.text)
    if missing is not None:
        yield missing
    elif kind is not None and kind.kind != "number":
        yield NotANumber(span=attribute.span, name=attribute.text, declared=described(kind))


def carried(
    event: ast.Name, properties: Sequence[tuple[ast.Name, ast.Value]], schema: Schema
) -> Iterator[Problem]:
    """Problems with an event that is made, and with what it carries."""
    unknown = names.event(event, schema)
    if unknown is not None:
        yield unknown
        return
    yield from names.properties(event, (name for name, _ in properties))
    for name, value in properties:
        problem: Problem | None = names.property_of(event, name, schema)
        kind = schema.property_type(event.text, name.text)
        if problem is None and kind is not None:
            problem = fits(name, kind, value, schema.settings.currency)
        if problem is not None:
            yield problem


def plain_number(value: Decimal) -> int | float:
    """A number as YAML and JSON write it: whole numbers without a point."""
    return int(value) if value == value.to_integral_value() else float(value)


def scalar(value: ast.Value) -> ir.Scalar:
    """A value as it stands in a graph."""
    match value:
        case ast.Text():
            return value.value
        case ast.Number():
            return plain_number(value.value)
        case ast.Money():
            return ir.Money(plain_number(value.amount), value.currency)
        case ast.Date():
            return value.value.isoformat()
        case ast.Time():
            return text.clock(value)
        case ast.YesNo():
            return value.value
