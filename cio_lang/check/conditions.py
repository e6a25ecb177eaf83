"""Conditions: a condition and where it stands in, problems out.

Afterwards every name in the condition is known, every comparison is typed, every count and window
can hold something, and what it asks for is there where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cio_lang import ast, text
from cio_lang.check import contradictions, durations, names, types
from cio_lang.check.depth import condition_depth
from cio_lang.check.empty import EmptyCondition
from cio_lang.check.wording import count, words
from cio_lang.problem import Problem, Report
from cio_lang.schema import Schema

Place = Literal["segment", "entry", "only", "journey", "statement"]
"""Where a condition stands: `journey` is every place after people have entered."""

_PLACES: dict[Place, str] = {
    "segment": "in a segment",
    "entry": "in the line that starts a journey",
    "only": "before people have entered",
    "journey": "in a journey",
    "statement": "outside a journey",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition can refer to: where it stands and what started the run."""

    place: Place
    entry: ast.Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEntryEvent(Problem):
    """`event.amount` where no event has started anything."""

    code = "no-entry-event"
    property: str
    place: Place

    def report(self) -> Report:
        """What, why, one way out."""
        in_journey = self.place in ("only", "journey")
        where = "here" if in_journey else _PLACES[self.place]
        return Report(
            f"There is no event for `event.{self.property}` to be about {where}.",
            "This journey starts when people match a condition, not when they do something."
            if in_journey
            else "`event` is what started a journey, once it has started.",
            "start the journey with `when someone does …`, or ask for the event with `did …`"
            if in_journey
            else f"ask for the event, as in `did … where {self.property} is known`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyOutsideWhere(Problem):
    """A property of an event that no `where` is about."""

    code = "property-outside-where"
    property: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.property}` belongs to an event, and none is asked about here.",
            "A property is something that one event carries, not something a person has.",
            f"ask for the event, as in `did … where {self.property} is known`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CountOfZero(Problem):
    """A count that every number of times meets, or that none but zero does."""

    code = "count-of-zero"
    written: str
    always: bool
    event: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` is {'always true' if self.always else 'the same as never'}.",
            "Everybody did it at least that often."
            if self.always
            else "Nobody can do something less often than not at all.",
            f"leave the count out, or write `never did {self.event}`"
            if self.always
            else f"write `did not do {self.event}` or `never did {self.event}`",
        )


def check(condition: ast.Condition, scope: Scope, schema: Schema) -> Iterator[Problem]:
    """Problems with a condition of a person."""
    too_deep = condition_depth(condition)
    if too_deep is not None:
        yield too_deep
        return
    yield from _condition(condition, scope, schema)
    yield from contradictions.check(condition)


def where(event: ast.Name, condition: ast.Condition, schema: Schema) -> Iterator[Problem]:
    """Problems with what narrows an event by its properties."""
    too_deep = condition_depth(condition)
    if too_deep is not None:
        yield too_deep
        return
    yield from _where(event, condition, schema)
    yield from contradictions.check(condition)


def happening(
    event: ast.Name, condition: ast.Condition | None, schema: Schema
) -> Iterator[Problem]:
    """Problems with an event and what narrows it, on a line or in a condition."""
    unknown = names.event(event, schema)
    if unknown is not None:
        yield unknown
    if condition is not None:
        yield from where(event, condition, schema)


def window(written: ast.Window, scope: Scope) -> Iterator[Problem]:
    """Problems with the time in which an event counts."""
    match written:
        case ast.Last():
            problem = durations.duration(written.duration, "window")
            if problem is not None:
                yield problem
        case ast.BetweenAgo():
            yield from _between_ago(written)
        case ast.SinceEntering() if scope.place != "journey":
            yield SinceEnteringOutside(span=written.span, place=scope.place)
        case ast.Calendar() | ast.SinceEntering():
            return


