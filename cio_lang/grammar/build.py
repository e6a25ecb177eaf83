"""Trees from what the rules of the grammar matched.

One function for each rule, called by the parser as soon as the rule is complete.  Values come as
finished trees, keywords as `Word`s; an optional part that is absent comes as None.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from cio_lang import ast
from cio_lang.grammar.problems import (
    NoSuchDate,
    NotWhole,
    NumberTooLong,
    TooLongATime,
)
from cio_lang.grammar.words import Word
from cio_lang.problem import Problem
from cio_lang.source import Span
from cio_lang.steps import STEPS

LONGEST_NUMBER = 15
"""Digits that survive being stored as JSON."""

LONGEST_TIME = 100
"""Years."""

_YEAR: dict[str, int] = {
    "second": 366 * 86_400,
    "minute": 366 * 1_440,
    "hour": 366 * 24,
    "day": 366,
    "week": 53,
    "month": 12,
    "year": 1,
}


class Stop(Exception):
    """Ends the parse of a line with a problem that a rule's function found."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Branch:
    """The line that opens an arm of an `if`."""

    kind: Literal["if", "otherwise if", "otherwise"]
    condition: ast.Condition | None
    span: Span


@dataclass(frozen=True, slots=True)
class Pair:
    """`amount $99` in a fact."""

    name: ast.Name
    value: ast.Value
    span: Span


@dataclass(frozen=True, slots=True)
class Flag:
    """Words that are there or not: `then leave`."""

    span: Span


RULES: dict[str, Callable[[list[Any]], Any]] = {}
TERMINALS: dict[str, Callable[[Word], Any]] = {}


def _rule(
    *names: str,
) -> Callable[[Callable[[list[Any], Span], Any]], Callable[[list[Any], Span], Any]]:
    """Registers a function that takes the values of a rule and the rule's span."""

    def register(function: Callable[[list[Any], Span], Any]) -> Callable[[list[Any], Span], Any]:
        def callback(children: list[Any]) -> Any:
            last = children[-1]
            if last is None:
                last = next(child for child in reversed(children) if child is not None)
            first: Span = children[0].span
            span = first.to(last.span) if last is not children[0] else first
            return function([c for c in children if c.__class__ is not Word], span)

        for name in names:
            RULES[name] = callback
        return function

    return register


def _terminal(name: str) -> Callable[[Callable[[Word], Any]], Callable[[Word], Any]]:
    def register(function: Callable[[Word], Any]) -> Callable[[Word], Any]:
        TERMINALS[name] = function
        return function

    return register


# ── words and values ─────────────────────────────────────────────────────────────────────────────

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


@_terminal("NAME")
def _name_word(word: Word) -> ast.Name:
    return ast.Name(str(word), span=word.span)


@_terminal("CURRENCY")
def _currency(word: Word) -> ast.Name:
    return ast.Name(str(word), span=word.span)


@_terminal("PERSON")
def _person_word(word: Word) -> ast.PersonRef:
    return ast.PersonRef(str(word), span=word.span)


@_terminal("QUOTED")
def _quoted(word: Word) -> ast.Text:
    text = word[1:-1]
    if "\\" in text:
        text = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m.group(1), m.group()), text)
    return ast.Text(text, span=word.span)


@_terminal("BLOCK")
def _block(word: Word) -> ast.Text:
    first, *rows = (row.rstrip() for row in word[3:-3].split("\n"))
    if rows and not rows[-1]:
        rows.pop()
    filled = [row for row in rows if row]
    margin = min((len(row) - len(row.lstrip()) for row in filled), default=0)
    lines = [row[margin:] for row in rows]
    if first.strip():
        lines.insert(0, first.strip())
    return ast.Text("\n".join(lines), block=True, span=word.span)


@_terminal("FIGURE")
def _figure(word: Word) -> ast.Number:
    return ast.Number(_decimal(str(word), word.span), span=word.span)


@_terminal("AMOUNT")
def _amount(word: Word) -> ast.Money:
    sign = "-" if "-" in word else ""
    symbol = word.lstrip("-")[0]
    figure = sign + word.lstrip("-")[1:].lstrip("-")
    currency = {"$": "USD", "€": "EUR", "£": "GBP"}[symbol]
    return ast.Money(_decimal(figure, word.span), currency, span=word.span)


