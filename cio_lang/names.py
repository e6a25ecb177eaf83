"""Names: a name in, the problem with it out.

Afterwards every name is declared as what it is used as, or its kind is one that the workspace
leaves open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cio_lang import ast, text
from cio_lang.problem import Fix, Problem, Report, nearest
from cio_lang.record import record
from cio_lang.schema import KINDS, Kind, Schema


@record(kw_only=True)
class UnknownEvent(Problem):
    """A journey names an event that the workspace does not declare."""

    code = "unknown-event"
    event: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        if self.suggestion:
            way_out = f"write `{self.suggestion}`"
        elif self.event.startswith("message_"):
            # Such names are cio's own and cannot be declared.
            way_out = "ask what became of a message in words, such as `opened any message`"
        else:
            way_out = f"declare it: `event {text.name(ast.Name(self.event))}`"
        return Report(
            f"There is no event `{self.event}`.",
            "An event that nobody does would never start, end or match anything.",
            way_out,
        )

    def fix(self) -> Fix | None:
        """The name that was probably meant."""
        return _bare(self, self.suggestion)


_MOMENTS = ("tomorrow", "today", "tonight", "morning", "evening", "next", "then", "later", "now")


@record(kw_only=True)
class UnknownAttribute(Problem):
    """A journey names an attribute that the workspace does not declare."""

    code = "unknown-attribute"
    attribute: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        if self.attribute in _MOMENTS and not self.suggestion:
            if self.attribute == "tomorrow":
                return Report(
                    "`tomorrow` is no moment that can be waited for.",
                    "A time of day is the next one, which may still be today; the next midnight "
                    "is where tomorrow begins.",
                    "write `wait until 00:00 their time`, and on the next line the time of day, as "
                    "in `wait until 09:00 their time`",
                )
            return Report(
                f"`{self.attribute}` is no moment that can be waited for.",
                "A moment is a time of day, which is the next one, or a date that the person has.",
                "write a time of day such as `09:00 their time`, or a date of theirs",
            )
        return Report(
            f"There is no attribute `{self.attribute}`.",
            "Nobody has it: a condition on it matches the wrong people, and a step does nothing.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"declare it: `attribute {text.name(ast.Name(self.attribute))}: text`",
        )

    def fix(self) -> Fix | None:
        """The name that was probably meant."""
        return _bare(self, self.suggestion)


@record(kw_only=True)
class UnknownProperty(Problem):
    """A property that its event does not declare.

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
            "The event never carries it, so nothing that is asked of it could ever be true.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"declare it below `event {text.name(ast.Name(self.event))}`: `{name}: text`",
        )

    def fix(self) -> Fix | None:
        """The name that was probably meant."""
        return _bare(self, self.suggestion)


