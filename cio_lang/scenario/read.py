"""A scenario file in, scenarios and problems out.

Lines are read one by one, so that a bad one costs one message.  Facts and conditions are handed to
the grammar of journeys; what it says about them is moved to where they stand in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, cast

from cio_lang import ast
from cio_lang.grammar import parse_condition, parse_statement
from cio_lang.problem import Problem, nearest
from cio_lang.scenario import tree
from cio_lang.scenario.problems import LineOutsideScenario, NothingExpected, UnclearScenarioLine
from cio_lang.source import Source, Span

__all__ = ["EXAMPLES", "read"]

EXAMPLES = {
    "given": 'given alice with plan "trial"',
    "at": "at 2026-03-08 09:00",
    "after": "after 3 days",
    "when": "when alice does signed_up",
    "set": 'set plan of alice to "Pro"',
    "expect": 'expect email "welcome" to alice',
}
"""The lines that scenarios have, by their first word."""

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PERSON = rf"(?P<person>{_QUOTED}|[^\s\"]+)"
_MOMENT = r"(?P<day>\d{4}-\d{2}-\d{2})(?:[ T](?P<time>\d{1,2}:\d{2}))?"
_JOURNEY = rf"(?P<journey>{_QUOTED})"

_SCENARIO = re.compile(rf"scenario\s+(?P<title>{_QUOTED})")
_GIVEN = re.compile(rf"given\s+{_PERSON}(?:\s+since\s+{_MOMENT})?(?:\s+(?P<with>with\s.*))?")
_AT = re.compile(rf"at\s+{_MOMENT}")
_AFTER = re.compile(
    r"after\s+(?P<count>\d{1,6})\s+(?P<unit>second|minute|hour|day|week|month|year)s?"
)
_WHEN = re.compile(rf"when\s+{_PERSON}\s+(?P<does>does|did)\s+(?P<rest>\S.*)")
_MESSAGE = re.compile(
    r"expect\s+(?P<no>no\s+)?(?P<channel>email|push|text|notify|message)s?"
    rf"(?:\s+(?P<text>{_QUOTED}))?\s+to\s+{_PERSON}"
)
_JOURNEYS = re.compile(
    rf"expect\s+{_PERSON}\s+"
    r"(?P<what>entered|did\s+not\s+enter|is\s+in|is\s+not\s+in|left|reached\s+the\s+goal\s+of)"
    rf"\s+{_JOURNEY}(?:\s+because\s+(?P<because>{_QUOTED}))?"
)
_MATCHES = re.compile(rf"expect\s+{_PERSON}\s+matches\s+(?P<condition>\S.*)")


def read(source: Source) -> tuple[tuple[tree.Scenario, ...], tuple[Problem, ...]]:
    """The scenarios of a file; those with a line that cannot be read are left out."""
    scenarios: list[tree.Scenario] = []
    problems: list[Problem] = []
    open_: _Open | None = None
    for number, written in enumerate(source.lines, 1):
        text = _without_comment(written).rstrip()
        bare = text.lstrip()
        if not bare:
            continue
        span = Span(source.name, number, len(text) - len(bare) + 1, number, len(text) + 1)
        if bare.split()[0] == "scenario":
            _close(open_, scenarios, problems)
            title = _SCENARIO.fullmatch(bare)
            open_ = _Open(span, _unquoted(title["title"]) if title else None)
            if title is None:
                why = "The name of a scenario stands in quotes behind the word."
                problems += _unclear(span, why, 'scenario "What it shows"')
        elif open_ is None:
            problems.append(LineOutsideScenario(span=span))
        else:
            line = _line(bare, span)
            if isinstance(line, list):
                problems += line
                open_.title = None
            else:
                open_.lines.append(line)
    _close(open_, scenarios, problems)
    return tuple(scenarios), tuple(problems)


@dataclass(slots=True)
class _Open:
    """The scenario that is being read; without a title when a line of it cannot be read."""

    span: Span
    title: str | None
    lines: list[tree.Line] = field(default_factory=list)


_Read = tree.Line | list[Problem]


def _close(open_: _Open | None, scenarios: list[tree.Scenario], problems: list[Problem]) -> None:
    if open_ is None or open_.title is None:
        return
    expectations = (tree.ExpectMessage, tree.ExpectJourney, tree.ExpectMatch)
    if any(isinstance(line, expectations) for line in open_.lines):
        scenarios.append(tree.Scenario(open_.span, open_.title, tuple(open_.lines)))
    else:
        problems.append(NothingExpected(span=open_.span, scenario=open_.title))


def _line(bare: str, span: Span) -> _Read:
    readers: dict[str, Callable[[str, Span], _Read]] = {
        "given": _given,
        "at": _at,
        "after": _after,
        "when": _when,
        "set": _set,
        "expect": _expect,
    }
    word = bare.split()[0]
    if word in readers:
        return readers[word](bare, span)
    meant = nearest(word, readers)
    words = ", ".join(f"`{known}`" for known in readers)
    why = f"Lines of a scenario begin with one of {words}, and `{word}` is none of them."
    place = replace(span, end_column=span.column + len(word))
    return _unclear(place, why, EXAMPLES[meant or "expect"])


def _given(bare: str, span: Span) -> _Read:
    found = _GIVEN.fullmatch(bare)
    if found is None:
        why = "Behind `given` stand a person, and what is known of them behind `with`."
        return _unclear(span, why, EXAMPLES["given"])
    since = _moment(found)
    if found["day"] and since is None:
        return _unclear(span, "There is no such day or time.", EXAMPLES["given"])
    attributes: tuple[tuple[ast.Name, ast.Value], ...] = ()
    if found["with"]:
        fact = _statement("x did x ", found["with"], span, found.start("with"))
        if isinstance(fact, list):
            return fact
        if isinstance(fact, ast.Fact):
            attributes = fact.properties
    return tree.Given(span, _unquoted(found["person"]), since, attributes)


def _at(bare: str, span: Span) -> _Read:
    found = _AT.fullmatch(bare)
    if found is None:
        why = "Behind `at` stands a day, and if you like a time of that day."
        return _unclear(span, why, EXAMPLES["at"])
    moment = _moment(found)
    if moment is None:
        return _unclear(span, "There is no such day or time.", EXAMPLES["at"])
    return tree.At(span, moment.date(), moment.time())


def _after(bare: str, span: Span) -> _Read:
    found = _AFTER.fullmatch(bare)
    if found is None:
        return _unclear(span, "Behind `after` stands a length of time.", EXAMPLES["after"])
    unit = cast("ast.Unit", found["unit"])
    return tree.After(span, ast.Duration(int(found["count"]), unit, span=span))


def _when(bare: str, span: Span) -> _Read:
    found = _WHEN.fullmatch(bare)
    if found is not None:
        fact = _statement("x did ", found["rest"], span, found.start("rest"))
        if isinstance(fact, list):
            return fact
        if isinstance(fact, ast.Fact):
            person = ast.PersonRef(_unquoted(found["person"]), span=span)
            return tree.Happens(span, replace(fact, person=person))
    why = "Behind `when` stand a person, the word `does`, and an event."
    return _unclear(span, why, EXAMPLES["when"])


def _set(bare: str, span: Span) -> _Read:
    fact = _statement("", bare, span, 0)
    if isinstance(fact, list):
        return fact
    if isinstance(fact, ast.SetFact):
        return tree.Becomes(span, fact)
    why = "Behind `set` stand an attribute, `of` a person, and `to` its new value."
    return _unclear(span, why, EXAMPLES["set"])


def _expect(bare: str, span: Span) -> _Read:
    found = _MESSAGE.fullmatch(bare)
    if found is not None:
        word = found["channel"]
        return tree.ExpectMessage(
            span,
            _unquoted(found["person"]),
            None if word in {"message", "notify"} else word,
            None if found["text"] is None else _unquoted(found["text"]),
            found["no"] is not None,
        )
    found = _JOURNEYS.fullmatch(bare)
    if found is not None:
        start = span.column + found.start("journey")
        return tree.ExpectJourney(
            span,
            _unquoted(found["person"]),
            " ".join(found["what"].split()),
            _unquoted(found["journey"]),
            replace(span, column=start, end_column=start + len(found["journey"])),
            None if found["because"] is None else _unquoted(found["because"]),
        )
    found = _MATCHES.fullmatch(bare)
    if found is not None:
        condition, problems = parse_condition(Source(span.file, found["condition"]))
        shift = span.column - 1 + found.start("condition")
        if condition is None or problems:
            return [_moved(problem, span.line, shift) for problem in problems]
        placed = _placed(condition, span.line, shift)
        return tree.ExpectMatch(span, _unquoted(found["person"]), placed)
    why = (
        "Behind `expect` stands a message `to` a person, or a person and what became of them: "
        "`entered`, `is in`, `left`, `reached the goal of` a journey, or `matches` a condition."
    )
    return _unclear(span, why, EXAMPLES["expect"])


def _statement(prefix: str, text: str, span: Span, offset: int) -> ast.Statement | list[Problem]:
    """`text` read as the rest of a statement; it stands `offset` behind the line's start."""
    statement, problems = parse_statement(Source(span.file, prefix + text))
    shift = span.column - 1 + offset - len(prefix)
    if statement is None or problems:
        return [_moved(problem, span.line, shift) for problem in problems]
    return cast("ast.Statement", _placed(statement, span.line, shift))


