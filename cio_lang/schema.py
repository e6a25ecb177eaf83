"""What the workspace knows: its events, attributes, segments, topics, templates and journeys.

Built from declarations by `collect`; looked up by the checks and by lowering.  A workspace that
declares no events is lenient about events, one that declares no attributes is lenient about
attributes: names are then taken as written and nothing is known of their types.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Literal

from cio_lang import ast
from cio_lang.record import record
from cio_lang.source import Source


@record
class Settings:
    """What the workspace's `cio.toml` says that compiling needs.

    `currency` is an ISO 4217 code, `templates` are the names of the files in `templates/` without
    their endings (`welcome` for `welcome.email.md`), `bodies` their texts where they are at hand.
    """

    currency: str = "USD"
    timezone: str = "UTC"
    templates: frozenset[str] = frozenset()
    bodies: Mapping[str, Source] = field(default_factory=dict)


@record
class PersonAttribute:
    """An attribute that every workspace has without declaring it."""

    name: str
    kind: ast.SimpleType
    summary: str


PERSON_ATTRIBUTES: tuple[PersonAttribute, ...] = (
    PersonAttribute("email", "text", "Where email goes."),
    PersonAttribute("phone", "text", "Where text messages go."),
    PersonAttribute("name", "text", "What the person is called."),
    PersonAttribute("timezone", "text", "Their zone, as in `Europe/Berlin`."),
    PersonAttribute("created_at", "date", "When the person was first seen."),
    PersonAttribute("unsubscribed", "yes/no", "Whether they want no marketing at all."),
)
"""Known in every workspace; a declaration of the same name takes their place."""

_PERSON_TYPES = {known.name: ast.Type(known.kind) for known in PERSON_ATTRIBUTES}

Kind = Literal["event", "attribute", "segment", "topic", "template", "journey"]
"""What a name can be declared as."""

KINDS: tuple[Kind, ...] = ("event", "attribute", "segment", "topic", "template", "journey")


@record
class Schema:
    """Every name that a journey can use, by its text.

    `settings.templates` has the names of all templates: of files and of declarations.
    """

    settings: Settings = Settings()
    events: Mapping[str, ast.EventDeclaration] = field(default_factory=dict)
    attributes: Mapping[str, ast.AttributeDeclaration] = field(default_factory=dict)
    segments: Mapping[str, ast.SegmentDeclaration] = field(default_factory=dict)
    topics: Mapping[str, ast.TopicDeclaration] = field(default_factory=dict)
    journeys: Mapping[str, ast.Journey] = field(default_factory=dict)
    templates: Mapping[str, ast.TemplateDeclaration] = field(default_factory=dict)

    def property_type(self, event: str, name: str) -> ast.Type | None:
        """The type of a property of a declared event, or None where it is not known."""
        declared = self.events.get(event)
        if declared is None:
            return None
        return next((line.type for line in declared.properties if line.name.text == name), None)

    def attribute_type(self, name: str) -> ast.Type | None:
        """The type of a declared attribute or one of `PERSON_ATTRIBUTES`; None if not known."""
        declared = self.attributes.get(name)
        return _PERSON_TYPES.get(name) if declared is None else declared.type

    def names(self, kind: Kind) -> frozenset[str]:
        """Every name of one kind, for lookups and suggestions."""
        match kind:
            case "event":
                return frozenset(self.events)
            case "attribute":
                return frozenset(self.attributes) | frozenset(_PERSON_TYPES)
            case "segment":
                return frozenset(self.segments)
            case "topic":
                return frozenset(self.topics)
            case "template":
                return self.settings.templates
            case "journey":
                return frozenset(self.journeys)

    def is_open(self, kind: Kind) -> bool:
        """Whether names of this kind are taken as written: nothing of the kind is declared.

        Only events and attributes can be; a segment or topic must be declared to mean anything.
        """
        match kind:
            case "event":
                return not self.events
            case "attribute":
                return not self.attributes
            case "segment" | "topic" | "template" | "journey":
                return False


def collect(files: Iterable[ast.File], settings: Settings) -> Schema:
    """The schema of all declarations in `files`; of two with one name, the first counts."""
    events: dict[str, ast.EventDeclaration] = {}
    attributes: dict[str, ast.AttributeDeclaration] = {}
    segments: dict[str, ast.SegmentDeclaration] = {}
    topics: dict[str, ast.TopicDeclaration] = {}
    journeys: dict[str, ast.Journey] = {}
    templates: dict[str, ast.TemplateDeclaration] = {}
    for file in files:
        for declaration in file.declarations:
            match declaration:
                case ast.EventDeclaration():
                    events.setdefault(declaration.name.text, declaration)
                case ast.AttributeDeclaration():
                    attributes.setdefault(declaration.name.text, declaration)
                case ast.SegmentDeclaration():
                    segments.setdefault(declaration.name.text, declaration)
                case ast.TopicDeclaration():
                    topics.setdefault(declaration.name.text, declaration)
                case ast.TemplateDeclaration():
                    templates.setdefault(declaration.name.text, declaration)
                case ast.Journey():
                    journeys.setdefault(declaration.title.text, declaration)
                case ast.Policy() | ast.Guarantee() | ast.Scenario():
                    continue
    if templates:
        settings = replace(settings, templates=settings.templates | templates.keys())
    return Schema(settings, events, attributes, segments, topics, journeys, templates)


@record
class MessageRef:
    """What the text behind `email` or `notify` refers to."""

    kind: Literal["template", "inline", "missing"]
    text: str


def message_ref(text: ast.Text, templates: frozenset[str]) -> MessageRef:
    """What a message's text is: a template, words to send, or a template that does not exist.

    Text with the name of a template is that template.  Any other single word of letters, digits,
    `-` and `_` is the name of a template that is missing: nobody sends one bare word, and a
    misspelt template must never go out as its own name.  Everything else is sent as written.
    """
    if not text.block and text.value in templates:
        return MessageRef("template", text.value)
    if not text.block and re.fullmatch(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*", text.value):
        return MessageRef("missing", text.value)
    return MessageRef("inline", text.value)


def slug(text: str) -> str:
    """A name for files and graphs: lower case ASCII words joined by `-`.

    Letters that have no ASCII form are kept as their code points (`u4f60`), so that two titles in
    any script stay apart; text without letters or digits becomes `unnamed`.
    """
    plain = text.casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in decomposed if not unicodedata.combining(c))
        plain = _FOREIGN.sub(lambda letter: f"u{ord(letter[0]):x}", plain)
    return "-".join(_WORD.findall(plain)).replace("_", "-") or "unnamed"


_WORD = re.compile(r"[^\W_]+(?:_+[^\W_]+)*")
_FOREIGN = re.compile(r"[^\W\x00-\x7f]")
"""Letters and digits that are not ASCII."""


def event_names(schema: Schema) -> Sequence[str]:
    """Declared events in alphabetical order."""
    return sorted(schema.events)
