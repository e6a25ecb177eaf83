"""Conditions as the runtime carries them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

from cio_lang import ast, ir
from cio_lang.calendar_time import iso
from cio_lang.schema import Schema, slug
from cio_lang.values import plain_number, scalar

CHANNELS: Mapping[ast.Channel, ir.Channel] = {
    "email": "email",
    "text": "sms",
    "push": "push",
    "in-app": "in_app",
    "whatsapp": "whatsapp",
    "slack": "slack",
}
"""What each channel is called in a graph."""

MESSAGE_EVENTS: Mapping[ast.MessageVerb, str] = {
    "opened": "message_opened",
    "clicked": "message_clicked",
    "received": "message_sent",
    "delivered": "message_delivered",
    "bounced": "message_bounced",
    "replied": "message_replied",
}
"""The event behind each thing that happens to a message; `template` and `channel` tell which."""

_CALENDAR: Mapping[str, ir.CalendarWord] = {
    word.replace("_", " "): word for word in get_args(ir.CalendarWord)
}


def condition(written: ast.Condition, schema: Schema) -> ir.Condition:
    """A condition as the runtime carries it out.  `a and (b and c)` is one list of three."""
    match written:
        case ast.Comparison():
            return _comparison(written, schema)
        case ast.Did():
            times = ir.AT_LEAST_ONCE
            if written.count is not None:
                times = ir.Times(written.count.op, written.count.times)
            return _event(written, times, _window(written.window), schema)
        case ast.DidNot():
            return _event(written, ir.NOT_ONCE, _window(written.window), schema)
        case ast.Never():
            return _event(written, ir.NOT_ONCE, None, schema)
        case ast.Sequence():
            return ir.SequenceTest(
                first=match_of(written.first, written.first_where, schema),
                then=match_of(written.second, written.second_where, schema),
                within=iso(written.within),
                missing=written.negated,
            )
        case ast.Inactive():
            return ir.InactiveTest(iso(written.duration))
        case ast.MessageTest():
            return _message(written)
        case ast.InSegment():
            return _unless(written.negated, ir.SegmentTest(slug(written.segment.text)))
        case ast.Subscribed():
            return _unless(written.negated, ir.SubscribedTest(slug(written.topic.text)))
        case ast.CanReceive():
            return _unless(written.negated, ir.ReachTest(CHANNELS[written.channel]))
        case ast.ChurnRisk():
            return ir.ChurnTest(written.op, plain_number(written.percent.value))
        case ast.Likely():
            return ir.LikelyTest(written.event.text, iso(written.within))
        case ast.TopLikely():
            return ir.TopTest(plain_number(written.percent.value), written.event.text)
        case ast.InDraw():
            to = plain_number(written.to.value)
            start = 0 if written.from_ is None else plain_number(written.from_.value)
            return _unless(written.negated, ir.DrawTest(written.draw.text, to, start))
        case ast.And():
            return every(condition(part, schema) for part in written.parts)
        case ast.Or():
            return _some(condition(part, schema) for part in written.parts)
        case ast.Not():
            return ir.Not(condition(written.part, schema))


def maybe(written: ast.Condition | None, schema: Schema) -> ir.Condition | None:
    """A condition, where there is one."""
    return None if written is None else condition(written, schema)


def match_of(event: ast.Name, where: ast.Condition | None, schema: Schema) -> ir.EventMatch:
    """An event, narrowed by its properties."""
    return ir.EventMatch(event.text, maybe(where, schema))


def every(parts: Iterable[ir.Condition]) -> ir.Condition:
    """All of them, in one list; one alone is itself."""
    flat: list[ir.Condition] = []
    for part in parts:
        flat.extend(part.all if isinstance(part, ir.All) else (part,))
    return flat[0] if len(flat) == 1 else ir.All(tuple(flat))


def _some(parts: Iterable[ir.Condition]) -> ir.Condition:
    flat: list[ir.Condition] = []
    for part in parts:
        flat.extend(part.any if isinstance(part, ir.Any_) else (part,))
    return flat[0] if len(flat) == 1 else ir.Any_(tuple(flat))


def _unless(negated: bool, what: ir.Condition) -> ir.Condition:
    return ir.Not(what) if negated else what


def _event(
    written: ast.Did | ast.DidNot | ast.Never,
    times: ir.Times,
    window: ir.Window | None,
    schema: Schema,
) -> ir.EventTest:
    key = None if written.key is None else written.key.text
    where = maybe(written.where, schema)
    return ir.EventTest(written.event.text, where, times, window, key)


def _message(written: ast.MessageTest) -> ir.EventTest:
    which: list[ir.Condition] = []
    if written.message is not None:
        which.append(ir.PropertyTest("template", "is", written.message.value))
    if written.channel is not None:
        which.append(ir.PropertyTest("channel", "is", CHANNELS[written.channel]))
    return ir.EventTest(
        MESSAGE_EVENTS[written.verb],
        where=every(which) if which else None,
        times=ir.NOT_ONCE if written.negated else ir.AT_LEAST_ONCE,
        window=_window(written.window),
    )


def _comparison(written: ast.Comparison, schema: Schema) -> ir.Condition:
    subject = written.subject
    if isinstance(written.test, ast.HasBeen):
        if not isinstance(subject, ast.Attribute):
            raise ValueError("check() lets only an attribute have been something for a while")
        held = scalar(written.test.value)
        return ir.HeldTest(subject.name.text, held, iso(written.test.duration))
    if (days := _on_days(written)) is not None:
        return condition(days, schema)
    op, value = _test(written.test)
    match subject:
        case ast.Attribute(name):
            return ir.AttributeTest(name.text, op, value)
        case ast.Property(name):
            return ir.PropertyTest(name.text, op, value)
        case ast.EntryProperty(name):
            return ir.EntryTest(name.text, op, value)
        case ast.Aggregate():
            of = ir.Aggregate(
                subject.function,
                subject.event.text,
                None if subject.property is None else subject.property.text,
                maybe(subject.where, schema),
                _window(subject.window),
            )
            return ir.AggregateTest(of, op, value)


def _on_days(written: ast.Comparison) -> ast.Condition | None:
    """A comparison with whole days in words of `after` and `before`; None for any other.

    A stored moment is on a day from its first instant to its last, in the person's zone: never
    equal to the day.
    """
    match written.test:
        case ast.Between(low=ast.Date() as low, high=ast.Date() as high):
            bounds: list[tuple[ast.CompareOp, date]] = []
            if low.value > date.min:
                bounds.append(("after", low.value - timedelta(days=1)))
            if high.value < date.max:
                bounds.append(("before", high.value + timedelta(days=1)))
            parts = [replace(written, test=ast.Compare(op, ast.Date(day))) for op, day in bounds]
            return ast.And(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)
        case ast.Compare(op="is" | "is_not" as op, value=ast.Date() as day):
            on_it = replace(written, test=ast.Between(day, day))
            return on_it if op == "is" else ast.Not(on_it)
        case ast.OneOf(values, negated) if any(isinstance(value, ast.Date) for value in values):
            each = tuple(replace(written, test=ast.Compare("is", value)) for value in values)
            some = each[0] if len(each) == 1 else ast.Or(each)
            return ast.Not(some) if negated else some
    return None


def _test(
    written: ast.Compare | ast.OneOf | ast.Known | ast.Between | ast.Within | ast.During,
) -> tuple[ir.Op, ir.TestValue]:
    match written:
        case ast.Compare():
            return written.op, scalar(written.value)
        case ast.OneOf():
            values = tuple(scalar(value) for value in written.values)
            return ("not_one_of" if written.negated else "one_of"), values
        case ast.Known():
            return ("unknown" if written.negated else "known"), None
        case ast.Between():
            return "between", (scalar(written.low), scalar(written.high))
        case ast.Within():
            return written.op, iso(written.duration)
        case ast.During():
            span = written.span_of.replace(" ", "_")
            return ("during_yearly" if written.yearly else "during"), span


def _window(written: ast.Window | None) -> ir.Window | None:
    match written:
        case None:
            return None
        case ast.Last():
            return ir.Window(last=iso(written.duration))
        case ast.Calendar():
            return ir.Window(calendar=_CALENDAR[written.word])
        case ast.BetweenAgo():
            near, far = (
                iso(ast.Duration(count, written.unit)) for count in (written.near, written.far)
            )
            return ir.Window(between_ago=ir.BetweenAgo(near, far))
        case ast.SinceDate():
            return ir.Window(since_date=written.date.value.isoformat())
        case ast.BetweenDates():
            first, last = written.first.value.isoformat(), written.last.value.isoformat()
            return ir.Window(between_dates=(first, last))
        case ast.SinceEntering():
            return ir.Window(since="entering")
