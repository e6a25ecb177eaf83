"""Where a condition stands, and what it can refer to there."""

from __future__ import annotations

from typing import Literal

from cio_lang import ast, text
from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record

Place = Literal["segment", "entry", "only", "journey", "statement"]
"""Where a condition stands: `journey` is every place after people have entered."""

_PLACES: dict[Place, str] = {
    "segment": "in a segment",
    "entry": "in the line that starts a journey",
    "only": "before people have entered",
    "journey": "in a journey",
    "statement": "outside a journey",
}


ITEMS = "items"
"""`event.items`: the events that a journey has collected."""


@record
class Scope:
    """What a condition can refer to: where it stands, what started the run, and its key."""

    place: Place
    entry: ast.Entry | None = None
    key: ast.Name | None = None
    collects: bool = False
    """Whether the journey collects entry events, which are `event.items` then."""

    @property
    def inside(self) -> bool:
        """Whether somebody is about to enter, or has entered."""
        return self.place in ("only", "journey")


@record(kw_only=True)
class SinceEnteringOutside(Problem):
    """`since entering` where nobody has entered anything."""

    code = "since-entering-outside"
    place: Place

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`since entering` does not work {_PLACES[self.place]}.",
            "It counts from the moment when the person entered the journey, and here nobody has.",
            "write how far to look back, as in `in the last 30 days`",
        )


@record(kw_only=True)
class NoEntryEvent(Problem):
    """`event.amount` where no event has started anything."""

    code = "no-entry-event"
    property: str
    place: Place
    starts: str = "when people match a condition"

    def report(self) -> Report:
        """What, why, one way out."""
        inside = self.place in ("only", "journey")
        where = "here" if inside else _PLACES[self.place]
        return Report(
            f"There is no event for `event.{self.property}` to be about {where}.",
            f"This journey starts {self.starts}, not when they do something."
            if inside
            else "`event` is what started a journey, once it has started.",
            "start the journey with `when someone does …`, or ask for the event with `did …`"
            if inside
            else f"ask for the event, as in `did … where {self.property} is known`",
        )


@record(kw_only=True)
class ItemsAreCollected(Problem):
    """`event.items` is compared below `collect`, where it is the list of what has come.

    In a message it can be gone through: `{% for item in event.items %}`.  Above `collect` it is
    what the event carries by that name.
    """

    code = "items-are-collected"
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` does not work below `collect`.",
            "There, `event.items` is the list of all events that have come, whatever the first "
            "one carries by that name.",
            "ask it by an `if` above `collect`, or call what the event carries something else",
        )


@record(kw_only=True)
class NoKey(Problem):
    """`for this cart_id` where the run has no such key."""

    code = "no-key"
    key: str
    place: Place
    has: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        name = text.name(ast.Name(self.key))
        if self.place not in ("only", "journey"):
            return Report(
                f"`for this {name}` does not work {_PLACES[self.place]}.",
                "It means the one that somebody has entered the journey for, and here nobody has.",
                "take these words out",
            )
        if self.has is not None:
            return Report(
                f"People do not enter this journey for each `{self.key}`.",
                f"Its key is `{self.has}`.",
                f"write `for this {text.name(ast.Name(self.has))}`",
            )
        return Report(
            f"People do not enter this journey for each `{self.key}`.",
            "Without a key, one person is in it once, for whatever they did.",
            f"add a line `key {name}` above the steps, or take `for this {name}` out",
        )

    def fix(self) -> Fix | None:
        """The key of the journey."""
        if self.has is None or self.place not in ("only", "journey"):
            return None
        return Fix(self.span, text.name(ast.Name(self.has)))


@record(kw_only=True)
class PropertyOutsideWhere(Problem):
    """A property of an event is asked of a person, as if they had it.

    `starts` says that the event is the one that starts the journey.
    """

    code = "property-outside-where"
    property: str
    event: str | None = None
    asked: str = ""
    starts: bool = False

    def report(self) -> Report:
        """What, why, one way out."""
        name = text.name(ast.Name(self.property))
        asked = self.asked or f"{name} is known"
        if self.event is None:
            return Report(
                f"`{self.property}` belongs to an event, and none is asked about here.",
                "A property is something that one event carries, not something a person has.",
                f"ask for the event, as in `did … where {asked}`",
            )
        return Report(
            f"`{self.property}` belongs to the event `{self.event}`, not to a person.",
            f"Each time somebody does it, it carries its own `{self.property}`.",
            f"write `event.{name}`, the one of the event that started the journey"
            if self.starts
            else f"ask for the event: `did {text.name(ast.Name(self.event))} where {asked}`",
        )

    def fix(self) -> Fix | None:
        """The property of the event that started the journey."""
        return (
            Fix(self.span, f"event.{text.name(ast.Name(self.property))}") if self.starts else None
        )


@record(kw_only=True)
class OnlyPropertiesInWhere(Problem):
    """A `where` asks for something else than the properties of its event."""

    code = "only-properties-in-where"
    event: str
    written: str
    way_out: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` cannot stand behind `where`.",
            f"`where` narrows `{self.event}` by what that event carries, and by nothing else.",
            self.way_out,
        )


@record(kw_only=True)
class NoHistory(Problem):
    """`has been … for …` about something that has no history."""

    code = "no-history"
    subject: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.subject}` cannot have been something for a while.",
            "Only attributes of a person change over time; what an event carried stays as it was.",
            "ask what it is, as in `is …`",
        )


def starts(entry: ast.Entry) -> str:
    """How a journey starts, in words that follow `This journey starts`."""
    match entry:
        case ast.OnEvent():
            return "when somebody does something"
        case ast.OnMatch():
            return "when people match a condition"
        case ast.OnSegment():
            return f"when people {'join' if entry.verb == 'joins' else 'leave'} a segment"
        case ast.OnDate():
            return "on a date of theirs"
        case ast.OnSchedule():
            return "by the calendar"
        case ast.OnceFor():
            return "once, when it is applied"
        case ast.OnStart():
            return "when it is told to"


def no_entry_event(named: ast.Name, scope: Scope) -> NoEntryEvent:
    """`event.…` is not there: what the journey starts with instead."""
    how = "when people match a condition" if scope.entry is None else starts(scope.entry)
    return NoEntryEvent(span=named.span, property=named.text, place=scope.place, starts=how)