@_terminal("CALENDAR_DAY")
def _date(word: Word) -> ast.Date:
    year, month, day = (int(part) for part in word.split("-"))
    try:
        return ast.Date(datetime.date(year, month, day), span=word.span)
    except ValueError:
        raise Stop(NoSuchDate(span=word.span, written=str(word))) from None


def _decimal(figure: str, span: Span) -> Decimal:
    digits = figure.replace(",", "")
    if sum(c.isdigit() for c in digits) > LONGEST_NUMBER:
        raise Stop(NumberTooLong(span=span, longest=LONGEST_NUMBER))
    return Decimal(digits)


def _whole(number: ast.Number) -> int:
    if number.value != number.value.to_integral_value() or number.value < 0:
        raise Stop(NotWhole(span=number.span))
    return int(number.value)


@_rule("name")
def _name(values: list[Any], span: Span) -> ast.Name:
    [named] = values
    return ast.Name(named.value, span=span) if isinstance(named, ast.Text) else named


@_rule("number")
def _number(values: list[Any], span: Span) -> ast.Value:
    value: ast.Value = values[0]
    return value


@_rule("money")
def _money(values: list[Any], span: Span) -> ast.Money:
    if len(values) == 1:
        amount: ast.Money = values[0]
        return amount
    number, currency = values
    return ast.Money(number.value, currency.text, span=span)


@_rule("yes")
def _yes(values: list[Any], span: Span) -> ast.YesNo:
    return ast.YesNo(True, span=span)


@_rule("no")
def _no(values: list[Any], span: Span) -> ast.YesNo:
    return ast.YesNo(False, span=span)


def _unit(children: list[Any]) -> Word:
    word: Word = children[0]
    return word


RULES["unit"] = _unit


def _duration(children: list[Any]) -> ast.Duration:
    number, word = children
    span = number.span.to(word.span)
    unit: Any = word.removesuffix("s")
    count = _whole(number)
    if count > _YEAR[unit] * LONGEST_TIME:
        raise Stop(TooLongATime(span=span, longest=LONGEST_TIME))
    return ast.Duration(count, unit, span=span)


RULES["duration"] = _duration


# ── declarations ─────────────────────────────────────────────────────────────────────────────────


@_rule("event")
def _event(values: list[Any], span: Span) -> ast.EventDeclaration:
    return ast.EventDeclaration(values[0], span=span)


@_rule("attribute")
def _attribute(values: list[Any], span: Span) -> ast.AttributeDeclaration:
    return ast.AttributeDeclaration(values[0], values[1], span=span)


@_rule("segment")
def _segment(values: list[Any], span: Span) -> ast.SegmentDeclaration:
    return ast.SegmentDeclaration(values[0], (), span=span)


@_rule("topic_declaration")
def _topic_declaration(values: list[Any], span: Span) -> ast.TopicDeclaration:
    return ast.TopicDeclaration(values[0], values[-1] is not None, span=span)


@_rule("transactional", "existing", "then_leave")
def _flag(values: list[Any], span: Span) -> Flag:
    return Flag(span)


@_rule("journey")
def _journey(values: list[Any], span: Span) -> ast.Journey:
    return ast.Journey(values[0], (), (), (), span=span)


@_rule("said")
def _said(values: list[Any], span: Span) -> ast.Said:
    return ast.Said(tuple(text.value for text in values), span=span)


@_rule("property_line")
def _property_line(values: list[Any], span: Span) -> ast.PropertyLine:
    return ast.PropertyLine(values[0], values[1], span=span)


@_rule("condition_line")
def _condition_line(values: list[Any], span: Span) -> ast.ConditionLine:
    return ast.ConditionLine(values[0], span=span)


def _simple_type(children: list[Any]) -> ast.Type:
    span = children[0].span.to(children[-1].span)
    kind: Any = "".join(children)
    return ast.Type(kind, span=span)


RULES["simple_type"] = _simple_type


@_rule("money_type")
def _money_type(values: list[Any], span: Span) -> ast.Type:
    currency = next((value.text for value in values if value is not None), None)
    return ast.Type("money", currency=currency, span=span)


@_rule("one_of_type")
def _one_of_type(values: list[Any], span: Span) -> ast.Type:
    return ast.Type("one of", tuple(text.value for text in values), span=span)


# ── parts of journeys ────────────────────────────────────────────────────────────────────────────


