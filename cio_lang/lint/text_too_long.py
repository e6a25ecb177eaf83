"""Messages that cost several text messages each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cio_lang import ast
from cio_lang.check import Checked
from cio_lang.lint.rule import Rule, declared, journeys, sends
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import message_ref

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of GSM 03.38 (3GPP TS 23.038, section 6.2.1): one place each."""

EXTENDED = frozenset("^{}\\[~]|€\f")
"""Its extension table (section 6.2.1.1): two places each."""


@record(kw_only=True)
class TextTooLong(Problem):
    """The words of a `text` or a `notify` do not fit into one text message.

    A `notify` goes out as a text message to people whom neither push nor email reaches.  One text
    message holds 160 characters, or 70 as soon as one character is outside the GSM alphabet (an
    emoji, a curly quote, most scripts but Latin and Greek capitals); longer ones are sent and paid
    for in parts of 153 or 67.  Placeholders count as nothing, so that only what is certain is said.
    """

    code = "text-too-long"
    severity = "warning"
    length: int
    limit: int
    parts: int
    because: str | None
    notify: bool

    def report(self) -> Report:
        """What, why, one way out."""
        why = (
            f"One holds {self.limit} characters."
            if self.because is None
            else f"One holds only {self.limit} characters where there is one such as "
            f"`{self.because}` in it, and 160 otherwise."
        )
        if self.notify:
            why += " Where neither push nor email reaches somebody, `notify` sends one."
        return Report(
            f"As a text message this takes {self.parts}: it has {self.length} characters.",
            why,
            ("write it shorter, or send it with `email`" if self.notify else "write it shorter")
            if self.because is None or self.length > 160
            else f"write it without `{self.because}`, or shorter",
        )


def find(checked: Checked) -> Iterator[TextTooLong]:
    """Texts and notifications that do not fit."""
    templates = checked.schema.settings.templates
    for journey in journeys(checked):
        for send in sends(journey.steps):
            inline = message_ref(send.message, templates).kind == "inline"
            if inline and send.channel in ("text", "notify"):
                yield from _measure(send.message, notify=send.channel == "notify")
    for template in declared(checked, ast.TemplateDeclaration):
        if template.channel == "text":
            yield from _measure(template.body, notify=False)


def _measure(message: ast.Text, *, notify: bool) -> Iterator[TextTooLong]:
    if "{%" in message.value:
        return
    words = re.sub(r"\{\{.*?\}\}", "", message.value).strip()
    outside = next((letter for letter in words if letter not in BASIC | EXTENDED), None)
    if outside is None:
        length = len(words) + sum(1 for letter in words if letter in EXTENDED)
        limit, part = 160, 153
    else:
        length = len(words.encode("utf-16-le")) // 2
        limit, part = 70, 67
    if length > limit:
        yield TextTooLong(
            span=message.span,
            length=length,
            limit=limit,
            parts=-(-length // part),
            because=outside,
            notify=notify,
        )


BAD = """\
journey "Win back"
  when someone matches inactive for 30 days

  notify "We miss you \N{FACE WITH PLEADING EYES} Here is what is new: faster exports, shared \
projects, and a calendar that everybody can read."
"""

RULE = Rule(
    problem=TextTooLong,
    bad=BAD,
    good=BAD.replace(" \N{FACE WITH PLEADING EYES} ", ". "),
    fix="Write it shorter, leave out characters that text messages hold badly, or use `email`.",
    find=find,
)
