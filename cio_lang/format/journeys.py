"""Journeys, their parts and steps in, canonical text out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from cio_lang import ast, text
from cio_lang.format.blocks import opened
from cio_lang.format.clocks import hours, quiet
from cio_lang.format.conditions import condition, where_all, where_one
from cio_lang.format.layout import indented, laid_out
from cio_lang.format.names import AFTER_UNTIL
from cio_lang.steps import kind_of

_DAY = frozenset({"day"})
"""`on day 1 of every month`: a date named like that is quoted behind `on`."""


def journey(written: ast.Journey) -> list[str]:
    """The rows of a journey: English, parts, an empty line, steps."""
    head: list[str] = []
    for line, around in zip_longest(written.english, written.lines[: len(written.english)]):
        head += laid_out(around or ast.NO_TRIVIA, f"> {line}".rstrip(), [], first=True)
    for index, line in enumerate(written.parts):
        row, below = _part(line)
        head += laid_out(line.trivia, row, below, first=not (index or head))
    body = steps(written.steps)
    if head and body:
        body = ["", *body]
    row = f"journey {text.quoted(written.title.text)}"
    return laid_out(written.trivia, row, head + body, first=True)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────


def part(written: ast.Part) -> str:
    """A line above the steps, with the conditions below it where it opens a block."""
    row, below = _part(written)
    return "\n".join([row, *indented(below)])


def _part(written: ast.Part) -> tuple[str, list[str]]:
    match written:
        case ast.OnMatch():
            row, below = opened(written.condition)
            comma = "," if below else ""
            existing = f"{comma} including people who match already" if written.existing else ""
            return f"when someone matches {row}{existing}", below
        case ast.OnlyWhere():
            row, below = opened(written.condition)
            return f"only people where {row}", below
        case ast.LeaveWhere():
            row, below = opened(written.condition)
            return f"leave when {row}", below
        case ast.OnDate():
            yearly = " every year" if written.yearly else ""
            row = f"{_date(written)}{yearly} at {text.time_of_day(written.at)}"
            return (row, []) if written.audience is None else _for_people(row, written.audience)
        case ast.OnSchedule():
            day = written.every
            every = f"on day {day} of every month" if isinstance(day, int) else f"every {day}"
            row = f"{every} at {text.time_of_day(written.at)}"
            return _for_people(row, written.audience)
        case ast.OnceFor():
            return _for_people("once", written.audience)
        case ast.OnEvent():
            where = where_all(written.where)
            return f"when someone does {text.name(written.event)}{where}", []
        case ast.OnSegment():
            return f"when someone {written.verb} segment {text.quoted(written.segment.text)}", []
        case ast.OnStart():
            return "when started", []
        case ast.LeaveOnEvent():
            return f"leave when they do {text.name(written.event)}{where_all(written.where)}", []
        case ast.LeaveWhenUnmatched():
            return "leave when they no longer match", []
        case ast.Goal():
            within = "" if written.within is None else f" within {text.duration(written.within)}"
            leave = " then leave" if written.then_leave else ""
            where = where_all(written.where)
            return f"goal {text.name(written.event)}{where}{within}{leave}", []
        case ast.Once():
            return "once ever", []
        case ast.EveryTime():
            return "every time", []
        case ast.AgainAfter():
            return f"again after {text.duration(written.duration)}", []
        case ast.Key():
            return f"key {text.name(written.property)}", []
        case ast.TopicOf():
            return f"topic {text.quoted(written.topic.text)}", []
        case ast.Quiet():
            return quiet(written), []
        case ast.Priority():
            return f"priority {written.level}", []
        case ast.ExemptFromCaps():
            return "exempt from caps", []
        case ast.SpreadOver():
            return f"send over {text.duration(written.duration)}", []


def _date(written: ast.OnDate | ast.AtDate) -> str:
    """A date, and how far from it; without an offset there is no side of it."""
    if written.offset is None:
        return f"on {text.name(written.attribute, _DAY)}"
    side = "after" if written.side == "on" else written.side
    return f"{text.duration(written.offset)} {side} {text.name(written.attribute)}"


def _for_people(start: str, audience: ast.Condition) -> tuple[str, list[str]]:
    row, below = opened(audience)
    return f"{start} for people where {row}", below


# ── steps ────────────────────────────────────────────────────────────────────────────────────────


def steps(written: Iterable[ast.Step]) -> list[str]:
    """The rows of steps on one level, the first without an empty line above."""
    rows: list[str] = []
    for one in written:
        rows += _step(one, first=not rows)
    return rows


def step(written: ast.Step) -> str:
    """One step with all that is below it."""
    return "\n".join(_step(written, first=True))


def _step(written: ast.Step, *, first: bool) -> list[str]:
    below: list[str]
    match written:
        case ast.If():
            return _branches(written, first=first)
        case ast.Wait():
            row, below = f"wait {text.duration(written.duration)}", []
        case ast.WaitUntilMoment():
            row, below = f"wait until {_moment(written.moment)}", []
        case ast.WaitUntil():
            row, below = f"wait until {_awaited(written)}", steps(written.met)
        case ast.Split():
            row, below = "split", _lines(written.shares)
        case ast.Experiment():
            title, goal = text.quoted(written.title.text), text.name(written.goal)
            marks = [line for line in (written.hold_out, written.pick) if line is not None]
            row, below = f"experiment {title} on {goal}", _lines((*marks, *written.shares))
        case ast.Repeat():
            until = "" if written.until is None else f" until {condition(written.until)}"
            times = f"{written.times} time{'' if written.times == 1 else 's'}"
            row, below = f"repeat up to {times}{until}", steps(written.steps)
        case ast.Ask():
            who = text.quoted(written.who.value)
            row, below = f"ask {who} to approve{_at_most(written.at_most)}", []
        case ast.Collect():
            row, below = f"collect for {text.duration(written.duration)}", []
        case ast.Throttle():
            row, below = f"at most {written.times} per {written.per}", []
        case ast.Leave():
            row, below = "leave", []
        case ast.Leaf():
            row, below = kind_of(written).format(written), []
    rows = laid_out(written.trivia, row, below, first=first)
    if isinstance(written, ast.WaitUntil | ast.WaitUntilMoment | ast.Ask):
        rows += _otherwise(written.otherwise)
    return rows


def _branches(written: ast.If, *, first: bool) -> list[str]:
    rows: list[str] = []
    for index, arm in enumerate(written.arms):
        row = f"{'otherwise ' if index else ''}if {condition(arm.condition)}"
        rows += laid_out(arm.trivia, row, steps(arm.steps), first=first and not index)
    return rows + _otherwise(written.otherwise)


def _otherwise(written: ast.Otherwise | None) -> list[str]:
    if written is None:
        return []
    return laid_out(written.trivia, "otherwise", steps(written.steps))


def _lines(written: Sequence[ast.Share | ast.HoldOut | ast.PickWinner]) -> list[str]:
    """The lines below `split` and `experiment`."""
    rows: list[str] = []
    for line in written:
        match line:
            case ast.Share():
                row = f"{text.percent(line.percent)} {text.quoted(line.label.value)}"
                below = steps(line.steps)
            case ast.HoldOut():
                row, below = f"hold out {text.percent(line.percent)}", []
            case ast.PickWinner():
                row, below = f"pick the winner at {text.percent(line.confidence)}", []
        rows += laid_out(line.trivia, row, below, first=not rows)
    return rows


def _moment(written: ast.AtTime | ast.AtDate | ast.InSlot) -> str:
    match written:
        case ast.AtTime():
            day = "" if written.weekday is None else f"{written.weekday} "
            return f"{day}{text.time_of_day(written.at)}"
        case ast.AtDate():
            at = "" if written.at is None else f" at {text.time_of_day(written.at)}"
            if written.offset is None:
                return f"{text.name(written.attribute, AFTER_UNTIL)}{at}"
            return f"{_date(written)}{at}"
        case ast.InSlot():
            weekdays = " on weekdays" if written.weekdays else ""
            return f"between {hours(written.start, 'and', written.end)}{weekdays}"


def _awaited(written: ast.WaitUntil) -> str:
    """What is waited for; beside events, an `and` needs parentheses."""
    ways = [
        f"they do {text.name(pattern.event)}{where_one(pattern.where)}"
        for pattern in written.events
    ]
    if written.condition is not None:
        inner = condition(written.condition)
        both = isinstance(written.condition, ast.And) and ways
        ways.insert(0, f"({inner})" if both else inner)
    return f"{' or '.join(ways)}{_at_most(written.at_most)}"


def _at_most(written: ast.Duration | None) -> str:
    return "" if written is None else f", up to {text.duration(written)}"