@_rule("on_event")
def _on_event(values: list[Any], span: Span) -> ast.OnEvent:
    event, where = values
    return ast.OnEvent(event, where, span=span)


@_rule("on_match")
def _on_match(values: list[Any], span: Span) -> ast.OnMatch:
    condition, existing = values
    return ast.OnMatch(condition, existing is not None, span=span)


@_rule("only_where")
def _only_where(values: list[Any], span: Span) -> ast.OnlyWhere:
    return ast.OnlyWhere(values[0], span=span)


@_rule("leave_on_event")
def _leave_on_event(values: list[Any], span: Span) -> ast.LeaveOnEvent:
    event, where = values
    return ast.LeaveOnEvent(event, where, span=span)


@_rule("leave_when_unmatched")
def _leave_when_unmatched(values: list[Any], span: Span) -> ast.LeaveWhenUnmatched:
    return ast.LeaveWhenUnmatched(span=span)


@_rule("leave_where")
def _leave_where(values: list[Any], span: Span) -> ast.LeaveWhere:
    return ast.LeaveWhere(values[0], span=span)


@_rule("goal")
def _goal(values: list[Any], span: Span) -> ast.Goal:
    event, where, within, then_leave = values
    return ast.Goal(event, where, within, then_leave is not None, span=span)


@_rule("within", "where_one", "where_all", "group")
def _only_value(values: list[Any], span: Span) -> Any:
    return values[0]


@_rule("once_ever")
def _once_ever(values: list[Any], span: Span) -> ast.Once:
    return ast.Once(span=span)


@_rule("every_time")
def _every_time(values: list[Any], span: Span) -> ast.EveryTime:
    return ast.EveryTime(span=span)


@_rule("again_after")
def _again_after(values: list[Any], span: Span) -> ast.AgainAfter:
    return ast.AgainAfter(values[0], span=span)


@_rule("topic_of")
def _topic_of(values: list[Any], span: Span) -> ast.TopicOf:
    return ast.TopicOf(values[0], span=span)


# ── steps ────────────────────────────────────────────────────────────────────────────────────────


@_rule("wait")
def _wait(values: list[Any], span: Span) -> ast.Wait:
    return ast.Wait(values[0], span=span)


@_rule("leave")
def _leave(values: list[Any], span: Span) -> ast.Leave:
    return ast.Leave(span=span)


@_rule("if_line")
def _if_line(values: list[Any], span: Span) -> Branch:
    return Branch("if", values[0], span)


@_rule("otherwise_if")
def _otherwise_if(values: list[Any], span: Span) -> Branch:
    return Branch("otherwise if", values[0], span)


@_rule("otherwise")
def _otherwise(values: list[Any], span: Span) -> Branch:
    return Branch("otherwise", None, span)


for _kind in STEPS:
    _rule(_kind.rule)(_kind.build)


# ── conditions ───────────────────────────────────────────────────────────────────────────────────


@_rule("all_of")
def _all_of(values: list[Any], span: Span) -> ast.And:
    return ast.And(tuple(values), span=span)


@_rule("any_of")
def _any_of(values: list[Any], span: Span) -> ast.Or:
    return ast.Or(tuple(values), span=span)


@_rule("negation")
def _negation(values: list[Any], span: Span) -> ast.Not:
    return ast.Not(values[0], span=span)


@_rule("comparison")
def _comparison(values: list[Any], span: Span) -> ast.Comparison:
    subject, test = values
    return ast.Comparison(subject, test, span=span)


@_rule("attribute_subject")
def _attribute_subject(values: list[Any], span: Span) -> ast.Attribute:
    return ast.Attribute(values[0], span=span)


@_rule("property_subject")
def _property_subject(values: list[Any], span: Span) -> ast.Property:
    return ast.Property(values[0], span=span)


@_rule("entry_subject")
def _entry_subject(values: list[Any], span: Span) -> ast.EntryProperty:
    return ast.EntryProperty(values[0], span=span)


def _compare(op: ast.CompareOp) -> Callable[[list[Any], Span], ast.Compare]:
    return lambda values, span: ast.Compare(op, values[0], span=span)


for _op in get_args(ast.CompareOp):
    _rule("is_" if _op == "is" else _op)(_compare(_op))


@_rule("one_of")
def _one_of(values: list[Any], span: Span) -> ast.OneOf:
    return ast.OneOf(tuple(values), span=span)


