"""Steps from what their rules matched."""

from __future__ import annotations

from typing import Any, Literal

from cio_lang import ast
from cio_lang.grammar.declarations import hours
from cio_lang.grammar.rules import RULES, rule
from cio_lang.grammar.values import whole
from cio_lang.grammar.words import Word
from cio_lang.record import record
from cio_lang.source import Span
from cio_lang.steps import STEPS


@record
class Branch:
    """The line that opens an arm of an `if`."""

    kind: Literal["if", "otherwise if", "otherwise"]
    condition: ast.Condition | None
    span: Span


@rule("wait")
def _wait(values: list[Any], span: Span) -> ast.Wait:
    return ast.Wait(values[0], span=span)


@rule("wait_until_moment")
def _wait_until_moment(values: list[Any], span: Span) -> ast.WaitUntilMoment:
    return ast.WaitUntilMoment(values[0], span=span)


@rule("at_time")
def _at_time(values: list[Any], span: Span) -> ast.AtTime:
    weekday, at = values
    return ast.AtTime(at, None if weekday is None else weekday.text, span=span)


@rule("at_date")
def _at_date(values: list[Any], span: Span) -> ast.AtDate:
    offset, side, attribute, at = values
    return ast.AtDate(side.text, attribute, offset, at, span=span)


@rule("on_the_date")
def _on_the_date(values: list[Any], span: Span) -> ast.AtDate:
    attribute, at = values
    return ast.AtDate("on", attribute, None, at, span=span)


@rule("in_slot")
def _in_slot(values: list[Any], span: Span) -> ast.InSlot:
    *times, weekdays = values
    start, end = hours(*times)
    return ast.InSlot(start, end, weekdays is not None, span=span)


@rule("event_pattern")
def _event_pattern(values: list[Any], span: Span) -> ast.EventPattern:
    event, where = values
    return ast.EventPattern(event, where, span=span)


def _wait_until(children: list[Any]) -> ast.WaitUntil:
    """The events apart, and what else is awaited as one condition."""
    *awaited, at_most = (child for child in children if child.__class__ is not Word)
    events = tuple(part for part in awaited if isinstance(part, ast.EventPattern))
    others = tuple(part for part in awaited if not isinstance(part, ast.EventPattern))
    last = next(child for child in reversed(children) if child is not None)
    condition: ast.Condition | None = others[0] if others else None
    if len(others) > 1:
        whole_of_it = others[0].span.to(others[-1].span)
        joined = ast.And if "and" in children else ast.Or
        condition = joined(others, span=whole_of_it)
    return ast.WaitUntil(condition, events, at_most, span=children[0].span.to(last.span))


RULES["wait_until"] = _wait_until


@rule("to_address")
def _to_address(values: list[Any], span: Span) -> ast.Name:
    name: ast.Name = values[-1]
    return name


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


@rule("split")
def _split(values: list[Any], span: Span) -> ast.Split:
    return ast.Split((), span=span)


@rule("experiment")
def _experiment(values: list[Any], span: Span) -> ast.Experiment:
    title, goal = values
    return ast.Experiment(title, goal, (), span=span)


@rule("share")
def _share(values: list[Any], span: Span) -> ast.Share:
    percent, label = values
    return ast.Share(percent, label, span=span)


@rule("hold_out")
def _hold_out(values: list[Any], span: Span) -> ast.HoldOut:
    return ast.HoldOut(values[0], span=span)


@rule("pick_winner")
def _pick_winner(values: list[Any], span: Span) -> ast.PickWinner:
    return ast.PickWinner(values[0], span=span)


@rule("repeat")
def _repeat(values: list[Any], span: Span) -> ast.Repeat:
    times, until = values
    return ast.Repeat(whole(times), (), until, span=span)


@rule("ask")
def _ask(values: list[Any], span: Span) -> ast.Ask:
    who, at_most = values
    return ast.Ask(who, at_most, span=span)


@rule("collect")
def _collect(values: list[Any], span: Span) -> ast.Collect:
    return ast.Collect(values[0], span=span)


@rule("throttle")
def _throttle(values: list[Any], span: Span) -> ast.Throttle:
    times, period = values
    return ast.Throttle(whole(times), period.text, span=span)


for _kind in STEPS:
    rule(_kind.rule)(_kind.build)
