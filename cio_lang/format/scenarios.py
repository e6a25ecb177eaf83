"""Scenarios in, canonical text out."""

from __future__ import annotations

from collections.abc import Sequence

from cio_lang import ast, text
from cio_lang.format.conditions import condition
from cio_lang.format.layout import laid_out
from cio_lang.format.names import AFTER_EXPECT
from cio_lang.format.statements import person
from cio_lang.steps.send import message_text

_AFTER_AND = frozenset({"then"})

_FATES = {
    "in": "in",
    "not in": "not in",
    "goal": "reached the goal of",
    "entered": "entered",
    "did not enter": "did not enter",
    "left": "left",
}


def scenario(written: ast.Scenario) -> list[str]:
    """The rows of a scenario."""
    rows: list[str] = []
    for line in written.lines:
        rows += laid_out(line.trivia, scenario_line(line), [], first=not rows)
    row = f"scenario {text.quoted(written.title.text)}"
    return laid_out(written.trivia, row, rows, first=True)


def scenario_line(written: ast.ScenarioLine) -> str:
    """One line of a scenario."""
    match written:
        case ast.Given():
            since = "" if written.since is None else f" since {_moment(written.since)}"
            return f"given {person(written.person)}{since}{_with(written.attributes)}"
        case ast.At():
            return f"at {_moment(written)}"
        case ast.When():
            event = f"{text.name(written.event)}{_with(written.properties)}"
            return f"when {person(written.person)} does {event}"
        case ast.WhenSet():
            attribute, value = _attribute(written.attribute), text.value(written.value)
            return f"when {attribute} of {person(written.person)} becomes {value}"
        case ast.GivenIn():
            return f"given {person(written.person)} is in segment {_title(written.segment)}"
        case ast.WhenMoved():
            moved = "added to" if written.inside else "removed from"
            return f"when {person(written.person)} is {moved} segment {_title(written.segment)}"
        case ast.WhenAnswered():
            answer = "approves" if written.approved else "declines"
            about = f"{_title(written.journey)} for {person(written.person)}"
            return f"when {person(written.who)} {answer} {about}"
        case ast.WhenWon():
            return f"when {_quoted(written.arm)} wins experiment {_title(written.experiment)}"
        case ast.After():
            return f"after {text.duration(written.duration)}"
        case ast.ExpectMessage():
            no = "no " if written.negated else ""
            words = "" if written.message is None else f" {message_text(written.message)}"
            return f"expect {no}{written.channel}{words} to {person(written.person)}"
        case ast.ExpectRun():
            because = "" if written.because is None else f" because {_quoted(written.because)}"
            journey = f"{_FATES[written.what]} {text.quoted(written.journey.text)}"
            return f"expect {_expected(written.person)} {journey}{because}"
        case ast.ExpectAttribute():
            attribute, value = _attribute(written.attribute), text.value(written.value)
            return f"expect {attribute} of {person(written.person)} is {value}"
        case ast.ExpectMatch():
            return f"expect {_expected(written.person)} matches {condition(written.condition)}"


def _moment(at: ast.At) -> str:
    time = "" if at.time is None else f" {text.clock(at.time)}"
    return f"{text.value(at.date)}{time}"


def _with(pairs: Sequence[tuple[ast.Name, ast.Value]]) -> str:
    written = " and ".join(
        f"{text.name(name, _AFTER_AND)} {text.value(value)}" for name, value in pairs
    )
    return f" with {written}" if pairs else ""


def _attribute(name: ast.Name) -> str:
    """The name of an attribute where a person could stand as well."""
    return text.name(name, AFTER_EXPECT | text.NOBODY)


def _expected(written: ast.PersonRef) -> str:
    """A person where a message could stand as well."""
    return text.quoted(written.text) if written.text in AFTER_EXPECT else person(written)


def _title(name: ast.Name) -> str:
    return text.quoted(name.text)


def _quoted(written: ast.Text) -> str:
    return text.quoted(written.value)
