"""`email` and `notify`: send a message.

`email "welcome"` sends a template, `email "Thanks for your order!"` sends the words themselves.
`notify` picks the channel: push, else email, else text, by what reaches the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cio_lang import ast, ir, text
from cio_lang.problem import Problem, Report, nearest
from cio_lang.schema import Schema, message_ref
from cio_lang.source import Span
from cio_lang.steps.kind import StepKind


@dataclass(frozen=True, slots=True)
class Email(ast.Leaf):
    """`email "welcome"`."""

    message: ast.Text


@dataclass(frozen=True, slots=True)
class Notify(ast.Leaf):
    """`notify "Need help getting started?"`."""

    message: ast.Text


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownTemplate(Problem):
    """A message names a template that is not in the workspace.

    A single word behind `email` or `notify` is the name of a template; a sentence is sent as it is.
    """

    code = "unknown-template"
    template: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        way_out = (
            f'write "{self.suggestion}"'
            if self.suggestion
            else f"add `templates/{self.template}.email.md`, or write out what it should say"
        )
        return Report(
            f"There is no template `{self.template}`.",
            "A single word in quotes is the name of a template, and this workspace has none by it.",
            way_out,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyMessage(Problem):
    """A message has no words."""

    code = "empty-message"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This message is empty.",
            "People would get a message with nothing in it.",
            "write what it should say, or name a template",
        )


def check(leaf: Email | Notify, schema: Schema) -> Iterator[Problem]:
    """The template exists, or there are words to send."""
    ref = message_ref(leaf.message, schema.settings.templates)
    if ref.kind == "missing":
        suggestion = nearest(ref.text, schema.settings.templates)
        yield UnknownTemplate(span=leaf.message.span, template=ref.text, suggestion=suggestion)
    elif not ref.text.strip():
        yield EmptyMessage(span=leaf.message.span)


def words(leaf: Email | Notify) -> str:
    """The channel and the first words of the message."""
    verb = "email" if isinstance(leaf, Email) else "notify"
    return f"{verb} {' '.join(leaf.message.value.split()[:6])}"


def lower(
    leaf: Email | Notify, schema: Schema, topic: str | None, then: str | None
) -> ir.GraphNode:
    """A send node."""
    channels: tuple[ir.Channel, ...] = (
        ("email",) if isinstance(leaf, Email) else ("push", "email", "sms")
    )
    ref = message_ref(leaf.message, schema.settings.templates)
    message = (
        ir.Message(channels, template=ref.text)
        if ref.kind == "template"
        else ir.Message(channels, text=ref.text)
    )
    return ir.SendNode(message, topic=topic, next=then)


def _builder(tree: type[Email] | type[Notify]) -> Callable[[Sequence[Any], Span], ast.Leaf]:
    return lambda children, span: tree(children[0], span=span)


def message_text(message: ast.Text, indent: str = "") -> str:
    """A message as canonical text: in one line, or as a block between triple quotes."""
    if not message.block or '"""' in message.value:
        return text.quoted(message.value)
    body = "\n".join(f"{indent}{line}".rstrip() for line in message.value.split("\n"))
    return f'"""\n{body}\n{indent}"""'


KINDS = (
    StepKind(
        name="email",
        rule="email",
        tree=Email,
        summary="Send an email: a template by its name, or the words themselves.",
        example='email "Thanks for your order!"',
        build=_builder(Email),
        format=lambda leaf: f"email {message_text(leaf.message)}",
        check=check,
        words=words,
        lower=lower,
    ),
    StepKind(
        name="notify",
        rule="notify",
        tree=Notify,
        summary="Send by the first of push, email and text that reaches the person.",
        example='notify "Need help getting started?"',
        build=_builder(Notify),
        format=lambda leaf: f"notify {message_text(leaf.message)}",
        check=check,
        words=words,
        lower=lower,
    ),
)