@record(kw_only=True)
class DuplicateProperty(Problem):
    """An event has one property twice."""

    code = "duplicate-property"
    event: str
    property: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.event}` already has a property `{self.property}`.",
            "One event carries one value for each property.",
            "give one of the two another name, or take it out",
        )


@record(kw_only=True)
class UnknownSegment(Problem):
    """A line names a segment that does not exist."""

    code = "unknown-segment"
    segment: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no segment `{self.segment}`.",
            "Who is in a segment is only known of one that is declared.",
            f"write {text.quoted(self.suggestion)}"
            if self.suggestion
            else f"declare it: `segment {text.quoted(self.segment)}` with its conditions below",
        )

    def fix(self) -> Fix | None:
        """The name that was probably meant."""
        return _quoted(self, self.suggestion)


@record(kw_only=True)
class UnknownTopic(Problem):
    """A line is about a topic that does not exist."""

    code = "unknown-topic"
    topic: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no topic `{self.topic}`.",
            "People can only unsubscribe from a topic that is declared.",
            f"write {text.quoted(self.suggestion)}"
            if self.suggestion
            else f"declare it on a line of its own, above the journeys: "
            f"`topic {text.quoted(self.topic)}`",
        )

    def fix(self) -> Fix | None:
        """The name that was probably meant."""
        return _quoted(self, self.suggestion)


@record(kw_only=True)
class UnknownJourney(Problem):
    """A line names a journey that does not exist."""

    code = "unknown-journey"
    journey: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no journey `{self.journey}`.",
            "Nothing in this workspace has that title.",
            f"write {text.quoted(self.suggestion)}"
            if self.suggestion
            else "write the title of a journey just as it stands in its first line",
        )

    def fix(self) -> Fix | None:
        """The title that was probably meant."""
        return _quoted(self, self.suggestion)


_ONLY: dict[Kind, str] = {
    "event": "Only an event can be done.",
    "attribute": "Only an attribute can be compared or set.",
    "segment": "Only a segment can have people in it.",
    "topic": "Only a topic can be what messages are about.",
    "template": "Only a template can be sent by its name.",
    "journey": "Only a journey can be started.",
}


@record(kw_only=True)
class WrongKind(Problem):
    """A name is declared, but as something else: an attribute stands where an event belongs.

    `instead` is how the same is said of an event.
    """

    code = "wrong-kind"
    name: str
    used_as: Kind
    declared_as: Kind
    instead: str = ""

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.name}` is {_article(self.declared_as)}, not {_article(self.used_as)}.",
            _ONLY[self.used_as],
            self._way_out(),
        )

    def _way_out(self) -> str:
        name = text.name(ast.Name(self.name))
        if self.instead and self.declared_as == "event":
            return f"write `{self.instead}`"
        if self.used_as == "topic":
            return f"declare it: `topic {text.quoted(self.name)}`"
        match self.declared_as:
            case "event":
                return f"write `did {name}`"
            case "attribute":
                return f"compare the attribute, as in `{name} is known`"
            case "segment":
                return f"write `in segment {text.quoted(self.name)}`"
            case "topic" | "template" | "journey":
                return f"write the name of {_article(self.used_as)}"


def _article(kind: Kind) -> str:
    return f"{'an' if kind in ('event', 'attribute') else 'a'} {kind}"


def _bare(problem: Problem, suggestion: str | None) -> Fix | None:
    return None if suggestion is None else Fix(problem.span, text.name(ast.Name(suggestion)))


def _quoted(problem: Problem, suggestion: str | None) -> Fix | None:
    return None if suggestion is None else Fix(problem.span, text.quoted(suggestion))


def other_kind(named: ast.Name, used_as: Kind, schema: Schema) -> WrongKind | None:
    """The problem with a name that is declared as something else than it is used as."""
    for declared_as in KINDS:
        if declared_as != used_as and named.text in schema.names(declared_as):
            return WrongKind(
                span=named.span, name=named.text, used_as=used_as, declared_as=declared_as
            )
    return None


def event(named: ast.Name, schema: Schema) -> Problem | None:
    """The problem with the name of an event."""
    if named.text in schema.events or schema.is_open("event"):
        return None
    return other_kind(named, "event", schema) or UnknownEvent(
        span=named.span, event=named.text, suggestion=nearest(named.text, schema.events)
    )


def attribute(named: ast.Name, schema: Schema) -> UnknownAttribute | WrongKind | None:
    """The problem with the name of an attribute."""
    if schema.attribute_type(named.text) is not None or schema.is_open("attribute"):
        return None
    return other_kind(named, "attribute", schema) or UnknownAttribute(
        span=named.span,
        attribute=named.text,
        suggestion=nearest(named.text, schema.names("attribute")),
    )


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


def properties(event: ast.Name, names: Iterable[ast.Name]) -> Iterator[DuplicateProperty]:
    """Properties of one event that are named twice."""
    seen: set[str] = set()
    for name in names:
        if name.text in seen:
            yield DuplicateProperty(span=name.span, event=event.text, property=name.text)
        seen.add(name.text)


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


def journey(named: ast.Name, schema: Schema) -> Problem | None:
    """The problem with the title of a journey."""
    if named.text in schema.journeys:
        return None
    return other_kind(named, "journey", schema) or UnknownJourney(
        span=named.span, journey=named.text, suggestion=nearest(named.text, schema.journeys)
    )
