"""Placeholders in the words of a message: a message and what started the run in, problems out.

Afterwards every variable in the text of a journey, of a template and of a template's file names
something that is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cio_lang import ast, names, text
from cio_lang.check.liquid import Variable, left_open, variables
from cio_lang.check.places import part_of, place_in
from cio_lang.check.scope import ITEMS, Scope, no_entry_event, starts
from cio_lang.grammar import hidden
from cio_lang.problem import Fix, Problem, Report, nearest
from cio_lang.record import record
from cio_lang.schema import Schema, message_ref
from cio_lang.source import Source, Span

PLACEHOLDER = re.compile(r"\{\{-?\s*(person|event)\.([^\W\d]\w*)([^{}]*)\}\}")
"""`{{ person.name | default: "there" }}`: whose, the name, and what follows it."""

_ITEMS_ALONE = re.compile(rf"\{{\{{-?\s*event\s*\.\s*{ITEMS}\s*-?\}}\}}")

OWNERS = ("person", "event")
"""What a message can put things in from."""


@record(kw_only=True)
class UnknownPlaceholder(Problem):
    """A message puts in something that the person or the event does not have.

    `written` is the placeholder as it stands in the text; `exact` says that it stands just at
    `span`.
    """

    code = "unknown-placeholder"
    owner: str
    name: str
    event: str | None
    suggestion: str | None
    written: str = ""
    exact: bool = False

    def report(self) -> Report:
        """What, why, one way out."""
        written = f"{{{{ {self.owner}.{self.name} }}}}"
        if self.owner == "person":
            gap = f"There is no attribute `{self.name}`, so there would be a gap."
        elif self.event is None:
            gap = f"No event has a property `{self.name}`, so there would be a gap."
        else:
            gap = f"`{self.event}` has no property `{self.name}`, so there would be a gap."
        return Report(
            f"There is nothing to put in for `{written}`.",
            gap,
            f"write `{{{{ {self.owner}.{self.suggestion} }}}}`"
            if self.suggestion
            else f"declare `{self.name}`, or take the placeholder out",
        )

    def fix(self) -> Fix | None:
        """The placeholder with the name that was probably meant."""
        if self.suggestion is None or not self.exact:
            return None
        pattern = rf"\b{self.owner}\s*\.\s*{re.escape(self.name)}\b"
        put = f"{self.owner}.{self.suggestion}"
        return Fix(self.span, re.sub(pattern, lambda _: put, self.written, count=1))


@record(kw_only=True)
class OpenPlaceholder(Problem):
    """A message has a `{{` or `{%` that is not closed: nobody could be sent it."""

    code = "open-placeholder"
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        begins = self.written[:2]
        ends = "}}" if begins == "{{" else "%}"
        return Report(
            f"This `{begins}` has no `{ends}`.",
            "What a message puts in stands between them, so the message cannot be made.",
            f"write `{ends}` where it ends, as in `{{{{ person.name }}}}`"
            if begins == "{{"
            else f"write `{ends}` where it ends, as in `{{% if person.name %}}`",
        )


@record(kw_only=True)
class ItemsPutIn(Problem):
    """A message below `collect` puts in `{{ event.items }}`, which is a whole list there.

    What the first event carries by that name is `{{ event.items[0].items }}`.
    """

    code = "items-put-in"
    template: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        inside = "" if self.template is None else f" of the template `{self.template}`"
        return Report(
            f"`{{{{ event.items }}}}`{inside} would put in a whole list.",
            "Below `collect`, `event.items` is the list of all events that have come, whatever the "
            "first one carries by that name.",
            "go through it, as in `{% for item in event.items %}`, or write "
            "`{{ event.items.size }}` for how many",
        )


@record(kw_only=True)
class UnknownVariable(Problem):
    """A message puts in something that is neither of the person nor of the event."""

    code = "unknown-variable"
    variable: str
    suggestion: str | None
    written: str = ""
    exact: bool = False

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is nothing called `{self.variable}` to put in.",
            "A message knows the `person` it is for and the `event` that started its journey.",
            f"write `{{{{ {self.suggestion} }}}}`"
            if self.suggestion
            else "write `person.` or `event.` and the name, as in `{{ person.name }}`",
        )

    def fix(self) -> Fix | None:
        """The placeholder with the name that was probably meant."""
        if self.suggestion is None or not self.exact:
            return None
        pattern = rf"(?<![\w.]){re.escape(self.variable)}(?![\w.])"
        put = self.suggestion
        return Fix(self.span, re.sub(pattern, lambda _: put, self.written, count=1))


@record(kw_only=True)
class TemplateWithoutEvent(Problem):
    """A template puts in a property that the event of this journey does not have."""

    code = "template-without-event"
    template: str
    property: str
    event: str | None
    starts: str

    def report(self) -> Report:
        """What, why, one way out."""
        written = f"{{{{ event.{self.property} }}}}"
        return Report(
            f"The template {text.quoted(self.template)} has nothing to put in for `{written}` "
            "here.",
            f"This journey starts {self.starts}, not with an event."
            if self.event is None
            else f"This journey starts with `{self.event}`, which has no property "
            f"`{self.property}`.",
            f"write `{{{{ event.{self.property} | default: '…' }}}}` in the template, or send "
            "another one",
        )


def check(message: ast.Text, scope: Scope, schema: Schema) -> Iterator[Problem]:
    """Problems with the placeholders of a message, in this journey."""
    ref = message_ref(message, schema.settings.templates)
    if ref.kind == "template":
        yield from _template(message, scope, schema)
    elif ref.kind == "inline":
        yield from words(message, scope, schema)


def words(message: ast.Text, scope: Scope, schema: Schema) -> Iterator[Problem]:
    """Problems with the placeholders of text that is written out in a journey."""
    yield from _open_in(message)
    for variable in _whole(message.value):
        span, exact = part_of(message, variable.start, variable.end)
        yield from _variable(variable, span, exact, scope, schema)


def _whole(text: str) -> Iterator[Variable]:
    """The variables of a text without those of a placeholder that is not closed."""
    left = list(left_open(text))
    for variable in variables(text):
        if not any(start <= variable.start < end for start, end in left):
            yield variable


def _open_in(message: ast.Text) -> Iterator[OpenPlaceholder]:
    for start, end in left_open(message.value):
        yield OpenPlaceholder(
            span=part_of(message, start, end)[0], written=message.value[start:end]
        )


def template(declared: ast.TemplateDeclaration, schema: Schema) -> Iterator[Problem]:
    """Problems with the placeholders of a template, in whichever journey it is sent."""
    for part in (declared.subject, declared.preheader, declared.body):
        if part is not None:
            yield from _open_in(part)
            for variable in _whole(part.value):
                span, exact = part_of(part, variable.start, variable.end)
                yield from _variable(variable, span, exact, None, schema)


def files(bodies: Mapping[str, Source], schema: Schema) -> Iterator[Problem]:
    """Problems with the text of the templates in files."""
    for source in bodies.values():
        yield from hidden(source)
        for start, end in left_open(source.text):
            yield OpenPlaceholder(span=place_in(source, start, end), written=source.text[start:end])
        for variable in _whole(source.text):
            span = place_in(source, variable.start, variable.end)
            yield from _variable(variable, span, True, None, schema)


def place(message: ast.Text, found: re.Match[str]) -> Span:
    """Where a placeholder stands: exactly, or its line in a block, else the whole message."""
    return part_of(message, found.start(), found.end())[0]


def _variable(
    variable: Variable, span: Span, exact: bool, scope: Scope | None, schema: Schema
) -> Iterator[Problem]:
    """The problem with one variable; without a scope, in whichever journey it may be."""
    if variable.owner not in OWNERS:
        yield _unknown(variable, span, exact, schema)
    elif variable.name is not None:
        named = ast.Name(variable.name, span=span)
        if variable.owner == "person":
            yield from _person(named, variable, exact, schema)
        elif scope is None:
            yield from _any_event(named, variable, exact, schema)
        else:
            yield from _event(named, variable, exact, scope, schema)


def _unknown(variable: Variable, span: Span, exact: bool, schema: Schema) -> UnknownVariable:
    owner, name = variable.owner, variable.name
    near = nearest(owner, OWNERS)
    suggestion = None
    if near is not None and name is not None:
        suggestion = f"{near}.{name}"
    elif name is None and owner in schema.names("attribute"):
        suggestion = f"person.{owner}"
    written = owner if name is None else f"{owner}.{name}"
    return UnknownVariable(
        span=span, variable=written, suggestion=suggestion, written=variable.tag, exact=exact
    )


def _person(
    named: ast.Name, variable: Variable, exact: bool, schema: Schema
) -> Iterator[UnknownPlaceholder]:
    if schema.attribute_type(named.text) is not None or schema.is_open("attribute"):
        return
    yield UnknownPlaceholder(
        span=named.span,
        owner="person",
        name=named.text,
        event=None,
        suggestion=nearest(named.text, schema.names("attribute")),
        written=variable.tag,
        exact=exact,
    )


def _event(
    named: ast.Name, variable: Variable, exact: bool, scope: Scope, schema: Schema
) -> Iterator[Problem]:
    if scope.collects and named.text == ITEMS:
        if _ITEMS_ALONE.fullmatch(variable.tag):
            yield ItemsPutIn(span=named.span, template=None)
        return
    match scope.entry:
        case None | ast.OnStart():
            # Who starts it may hand over an event.
            return
        case ast.OnEvent():
            event = scope.entry.event
            unknown = names.property_of(event, named, schema)
            if unknown is not None:
                yield UnknownPlaceholder(
                    span=named.span,
                    owner="event",
                    name=named.text,
                    event=event.text,
                    suggestion=unknown.suggestion,
                    written=variable.tag,
                    exact=exact,
                )
        case ast.OnMatch() | ast.OnSegment() | ast.OnDate() | ast.OnSchedule() | ast.OnceFor():
            yield no_entry_event(named, scope)


def _any_event(
    named: ast.Name, variable: Variable, exact: bool, schema: Schema
) -> Iterator[UnknownPlaceholder]:
    """Some event has to have the property."""
    known = {line.name.text for event in schema.events.values() for line in event.properties}
    if schema.is_open("event") or named.text in known or named.text == ITEMS:
        return
    yield UnknownPlaceholder(
        span=named.span,
        owner="event",
        name=named.text,
        event=None,
        suggestion=nearest(named.text, known),
        written=variable.tag,
        exact=exact,
    )


def _template(
    message: ast.Text, scope: Scope, schema: Schema
) -> Iterator[TemplateWithoutEvent | ItemsPutIn]:
    """A template that is sent here, with the event that has started this journey."""
    entry = scope.entry
    if entry is None or isinstance(entry, ast.OnStart):
        return
    event = entry.event if isinstance(entry, ast.OnEvent) else None
    told: set[str] = set()
    for variable in _template_variables(message.value, schema):
        name = variable.name
        if variable.owner != "event" or name is None or name in told:
            continue
        if scope.collects and name == ITEMS:
            if _ITEMS_ALONE.fullmatch(variable.tag):
                told.add(name)
                yield ItemsPutIn(span=message.span, template=message.value)
            continue
        if variable.softened:
            continue
        if event is not None and names.property_of(event, ast.Name(name), schema) is None:
            continue
        told.add(name)
        yield TemplateWithoutEvent(
            span=message.span,
            template=message.value,
            property=name,
            event=None if event is None else event.text,
            starts=starts(entry),
        )


def _template_variables(name: str, schema: Schema) -> Iterator[Variable]:
    declared = schema.templates.get(name)
    if declared is not None:
        for part in (declared.subject, declared.preheader, declared.body):
            if part is not None:
                yield from variables(part.value)
    elif name in schema.settings.bodies:
        yield from variables(schema.settings.bodies[name].text)
