"""One-line statements in, canonical text out."""

from __future__ import annotations

import re

from cio_lang import ast, text
from cio_lang.format.conditions import condition, window
from cio_lang.steps.send import message_text

COMMANDS = frozenset(
    {
        "activity",
        "best",
        "compare",
        "count",
        "email",
        "forget",
        "improve",
        "in-app",
        "notify",
        "people",
        "predict",
        "preview",
        "push",
        "set",
        "show",
        "slack",
        "start",
        "suggest",
        "text",
        "whatsapp",
        "why",
        "write",
    }
)
"""Words that mean something else where a person can stand: people named like one are quoted."""

_AFTER_AND = frozenset({"then"})


def statement(written: ast.Statement) -> str:
    """A one-liner."""
    match written:
        case ast.Fact():
            pairs = " and ".join(
                f"{text.name(name, _AFTER_AND)} {text.value(value)}"
                for name, value in written.properties
            )
            details = f" with {pairs}" if pairs else ""
            return f"{person(written.person)} did {text.name(written.event)}{details}"
        case ast.SetFact():
            who, value = person(written.person), text.value(written.value)
            return f"set {text.name(written.attribute)} of {who} to {value}"
        case ast.Show():
            return f"show {person(written.person)}"
        case ast.ShowActivity():
            when = "" if written.window is None else f" {window(written.window)}"
            return f"show activity of {person(written.person)}{when}"
        case ast.CountPeople():
            return f"count people{_whom(written.condition)}"
        case ast.PeopleWhere():
            return f"people{_whom(written.condition)}"
        case ast.SendTo():
            message = message_text(written.message)
            return f"{written.channel} {message} to {recipients(written.to)}"
        case ast.StartFor():
            who = recipients(written.people)
            return f"start journey {text.quoted(written.journey.text)} for {who}"
        case ast.Preview():
            template = text.quoted(written.template.text)
            return f"preview template {template} for {person(written.person)}"
        case ast.Write():
            who = "" if written.people is None else f" for {recipients(written.people)}"
            return f"write {written.channel}{who} about {text.quoted(written.about.value)}"
        case ast.Suggest():
            subjects = f"{written.count} subject{'' if written.count == 1 else 's'}"
            return f"suggest {subjects} for template {text.quoted(written.template.text)}"
        case ast.Predict():
            event = "churn" if written.event is None else text.name(written.event, ("churn",))
            when = "" if written.within is None else f" in the next {text.duration(written.within)}"
            return f"predict {event}{when} for {recipients(written.people)}"
        case ast.BestTime():
            return f"best time to {written.channel} {person(written.person)}"
        case ast.CompareSubjects():
            return f"compare subjects of journey {text.quoted(written.journey.text)}"
        case ast.Improve():
            return f"improve journey {text.quoted(written.journey.text)}"
        case ast.Forget():
            return f"forget {person(written.person)}"
        case ast.WhyNot():
            journey = text.quoted(written.journey.text)
            return f"why did {person(written.person)} not get {journey}"


def recipients(written: ast.Recipients) -> str:
    """Who a message or a journey is for."""
    match written:
        case ast.PersonRef():
            return person(written)
        case ast.PeopleWhere():
            return f"people{_whom(written.condition)}"


def person(written: ast.PersonRef) -> str:
    """A person: bare where the id or address has no spaces and is no word of a statement."""
    bare = re.fullmatch(r'[^\s"(),#>][^\s"(),#]*', written.text) is not None
    taken = written.text in COMMANDS or written.text in text.NOBODY
    return written.text if bare and not taken else text.quoted(written.text)


def _whom(written: ast.Condition | None) -> str:
    if written is None:
        return ""
    if isinstance(written, ast.InSegment) and not written.negated:
        return f" {condition(written)}"
    return f" where {condition(written)}"
