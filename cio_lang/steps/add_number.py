"""`add 1 to nudges`, `take 2 from points`: count an attribute of the person up or down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from cio_lang import ast, ir, text
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span
from cio_lang.steps.kind import StepKind
from cio_lang.values import countable, plain_number


@record
class AddNumber(ast.Leaf):
    """`add 1 to nudges`; less than 0 is written `take 2 from points`."""

    by: Decimal
    attribute: ast.Name


@record(kw_only=True)
class AddsNothing(Problem):
    """`add 0 to nudges`."""

    code = "adds-nothing"
    name: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This leaves `{self.name}` as it is.",
            "A number to which 0 is added stays the same.",
            "write how much to add, or take the line out",
        )


def build_add(children: Sequence[Any], span: Span) -> AddNumber:
    """From the number and the name."""
    number, attribute = children
    return AddNumber(number.value, attribute, span=span)


def build_take(children: Sequence[Any], span: Span) -> AddNumber:
    """From the number that is taken away and the name."""
    number, attribute = children
    return AddNumber(-number.value, attribute, span=span)


def line(leaf: AddNumber) -> str:
    """The canonical text."""
    if leaf.by < 0:
        return f"take {text.number(-leaf.by)} from {text.name(leaf.attribute)}"
    return f"add {text.number(leaf.by)} to {text.name(leaf.attribute, ('segment',))}"


def check(leaf: AddNumber, schema: Schema) -> Iterator[Problem]:
    """The attribute is known, a number, and changes."""
    yield from countable(leaf.attribute, schema)
    if not leaf.by:
        yield AddsNothing(span=leaf.span, name=leaf.attribute.text)


def lower(leaf: AddNumber, schema: Schema, topic: str | None, then: str | None) -> ir.GraphNode:
    """An add node."""
    return ir.AddNode(ir.Increment(leaf.attribute.text, plain_number(leaf.by)), next=then)


def words(leaf: AddNumber) -> str:
    """What the line says."""
    amount = text.number(abs(leaf.by))
    if leaf.by < 0:
        return f"take {amount} from {leaf.attribute.text}"
    return f"add {amount} to {leaf.attribute.text}"


ADD = StepKind(
    name="add",
    rule="add",
    tree=AddNumber,
    summary="Add to a number of the person's; one that is missing counts as 0.",
    example="add 1 to nudges",
    build=build_add,
    format=line,
    check=check,
    words=words,
    lower=lower,
)
TAKE = StepKind(
    name="take",
    rule="take",
    tree=AddNumber,
    summary="Take away from a number of the person's; one that is missing counts as 0.",
    example="take 2 from points",
    build=build_take,
    format=line,
    check=check,
    words=words,
    lower=lower,
)
