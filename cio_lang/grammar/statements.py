"""One-line statements from what their rules matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cio_lang import ast, text
from cio_lang.grammar import problems
from cio_lang.grammar.rules import RULES, Spoken, Stop, rule, spoken
from cio_lang.grammar.values import whole
from cio_lang.grammar.words import Word
from cio_lang.record import record
from cio_lang.source import Span


@record
class Pair:
    """`amount $99` in a fact."""

    name: ast.Name
    value: ast.Value
    span: Span


@rule("person")
def _person(values: list[Any], span: Span) -> ast.PersonRef:
    [person] = values
    if isinstance(person, ast.Text):
        return ast.PersonRef(person.value, span=span)
    if person.text in text.NOBODY:
        raise Stop(problems.NotAPerson(span=span, word=person.text))
    named: ast.PersonRef = person
    return named


@rule("pair")
def _pair(values: list[Any], span: Span) -> Pair:
    name, value = values
    return Pair(name, value, span)


@rule("fact")
def _fact(values: list[Any], span: Span) -> ast.Fact:
    person, event, *pairs = values
    written: Sequence[Pair] = [pair for pair in pairs if pair is not None]
    return ast.Fact(person, event, tuple((p.name, p.value) for p in written), span=span)


@rule("set_fact")
def _set_fact(values: list[Any], span: Span) -> ast.SetFact:
    attribute, person, value = values
    return ast.SetFact(attribute, person, value, span=span)


@rule("show")
def _show(values: list[Any], span: Span) -> ast.Show:
    return ast.Show(values[0], span=span)


@rule("show_activity")
def _show_activity(values: list[Any], span: Span) -> ast.ShowActivity:
    person, window = values
    return ast.ShowActivity(person, window, span=span)


@rule("count_people")
def _count_people(values: list[Any], span: Span) -> ast.CountPeople:
    return ast.CountPeople(next((v for v in values if v is not None), None), span=span)


@rule("people_where")
def _people_where(values: list[Any], span: Span) -> ast.PeopleWhere:
    return ast.PeopleWhere(values[0], span=span)


# ── messages and journeys for people ─────────────────────────────────────────────────────────────

spoken("send_verb", "reaching")


@rule("send_to")
def _send_to(values: list[Any], span: Span) -> ast.SendTo:
    verb, first, second = values
    message, to = (first, second) if isinstance(first, ast.Text) else (second, first)
    return ast.SendTo(verb.text, message, to, span=span)


@rule("start_for")
def _start_for(values: list[Any], span: Span) -> ast.StartFor:
    journey, people = values
    return ast.StartFor(journey, people, span=span)


@rule("preview")
def _preview(values: list[Any], span: Span) -> ast.Preview:
    template, person = values
    return ast.Preview(template, person, span=span)


@rule("forget")
def _forget(values: list[Any], span: Span) -> ast.Forget:
    return ast.Forget(values[0], span=span)


@rule("why_not")
def _why_not(values: list[Any], span: Span) -> ast.WhyNot:
    person, journey = values
    return ast.WhyNot(person, journey, span=span)


# ── models ───────────────────────────────────────────────────────────────────────────────────────


@rule("write_for")
def _write_for(values: list[Any], span: Span) -> ast.Write:
    channel, *rest = values
    about = next(part for part in rest if isinstance(part, ast.Text))
    people = next((part for part in rest if part is not None and part is not about), None)
    return ast.Write(channel.text, about, people, span=span)


@rule("suggest")
def _suggest(values: list[Any], span: Span) -> ast.Suggest:
    count, template = values
    return ast.Suggest(whole(count), template, span=span)


def _predicted(children: list[Any]) -> Any:
    [what] = children
    return Spoken(str(what), what.span) if isinstance(what, Word) else what


RULES["predicted"] = _predicted


@rule("predict")
def _predict(values: list[Any], span: Span) -> ast.Predict:
    what, *rest = values
    within = next((part for part in rest if isinstance(part, ast.Duration)), None)
    event = what if isinstance(what, ast.Name) else None
    return ast.Predict(event, within, rest[-1], span=span)


@rule("best_time")
def _best_time(values: list[Any], span: Span) -> ast.BestTime:
    channel, person = values
    return ast.BestTime(channel.text, person, span=span)


@rule("compare_subjects")
def _compare_subjects(values: list[Any], span: Span) -> ast.CompareSubjects:
    return ast.CompareSubjects(values[0], span=span)


@rule("improve")
def _improve(values: list[Any], span: Span) -> ast.Improve:
    return ast.Improve(values[0], span=span)
