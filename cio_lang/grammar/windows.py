"""When an event counts, and how often: from what their rules matched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from cio_lang import ast
from cio_lang.grammar import problems
from cio_lang.grammar.rules import RULES, Stop, rule
from cio_lang.grammar.values import LONGEST_TIME, UNITS_IN_A_YEAR, whole
from cio_lang.source import Span


def _count(
    op: Literal["at_least", "exactly", "fewer_than", "more_than", "at_most"],
) -> Callable[[list[Any], Span], ast.Count]:
    return lambda values, span: ast.Count(op, whole(values[0]), span=span)


rule("count_at_least")(_count("at_least"))
rule("count_exactly")(_count("exactly"))
rule("count_fewer_than")(_count("fewer_than"))
rule("count_more_than")(_count("more_than"))
rule("count_at_most")(_count("at_most"))


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


@rule("since_date")
def _since_date(values: list[Any], span: Span) -> ast.SinceDate:
    return ast.SinceDate(values[0], span=span)


@rule("between_dates")
def _between_dates(values: list[Any], span: Span) -> ast.BetweenDates:
    first, last = values
    return ast.BetweenDates(first, last, span=span)


@rule("since_entering")
def _since_entering(values: list[Any], span: Span) -> ast.SinceEntering:
    return ast.SinceEntering(span=span)
