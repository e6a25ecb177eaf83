"""Conditions from what their rules matched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from cio_lang import ast
from cio_lang.grammar.rules import RULES, Spoken, rule, spoken, terminal
from cio_lang.grammar.words import Word
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


def _soft_name(children: list[Any]) -> ast.Name:
    [word] = children
    return ast.Name(str(word), span=word.span)


RULES["soft_name"] = _soft_name


@rule("property_subject")
def _property_subject(values: list[Any], span: Span) -> ast.Property:
    return ast.Property(values[0], span=span)


@rule("entry_subject")
def _entry_subject(values: list[Any], span: Span) -> ast.EntryProperty:
    return ast.EntryProperty(values[0], span=span)


def _compare(op: ast.CompareOp) -> Callable[[list[Any], Span], ast.Compare]:
    return lambda values, span: ast.Compare(op, values[0], span=span)


_RULES = {"is": "is_", "before": "is_before", "after": "is_after"}

for _op in get_args(ast.CompareOp):
    rule(_RULES.get(_op, _op))(_compare(_op))


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


@rule("during")
def _during(values: list[Any], span: Span) -> ast.During:
    named, yearly = values
    return ast.During(named.text, yearly is not None, span=span)


@terminal("IN_ANY_YEAR")
def _in_any_year(word: Word) -> Spoken:
    return Spoken("in any year", word.span)


@rule("has_been")
def _has_been(values: list[Any], span: Span) -> ast.HasBeen:
    value, duration = values
    return ast.HasBeen(value, duration, span=span)


# ── totals ───────────────────────────────────────────────────────────────────────────────────────

spoken("function", "calendar_span")


@rule("aggregate")
def _aggregate(values: list[Any], span: Span) -> ast.Aggregate:
    function, of, event, where, window = values
    return ast.Aggregate(function.text, of, event, where, window, span=span)


@rule("number_of")
def _number_of(values: list[Any], span: Span) -> ast.Aggregate:
    event, where, window = values
    return ast.Aggregate("number", None, event, where, window, span=span)


# ── events ───────────────────────────────────────────────────────────────────────────────────────


@rule("did")
def _did(values: list[Any], span: Span) -> ast.Did:
    event, where, *rest = values
    count: ast.Count | None = None
    window: Any = None
    key: ast.Name | None = None
    for part in rest:
        if isinstance(part, ast.Count):
            count = part
        elif isinstance(part, ast.Name):
            key = part
        elif part is not None:
            window = part
    return ast.Did(event, where, count, window, key, span=span)


@rule("did_not")
def _did_not(values: list[Any], span: Span) -> ast.DidNot:
    event, where, window, key = values
    return ast.DidNot(event, where, window, key, span=span)


@rule("never")
def _never(values: list[Any], span: Span) -> ast.Never:
    event, where, key = values
    return ast.Never(event, where, key, span=span)


@rule("key")
def _key(values: list[Any], span: Span) -> ast.Name:
    name: ast.Name = values[0]
    return name


@rule("sequence")
def _sequence(values: list[Any], span: Span) -> ast.Sequence:
    first, first_where, second, second_where, within = values
    return ast.Sequence(first, second, within, False, first_where, second_where, span=span)


@rule("missing_sequence")
def _missing_sequence(values: list[Any], span: Span) -> ast.Sequence:
    first, first_where, second, second_where, within = values
    return ast.Sequence(first, second, within, True, first_where, second_where, span=span)


@rule("inactive")
def _inactive(values: list[Any], span: Span) -> ast.Inactive:
    return ast.Inactive(values[0], span=span)


# ── messages ─────────────────────────────────────────────────────────────────────────────────────

_VERBS: dict[str, ast.MessageVerb] = {
    "open": "opened",
    "click": "clicked",
    "receive": "received",
    "deliver": "delivered",
    "bounce": "bounced",
    "reply": "replied",
}


def _verb(children: list[Any]) -> Spoken:
    word = children[0]
    return Spoken(_VERBS.get(word, str(word)), word.span)


RULES["did_verb"] = RULES["do_verb"] = _verb


def _message_test(negated: bool) -> Callable[[list[Any], Span], ast.MessageTest]:
    def made(values: list[Any], span: Span) -> ast.MessageTest:
        verb, *rest = values
        message: ast.Text | None = None
        channel: Any = None
        window: Any = None
        for part in rest:
            if isinstance(part, ast.Text):
                message = part
            elif isinstance(part, Spoken):
                channel = part.text
            elif part is not None:
                window = part
        return ast.MessageTest(verb.text, message, channel, window, negated, span=span)

    return made


rule("message_test")(_message_test(False))
rule("no_message_test")(_message_test(True))


# ── membership ───────────────────────────────────────────────────────────────────────────────────


@rule("in_segment", "in_one_segment")
def _in_segment(values: list[Any], span: Span) -> ast.InSegment:
    return ast.InSegment(values[0], span=span)


@rule("not_in_segment")
def _not_in_segment(values: list[Any], span: Span) -> ast.InSegment:
    return ast.InSegment(values[0], negated=True, span=span)


@rule("subscribed")
def _subscribed(values: list[Any], span: Span) -> ast.Subscribed:
    return ast.Subscribed(values[0], span=span)


@rule("not_subscribed")
def _not_subscribed(values: list[Any], span: Span) -> ast.Subscribed:
    return ast.Subscribed(values[0], negated=True, span=span)


@rule("can_receive")
def _can_receive(values: list[Any], span: Span) -> ast.CanReceive:
    return ast.CanReceive(values[0].text, span=span)


@rule("cannot_receive")
def _cannot_receive(values: list[Any], span: Span) -> ast.CanReceive:
    return ast.CanReceive(values[0].text, negated=True, span=span)


# ── predictions ──────────────────────────────────────────────────────────────────────────────────


def _churn_risk(children: list[Any]) -> ast.ChurnRisk:
    op: Any = "_".join(children[3:5])
    percent = children[5]
    return ast.ChurnRisk(op, percent, span=children[0].span.to(percent.span))


RULES["churn_risk"] = _churn_risk


@rule("likely")
def _likely(values: list[Any], span: Span) -> ast.Likely:
    event, within = values
    return ast.Likely(event, within, span=span)


@rule("top_likely")
def _top_likely(values: list[Any], span: Span) -> ast.TopLikely:
    percent, event = values
    return ast.TopLikely(percent, event, span=span)


# ── draws ────────────────────────────────────────────────────────────────────────────────────────


def _in_draw(negated: bool) -> Callable[[list[Any], Span], ast.InDraw]:
    def made(values: list[Any], span: Span) -> ast.InDraw:
        *start, to, name = values
        return ast.InDraw(to, name, start[0] if start else None, negated, span=span)

    return made


rule("in_draw")(_in_draw(False))
rule("not_in_draw")(_in_draw(True))
