"""Conditions: a condition and where it stands in, problems out.

Afterwards every name in the condition is known, every comparison is typed, every count and window
can hold something, and what it asks for is there where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast, names, text
from cio_lang.check import contradictions, draws, durations, percentages, types
from cio_lang.check.depth import condition_depth
from cio_lang.check.empty import EmptyCondition
from cio_lang.check.scope import (
    ITEMS,
    ItemsAreCollected,
    NoHistory,
    NoKey,
    OnlyPropertiesInWhere,
    PropertyOutsideWhere,
    Scope,
    SinceEnteringOutside,
    no_entry_event,
)
from cio_lang.check.type_problems import BetweenBackwards
from cio_lang.check.wording import count, subject, words
from cio_lang.problem import Problem, Report, nearest
from cio_lang.record import record
from cio_lang.schema import Schema, message_ref
from cio_lang.steps.send import UnknownTemplate
from cio_lang.values import described


@record(kw_only=True)
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


_NUMBERS: tuple[str, ...] = ("number", "money")
_ANY: tuple[str, ...] = ("text", "number", "money", "date", "time", "yes/no", "one of")
_OF: dict[ast.Function, tuple[str, ...]] = {
    "total": _NUMBERS,
    "average": _NUMBERS,
    "smallest": (*_NUMBERS, "date"),
    "largest": (*_NUMBERS, "date"),
    "latest": _ANY,
    "first": _ANY,
    "number": (),
}
"""The types of properties that each can be made of."""


@record(kw_only=True)
class CannotBeAdded(Problem):
    """A total or average of something that is not a number: `total sku of order_placed`."""

    code = "cannot-be-added"
    function: ast.Function
    property: str
    declared: str

    def report(self) -> Report:
        """What, why, one way out."""
        order = self.function in ("smallest", "largest")
        return Report(
            f"`{self.property}` is {self.declared}, which has no {self.function}"
            f"{' value' if order else ''}.",
            f"Only numbers and amounts of money can be {'put in order' if order else 'added up'}.",
            f"name a property that is a number, or ask for the `latest {self.property}`",
        )


def check(condition: ast.Condition, scope: Scope, schema: Schema) -> Iterator[Problem]:
    """Problems with a condition of a person."""
    too_deep = condition_depth(condition)
    if too_deep is not None:
        yield too_deep
        return
    found = tuple(_condition(condition, scope, schema))
    yield from found
    if not found:
        yield from contradictions.check(condition, schema)


def where(event: ast.Name, condition: ast.Condition, schema: Schema) -> Iterator[Problem]:
    """Problems with what narrows an event by its properties."""
    too_deep = condition_depth(condition)
    if too_deep is not None:
        yield too_deep
        return
    found = tuple(_where(event, condition, schema))
    yield from found
    if not found:
        yield from contradictions.check(condition, schema, event.text)


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
        case ast.BetweenDates():
            yield from types.days(written.first, written.last)
        case ast.SinceEntering() if scope.place != "journey":
            yield SinceEnteringOutside(span=written.span, place=scope.place)
        case ast.Calendar() | ast.SinceDate() | ast.SinceEntering():
            return


def _condition(condition: ast.Condition, scope: Scope, schema: Schema) -> Iterator[Problem]:
    match condition:
        case ast.Comparison():
            yield from _comparison(condition, scope, schema)
        case ast.Did():
            yield from happening(condition.event, condition.where, schema)
            if condition.count is not None:
                yield from _count(condition.count, condition.event)
            yield from _when(condition.event, condition.window, condition.key, scope, schema)
        case ast.DidNot():
            yield from happening(condition.event, condition.where, schema)
            yield from _when(condition.event, condition.window, condition.key, scope, schema)
        case ast.Never():
            yield from happening(condition.event, condition.where, schema)
            yield from _when(condition.event, None, condition.key, scope, schema)
        case ast.Sequence():
            yield from happening(condition.first, condition.first_where, schema)
            yield from happening(condition.second, condition.second_where, schema)
            yield from _maybe(durations.duration(condition.within, "then"))
        case ast.Inactive():
            yield from _maybe(durations.duration(condition.duration, "inactive"))
        case ast.MessageTest():
            yield from _message(condition, scope, schema)
        case ast.InSegment():
            yield from _maybe(names.segment(condition.segment, schema))
        case ast.Subscribed():
            yield from _maybe(names.topic(condition.topic, schema))
        case ast.ChurnRisk():
            yield from _maybe(percentages.percent(condition.percent, "risk"))
        case ast.Likely():
            yield from _maybe(names.event(condition.event, schema))
            yield from _maybe(durations.duration(condition.within, "soon"))
        case ast.TopLikely():
            yield from _maybe(percentages.percent(condition.percent, "top"))
            yield from _maybe(names.event(condition.event, schema))
        case ast.InDraw():
            yield from draws.check(condition)
        case ast.And() | ast.Or():
            if not condition.parts:
                yield EmptyCondition(span=condition.span, what="This condition")
            for part in condition.parts:
                yield from _condition(part, scope, schema)
        case ast.Not():
            yield from _condition(condition.part, scope, schema)
        case ast.CanReceive():
            return


def _maybe(problem: Problem | None) -> Iterator[Problem]:
    if problem is not None:
        yield problem


def _when(
    event: ast.Name,
    when: ast.Window | None,
    key: ast.Name | None,
    scope: Scope,
    schema: Schema,
) -> Iterator[Problem]:
    """The time in which an event counts, and the key that it has to carry."""
    if when is not None:
        yield from window(when, scope)
    if key is None:
        return
    own = None if scope.key is None else scope.key.text
    if scope.inside and scope.entry is None:
        # Without an entry line there is nothing to say beyond that there is none.
        return
    if not scope.inside or own != key.text:
        yield NoKey(span=key.span, key=key.text, place=scope.place, has=own)
    else:
        yield from _maybe(names.property_of(event, key, schema))


def _message(written: ast.MessageTest, scope: Scope, schema: Schema) -> Iterator[Problem]:
    known = schema.settings.templates
    if written.message is not None:
        named = written.message.value
        if message_ref(written.message, known).kind != "template":
            yield UnknownTemplate(
                span=written.message.span,
                template=named,
                suggestion=nearest(named, known),
                sent=False,
            )
    if written.window is not None:
        yield from window(written.window, scope)


def _comparison(written: ast.Comparison, scope: Scope, schema: Schema) -> Iterator[Problem]:
    about = written.subject
    about_it = types.About(ast.Name(subject(about), span=about.span), declared=False)
    kind: ast.Type | None = None
    problems: list[Problem | None] = []
    match about:
        case ast.Attribute():
            about_it = types.About(about.name)
            problems = [_attribute(about, written, scope, schema)]
            kind = schema.attribute_type(about.name.text)
        case ast.Property():
            problems = [PropertyOutsideWhere(span=about.span, property=about.name.text)]
        case ast.EntryProperty():
            about_it = types.About(about.name)
            problem, kind = _entry_property(about, scope, schema)
            if scope.collects and about.name.text == ITEMS:
                problem = ItemsAreCollected(span=written.span, written=words(written))
            problems = [problem]
        case ast.Aggregate():
            problems.extend(_aggregate(about, scope, schema))
            kind = aggregate_type(about, schema)
    if isinstance(written.test, ast.HasBeen) and not isinstance(about, ast.Attribute):
        problems.append(NoHistory(span=written.span, subject=subject(about)))
    found = [problem for problem in problems if problem is not None]
    yield from found
    if not found:
        yield from types.test(about_it, kind, written.test, written.span, schema)


def _attribute(
    about: ast.Attribute, written: ast.Comparison, scope: Scope, schema: Schema
) -> Problem | None:
    """The problem with a name that is asked of a person; events may carry it instead."""
    missing = names.attribute(about.name, schema)
    name = about.name.text
    carriers = [
        event
        for event, declared in schema.events.items()
        if any(line.name.text == name for line in declared.properties)
    ]
    if not isinstance(missing, names.UnknownAttribute) or not carriers:
        return missing
    own = scope.entry.event.text if isinstance(scope.entry, ast.OnEvent) else None
    starts = scope.inside and own in carriers
    asked = "" if isinstance(written.test, ast.HasBeen) else words(written)
    return PropertyOutsideWhere(
        span=about.span,
        property=name,
        event=own if starts else min(carriers),
        asked=asked,
        starts=starts,
    )


def aggregate_type(about: ast.Aggregate, schema: Schema) -> ast.Type | None:
    """The type of a total, average, …; None where it is not known."""
    if about.property is None:
        return ast.Type("number")
    return schema.property_type(about.event.text, about.property.text)


def _aggregate(about: ast.Aggregate, scope: Scope, schema: Schema) -> Iterator[Problem]:
    unknown = tuple(happening(about.event, about.where, schema))
    yield from unknown
    if about.window is not None:
        yield from window(about.window, scope)
    if about.property is None:
        return
    problem = names.property_of(about.event, about.property, schema)
    kind = schema.property_type(about.event.text, about.property.text)
    if problem is not None:
        yield problem
    elif kind is not None and kind.kind not in _OF[about.function]:
        yield CannotBeAdded(
            span=about.property.span,
            function=about.function,
            property=about.property.text,
            declared=described(kind),
        )


def _entry_property(
    written: ast.EntryProperty, scope: Scope, schema: Schema
) -> tuple[Problem | None, ast.Type | None]:
    named = written.name
    if scope.inside and scope.entry is None:
        return None, None
    if not scope.inside or not isinstance(scope.entry, ast.OnEvent):
        return no_entry_event(ast.Name(named.text, span=written.span), scope), None
    event = scope.entry.event
    return (
        names.property_of(event, named, schema),
        schema.property_type(event.text, named.text),
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
        case (
            ast.Did()
            | ast.DidNot()
            | ast.Never()
            | ast.Sequence()
            | ast.Inactive()
            | ast.MessageTest()
            | ast.InSegment()
            | ast.Subscribed()
            | ast.CanReceive()
            | ast.ChurnRisk()
            | ast.Likely()
            | ast.TopLikely()
            | ast.InDraw()
        ):
            yield OnlyPropertiesInWhere(
                span=condition.span,
                event=event.text,
                written=words(condition),
                way_out="put it outside the `where`, joined by `and`",
            )


def _property(event: ast.Name, written: ast.Comparison, schema: Schema) -> Iterator[Problem]:
    about = written.subject
    match about:
        case ast.Property():
            problem = names.property_of(event, about.name, schema)
            if problem is not None:
                yield problem
            elif isinstance(written.test, ast.HasBeen):
                yield NoHistory(span=written.span, subject=about.name.text)
            else:
                kind = schema.property_type(event.text, about.name.text)
                yield from types.test(
                    types.About(about.name), kind, written.test, written.span, schema
                )
        case ast.Attribute() | ast.Aggregate():
            yield OnlyPropertiesInWhere(
                span=about.span,
                event=event.text,
                written=subject(about),
                way_out="put the condition on the person outside the `where`, joined by `and`",
            )
        case ast.EntryProperty():
            yield OnlyPropertiesInWhere(
                span=about.span,
                event=event.text,
                written=subject(about),
                way_out=f"write `{text.name(about.name)}` for the property of `{event.text}`",
            )


def _count(written: ast.Count, event: ast.Name) -> Iterator[Problem]:
    least = {"at_least": 1, "exactly": 1, "fewer_than": 2, "at_most": 1, "more_than": 0}
    if written.times >= least[written.op]:
        return
    yield CountOfZero(
        span=written.span,
        written=count(written),
        always=written.op in ("at_least", "more_than"),
        event=text.name(event),
    )


def _between_ago(written: ast.BetweenAgo) -> Iterator[Problem]:
    if written.near >= written.far:
        yield BetweenBackwards(
            span=written.span,
            low=str(written.near),
            high=str(written.far),
            before="between ",
            after=f" {written.unit}s ago",
            wider=str(written.far + 1) if written.near == written.far else None,
        )
        return
    far = ast.Duration(written.far, written.unit, span=written.span)
    yield from _maybe(durations.duration(far, "window"))
