"""Placeholders of other tools, which are sent as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cio_lang import ast
from cio_lang.check import Checked
from cio_lang.check.places import part_of
from cio_lang.lint.rule import Rule, declared, journeys, sends
from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema, message_ref

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_OTHERS = re.compile(
    r"(?<!\{)\{\s*(?:(?P<owner>person|event)\.)?(?P<braces>[^\W\d]\w*)\s*\}+"
    r"|\*\|(?P<bars>[^\W\d]\w*)\|\*"
    r"|%(?P<percent>[A-Z][A-Z_]{2,})%"
    r"|\[\[?(?P<brackets>[A-Z][A-Z_]{2,}|(?:first|last|full)?_?name)\]\]?"
    r"|\$\{(?P<dollar>[^\W\d]\w*)\}"
)
"""`{name}`, `*|FNAME|*`, `%FIRST_NAME%`, `[NAME]`, `${name}`."""

_SAME = {"fname": "name", "first_name": "name", "firstname": "name", "full_name": "name"}
"""How other tools call what everybody has here, unless there is something of that very name."""


@record(kw_only=True)
class LooksLikePlaceholder(Problem):
    """A message holds a placeholder as other tools write it: `{name}`, `*|FNAME|*`, `%NAME%`.

    It is sent just as it stands.  Here a placeholder has two braces and says whose it is:
    `{{ person.name }}`, `{{ event.amount }}`.
    """

    code = "looks-like-placeholder"
    severity = "warning"
    written: str
    meant: str
    sure: bool
    """Whether it stands just at `span`, and there is something of the name that is meant."""

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` is sent as it stands.",
            "What is put into a message stands between `{{` and `}}`, and begins with `person.` or "
            "`event.`.",
            f"write `{self.meant}`",
        )

    def fix(self) -> Fix | None:
        """The placeholder."""
        return Fix(self.span, self.meant) if self.sure else None


def find(checked: Checked) -> Iterator[LooksLikePlaceholder]:
    """What looks like a placeholder in the messages of journeys, and in templates."""
    for journey in journeys(checked):
        for step in sends(journey.steps):
            if message_ref(step.message, checked.schema.settings.templates).kind == "inline":
                yield from _in(step.message, checked.schema)
    for template in declared(checked, ast.TemplateDeclaration):
        for part in (template.subject, template.preheader, template.body):
            if part is not None:
                yield from _in(part, checked.schema)


def _in(message: ast.Text, schema: Schema) -> Iterator[LooksLikePlaceholder]:
    text = _TAG.sub(lambda tag: " " * len(tag[0]), message.value)
    for found in _OTHERS.finditer(text):
        name = next(found[kind] for kind in _KINDS if found[kind] is not None)
        span, exact = part_of(message, found.start(), found.end())
        owner, name = _meant(found["owner"], name, schema)
        known = owner == "event" or schema.attribute_type(name) is not None
        yield LooksLikePlaceholder(
            span=span,
            written=found[0],
            meant=f"{{{{ {owner}.{name} }}}}",
            sure=exact and known,
        )


_KINDS = ("braces", "bars", "percent", "brackets", "dollar")


def _meant(owner: str | None, name: str, schema: Schema) -> tuple[str, str]:
    """Whose it is: the person's, unless only events have it."""
    if owner is None:
        attributes = schema.names("attribute")
        properties = {each.name.text for ev in schema.events.values() for each in ev.properties}
        written = name.lower()
        name = written if written in attributes | properties else _SAME.get(written, written)
        owner = "event" if name in properties - attributes else "person"
    return owner, name


BAD = """\
journey "Welcome"
  when someone does signed_up
  only people where name is known

  email "Good to have you, {name}."
"""

RULE = Rule(
    problem=LooksLikePlaceholder,
    bad=BAD,
    good=BAD.replace("{name}", "{{ person.name }}"),
    fix="Write it with two braces, and whose it is.",
    find=find,
)
