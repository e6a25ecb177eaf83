"""What a graph must be beyond its shape, so that it can be run.

Compiled graphs always pass; this is for files that people or other programs wrote.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from cio_lang import ast, ir
from cio_lang.calendar_time import parse_duration
from cio_lang.graph_data import fields_of
from cio_lang.graph_file.problems import WrongValue, spelled
from cio_lang.graph_file.ways import way_complaints
from cio_lang.mistake import place
from cio_lang.problem import Problem
from cio_lang.source import Span

Path = tuple[str | int, ...]
Complaint = tuple[Path, str, str]
"""(where, what is the matter, one way out)."""


def run_problems(graph: ir.Graph, places: Mapping[Path, Span], name: str) -> tuple[Problem, ...]:
    """Everything that keeps a graph from being run."""
    complaints = [found for path, part in parts(graph, ()) for found in _of_part(path, part)]
    if isinstance(graph, ir.JourneyGraph):
        complaints.extend(way_complaints(graph))
    return tuple(
        WrongValue(
            span=places.get(path, place(name)), path=spelled(path), fact=fact, way_out=way_out
        )
        for path, fact, way_out in complaints
    )


def parts(part: object, path: Path) -> Iterator[tuple[Path, object]]:
    """Every part of a graph with its path, outer before inner."""
    if isinstance(part, tuple):
        for index, inner in enumerate(part):
            yield from parts(inner, (*path, index))
    elif isinstance(part, dict):
        for key, inner in part.items():
            yield from parts(inner, (*path, key))
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        yield path, part
        kind: Any = type(part)
        for name, key, _ in fields_of(kind):
            yield from parts(getattr(part, name), (*path, key))


def _of_part(path: Path, part: object) -> Iterator[Complaint]:
    """Not a `match`: only parts with a rule beyond their shape are here."""
    if isinstance(part, ir.AttributeTest | ir.PropertyTest | ir.EntryTest | ir.AggregateTest):
        yield from _comparison(path, part.op, part.value)
    elif isinstance(part, ir.Aggregate):
        if (part.function == "number") != (part.property is None):
            way_out = "name one" if part.property is None else "take it out"
            fact = "needs a property" if part.property is None else "has a property to count by"
            yield path, fact, way_out
    elif isinstance(part, ir.Window):
        fields = [field.name for field in dataclasses.fields(part)]
        if sum(getattr(part, field) is not None for field in fields) != 1:
            keys = ", ".join(f"`{field}`" for field in fields[:-1]) + f" and `{fields[-1]}`"
            yield path, "is not one window", f"write one of {keys}"
    elif isinstance(part, ir.Times | ir.Cap) and _times(part) < 0:
        key = "n" if isinstance(part, ir.Times) else "times"
        yield (*path, key), f"is {_times(part)}", "write how many times, from 0 up"
    elif isinstance(part, ir.Loop | ir.Rate) and part.times < 1:
        yield (*path, "times"), f"is {part.times}", "write how many times, from 1 up"
    elif isinstance(part, ir.All | ir.Any_):
        if not (part.all if isinstance(part, ir.All) else part.any):
            yield path, "is an empty condition", "write what must hold, or take it out"
    elif isinstance(part, ir.Reentry) and (part.allow == "after") != (part.after is not None):
        yield path, "says `after` in one place only", "write `allow: after` and how long `after`"
    elif isinstance(part, ir.Schedule):
        yield from _schedule(path, part)
    elif isinstance(part, ir.WaitTime) and part.weekday not in (None, *_WEEKDAYS):
        yield (*path, "weekday"), f"is `{part.weekday}`", "write a weekday, such as `monday`"
    else:
        yield from _of_node(path, part)
    yield from _written(path, part)


def _times(part: ir.Times | ir.Cap) -> int:
    return part.n if isinstance(part, ir.Times) else part.times


def _of_node(path: Path, part: object) -> Iterator[Complaint]:
    if isinstance(part, ir.Message):
        if (part.template is None) == (part.text is None):
            yield path, "is not one message", "write either `template` or `text`"
        if not part.channels:
            yield (*path, "channels"), "is empty", "name a channel: push, email or sms"
    elif isinstance(part, ir.BranchNode) and not part.branch:
        yield (*path, "branch"), "is empty", "write a case with `if` and `next`"
    elif isinstance(part, ir.Until) and part.condition is None and not part.events:
        yield path, "waits for nothing", "write a `condition`, or `events`"
    elif isinstance(part, ir.SplitNode):
        yield from _shares((*path, "split"), part.split)
    elif isinstance(part, ir.ExperimentNode):
        yield from _shares((*path, "arms"), part.arms)
        yield from _percent((*path, "experiment", "hold_out"), part.experiment.hold_out)
        yield from _percent((*path, "experiment", "winner_at"), part.experiment.winner_at)
        if part.held_out is not None and not part.experiment.hold_out:
            yield (*path, "held_out"), "is where nobody goes", "take it out, or write `hold_out`"
    elif isinstance(part, ir.WaitNode):
        if part.missing is not None and not isinstance(part.wait, ir.WaitDate):
            yield (*path, "missing"), "stands beside a wait that needs no date", "take it out"
    elif isinstance(part, ir.UntilNode):
        if part.timeout is not None and part.until.at_most is None:
            fact, way_out = "is where nobody goes", "take it out, or write `at_most`"
            yield (*path, "timeout"), fact, way_out
    elif isinstance(part, ir.ChurnTest):
        yield from _percent((*path, "percent"), part.percent)
    elif isinstance(part, ir.TopTest):
        yield from _percent((*path, "top"), part.top)
    elif isinstance(part, ir.DrawTest):
        yield from _percent((*path, "from"), part.from_)
        yield from _percent((*path, "to"), part.to)
        if part.to <= part.from_:
            yield (*path, "to"), f"is {part.to}", "write where the part ends, behind `from`"


def _shares(path: Path, shares: Sequence[ir.Share]) -> Iterator[Complaint]:
    if not shares:
        yield path, "is empty", "write shares with `percent`, `label` and `next`"
        return
    for index, share in enumerate(shares):
        yield from _percent((*path, index, "percent"), share.percent)
    # Written as decimals, so that 33.3, 33.3 and 33.4 are 100.
    total = sum(Decimal(repr(share.percent)) for share in shares)
    if total != 100:
        yield path, f"is {total}% together", "let the percentages add up to 100"


def _percent(path: Path, percent: float | None) -> Iterator[Complaint]:
    if percent is not None and not 0 <= percent <= 100:
        yield path, f"is {percent}", "write a percentage from 0 to 100"


_WEEKDAYS = tuple(weekday.lower() for weekday in get_args(ast.Weekday))


def _schedule(path: Path, schedule: ir.Schedule) -> Iterator[Complaint]:
    every = schedule.every
    known = 1 <= every <= 31 if isinstance(every, int) else every in ("day", "weekday", *_WEEKDAYS)
    if not known:
        way_out = "write a weekday in lower case, `day`, `weekday`, or a day of the month, 1 to 31"
        yield (*path, "every"), f"is `{every}`", way_out


# ── durations, times of day, dates ───────────────────────────────────────────────────────────────

_DURATIONS = ("last", "near", "far", "inactive", "for_", "after", "within", "at_most", "collect")
_CLOCKS = ("at", "time", "start", "end")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")


def _written(path: Path, part: object) -> Iterator[Complaint]:
    """Lengths of time, times of day and dates, by the keys that hold them."""
    for key in _DURATIONS:
        text = getattr(part, key, None)
        if isinstance(text, str):
            yield from _duration((*path, key.rstrip("_")), text)
    if isinstance(part, ir.JourneyGraph) and part.spread is not None:
        yield from _duration((*path, "spread"), part.spread)
    if isinstance(part, ir.DateMoment):
        yield from _duration((*path, "offset"), part.offset.removeprefix("-"))
    if isinstance(part, ir.DateMoment | ir.Schedule | ir.Quiet | ir.WaitTime | ir.WaitSlot):
        for key in _CLOCKS:
            text = getattr(part, key, None)
            if isinstance(text, str) and not _CLOCK.fullmatch(text):
                yield (*path, key), f"is `{text}`", "write a time of day, such as `09:00`"
    if isinstance(part, ir.Window):
        days: Mapping[Path, str | None] = {("since_date",): part.since_date}
        if part.between_dates is not None:
            days = {("between_dates", index): day for index, day in enumerate(part.between_dates)}
        for where, day in days.items():
            if day is not None and not _is_day(day):
                yield (*path, *where), f"is `{day}`", "write a day, such as `2026-12-01`"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _duration(path: Path, text: str) -> Iterator[Complaint]:
    try:
        parse_duration(text)
    except ValueError:
        yield path, f"is `{text}`", "write a length of time, such as `P3D` or `PT1H`"


def _comparison(path: Path, op: ir.Op, value: ir.TestValue) -> Iterator[Complaint]:
    where = (*path, "value")
    match op:
        case "known" | "unknown":
            if value is not None:
                yield where, f"stands beside `{op}`", "take it out"
        case "one_of" | "not_one_of":
            if not isinstance(value, tuple) or not value:
                yield where, f"is not a list, as `{op}` needs", "write the values as a list"
        case "between":
            if not isinstance(value, tuple) or len(value) != 2:
                yield where, "is not a low and a high value", "write both as a list"
        case (
            "in_next" | "in_last" | "more_than_ago" | "less_than_ago" | "more_than_ahead" | "ago"
            | "ahead"
        ):  # fmt: skip
            if not isinstance(value, str):
                yield where, "is not a length of time", "write one, such as `P3D` or `PT1H`"
            else:
                yield from _duration(where, value)
        case "during" | "during_yearly":
            if value not in _SPANS:
                known = ", ".join(f"`{span}`" for span in _SPANS)
                yield where, "is not a span of the calendar", f"write one of {known}"
        case (
            "is" | "is_not" | "more_than" | "at_least" | "less_than" | "at_most" | "starts_with"
            | "ends_with" | "contains" | "does_not_contain" | "includes" | "does_not_include"
            | "before" | "after"
        ):  # fmt: skip
            if value is None or isinstance(value, tuple):
                yield where, f"is not one value, as `{op}` needs", "write what to compare with"


_SPANS = tuple(span.replace(" ", "_") for span in get_args(ast.CalendarSpan))
