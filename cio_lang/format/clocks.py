"""Times of day in, canonical text out: the clock they are of is named once where it is one."""

from __future__ import annotations

from cio_lang import ast, text


def hours(start: ast.TimeOfDay, joiner: str, end: ast.TimeOfDay) -> str:
    """`21:00 to 08:00 their time`, `21:00 their time to 08:00 workspace time`."""
    first = text.clock(start.time) if start.theirs == end.theirs else text.time_of_day(start)
    return f"{first} {joiner} {text.time_of_day(end)}"


def quiet(written: ast.Quiet) -> str:
    """Quiet hours, of a journey or a policy."""
    return f"quiet from {hours(written.start, 'to', written.end)}"
