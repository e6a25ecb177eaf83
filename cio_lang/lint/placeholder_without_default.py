"""Gaps in messages where a person lacks something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cio_lang import ast
from cio_lang.check import Checked
from cio_lang.check.comparisons import needs_a_value
from cio_lang.check.contradictions import conjuncts
from cio_lang.check.placeholders import PLACEHOLDER, place
from cio_lang.lint.rule import Rule, journeys
from cio_lang.problem import Problem, Report
from cio_lang.schema import Schema, message_ref
from cio_lang.steps.send import Send
from cio_lang.steps.set_attribute import SetAttribute

CERTAIN = frozenset({"created_at"})
"""Everybody has these."""


@dataclass(frozen=True, slots=True, kw_only=True)
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

    def report(self) -> Report:
        """What, why, one way out."""
        written = f"{{{{ person.{self.attribute} }}}}"
        return Report(
            f"`{written}` leaves a gap for people without `{self.attribute}`.",
            "Nothing in this journey makes sure that everybody who gets here has one.",
            f'write `{{{{ person.{self.attribute} | default: "there" }}}}`, with words that fit',
        )


def find(checked: Checked) -> Iterator[PlaceholderWithoutDefault]:
    """Placeholders that can come out empty."""
    for journey in journeys(checked):
        known = set(CERTAIN)
        for part in journey.parts:
            if isinstance(part, ast.OnMatch | ast.OnlyWhere):
                known |= _known(part.condition, checked.schema, frozenset())
        yield from _walk(journey.steps, frozenset(known), checked.schema)


def _walk(
    steps: tuple[ast.Step, ...], known: frozenset[str], schema: Schema
) -> Iterator[PlaceholderWithoutDefault]:
    for step in steps:
        match step:
            case Send():
                own = known | {"email"} if step.channel == "email" else known
                yield from _message(step.message, own, schema)
            case SetAttribute():
                known |= {step.attribute.text}
            case ast.If():
                for arm in step.arms:
                    inner = known | _known(arm.condition, schema, frozenset())
                    yield from _walk(arm.steps, inner, schema)
                if step.otherwise is not None:
                    yield from _walk(step.otherwise.steps, known, schema)
            case ast.Wait() | ast.Leave() | ast.Leaf():
                continue


def _message(
    message: ast.Text, known: frozenset[str], schema: Schema
) -> Iterator[PlaceholderWithoutDefault]:
    inline = message_ref(message, schema.settings.templates).kind == "inline"
    if not inline or "{%" in message.value:
        return
    warned: set[str] = set()
    for found in PLACEHOLDER.finditer(message.value):
        owner, name, after = found[1], found[2], found[3]
        if owner == "person" and name not in known | warned and not _has_default(after):
            warned.add(name)
            yield PlaceholderWithoutDefault(span=place(message, found), attribute=name)


def _has_default(after: str) -> bool:
    return re.search(r"\|\s*default\b", after) is not None


def _known(condition: ast.Condition, schema: Schema, inside: frozenset[str]) -> frozenset[str]:
    """Attributes that everybody has who meets the condition."""
    known: set[str] = set()
    for part in conjuncts(condition):
        match part:
            case ast.Comparison():
                if isinstance(part.subject, ast.Attribute) and needs_a_value(part.test):
                    known.add(part.subject.name.text)
            case ast.InSegment():
                segment = schema.segments.get(part.segment.text)
                if segment is not None and not part.negated and part.segment.text not in inside:
                    for line in segment.conditions:
                        known |= _known(line.condition, schema, inside | {part.segment.text})
            case ast.Or() if part.parts:
                known |= frozenset.intersection(
                    *(_known(either, schema, inside) for either in part.parts)
                )
            case (
                ast.Did()
                | ast.DidNot()
                | ast.Never()
                | ast.Inactive()
                | ast.Not()
                | ast.And()
                | ast.Or()
            ):
                continue
    return frozenset(known)


BAD = """\
journey "Welcome"
  when someone does signed_up

  email "Hello {{ person.name }}, good to have you here."
"""

RULE = Rule(
    problem=PlaceholderWithoutDefault,
    bad=BAD,
    good=BAD.replace("person.name", 'person.name | default: \\"there\\"'),
    fix="Say with `| default:` what stands there when nothing is known.",
    find=find,
)
