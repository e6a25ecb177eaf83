"""Templates that are declared in journey files: declarations in, problems out.

Afterwards each has words, a name of its own and, where its channel shows one, a subject.
"""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast, text
from cio_lang.check import placeholders
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema, Settings
from cio_lang.steps.send import CHANNELS, EmptyMessage, Send


@record(kw_only=True)
class TemplateInTwoPlaces(Problem):
    """A template is declared, and there is a file of its name as well."""

    code = "template-in-two-places"
    template: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is already a template `{self.template}`, in the folder `templates`.",
            "A name can only stand for one message.",
            "give this one another name, or take the file out",
        )


@record(kw_only=True)
class NeverShown(Problem):
    """A subject or preheader for a channel that shows none."""

    code = "never-shown"
    what: str
    channel: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"Nobody would see this {self.what}.",
            f"A message by {self.channel} has no {self.what}.",
            "take the line out, or put the words into the body",
        )


@record(kw_only=True)
class TemplateOfAnotherChannel(Problem):
    """A template is sent by another channel than it is declared for."""

    code = "template-of-another-channel"
    template: str
    channel: str
    declared: str

    def report(self) -> Report:
        """What, why, one way out."""
        name = text.quoted(self.template)
        return Report(
            f"The template {name} is for {self.declared}, not for {self.channel}.",
            "Its words were written for another place and another length.",
            f"write `{self.declared} {name}`, or declare another template for {self.channel}",
        )


def check(
    template: ast.TemplateDeclaration, settings: Settings, schema: Schema
) -> Iterator[Problem]:
    """Problems with one template."""
    if template.name.text in settings.templates:
        yield TemplateInTwoPlaces(span=template.name.span, template=template.name.text)
    if not template.body.value.strip():
        yield EmptyMessage(span=template.body.span)
    if template.preheader is not None and template.channel != "email":
        yield NeverShown(span=template.preheader.span, what="preheader", channel=template.channel)
    if template.subject is not None and template.channel in _WITHOUT_SUBJECT:
        yield NeverShown(span=template.subject.span, what="subject", channel=template.channel)
    yield from placeholders.template(template, schema)


def channel(leaf: Send, schema: Schema) -> Iterator[TemplateOfAnotherChannel]:
    """A declared template is sent by its own channel."""
    declared = schema.templates.get(leaf.message.value)
    if declared is None or leaf.message.block:
        return
    if not set(CHANNELS[declared.channel]) & set(CHANNELS[leaf.channel]):
        yield TemplateOfAnotherChannel(
            span=leaf.message.span,
            template=declared.name.text,
            channel="push, email or text" if leaf.channel == "notify" else leaf.channel,
            declared=declared.channel,
        )


_WITHOUT_SUBJECT: tuple[ast.Channel, ...] = ("text", "whatsapp", "slack")
