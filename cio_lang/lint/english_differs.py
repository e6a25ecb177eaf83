"""English that says something else than the lines that it became."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from cio_lang import ast, text
from cio_lang import format as canonical
from cio_lang.check import Checked
from cio_lang.check.blocks import every
from cio_lang.lint.rule import Rule, journeys, seconds
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema

_WORDS = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_NUMBER = rf"(?P<n>\d[\d,]*|{'|'.join(_WORDS)})"
_UNIT = r"(?P<unit>second|minute|hour|day|week|month|year)s?\b"
_LENGTH = rf"{_NUMBER}\s+{_UNIT}"
_BEFORE = r"(?:after|waits?|within|(?:inactive|away|idle|waits?) for|up to|last|past|next)"
_AFTER = r"(?:later|ago|before|after|without|of inactivity)"
_THAN = r"(?:more than|at least|less than|at most|fewer than|over|above|under|below)"

LENGTHS = (
    re.compile(rf"\b{_BEFORE}\s+{_LENGTH}"),
    re.compile(rf"(?<![\d–-])\b{_LENGTH}(?=\s+{_AFTER}\b)"),
)
PERCENTS = (
    re.compile(r"\bhold(?:s|ing)? out (?P<n>\d+(?:\.\d+)?)\s?(?:%|percent\b)"),
    re.compile(
        r"\b(?P<n>\d+(?:\.\d+)?)\s?(?:%|percent)(?=\s+(?:of (?:them|people|those)|gets?)\b)"
    ),
)
AMOUNTS = re.compile(rf"\b{_THAN}\s+[$€£](?P<n>\d[\d,]*(?:\.\d+)?)")
CLOCKS = re.compile(
    r"\bat (?P<h>\d{1,2})(?::(?P<m>\d\d))?(?:\s?(?P<half>am|pm)\b|(?<=:\d\d)\b)", re.I
)
QUOTES = re.compile(r"[\"“”](?P<text>[^\"“”]+)[\"“”]")
"""What can be told in English for certain: only these are looked at."""


@record(kw_only=True)
class EnglishDiffers(Problem):
    """The English of a journey (its `>` lines) says something that its lines do not.

    The English is what somebody meant; the lines are what runs.  After one of the two was changed,
    whoever reads the other is misled.  Looked at are only lengths of time, shares, amounts, times
    of day and quoted words that the English names outright; two waits can make up one length.
    """

    code = "english-differs"
    severity = "warning"
    journey: str
    said: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        listed = ", ".join(f"`{phrase}`" for phrase in self.said)
        return Report(
            f"The English of `{self.journey}` says {listed}; its lines do not.",
            "What runs is the lines: whoever reads the English takes it for something else.",
            "change the `>` line, or the lines below it",
        )


def find(checked: Checked) -> Iterator[EnglishDiffers]:
    """Journeys whose English names what is not in their lines."""
    for journey in journeys(checked):
        if journey.english:
            said = tuple(dict.fromkeys(_missing(" ".join(journey.english), journey, checked)))
            if said:
                yield EnglishDiffers(span=journey.title.span, journey=journey.title.text, said=said)


def _missing(english: str, journey: ast.Journey, checked: Checked) -> Iterator[str]:
    """The phrases of the English that have nothing in the lines."""
    lines = _lines(journey, checked)
    numbers = {Decimal(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", lines)}
    lengths = _lengths(lines, journey)
    small = english.casefold()
    for pattern in LENGTHS:
        for found in pattern.finditer(small):
            if _seconds(found["n"], found["unit"]) not in lengths:
                yield found[0]
    for pattern in (*PERCENTS, AMOUNTS):
        for found in pattern.finditer(small):
            if Decimal(found["n"].replace(",", "")) not in numbers:
                yield found[0]
    for found in CLOCKS.finditer(english):
        hour = int(found["h"]) % 12 + 12 * ((found["half"] or "").casefold() == "pm")
        hour = int(found["h"]) if found["half"] is None else hour
        if f"{hour:02}:{found['m'] or '00'}" not in lines:
            yield found[0]
    for found in QUOTES.finditer(english):
        if found["text"].strip(" .,;!?").casefold() not in lines.casefold():
            yield found[0]


def _lines(journey: ast.Journey, checked: Checked) -> str:
    """The canonical lines of the journey, and of all that they name."""
    told = canonical.declaration(replace(journey, english=()))
    for policy in (part for file in checked.files for part in file.declarations):
        if isinstance(policy, ast.Policy):
            told += canonical.declaration(policy)
    schema = checked.schema
    named: dict[str, ast.Declaration] = {**schema.segments, **schema.templates, **schema.journeys}
    taken = {journey.title.text}
    while True:
        more = [name for name in named if name not in taken and text.quoted(name) in told]
        if not more:
            break
        taken.update(more)
        told += "".join(_declared(named[name]) for name in more)
    return told + _files(told, schema)


def _declared(declaration: ast.Declaration) -> str:
    if isinstance(declaration, ast.Journey):
        declaration = replace(declaration, english=())
    return canonical.declaration(declaration)


def _files(told: str, schema: Schema) -> str:
    bodies = schema.settings.bodies
    return "".join(body.text for name, body in bodies.items() if text.quoted(name) in told)


def _lengths(lines: str, journey: ast.Journey) -> set[int]:
    """Every length of time that the lines name or make up."""
    found = {
        _seconds(count, unit)
        for count, unit in re.findall(
            r"(\d[\d,]*)\s+(second|minute|hour|day|week|month|year)s?\b", lines
        )
    }
    for far, unit in re.findall(r"\band (\d+) (day|week|month)s ago", lines):
        found |= {_seconds(str(n), unit) for n in range(int(far))}
    found |= {_seconds("1", unit) for unit in re.findall(r"\bper (hour|day|week|month)\b", lines)}
    if re.search(r"\bevery (?!time)", lines):
        found |= {_seconds("1", unit) for unit in ("day", "week", "month")}
    waits = [seconds(step.duration) for step in every(journey.steps) if isinstance(step, ast.Wait)]
    for start in range(min(len(waits), 100)):
        for end in range(start + 1, len(waits) + 1):
            found.add(sum(waits[start:end]))
    return found


def _seconds(count: str, unit: str) -> int:
    number = _WORDS.index(count) + 2 if count in _WORDS else int(count.replace(",", ""))
    return seconds(ast.Duration(number, unit))  # type: ignore[arg-type]


BAD = """\
journey "Trial"
  > Three days after they sign up, people who have not bought get an offer.
  when someone does signed_up

  wait 5 days
  email "Here is an offer for you."
"""

RULE = Rule(
    problem=EnglishDiffers,
    bad=BAD,
    good=BAD.replace("wait 5 days", "wait 3 days"),
    fix="Change the English, or the lines that it became.",
    find=find,
)
