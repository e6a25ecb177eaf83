"""Types: a test and the type of what it is about in, problems out.

Afterwards every comparison is one that its type can answer, with values of that type.  Where the
type is not known, the comparison still has to make sense by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cio_lang import ast, text
from cio_lang.check import durations
from cio_lang.check.empty import EmptyCondition
from cio_lang.check.operators import (
    CAN,
    FAMILIES,
    INSTEAD,
    MADE_FOR,
    OP_FAMILY,
    OPERAND_WORDS,
    OPERANDS,
    Family,
)
from cio_lang.check.type_problems import (
    BetweenBackwards,
    EmptyText,
    EndsDiffer,
    NotADate,
    WrongComparison,
    WrongOperand,
)
from cio_lang.format.conditions import COMPARISONS, within
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span
from cio_lang.values import NotOneOf, described, fits, rewritten


@record
class About:
    """What a test is about; `declared` says that its type is declared under just that name."""

    named: ast.Name
    declared: bool = True

    @property
    def words(self) -> str:
        """The name as it is written."""
        return text.name(self.named) if self.declared else self.named.text


def test(
    about: About, kind: ast.Type | None, written: ast.Test, span: Span, schema: Schema
) -> Iterator[Problem]:
    """Problems with a test of something of type `kind` (None where that is not known).

    `span` is the place of the whole comparison.
    """
    match written:
        case ast.Known():
            return
        case ast.Within():
            yield from _within(about, kind, written, span)
        case ast.OneOf():
            yield from _one_of(about, kind, written, span, schema)
        case ast.Between():
            yield from _between(about, kind, written, span, schema)
        case ast.Compare():
            yield from _compare(about, kind, written, span, schema)
        case ast.During():
            if kind is not None and kind.kind != "date":
                yield _clash(about, kind, span, f"is {written.span_of}", "date")
        case ast.HasBeen():
            held = ast.Compare("is", written.value, span=written.span)
            yield from _compare(about, kind, held, span, schema)
            problem = durations.duration(written.duration, "has been")
            if problem is not None:
                yield problem


def _within(
    about: About, kind: ast.Type | None, written: ast.Within, span: Span
) -> Iterator[Problem]:
    if kind is not None and kind.kind != "date":
        yield _clash(about, kind, span, within(written.op, "…").removesuffix(" …"), "date")
        return
    match written.op:
        case "in_next" | "in_last" | "less_than_ago":
            problem = durations.duration(written.duration, "window")
        case "more_than_ago" | "more_than_ahead" | "ago" | "ahead" if written.duration.count < 0:
            problem = durations.duration(written.duration, "window")
        case "more_than_ago" | "more_than_ahead" | "ago" | "ahead":
            # No time ago is this very moment, and 0 days ago is today: both can be meant.
            problem = durations.too_long(written.duration)
    if problem is not None:
        yield problem


def _one_of(
    about: About, kind: ast.Type | None, written: ast.OneOf, span: Span, schema: Schema
) -> Iterator[Problem]:
    if not written.values:
        yield EmptyCondition(span=span, what="This list of values")
    elif kind is not None and "equality" not in FAMILIES[kind.kind]:
        words = "is not one of" if written.negated else "is one of"
        yield _clash(about, kind, span, words, "equality")
    elif kind is not None:
        for value in written.values:
            yield from _value(about, kind, value, schema)


def _between(
    about: About, kind: ast.Type | None, written: ast.Between, span: Span, schema: Schema
) -> Iterator[Problem]:
    if kind is not None and "range" not in FAMILIES[kind.kind]:
        yield _clash(about, kind, span, "is between", "range")
        return
    if kind is not None:
        misfits = [
            problem
            for value in (written.low, written.high)
            for problem in _value(about, kind, value, schema)
        ]
        yield from misfits
        if misfits:
            return
    low, high = written.low, written.high
    for end in (low, high):
        if not isinstance(end, OPERANDS["range"]):
            yield _operand("is between", "range", end)
            return
    if isinstance(low, ast.Date) != isinstance(high, ast.Date):
        yield EndsDiffer(span=low.span.to(high.span), low=text.value(low), high=text.value(high))
    elif _is_backwards(low, high):
        yield BetweenBackwards(
            span=low.span.to(high.span),
            low=text.value(low),
            high=text.value(high),
            dates=isinstance(low, ast.Date),
        )


def a_date(named: ast.Name, kind: ast.Type | None) -> Iterator[NotADate]:
    """The problem with something that a moment is measured from."""
    if kind is not None and kind.kind != "date":
        yield NotADate(span=named.span, name=named.text, declared=described(kind))


def days(first: ast.Date, last: ast.Date) -> Iterator[BetweenBackwards]:
    """The problem with two days of which the later one comes first."""
    if first.value > last.value:
        low, high = text.value(first), text.value(last)
        yield BetweenBackwards(span=first.span.to(last.span), low=low, high=high, dates=True)


def _is_backwards(low: ast.Value, high: ast.Value) -> bool:
    if isinstance(low, ast.Date) and isinstance(high, ast.Date):
        return low.value > high.value
    small, large = amount(low), amount(high)
    return small is not None and large is not None and small > large


def amount(value: ast.Value) -> Decimal | None:
    """How much a number or an amount of money is; None for other values."""
    match value:
        case ast.Number():
            return value.value
        case ast.Money():
            return value.amount
        case ast.Text() | ast.Date() | ast.Time() | ast.YesNo():
            return None


def _compare(
    about: About, kind: ast.Type | None, written: ast.Compare, span: Span, schema: Schema
) -> Iterator[Problem]:
    family = OP_FAMILY[written.op]
    words = COMPARISONS[written.op]
    if kind is not None and family not in FAMILIES[kind.kind]:
        yield _clash(about, kind, span, words, family, _instead(about, kind, written))
    elif not isinstance(written.value, OPERANDS[family]):
        yield _operand(words, family, written.value)
    elif written.value == ast.Text("") and family != "list":
        negated = written.op not in ("is", "does_not_contain", "does_not_include")
        yield EmptyText(span=span, name=about.words, negated=negated)
    elif kind is not None and kind.kind == "one of" and family == "text":
        if isinstance(written.value, ast.Text):
            yield from _part_of_choice(about, kind, written.op, written.value)
    elif kind is not None:
        yield from _value(about, kind, written.value, schema)


def _instead(about: About, kind: ast.Type, written: ast.Compare) -> str | None:
    """The comparison that was probably meant, where the value fits it."""
    name, value = about.words, text.value(written.value)
    if kind.kind == "date" and isinstance(written.value, ast.Number):
        more = written.op in ("more_than", "at_least", "after")
        return f"{name} is {'more' if more else 'less'} than {value} days ago"
    op = INSTEAD.get((kind.kind, written.op))
    if op is None or not isinstance(written.value, OPERANDS[OP_FAMILY[op]]):
        return None
    return f"{name} {COMPARISONS[op]} {value}"


def _part_of_choice(
    about: About, kind: ast.Type, op: ast.CompareOp, value: ast.Text
) -> Iterator[NotOneOf]:
    """Some choice has to start with, end with or contain the text."""
    part = value.value.casefold()
    choices = [choice.casefold() for choice in kind.values]
    if op == "starts_with":
        found = any(choice.startswith(part) for choice in choices)
    elif op == "ends_with":
        found = any(choice.endswith(part) for choice in choices)
    else:
        found = any(part in choice for choice in choices)
    if not found:
        yield NotOneOf(
            span=value.span,
            name=about.named.text,
            written=value.value,
            values=kind.values,
            suggestion=None,
            words="contains" if op == "does_not_contain" else COMPARISONS[op],
        )


def _value(about: About, kind: ast.Type, value: ast.Value, schema: Schema) -> Iterator[Problem]:
    problem = fits(about.named, kind, value, schema.settings.currency, declared=about.declared)
    if problem is not None:
        yield problem


def _clash(
    about: About,
    kind: ast.Type,
    span: Span,
    words: str,
    family: Family,
    instead: str | None = None,
) -> WrongComparison:
    name = about.words
    if kind.kind == "text" and about.declared and family in ("order", "range", "date"):
        wanted = "date" if family == "date" else "number"
        way_out = f"compare it with {CAN['text']}, or declare `{name}` as a {wanted}"
    else:
        way_out = f"compare it with {CAN[kind.kind]}"
    return WrongComparison(
        span=span,
        name=about.named.text,
        expected=described(kind),
        words=words,
        made_for=MADE_FOR[family],
        way_out=way_out,
        instead=instead,
        guess=kind.kind == "date" and family == "order",
    )


def _operand(words: str, family: Family, value: ast.Value) -> WrongOperand:
    return WrongOperand(
        span=value.span,
        words=words,
        made_for=MADE_FOR[family],
        wanted=OPERAND_WORDS[family],
        written=text.value(value),
        unquoted=_unquoted(family, value),
    )


def _unquoted(family: Family, value: ast.Value) -> str | None:
    """What stands in quotes, where the comparison can do something with it without them."""
    kinds: tuple[ast.Type, ...] = ()
    if isinstance(value, ast.Text) and family in ("date", "order", "range"):
        kinds = tuple(ast.Type(kind) for kind in ("number", "date") if family in FAMILIES[kind])
    return next((bare for kind in kinds if (bare := rewritten(kind, value)[0])), None)
