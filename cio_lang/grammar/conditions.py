"""Conditions from what their rules matched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

from cio_lang import ast
from cio_lang.grammar import problems
from cio_lang.grammar.rules import RULES, Stop, rule
from cio_lang.grammar.values import LONGEST_TIME, UNITS_IN_A_YEAR, whole
from cio_lang.source import Span


@rule("all_of")
def _all_of(values: list[Any], span: Span) -> ast.And:
    return ast.And(tuple(values), span=span)


@rule("any_of")
def _any_of(values: list[Any], span: Span) -> ast.Or:
    return ast.Or(tuple(values), span=span)


@rule("negation")
def _negation(values: list[Any], span: Span) -> ast.Not:
    return ast.Not(values[0], span=span)


@rule("comparison")
def _comparison(values: list[Any], span: Span) -> ast.Comparison:
    subject, test = values
    return ast.Comparison(subject, test, span=span)


@rule("attribute_subject")
def _attribute_subject(values: list[Any], span: Span) -> ast.Attribute:
    return ast.Attribute(values[0], span=span)


@rule("property_subject")
def _property_subject(values: list[Any], span: Span) -> ast.Property:
    return ast.Property(values[0], span=span)


@rule("entry_subject")
def _entry_subject(values: list[Any], span: Span) -> ast.EntryProperty:
    return ast.EntryProperty(values[0], span=span)


def _compare(op: ast.CompareOp) -> Callable[[list[Any], Span], ast.Compare]:
    return lambda values, span: ast.Compare(op, values[0], span=span)


for _op in get_args(ast.CompareOp):
    rule("is_" if _op == "is" else _op)(_compare(_op))


@rule("one_of")
def _one_of(values: list[Any], span: Span) -> ast.OneOf:
    return ast.OneOf(tuple(values), span=span)


@rule("not_one_of")
def _not_one_of(values: list[Any], span: Span) -> ast.OneOf:
    return ast.OneOf(tuple(values), negated=True, span=span)


@rule("known")
def _known(values: list[Any], span: Span) -> ast.Known:
    return ast.Known(span=span)


@rule("unknown")
def _unknown(values: list[Any], span: Span) -> ast.Known:
    return ast.Known(negated=True, span=span)


@rule("between")
def _between(values: list[Any], span: Span) -> ast.Between:
    low, high = values
    return ast.Between(low, high, span=span)


def _within(op: ast.WithinOp) -> Callable[[list[Any], Span], ast.Within]:
    return lambda values, span: ast.Within(op, values[0], span=span)


for _dated in get_args(ast.WithinOp):
    rule(_dated)(_within(_dated))


@rule("did")
def _did(values: list[Any], span: Span) -> ast.Did:
    event, where, *rest = values
    count = next((part for part in rest if isinstance(part, ast.Count)), None)
    window = next((part for part in rest if part is not None and part is not count), None)
    return ast.Did(event, where, count, window, span=span)


@rule("did_not")
def _did_not(values: list[Any], span: Span) -> ast.DidNot:
    event, where, window = values
    return ast.DidNot(event, where, window, span=span)


@rule("never")
def _never(values: list[Any], span: Span) -> ast.Never:
    event, where = values
    return ast.Never(event, where, span=span)


@rule("inactive")
def _inactive(values: list[Any], span: Span) -> ast.Inactive:
    return ast.Inactive(values[0], span=span)


@rule("in_segment")
def _in_segment(values: list[Any], span: Span) -> ast.InSegment:
    return ast.InSegment(values[0], span=span)


@rule("not_in_segment")
def _not_in_segment(values: list[Any], span: Span) -> ast.InSegment:
    return ast.InSegment(values[0], negated=True, span=span)


def _count(
    op: Literal["at_least", "exactly", "fewer_than"],
) -> Callable[[list[Any], Span], ast.Count]:
    return lambda values, span: ast.Count(op, whole(values[0]), span=span)


rule("count_at_least")(_count("at_least"))
rule("count_exactly")(_count("exactly"))
rule("count_fewer_than")(_count("fewer_than"))


@rule("last")
def _last(values: list[Any], span: Span) -> ast.Last:
    return ast.Last(values[0], span=span)


def _calendar(children: list[Any]) -> ast.Calendar:
    words: Any = " ".join(children)
    return ast.Calendar(words, span=children[0].span.to(children[-1].span))


RULES["calendar"] = _calendar


def _between_ago(children: list[Any]) -> ast.BetweenAgo:
    near, far, word = children[1], children[3], children[4]
    unit: Any = word.removesuffix("s")
    span = children[0].span.to(children[-1].span)
    for number in (near, far):
        if whole(number) > UNITS_IN_A_YEAR[unit] * LONGEST_TIME:
            raise Stop(problems.TooLongATime(span=number.span.to(word.span), longest=LONGEST_TIME))
    return ast.BetweenAgo(whole(near), whole(far), unit, span=span)


RULES["between_ago"] = _between_ago


@rule("since_entering")
def _since_entering(values: list[Any], span: Span) -> ast.SinceEntering:
    return ast.SinceEntering(span=span)
