"""Names: a name in, the problem with it out.

Afterwards every name that a journey uses is declared as what it is used as, or its kind is one that
the workspace leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass

from cio_lang import ast, text
from cio_lang.problem import Problem, Report, nearest
from cio_lang.schema import Schema
from cio_lang.values import missing_attribute, other_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Problem):
    """A journey names an event that the workspace does not declare."""

    code = "unknown-event"
    event: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no event `{self.event}`.",
            "An event that nobody does would never start, end or match anything.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"declare it: `event {text.name(ast.Name(self.event))}`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownProperty(Problem):
    """A `where` names a property that its event does not declare.

    `is_attribute` says that the person has an attribute of that name.
    """

    code = "unknown-property"
    event: str
    property: str
    suggestion: str | None
    is_attribute: bool

    def report(self) -> Report:
        """What, why, one way out."""
        name = text.name(ast.Name(self.property))
        if self.is_attribute:
            return Report(
                f"`{self.event}` has no property `{self.property}`.",
                "`where` is about the event; "
                f"`{self.property}` is an attribute of the person who does it.",
                f"put the condition on `{self.property}` outside the `where`: after `and`, or on "
                "a line `only people where …`",
            )
        return Report(
            f"`{self.event}` has no property `{self.property}`.",
            "A condition on a property that the event never carries could never hold.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"declare it below `event {text.name(ast.Name(self.event))}`: `{name}: text`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownSegment(Problem):
    """A condition names a segment that does not exist."""

    code = "unknown-segment"
    segment: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no segment `{self.segment}`.",
            "Whether somebody is in it can only be told from its conditions.",
            f"write `in segment {text.quoted(self.suggestion)}`"
            if self.suggestion
            else f"declare it: `segment {text.quoted(self.segment)}` with its conditions below",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownTopic(Problem):
    """A journey is about a topic that does not exist."""

    code = "unknown-topic"
    topic: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no topic `{self.topic}`.",
            "People can only unsubscribe from a topic that is declared.",
            f"write `topic {text.quoted(self.suggestion)}`"
            if self.suggestion
            else f"declare it on a line of its own, above the journeys: "
            f"`topic {text.quoted(self.topic)}`",
        )


def event(named: ast.Name, schema: Schema) -> Problem | None:
    """The problem with the name of an event."""
    if named.text in schema.events or schema.is_open("event"):
        return None
    return other_kind(named, "event", schema) or UnknownEvent(
        span=named.span, event=named.text, suggestion=nearest(named.text, schema.events)
    )


def attribute(named: ast.Name, schema: Schema) -> Problem | None:
    """The problem with the name of an attribute."""
    return missing_attribute(named, schema)


def property_of(event: ast.Name, named: ast.Name, schema: Schema) -> UnknownProperty | None:
    """The problem with the name of a property of `event`; none where the event is not declared."""
    declared = schema.events.get(event.text)
    if declared is None:
        return None
    known = [line.name.text for line in declared.properties]
    if named.text in known:
        return None
    suggestion = nearest(named.text, known)
    return UnknownProperty(
        span=named.span,
        event=event.text,
        property=named.text,
        suggestion=suggestion,
        is_attribute=suggestion is None and named.text in schema.names("attribute"),
    )


def segment(named: ast.Name, schema: Schema) -> Problem | None:
    """The problem with the name of a segment."""
    if named.text in schema.segments:
        return None
    return other_kind(named, "segment", schema) or UnknownSegment(
        span=named.span, segment=named.text, suggestion=nearest(named.text, schema.segments)
    )


def topic(named: ast.Name, schema: Schema) -> Problem | None:
    """The problem with the name of a topic."""
    if named.text in schema.topics:
        return None
    return other_kind(named, "topic", schema) or UnknownTopic(
        span=named.span, topic=named.text, suggestion=nearest(named.text, schema.topics)
    )