@_rule("not_one_of")
def _not_one_of(values: list[Any], span: Span) -> ast.OneOf:
    return ast.OneOf(tuple(values), negated=True, span=span)


@_rule("known")
def _known(values: list[Any], span: Span) -> ast.Known:
    return ast.Known(span=span)


@_rule("unknown")
def _unknown(values: list[Any], span: Span) -> ast.Known:
    return ast.Known(negated=True, span=span)


@_rule("between")
def _between(values: list[Any], span: Span) -> ast.Between:
    low, high = values
    return ast.Between(low, high, span=span)


def _within(op: ast.WithinOp) -> Callable[[list[Any], Span], ast.Within]:
    return lambda values, span: ast.Within(op, values[0], span=span)


for _dated in get_args(ast.WithinOp):
    _rule(_dated)(_within(_dated))


@_rule("did")
def _did(values: list[Any], span: Span) -> ast.Did:
    event, where, *rest = values
    count = next((part for part in rest if isinstance(part, ast.Count)), None)
    window = next((part for part in rest if part is not None and part is not count), None)
    return ast.Did(event, where, count, window, span=span)


@_rule("did_not")
def _did_not(values: list[Any], span: Span) -> ast.DidNot:
    event, where, window = values
    return ast.DidNot(event, where, window, span=span)


@_rule("never")
def _never(values: list[Any], span: Span) -> ast.Never:
    event, where = values
    return ast.Never(event, where, span=span)


@_rule("inactive")
def _inactive(values: list[Any], span: Span) -> ast.Inactive:
    return ast.Inactive(values[0], span=span)


@_rule("in_segment")
def _in_segment(values: list[Any], span: Span) -> ast.InSegment:
    return ast.InSegment(values[0], span=span)


@_rule("not_in_segment")
def _not_in_segment(values: list[Any], span: Span) -> ast.InSegment:
    return ast.InSegment(values[0], negated=True, span=span)


def _count(op: Literal["at_least", "exactly", "fewer_than"]) -> Callable[[list[Any], Span], ast.Count]:
    return lambda values, span: ast.Count(op, _whole(values[0]), span=span)


_rule("count_at_least")(_count("at_least"))
_rule("count_exactly")(_count("exactly"))
_rule("count_fewer_than")(_count("fewer_than"))


@_rule("last")
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
        if _whole(number) > _YEAR[unit] * LONGEST_TIME:
            raise Stop(TooLongATime(span=number.span.to(word.span), longest=LONGEST_TIME))
    return ast.BetweenAgo(_whole(near), _whole(far), unit, span=span)


RULES["between_ago"] = _between_ago


@_rule("since_entering")
def _since_entering(values: list[Any], span: Span) -> ast.SinceEntering:
    return ast.SinceEntering(span=span)


# ── one-line statements ──────────────────────────────────────────────────────────────────────────


@_rule("person")
def _person(values: list[Any], span: Span) -> ast.PersonRef:
    [person] = values
    return ast.PersonRef(person.value, span=span) if isinstance(person, ast.Text) else person


@_rule("pair")
def _pair(values: list[Any], span: Span) -> Pair:
    name, value = values
    return Pair(name, value, span)


@_rule("fact")
def _fact(values: list[Any], span: Span) -> ast.Fact:
    person, event, *pairs = values
    written: Sequence[Pair] = [pair for pair in pairs if pair is not None]
    return ast.Fact(person, event, tuple((p.name, p.value) for p in written), span=span)


@_rule("set_fact")
def _set_fact(values: list[Any], span: Span) -> ast.SetFact:
    attribute, person, value = values
    return ast.SetFact(attribute, person, value, span=span)


@_rule("show")
def _show(values: list[Any], span: Span) -> ast.Show:
    return ast.Show(values[0], span=span)


@_rule("show_activity")
def _show_activity(values: list[Any], span: Span) -> ast.ShowActivity:
    person, window = values
    return ast.ShowActivity(person, window, span=span)


@_rule("count_people")
def _count_people(values: list[Any], span: Span) -> ast.CountPeople:
    return ast.CountPeople(next((v for v in values if v is not None), None), span=span)


@_rule("people_where")
def _people_where(values: list[Any], span: Span) -> ast.PeopleWhere:
    return ast.PeopleWhere(values[0], span=span)
