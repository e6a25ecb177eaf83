"""Declarations, parts and steps from what their rules matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cio_lang import ast
from cio_lang.grammar.rules import RULES, rule
from cio_lang.source import Span
from cio_lang.steps import STEPS


@dataclass(frozen=True, slots=True)
class Branch:
    """The line that opens an arm of an `if`."""

    kind: Literal["if", "otherwise if", "otherwise"]
    condition: ast.Condition | None
    span: Span


@dataclass(frozen=True, slots=True)
class Flag:
    """Words that are there or not: `then leave`."""

    span: Span


# ── declarations ──────────────────────────────────────────────────────────────────────────────────


@rule("event")
def _event(values: list[Any], span: Span) -> ast.EventDeclaration:
    return ast.EventDeclaration(values[0], span=span)


@rule("attribute")
def _attribute(values: list[Any], span: Span) -> ast.AttributeDeclaration:
    return ast.AttributeDeclaration(values[0], values[1], span=span)


@rule("segment")
def _segment(values: list[Any], span: Span) -> ast.SegmentDeclaration:
    return ast.SegmentDeclaration(values[0], (), span=span)


@rule("topic_declaration")
def _topic_declaration(values: list[Any], span: Span) -> ast.TopicDeclaration:
    return ast.TopicDeclaration(values[0], values[-1] is not None, span=span)


@rule("transactional", "existing", "then_leave")
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


@rule("condition_line")
def _condition_line(values: list[Any], span: Span) -> ast.ConditionLine:
    return ast.ConditionLine(values[0], span=span)


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


# ── parts of journeys ─────────────────────────────────────────────────────────────────────────────


@rule("on_event")
def _on_event(values: list[Any], span: Span) -> ast.OnEvent:
    event, where = values
    return ast.OnEvent(event, where, span=span)


@rule("on_match")
def _on_match(values: list[Any], span: Span) -> ast.OnMatch:
    condition, existing = values
    return ast.OnMatch(condition, existing is not None, span=span)


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


@rule("within", "where_one", "where_all", "group")
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


@rule("topic_of")
def _topic_of(values: list[Any], span: Span) -> ast.TopicOf:
    return ast.TopicOf(values[0], span=span)


# ── steps ─────────────────────────────────────────────────────────────────────────────────────────


@rule("wait")
def _wait(values: list[Any], span: Span) -> ast.Wait:
    return ast.Wait(values[0], span=span)


@rule("leave")
def _leave(values: list[Any], span: Span) -> ast.Leave:
    return ast.Leave(span=span)


@rule("if_line")
def _if_line(values: list[Any], span: Span) -> Branch:
    return Branch("if", values[0], span)


@rule("otherwise_if")
def _otherwise_if(values: list[Any], span: Span) -> Branch:
    return Branch("otherwise if", values[0], span)


@rule("otherwise")
def _otherwise(values: list[Any], span: Span) -> Branch:
    return Branch("otherwise", None, span)


for _kind in STEPS:
    rule(_kind.rule)(_kind.build)
