"""Messages that shout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cio_lang.check import Checked
from cio_lang.lint.rule import Rule, journeys, sends
from cio_lang.problem import Problem, Report
from cio_lang.schema import message_ref

ACRONYM = 5
"""Words of up to so many letters can be names that are written in capitals: `GDPR`, `HTTPS`."""

LETTERS = 12
"""Less than so many letters in capitals is a word for emphasis, not shouting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllCaps(Problem):
    """The first line of a message is in capital letters from end to end.

    The first line of a message is the subject of its mail.  Subjects that shout are read less, and
    mail filters count them against the sender.  Short words such as `GDPR` and placeholders do not
    count; a line with one small letter is left alone.
    """

    code = "all-caps-subject"
    severity = "warning"
    line: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.line}` is all in capital letters.",
            "It is the subject of the mail: shouting is read less and looks like spam to filters.",
            f"write `{self.line.capitalize()}`",
        )


def find(checked: Checked) -> Iterator[AllCaps]:
    """Messages whose first line is all in capitals."""
    templates = checked.schema.settings.templates
    for journey in journeys(checked):
        for send in sends(journey.steps):
            message = send.message
            if message_ref(message, templates).kind == "inline":
                line = next((line for line in message.value.splitlines() if line.strip()), "")
                if _shouts(line):
                    yield AllCaps(span=message.span, line=line.strip())


def _shouts(line: str) -> bool:
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", line)
    if any(letter.islower() for letter in plain):
        return False
    words = re.findall(r"[^\W\d_]+", plain)
    capitals = sum(1 for letter in plain if letter.isupper())
    return capitals >= LETTERS and any(len(word) > ACRONYM for word in words)


BAD = """\
journey "Sale"
  when someone does signed_up

  email "EVERYTHING MUST GO TODAY"
"""

RULE = Rule(
    problem=AllCaps,
    bad=BAD,
    good=BAD.replace("EVERYTHING MUST GO TODAY", "Everything must go today"),
    fix="Write the first line in small letters.",
    find=find,
)
