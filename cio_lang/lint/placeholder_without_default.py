"""Gaps in messages where a person lacks something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cio_lang import ast
from cio_lang.check import Checked, known
from cio_lang.check.blocks import Block, blocks
from cio_lang.check.placeholders import PLACEHOLDER
from cio_lang.check.places import part_of
from cio_lang.lint.rule import Rule, journeys
from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema, message_ref
from cio_lang.steps.send import Send
from cio_lang.steps.set_attribute import SetAttribute

NAMES = frozenset({"name", "first_name", "firstname"})
"""What people are greeted by."""


@record(kw_only=True)
class PlaceholderWithoutDefault(Problem):
    """A message puts in an attribute that some people lack, and nothing in its place.

    `Hello {{ person.name }},` reads `Hello ,` for everybody whose name is not known.  An attribute
    is taken as known where the journey makes sure of it: the entry, `only people where` or the
    branch around the message compares it, or a step before sets it.  `email` is known in an email.
    Messages with conditions of their own (`{% if person.name %}`) are left alone.
    """

    code = "placeholder-without-default"
    severity = "warning"
    attribute: str
    written: str
    exact: bool
    """Whether `span` is just the placeholder, as `written`."""

    def report(self) -> Report:
        """What, why, one way out."""
        written = f"{{{{ person.{self.attribute} }}}}"
        return Report(
            f"`{written}` leaves a gap for people without `{self.attribute}`.",
            "Nothing in this journey makes sure that everybody who gets here has one.",
            f"write `{{{{ person.{self.attribute} | default: 'there' }}}}`, with words that fit",
        )

    def fix(self) -> Fix | None:
        """`there` in place of a name; what could stand for anything else is not known here."""
        if not self.exact or self.attribute not in NAMES:
            return None
        head = self.written.removesuffix("}}").removesuffix("-").rstrip()
        return Fix(self.span, f"{head} | default: 'there'{self.written[len(head) :]}")


def find(checked: Checked) -> Iterator[PlaceholderWithoutDefault]:
    """Placeholders that can come out empty."""
    for journey in journeys(checked):
        has = known.on_entering(journey, checked.schema)
        yield from _walk(journey.steps, has, checked.schema)


def _walk(steps: Block, has: frozenset[str], schema: Schema) -> Iterator[PlaceholderWithoutDefault]:
    for step in steps:
        if isinstance(step, Send):
            mail = step.channel == "email" and step.to is None
            own = has | {"email"} if mail else has
            yield from _message(step.message, own, schema)
        if isinstance(step, SetAttribute):
            has |= {step.attribute.text}
        if isinstance(step, ast.If):
            for arm in step.arms:
                inner = has | known.attributes(arm.condition, schema)
                yield from _walk(arm.steps, inner, schema)
            if step.otherwise is not None:
                yield from _walk(step.otherwise.steps, has, schema)
        else:
            for block in blocks(step):
                yield from _walk(block, has, schema)


def _message(
    message: ast.Text, has: frozenset[str], schema: Schema
) -> Iterator[PlaceholderWithoutDefault]:
    inline = message_ref(message, schema.settings.templates).kind == "inline"
    if not inline or "{%" in message.value:
        return
    warned: set[str] = set()
    for found in PLACEHOLDER.finditer(message.value):
        owner, name, after = found[1], found[2], found[3]
        if owner == "person" and name not in has | warned and not _has_default(after):
            warned.add(name)
            span, exact = part_of(message, found.start(), found.end())
            yield PlaceholderWithoutDefault(
                span=span, attribute=name, written=found[0], exact=exact
            )


def _has_default(after: str) -> bool:
    return re.search(r"\|\s*default\b", after) is not None


BAD = """\
journey "Welcome"
  when someone does signed_up

  email "Hello {{ person.name }}, good to have you here."
"""

RULE = Rule(
    problem=PlaceholderWithoutDefault,
    bad=BAD,
    good=BAD.replace("person.name", "person.name | default: 'there'"),
    fix="Say with `| default:` what stands there when nothing is known.",
    find=find,
)
