"""One-line statements in, canonical text out."""

from __future__ import annotations

import re

from cio_lang import ast, text
from cio_lang.format.conditions import condition, window

_COMMANDS = frozenset({"activity", "count", "people", "set", "show"})


def statement(written: ast.Statement) -> str:
    """A one-liner."""
    match written:
        case ast.Fact():
            pairs = " and ".join(f"{text.name(n)} {text.value(v)}" for n, v in written.properties)
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
            if written.condition is None:
                return "count people"
            return f"count people where {condition(written.condition)}"
        case ast.PeopleWhere():
            return f"people where {condition(written.condition)}"


def person(written: ast.PersonRef) -> str:
    """A person: bare where the id or address has no spaces and is no word of a statement."""
    bare = re.fullmatch(r'[^\s"(),#>][^\s"(),#]*', written.text) is not None
    return written.text if bare and written.text not in _COMMANDS else text.quoted(written.text)
