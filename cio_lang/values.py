"""Values against types: what can be stored where, and how a value reads in a graph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cio_lang import ast, ir, text
from cio_lang.problem import Problem, Report, nearest
from cio_lang.schema import KINDS, Kind, Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownAttribute(Problem):
    """A journey names an attribute that the workspace does not declare."""

    code = "unknown-attribute"
    attribute: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no attribute `{self.attribute}`.",
            "Conditions on an attribute that nobody has quietly match the wrong people.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"declare it: `attribute {text.name(ast.Name(self.attribute))}: text`",
        )


_ONLY = {
    "event": "Only an event can be done.",
    "attribute": "Only an attribute can be compared or set.",
    "segment": "Only a segment can have people in it.",
    "topic": "Only a topic can be what messages are about.",
    "journey": "Only a journey can be started.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongKind(Problem):
    """A name is declared, but as something else: an attribute stands where an event belongs."""

    code = "wrong-kind"
    name: str
    used_as: Kind
    declared_as: Kind

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.name}` is {_article(self.declared_as)}, not {_article(self.used_as)}.",
            _ONLY[self.used_as],
            self._way_out(),
        )

    def _way_out(self) -> str:
        name = text.name(ast.Name(self.name))
        if self.used_as == "topic":
            return f"declare it: `topic {text.quoted(self.name)}`"
        match self.declared_as:
            case "event":
                return f"write `did {name}`"
            case "attribute":
                return f"compare the attribute, as in `{name} is known`"
            case "segment":
                return f"write `in segment {text.quoted(self.name)}`"
            case "topic" | "journey":
                return f"write the name of {_article(self.used_as)}"


def _article(kind: Kind) -> str:
    return f"{'an' if kind in ('event', 'attribute') else 'a'} {kind}"


def other_kind(named: ast.Name, used_as: Kind, schema: Schema) -> WrongKind | None:
    """The problem with a name that is declared as something else than it is used as."""
    for declared_as in KINDS:
        if declared_as != used_as and named.text in schema.names(declared_as):
            return WrongKind(
                span=named.span, name=named.text, used_as=used_as, declared_as=declared_as
            )
    return None


def missing_attribute(named: ast.Name, schema: Schema) -> UnknownAttribute | WrongKind | None:
    """The problem with the name of an attribute that does not exist."""
    known = schema.names("attribute")
    if named.text in known or schema.is_open("attribute"):
        return None
    return other_kind(named, "attribute", schema) or UnknownAttribute(
        span=named.span, attribute=named.text, suggestion=nearest(named.text, known)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongType(Problem):
    """A value does not fit the type of what it is compared with or stored in."""

    code = "wrong-type"
    name: str
    expected: str
    written: str
    instead: str | None = None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.name}` is {self.expected}, but {self.written} is not.",
            "The two can never be equal or be compared.",
            f"write {self.instead}"
            if self.instead
            else f"write a value that is {self.expected}, or change what `{self.name}` is "
            "declared as",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
            return 'a time of day such as "09:00"'
        case "yes/no":
            return "yes or no"
        case "list":
            return "a list"
        case "one of":
            return "one of " + ", ".join(f'"{value}"' for value in kind.values)


def fits(named: ast.Name, kind: ast.Type, value: ast.Value, currency: str) -> Problem | None:
    """The problem with `value` standing for something of type `kind`, or None where it fits.

    A bare number fits money (in the declared currency, else the workspace's `currency`).
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
            | ("yes/no", ast.YesNo())
        ):
            return None
        case (
            "text" | "list" | "number" | "money" | "date" | "time" | "yes/no" | "one of",
            ast.Text() | ast.Number() | ast.Money() | ast.Date() | ast.YesNo(),
        ):
            return WrongType(
                span=value.span,
                name=named.text,
                expected=described(kind),
                written=text.value(value),
                instead=_rewritten(kind, value),
            )


def _rewritten(kind: ast.Type, value: ast.Value) -> str | None:
    """The value as it would fit, where only its quotes or its currency are wrong."""
    match kind.kind, value:
        case "yes/no", ast.Text() if value.value.casefold() in ("yes", "no"):
            return f"{value.value.casefold()} without quotes"
        case (("number" | "money"), ast.Text()) if _NUMBER.fullmatch(value.value):
            return f"{value.value} without quotes"
        case "date", ast.Text() if _DATE.fullmatch(value.value):
            return f"{value.value} without quotes"
        case "number", ast.Money():
            return f"{text.number(value.amount)} without a currency"
        case "text", ast.Number() | ast.Date() | ast.YesNo():
            return f"it in quotes: {text.quoted(text.value(value))}"
        case "one of", ast.Number() | ast.YesNo() if text.value(value) in kind.values:
            return f"it in quotes: {text.quoted(text.value(value))}"
        case _, ast.Text() | ast.Number() | ast.Money() | ast.Date() | ast.YesNo():
            return None


def assignable(attribute: ast.Name, value: ast.Value, schema: Schema) -> Iterator[Problem]:
    """Problems with setting `attribute` to `value`: unknown, or of another type."""
    missing = missing_attribute(attribute, schema)
    if missing is not None:
        yield missing
        return
    kind = schema.attribute_type(attribute.text)
    problem = None if kind is None else fits(attribute, kind, value, schema.settings.currency)
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
        case ast.YesNo():
            return value.value