def _condition(condition: ast.Condition, scope: Scope, schema: Schema) -> Iterator[Problem]:
    match condition:
        case ast.Comparison():
            yield from _comparison(condition, scope, schema)
        case ast.Did():
            yield from happening(condition.event, condition.where, schema)
            if condition.count is not None:
                yield from _count(condition.count, condition.event)
            if condition.window is not None:
                yield from window(condition.window, scope)
        case ast.DidNot():
            yield from happening(condition.event, condition.where, schema)
            if condition.window is not None:
                yield from window(condition.window, scope)
        case ast.Never():
            yield from happening(condition.event, condition.where, schema)
        case ast.Inactive():
            problem = durations.duration(condition.duration, "inactive")
            if problem is not None:
                yield problem
        case ast.InSegment():
            problem = names.segment(condition.segment, schema)
            if problem is not None:
                yield problem
        case ast.And() | ast.Or():
            if not condition.parts:
                yield EmptyCondition(span=condition.span, what="This condition")
            for part in condition.parts:
                yield from _condition(part, scope, schema)
        case ast.Not():
            yield from _condition(condition.part, scope, schema)


def _comparison(written: ast.Comparison, scope: Scope, schema: Schema) -> Iterator[Problem]:
    named = written.subject.name
    kind: ast.Type | None = None
    problem: Problem | None = None
    match written.subject:
        case ast.Attribute():
            problem = names.attribute(named, schema)
            kind = schema.attribute_type(named.text)
        case ast.Property():
            problem = PropertyOutsideWhere(span=written.subject.span, property=named.text)
        case ast.EntryProperty():
            problem, kind = _entry_property(written.subject, scope, schema)
    if problem is not None:
        yield problem
    else:
        yield from types.test(named, kind, written.test, written.span, schema)


def _entry_property(
    subject: ast.EntryProperty, scope: Scope, schema: Schema
) -> tuple[Problem | None, ast.Type | None]:
    inside = scope.place in ("only", "journey")
    match scope.entry:
        case ast.OnEvent() if inside:
            event = scope.entry.event
            return (
                names.property_of(event, subject.name, schema),
                schema.property_type(event.text, subject.name.text),
            )
        case None if inside:
            # Without an entry line there is nothing to say beyond that there is none.
            return None, None
        case ast.OnEvent() | ast.OnMatch() | None:
            return (
                NoEntryEvent(span=subject.span, property=subject.name.text, place=scope.place),
                None,
            )


def _where(event: ast.Name, condition: ast.Condition, schema: Schema) -> Iterator[Problem]:
    match condition:
        case ast.Comparison():
            yield from _property(event, condition, schema)
        case ast.And() | ast.Or():
            if not condition.parts:
                yield EmptyCondition(span=condition.span, what="This condition")
            for part in condition.parts:
                yield from _where(event, part, schema)
        case ast.Not():
            yield from _where(event, condition.part, schema)
        case ast.Did() | ast.DidNot() | ast.Never() | ast.Inactive() | ast.InSegment():
            yield OnlyPropertiesInWhere(
                span=condition.span,
                event=event.text,
                written=words(condition),
                way_out="put it outside the `where`, joined by `and`",
            )


def _property(event: ast.Name, written: ast.Comparison, schema: Schema) -> Iterator[Problem]:
    named = written.subject.name
    match written.subject:
        case ast.Property():
            problem = names.property_of(event, named, schema)
            if problem is not None:
                yield problem
                return
            kind = schema.property_type(event.text, named.text)
            yield from types.test(named, kind, written.test, written.span, schema)
        case ast.Attribute():
            yield OnlyPropertiesInWhere(
                span=written.subject.span,
                event=event.text,
                written=named.text,
                way_out="put the condition on the person outside the `where`, joined by `and`",
            )
        case ast.EntryProperty():
            yield OnlyPropertiesInWhere(
                span=written.subject.span,
                event=event.text,
                written=f"event.{named.text}",
                way_out=f"write `{text.name(named)}` for the property of `{event.text}`",
            )


def _count(written: ast.Count, event: ast.Name) -> Iterator[Problem]:
    if written.times >= (2 if written.op == "fewer_than" else 1):
        return
    yield CountOfZero(
        span=written.span,
        written=count(written),
        always=written.op == "at_least",
        event=text.name(event),
    )


def _between_ago(written: ast.BetweenAgo) -> Iterator[Problem]:
    if written.near >= written.far:
        yield types.BetweenBackwards(
            span=written.span,
            low=str(written.near),
            high=str(written.far),
            after=f" {written.unit}s ago",
            wider=str(written.far + 1) if written.near == written.far else None,
        )
        return
    far = ast.Duration(written.far, written.unit, span=written.span)
    problem = durations.duration(far, "window")
    if problem is not None:
        yield problem
