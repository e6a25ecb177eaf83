"""What stands above the steps of a journey: who enters, how often, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from cio_lang import ast, ir
from cio_lang.calendar_time import iso
from cio_lang.lower.conditions import condition, match_of, maybe
from cio_lang.lower.moments import clock, date_moment, zone
from cio_lang.schema import Schema, slug

_Part = TypeVar("_Part", bound=ast.Line)


def parts_of(written: ast.Journey, kind: type[_Part]) -> Iterator[_Part]:
    """The parts of one kind."""
    return (part for part in written.parts if isinstance(part, kind))


def entry(written: ast.Journey, schema: Schema) -> ir.Entry:
    """Who enters."""
    for part in written.parts:
        match part:
            case ast.OnEvent():
                return match_of(part.event, part.where, schema)
            case ast.OnMatch():
                matched = condition(part.condition, schema)
                return ir.Match(matched, "include" if part.existing else "exclude")
            case ast.OnSegment(verb="joins"):
                return ir.JoinEntry(slug(part.segment.text))
            case ast.OnSegment():
                return ir.LeaveEntry(slug(part.segment.text))
            case ast.OnDate():
                date = date_moment(
                    part.side, part.attribute, part.offset, part.at, yearly=part.yearly
                )
                return ir.DateEntry(date, maybe(part.audience, schema))
            case ast.OnSchedule():
                every = part.every if isinstance(part.every, int) else part.every.lower()
                schedule = ir.Schedule(every, clock(part.at), zone(part.at))
                return ir.ScheduleEntry(schedule, condition(part.audience, schema))
            case ast.OnceFor():
                return ir.OnceEntry(condition(part.audience, schema))
            case ast.OnStart():
                return ir.StartEntry()
            case (
                ast.OnlyWhere() | ast.LeaveOnEvent() | ast.LeaveWhenUnmatched() | ast.LeaveWhere()
                | ast.Goal() | ast.Once() | ast.EveryTime() | ast.AgainAfter() | ast.Key()
                | ast.TopicOf() | ast.Quiet() | ast.Priority() | ast.ExemptFromCaps()
                | ast.SpreadOver()
            ):  # fmt: skip
                pass
    raise ValueError(f"check() lets no journey pass without an entry: {written.title.text}")


def reentry(written: ast.Journey, starts: ir.Entry) -> ir.Reentry:
    """As written; by default once for people who match, every time for what happens."""
    for part in parts_of(written, ast.Line):
        if isinstance(part, ast.Once):
            return ir.Reentry("once")
        if isinstance(part, ast.EveryTime):
            return ir.Reentry("every_time")
        if isinstance(part, ast.AgainAfter):
            return ir.Reentry("after", iso(part.duration))
    match starts:
        case ir.Match() | ir.OnceEntry():
            return ir.Reentry("once")
        case (
            ir.EventMatch() | ir.JoinEntry() | ir.LeaveEntry() | ir.DateEntry() | ir.ScheduleEntry()
            | ir.StartEntry()
        ):  # fmt: skip
            return ir.Reentry("every_time")


def exits(written: ast.Journey, starts: ir.Entry, schema: Schema) -> Iterator[ir.Exit]:
    """What ends a run early, in the order written."""
    for part in written.parts:
        match part:
            case ast.LeaveOnEvent():
                yield ir.ExitOnEvent(part.event.text, maybe(part.where, schema))
            case ast.LeaveWhere():
                yield ir.ExitWhen(condition(part.condition, schema))
            case ast.LeaveWhenUnmatched():
                yield ir.ExitWhen(_unmatched(starts))
            case (
                ast.OnEvent() | ast.OnMatch() | ast.OnSegment() | ast.OnDate() | ast.OnSchedule()
                | ast.OnceFor() | ast.OnStart() | ast.OnlyWhere() | ast.Goal() | ast.Once()
                | ast.EveryTime() | ast.AgainAfter() | ast.Key() | ast.TopicOf() | ast.Quiet()
                | ast.Priority() | ast.ExemptFromCaps() | ast.SpreadOver()
            ):  # fmt: skip
                pass


def _unmatched(starts: ir.Entry) -> ir.Condition:
    """`they no longer match`: the opposite of what people had to be to enter."""
    match starts:
        case ir.Match(condition) | ir.OnceEntry(condition):
            return ir.Not(condition)
        case ir.ScheduleEntry(_, condition):
            return ir.Not(condition)
        case ir.DateEntry(_, condition) if condition is not None:
            return ir.Not(condition)
        case ir.JoinEntry(segment):
            return ir.Not(ir.SegmentTest(segment))
        case ir.LeaveEntry(segment):
            return ir.SegmentTest(segment)
        case ir.EventMatch() | ir.DateEntry() | ir.StartEntry():
            raise ValueError("check() lets only journeys that match be left so")


def goal(written: ast.Journey, schema: Schema) -> ir.Goal | None:
    """What counts as success."""
    for part in parts_of(written, ast.Goal):
        within = None if part.within is None else iso(part.within)
        where = maybe(part.where, schema)
        return ir.Goal(part.event.text, where, within, leave=part.then_leave)
    return None
