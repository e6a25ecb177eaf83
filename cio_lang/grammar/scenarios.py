"""Scenarios and their lines from what their rules matched."""

from __future__ import annotations

from typing import Any

from cio_lang import ast
from cio_lang.grammar.rules import RULES, Spoken, rule, spoken
from cio_lang.source import Span


@rule("scenario")
def _scenario(values: list[Any], span: Span) -> ast.Scenario:
    return ast.Scenario(values[0], (), span=span)


@rule("given")
def _given(values: list[Any], span: Span) -> ast.Given:
    person, since, *pairs = values
    return ast.Given(person, _pairs(pairs), since, span=span)


@rule("since")
def _since(values: list[Any], span: Span) -> ast.At:
    date, time = values
    return ast.At(date, time, span=span)


@rule("at")
def _at(values: list[Any], span: Span) -> ast.At:
    date, time = values
    return ast.At(date, time, span=span)


@rule("after")
def _after(values: list[Any], span: Span) -> ast.After:
    return ast.After(values[0], span=span)


@rule("happens")
def _happens(values: list[Any], span: Span) -> ast.When:
    person, event, *pairs = values
    return ast.When(person, event, _pairs(pairs), span=span)


@rule("becomes")
def _becomes(values: list[Any], span: Span) -> ast.WhenSet:
    attribute, person, value = values
    return ast.WhenSet(_name(attribute), person, value, span=span)


@rule("sets")
def _sets(values: list[Any], span: Span) -> ast.WhenSet:
    attribute, person, value = values
    return ast.WhenSet(attribute, person, value, span=span)


@rule("given_in")
def _given_in(values: list[Any], span: Span) -> ast.GivenIn:
    person, segment = values
    return ast.GivenIn(person, segment, span=span)


spoken("moving", "answer")


@rule("moved")
def _moved(values: list[Any], span: Span) -> ast.WhenMoved:
    person, moving, segment = values
    return ast.WhenMoved(person, segment, moving.text == "added to", span=span)


@rule("answered")
def _answered(values: list[Any], span: Span) -> ast.WhenAnswered:
    who, answer, journey, person = values
    return ast.WhenAnswered(who, answer.text == "approves", journey, person, span=span)


@rule("wins")
def _wins(values: list[Any], span: Span) -> ast.WhenWon:
    arm, experiment = values
    return ast.WhenWon(arm, experiment, span=span)


@rule("expect_message")
def _expect_message(values: list[Any], span: Span) -> ast.ExpectMessage:
    none, wanted, *messages, person = values
    message = next((text for text in messages if text is not None), None)
    channel: Any = "message" if wanted.text == "notify" else wanted.text
    return ast.ExpectMessage(person, channel, message, none is not None, span=span)


_FATES = {
    "did not enter": "did not enter",
    "is in": "in",
    "is not in": "not in",
    "reached the goal of": "goal",
}


def _fate(children: list[Any]) -> Spoken:
    words = [child for child in children if child is not None]
    said = " ".join(words)
    return Spoken(_FATES.get(said, said), words[0].span.to(words[-1].span))


RULES["fate"] = _fate


@rule("expect_run")
def _expect_run(values: list[Any], span: Span) -> ast.ExpectRun:
    person, fate, journey, because = values
    return ast.ExpectRun(person, journey, fate.text, because, span=span)


@rule("expect_attribute")
def _expect_attribute(values: list[Any], span: Span) -> ast.ExpectAttribute:
    attribute, person, value = values
    return ast.ExpectAttribute(_name(attribute), person, value, span=span)


@rule("expect_match")
def _expect_match(values: list[Any], span: Span) -> ast.ExpectMatch:
    person, condition = values
    return ast.ExpectMatch(person, condition, span=span)


def _name(word: ast.PersonRef) -> ast.Name:
    """The name of an attribute where a person could stand as well."""
    return ast.Name(word.text, span=word.span)


def _pairs(found: list[Any]) -> tuple[tuple[ast.Name, ast.Value], ...]:
    return tuple((pair.name, pair.value) for pair in found if pair is not None)
