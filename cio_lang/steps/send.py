"""`email`, `text`, `push`, `in-app`, `whatsapp`, `slack`, `notify`: send a message.

`email "welcome"` sends a template, `email "Thanks for your order!"` sends the words themselves.
`notify` picks the channel: push, else email, else text, by what reaches the person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from cio_lang import ast, ir, names, text
from cio_lang.problem import Fix, Problem, Report, nearest
from cio_lang.record import record
from cio_lang.schema import Schema, message_ref
from cio_lang.source import Span
from cio_lang.steps.kind import StepKind
from cio_lang.values import described

Verb = ast.Channel | Literal["notify"]
"""The word that a message begins with."""

CHANNELS: Mapping[Verb, tuple[ir.Channel, ...]] = {
    "email": ("email",),
    "text": ("sms",),
    "push": ("push",),
    "in-app": ("in_app",),
    "whatsapp": ("whatsapp",),
    "slack": ("slack",),
    "notify": ("push", "email", "sms"),
}
"""The channels behind each word, in order of preference."""


_ADDRESS = re.compile(r"@|^[+0(][0-9 ()/.-]+$")
"""An address of mail, or a number of a telephone."""


@record
class Send(ast.Leaf):
    """`email "welcome" to manager_email at their best time`.

    `to` is an attribute that holds the address, instead of the person's own.
    """

    channel: Verb
    message: ast.Text
    to: ast.Name | None = None
    best_time: bool = False


@record(kw_only=True)
class UnknownTemplate(Problem):
    """A message names a template that is not in the workspace.

    A single word behind `email` or `notify` is the name of a template; a sentence is sent as it is.
    Behind `opened`, `clicked` and the like (not `sent`) stands the name of a template, always.
    """

    code = "unknown-template"
    template: str
    suggestion: str | None
    sent: bool = True

    def report(self) -> Report:
        """What, why, one way out."""
        way_out = (
            f'write "{self.suggestion}"'
            if self.suggestion
            else f"add `templates/{self.template}.email.md`, or write out what it should say"
            if self.sent
            else "write the name of a template, or `any message` instead"
        )
        return Report(
            f"There is no template `{self.template}`.",
            "A single word in quotes is the name of a template, and this workspace has none by it."
            if self.sent
            else "Which message it was is told by its template, and there is none by this name.",
            way_out,
        )

    def fix(self) -> Fix | None:
        """The template that was probably meant."""
        return None if self.suggestion is None else Fix(self.span, text.quoted(self.suggestion))


@record(kw_only=True)
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


@record(kw_only=True)
class NotAnAddress(Problem):
    """A message goes to an attribute that cannot hold an address."""

    code = "not-an-address"
    name: str
    declared: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.name}` is {self.declared}, so no message can go there.",
            "Behind `to` stands an attribute that holds an address, and addresses are text.",
            "name an attribute that is text, or take out what begins with `to`",
        )


@record(kw_only=True)
class AddressWritten(Problem):
    """A message goes to an address that is written out, instead of to an attribute."""

    code = "address-written"
    address: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.address}` is an address, and `to` takes an attribute.",
            "Behind `to` stands the name of an attribute that holds an address of the person.",
            "keep the address in an attribute and name that, as in `to manager_email`",
        )


def check(leaf: Send, schema: Schema) -> Iterator[Problem]:
    """The template exists, or there are words to send; the address is text."""
    ref = message_ref(leaf.message, schema.settings.templates)
    if ref.kind == "missing":
        suggestion = nearest(ref.text, schema.settings.templates)
        yield UnknownTemplate(span=leaf.message.span, template=ref.text, suggestion=suggestion)
    elif not ref.text.strip():
        yield EmptyMessage(span=leaf.message.span)
    if leaf.to is None:
        return
    missing = names.attribute(leaf.to, schema)
    kind = schema.attribute_type(leaf.to.text)
    if kind is None and _ADDRESS.search(leaf.to.text):
        yield AddressWritten(span=leaf.to.span, address=leaf.to.text)
    elif missing is not None:
        yield missing
    elif kind is not None and kind.kind != "text":
        yield NotAnAddress(span=leaf.to.span, name=leaf.to.text, declared=described(kind))


def words(leaf: Send) -> str:
    """The channel, the first words of the message, and the address where it is not their own."""
    to = "" if leaf.to is None else f" to {leaf.to.text}"
    return f"{leaf.channel} {' '.join(leaf.message.value.split()[:6])}{to}"


def lower(leaf: Send, schema: Schema, topic: str | None, then: str | None) -> ir.GraphNode:
    """A send node."""
    ref = message_ref(leaf.message, schema.settings.templates)
    template = ref.kind == "template"
    message = ir.Message(
        CHANNELS[leaf.channel],
        template=ref.text if template else None,
        text=None if template else ref.text,
        to=None if leaf.to is None else leaf.to.text,
        best_time=leaf.best_time,
    )
    return ir.SendNode(message, topic=topic, next=then)


def _builder(verb: Verb) -> Callable[[Sequence[Any], Span], Send]:
    def build(children: Sequence[Any], span: Span) -> Send:
        message, to, best_time = children
        return Send(verb, message, to, best_time is not None, span=span)

    return build


def line(leaf: Send) -> str:
    """The canonical text."""
    to = "" if leaf.to is None else f" to {text.name(leaf.to, ('attribute',))}"
    best = " at their best time" if leaf.best_time else ""
    return f"{leaf.channel} {message_text(leaf.message)}{to}{best}"


def message_text(message: ast.Text, indent: str = "") -> str:
    """A message as canonical text: in one line, or as a block between triple quotes."""
    if not message.block or '"""' in message.value:
        return text.quoted(message.value)
    body = "\n".join(f"{indent}{line}".rstrip() for line in message.value.split("\n"))
    return f'"""\n{body}\n{indent}"""'


def _kind(verb: Verb, summary: str, example: str) -> StepKind:
    return StepKind(
        name=verb,
        rule=f"send_{verb.replace('-', '_')}",
        tree=Send,
        summary=summary,
        example=example,
        build=_builder(verb),
        format=line,
        check=check,
        words=words,
        lower=lower,
    )


KINDS = (
    _kind(
        "email",
        "Send an email: a template by its name, or the words themselves.",
        'email "Thanks for your order!"',
    ),
    _kind("text", "Send a text message to the person's phone.", 'text "Your order is on its way."'),
    _kind("push", "Send a push notification to the person's devices.", 'push "You are all set!"'),
    _kind("in-app", "Show a message in the app, when the person opens it.", 'in-app "New: teams."'),
    _kind("whatsapp", "Send a message by WhatsApp.", 'whatsapp "Your table is ready."'),
    _kind("slack", "Send a message by Slack.", 'slack "Your report is ready."'),
    _kind(
        "notify",
        "Send by the first of push, email and text that reaches the person.",
        'notify "Need help getting started?"',
    ),
)