def _moment(found: re.Match[str]) -> datetime | None:
    """The day and time of a match; None where it has none or there is no such moment."""
    if not found["day"]:
        return None
    try:
        hour, minute = (found["time"] or "09:00").split(":")
        return datetime.combine(date.fromisoformat(found["day"]), time(int(hour), int(minute)))
    except ValueError:
        return None


def _unclear(span: Span, why: str, example: str) -> list[Problem]:
    return [UnclearScenarioLine(span=span, why=why, example=example)]


def _without_comment(line: str) -> str:
    """The line up to a `#` that is not inside quotes."""
    quoted = False
    index = 0
    while index < len(line):
        character = line[index]
        if character == "\\" and quoted:
            index += 1
        elif character == '"':
            quoted = not quoted
        elif character == "#" and not quoted:
            return line[:index]
        index += 1
    return line


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    return re.sub(
        r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text[1:-1]
    )


def _shifted(span: Span, line: int, columns: int) -> Span:
    start, end = max(1, span.column + columns), max(1, span.end_column + columns)
    return Span(span.file, line, start, line, max(start, end))


def _moved(problem: Problem, line: int, columns: int) -> Problem:
    return replace(problem, span=_shifted(problem.span, line, columns))


def _placed(node: Any, line: int, columns: int) -> Any:
    """A tree with all its spans moved to where it stands in the file."""
    if isinstance(node, tuple):
        return tuple(_placed(part, line, columns) for part in node)
    if not isinstance(node, ast.Node):
        return node
    fields = [name for name in _field_names(node) if name not in {"span", "trivia"}]
    parts = {name: _placed(getattr(node, name), line, columns) for name in fields}
    return replace(node, **parts, span=_shifted(node.span, line, columns))


def _field_names(node: ast.Node) -> list[str]:
    import dataclasses

    return [each.name for each in dataclasses.fields(node)]
