"""Messages that shout."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cio_lang import ast
from cio_lang.check import Checked
from cio_lang.check.places import part_of
from cio_lang.lint.rule import Rule, declared, journeys, sends
from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record
from cio_lang.schema import message_ref
from cio_lang.source import Span

ACRONYM = 5
"""Words of up to so many letters can be names that are written in capitals: `GDPR`, `HTTPS`."""

LETTERS = 12
"""Less than so many letters in capitals is a word for emphasis, not shouting."""


@record(kw_only=True)
class AllCaps(Problem):
    """The subject of a mail is in capital letters from end to end.

    Where no template gives another, the first line of a message is its subject.  Subjects that
    shout are read less, and mail filters count them against the sender.  Short words such as `GDPR`
    and placeholders do not count; a line with one small letter is left alone.
    """

    code = "all-caps-subject"
    severity = "warning"
    line: str
    place: Span | None
    """Where the line stands, if that is certain to the letter."""

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.line}` is all in capital letters.",
            "It is the subject of the mail: shouting is read less and looks like spam to filters.",
            f"write `{_calmer(self.line)}`",
        )

    def fix(self) -> Fix | None:
        """The line as a sentence."""
        return None if self.place is None else Fix(self.place, _calmer(self.line))


def find(checked: Checked) -> Iterator[AllCaps]:
    """Mails whose subject is all in capitals."""
    templates = checked.schema.settings.templates
    for journey in journeys(checked):
        for send in sends(journey.steps):
            inline = message_ref(send.message, templates).kind == "inline"
            if inline and send.channel in ("email", "notify"):
                yield from _subject(send.message)
    for template in declared(checked, ast.TemplateDeclaration):
        if template.channel == "email":
            yield from _subject(template.body if template.subject is None else template.subject)


def _subject(message: ast.Text) -> Iterator[AllCaps]:
    line = next((line for line in message.value.splitlines() if line.strip()), "").strip()
    if _shouts(line):
        start = message.value.index(line)
        place, exact = part_of(message, start, start + len(line))
        yield AllCaps(span=message.span, line=line, place=place if exact else None)


def _calmer(line: str) -> str:
    """The line as a sentence; what is put in stays as it is."""
    pieces = re.split(r"(\{\{.*?\}\}|\{%.*?%\})", line)
    said = "".join(piece if piece.startswith("{") else piece.lower() for piece in pieces)
    if said.startswith("{"):
        return said
    first = next((n for n, letter in enumerate(said) if letter.isalpha()), 0)
    return said[:first] + said[first : first + 1].upper() + said[first + 1 :]


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
