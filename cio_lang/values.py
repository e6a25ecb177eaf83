"""Values against types: what can be stored where, and how a value reads in a graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cio_lang import ast, ir, text
from cio_lang.problem import Problem, Report, nearest
from cio_lang.schema import Schema


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
            "A condition on an attribute that nobody has would quietly match the wrong people.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"declare it: `attribute {self.attribute}: text`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongType(Problem):
    """A value does not fit the type of what it is compared with or stored in."""

    code = "wrong-type"
    name: str
    expected: str
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.name}` is {self.expected}, but {self.written} is not.",
            "The two can never be equal or be compared.",
            f"write a value that is {self.expected}, or change the declaration of `{self.name}`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOneOf(Problem):
    """A value is not among those that the attribute or property can have."""

    code = "not-one-of"
    name: str
    written: str
    values: tuple[str, ...]
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        choices = ", ".join(f'"{value}"' for value in self.values)
        return Report(
            f'`{self.name}` is never "{self.written}".',
            f"It is declared as one of {choices}.",
            f'write "{self.suggestion}"' if self.suggestion else f"write one of {choices}",
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
            return "a time"
        case "yes/no":
            return "yes or no"
        case "list":
            return "a list"
        case "one of":
            return "one of " + ", ".join(f'"{value}"' for value in kind.values)


def fits(
    named: ast.Name, kind: ast.Type, value: ast.Value, currency: str
) -> Problem | None:
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
        case (
            ("text", ast.Text())
            | ("list", ast.Text())
            | ("number" | "money", ast.Number())
            | ("date", ast.Date())
            | ("time", ast.Text())
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
            )


def assignable(attribute: ast.Name, value: ast.Value, schema: Schema) -> Iterator[Problem]:
    """Problems with setting `attribute` to `value`: unknown, or of another type."""
    kind = schema.attribute_type(attribute.text)
    if kind is not None:
        problem = fits(attribute, kind, value, schema.settings.currency)
        if problem is not None:
            yield problem
    elif schema.attributes:
        yield UnknownAttribute(
            span=attribute.span,
            attribute=attribute.text,
            suggestion=nearest(attribute.text, schema.attributes),
        )


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
