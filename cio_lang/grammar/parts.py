"""The lines above the steps of a journey, from what their rules matched."""

from __future__ import annotations

from typing import Any

from cio_lang import ast
from cio_lang.grammar.rules import RULES, Spoken, rule
from cio_lang.grammar.values import whole
from cio_lang.source import Span


@rule("on_event")
def _on_event(values: list[Any], span: Span) -> ast.OnEvent:
    event, where = values
    return ast.OnEvent(event, where, span=span)


@rule("on_match")
def _on_match(values: list[Any], span: Span) -> ast.OnMatch:
    condition, existing = values
    return ast.OnMatch(condition, existing is not None, span=span)


@rule("on_segment")
def _on_segment(values: list[Any], span: Span) -> ast.OnSegment:
    joins, segment = values
    return ast.OnSegment(joins.text, segment, span=span)


@rule("on_date")
def _on_date(values: list[Any], span: Span) -> ast.OnDate:
    offset, side, attribute, yearly, at, audience = values
    return ast.OnDate(side.text, attribute, at, offset, yearly is not None, audience, span=span)


@rule("on_day")
def _on_day(values: list[Any], span: Span) -> ast.OnDate:
    attribute, yearly, at, audience = values
    return ast.OnDate("on", attribute, at, None, yearly is not None, audience, span=span)


@rule("on_schedule")
def _on_schedule(values: list[Any], span: Span) -> ast.OnSchedule:
    every, at, audience = values
    return ast.OnSchedule(every.text, at, audience, span=span)


@rule("on_day_of_month")
def _on_day_of_month(values: list[Any], span: Span) -> ast.OnSchedule:
    number, at, audience = values
    return ast.OnSchedule(whole(number), at, audience, span=span)


def _weekday(children: list[Any]) -> Spoken:
    [word] = children
    return Spoken(word.capitalize(), word.span)


RULES["weekday"] = _weekday


@rule("once_for")
def _once_for(values: list[Any], span: Span) -> ast.OnceFor:
    return ast.OnceFor(values[0], span=span)


@rule("on_start")
def _on_start(values: list[Any], span: Span) -> ast.OnStart:
    return ast.OnStart(span=span)


@rule("only_where")
def _only_where(values: list[Any], span: Span) -> ast.OnlyWhere:
    return ast.OnlyWhere(values[0], span=span)


@rule("leave_on_event")
def _leave_on_event(values: list[Any], span: Span) -> ast.LeaveOnEvent:
    event, where = values
    return ast.LeaveOnEvent(event, where, span=span)


@rule("leave_when_unmatched")
def _leave_when_unmatched(values: list[Any], span: Span) -> ast.LeaveWhenUnmatched:
    return ast.LeaveWhenUnmatched(span=span)


@rule("leave_where")
def _leave_where(values: list[Any], span: Span) -> ast.LeaveWhere:
    return ast.LeaveWhere(values[0], span=span)


@rule("goal")
def _goal(values: list[Any], span: Span) -> ast.Goal:
    event, where, within, then_leave = values
    return ast.Goal(event, where, within, then_leave is not None, span=span)


@rule(
    "within",
    "where_one",
    "where_all",
    "group",
    "at_hour",
    "for_people",
    "up_to",
    "ending",
    "because",
)
def _only_value(values: list[Any], span: Span) -> Any:
    return values[0]


@rule("once_ever")
def _once_ever(values: list[Any], span: Span) -> ast.Once:
    return ast.Once(span=span)


@rule("every_time")
def _every_time(values: list[Any], span: Span) -> ast.EveryTime:
    return ast.EveryTime(span=span)


@rule("again_after")
def _again_after(values: list[Any], span: Span) -> ast.AgainAfter:
    return ast.AgainAfter(values[0], span=span)


@rule("key_part")
def _key_part(values: list[Any], span: Span) -> ast.Key:
    return ast.Key(values[0], span=span)


@rule("topic_of")
def _topic_of(values: list[Any], span: Span) -> ast.TopicOf:
    return ast.TopicOf(values[0], span=span)


@rule("priority")
def _priority(values: list[Any], span: Span) -> ast.Priority:
    return ast.Priority(values[0].text, span=span)


@rule("exempt_from_caps")
def _exempt_from_caps(values: list[Any], span: Span) -> ast.ExemptFromCaps:
    return ast.ExemptFromCaps(span=span)


@rule("spread_over")
def _spread_over(values: list[Any], span: Span) -> ast.SpreadOver:
    return ast.SpreadOver(values[0], span=span)
