"""Times of day, dates and spans of time of a journey."""

from __future__ import annotations

from typing import Literal

from cio_lang import ast, ir, text
from cio_lang.calendar_time import iso


def zone(written: ast.TimeOfDay) -> ir.Zone:
    """Whose clock is meant."""
    return "person" if written.theirs else "workspace"


def clock(written: ast.TimeOfDay) -> ir.Clock:
    """`09:00`."""
    return text.clock(written.time)


def date_moment(
    side: Literal["before", "after", "on"],
    attribute: ast.Name,
    offset: ast.Duration | None,
    at: ast.TimeOfDay | None,
    *,
    yearly: bool = False,
) -> ir.DateMoment:
    """`3 days before trial_ends_at at 09:00 their time`."""
    length = "P0D" if offset is None else iso(offset)
    return ir.DateMoment(
        attribute.text,
        offset=f"-{length}" if side == "before" and offset is not None else length,
        at=None if at is None else clock(at),
        zone="person" if at is None else zone(at),
        yearly=yearly,
    )


def quiet(written: ast.Quiet) -> ir.Quiet:
    """Hours without messages; whose clock, its start says."""
    return ir.Quiet(clock(written.start), clock(written.end), zone(written.start))


def wait_of(
    moment: ast.AtTime | ast.AtDate | ast.InSlot,
) -> ir.WaitTime | ir.WaitDate | ir.WaitSlot:
    """What `wait until …` waits for."""
    match moment:
        case ast.AtTime():
            weekday = None if moment.weekday is None else moment.weekday.lower()
            return ir.WaitTime(clock(moment.at), weekday, zone(moment.at))
        case ast.AtDate():
            date = date_moment(moment.side, moment.attribute, moment.offset, moment.at)
            return ir.WaitDate(date)
        case ast.InSlot():
            start, end = clock(moment.start), clock(moment.end)
            return ir.WaitSlot(start, end, moment.weekdays, zone(moment.start))
