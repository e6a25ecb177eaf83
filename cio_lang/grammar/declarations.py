"""Declarations, and the lines below them, from what their rules matched."""

from __future__ import annotations

from typing import Any, Literal

from cio_lang import ast
from cio_lang.grammar.rules import RULES, Spoken, rule, spoken
from cio_lang.grammar.values import whole
from cio_lang.record import record
from cio_lang.source import Span


@record
class Flag:
    """Words that are there or not: `then leave`."""

    span: Span


@record
class Block:
    """The words that open a block of conditions, which stand on the lines below."""

    kind: Literal["any of", "all of"]
    span: Span


@record
class TemplateLine:
    """One line of a template."""

    kind: Literal["subject", "preheader", "body"]
    text: ast.Text
    span: Span
    trivia: ast.Trivia = ast.NO_TRIVIA


@rule("event")
def _event(values: list[Any], span: Span) -> ast.EventDeclaration:
    return ast.EventDeclaration(values[0], span=span)


@rule("attribute")
def _attribute(values: list[Any], span: Span) -> ast.AttributeDeclaration:
    return ast.AttributeDeclaration(values[0], values[1], span=span)


@rule("segment")
def _segment(values: list[Any], span: Span) -> ast.SegmentDeclaration:
    return ast.SegmentDeclaration(values[0], (), by_hand=values[-1] is not None, span=span)


@rule("topic_declaration")
def _topic_declaration(values: list[Any], span: Span) -> ast.TopicDeclaration:
    return ast.TopicDeclaration(values[0], values[-1] is not None, span=span)


@rule(
    "transactional",
    "by_hand",
    "existing",
    "then_leave",
    "yearly",
    "on_weekdays",
    "at_best_time",
    "none",
)
def _flag(values: list[Any], span: Span) -> Flag:
    return Flag(span)


@rule("journey")
def _journey(values: list[Any], span: Span) -> ast.Journey:
    return ast.Journey(values[0], (), (), (), span=span)


@rule("said")
def _said(values: list[Any], span: Span) -> ast.Said:
    return ast.Said(tuple(text.value for text in values), span=span)


@rule("property_line")
def _property_line(values: list[Any], span: Span) -> ast.PropertyLine:
    return ast.PropertyLine(values[0], values[1], span=span)


@rule("condition_line", "block_line")
def _condition_line(values: list[Any], span: Span) -> ast.ConditionLine:
    return ast.ConditionLine(values[0], span=span)


@rule("any_block")
def _any_block(values: list[Any], span: Span) -> Block:
    return Block("any of", span)


@rule("all_block")
def _all_block(values: list[Any], span: Span) -> Block:
    return Block("all of", span)


def _simple_type(children: list[Any]) -> ast.Type:
    span = children[0].span.to(children[-1].span)
    kind: Any = "".join(children)
    return ast.Type(kind, span=span)


RULES["simple_type"] = _simple_type


@rule("money_type")
def _money_type(values: list[Any], span: Span) -> ast.Type:
    currency = next((value.text for value in values if value is not None), None)
    return ast.Type("money", currency=currency, span=span)


@rule("one_of_type")
def _one_of_type(values: list[Any], span: Span) -> ast.Type:
    return ast.Type("one of", tuple(text.value for text in values), span=span)


# ── policies and guarantees ───────────────────────────────────────────────────────────────────────


def hours(
    start: ast.Time, its_zone: Spoken | None, end: ast.Time, zone: Spoken | None
) -> tuple[ast.TimeOfDay, ast.TimeOfDay]:
    """Two times: `from 21:00 to 08:00 their time` says once whose clock it is."""
    return (
        ast.TimeOfDay(start, _theirs(its_zone or zone), span=start.span),
        ast.TimeOfDay(end, _theirs(zone or its_zone), span=end.span),
    )


def _theirs(zone: Spoken | None) -> bool:
    return zone is None or zone.text == "their time"


@rule("policy")
def _policy(values: list[Any], span: Span) -> ast.Policy:
    return ast.Policy(span=span)


@rule("guarantee")
def _guarantee(values: list[Any], span: Span) -> ast.Guarantee:
    return ast.Guarantee((), span=span)


@rule("quiet")
def _quiet(values: list[Any], span: Span) -> ast.Quiet:
    start, end = hours(*values)
    return ast.Quiet(start, end, span=span)


spoken("period", "level", "joins", "side", "some_day")


def _messages(children: list[Any]) -> Spoken:
    """A channel, or `message` where any counts: `emails`, `push messages`, `a message`."""
    word = str(children[0])
    channel = {"pushes": "push", "messages": "message"}.get(word, word)
    if channel in ("emails", "texts"):
        channel = channel.removesuffix("s")
    return Spoken(channel, children[0].span.to(children[-1].span))


RULES["one_message"] = RULES["many_messages"] = RULES["wanted"] = _messages


def _channel(said: Spoken) -> Any:
    return None if said.text == "message" else said.text


@rule("cap")
def _cap(values: list[Any], span: Span) -> ast.Cap:
    times, messages, period = values
    return ast.Cap(whole(times), _channel(messages), period.text, span=span)


@rule("at_most_messages")
def _at_most_messages(values: list[Any], span: Span) -> ast.AtMostMessages:
    times, messages, period = values
    return ast.AtMostMessages(whole(times), _channel(messages), period.text, span=span)


@rule("none_between")
def _none_between(values: list[Any], span: Span) -> ast.NoneBetween:
    messages, *times = values
    start, end = hours(*times)
    return ast.NoneBetween(_channel(messages), start, end, span=span)


@rule("at_least_one")
def _at_least_one(values: list[Any], span: Span) -> ast.AtLeastOne:
    journey, messages = values
    return ast.AtLeastOne(journey, _channel(messages), span=span)


# ── templates ─────────────────────────────────────────────────────────────────────────────────────


@rule("template")
def _template(values: list[Any], span: Span) -> ast.TemplateDeclaration:
    name, channel = values
    return ast.TemplateDeclaration(name, channel.text, ast.Text(""), span=span)


@rule("subject_line")
def _subject_line(values: list[Any], span: Span) -> TemplateLine:
    return TemplateLine("subject", values[0], span)


@rule("preheader")
def _preheader(values: list[Any], span: Span) -> TemplateLine:
    return TemplateLine("preheader", values[0], span)


@rule("body")
def _body(values: list[Any], span: Span) -> TemplateLine:
    return TemplateLine("body", values[0], span)
