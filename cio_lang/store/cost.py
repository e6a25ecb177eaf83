"""What asking a condition of everybody takes: an estimate from the tables, before it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cio_lang import ir
from cio_lang.calendar_time import earlier
from cio_lang.conditions import names
from cio_lang.conditions.reach import reach
from cio_lang.record import record
from cio_lang.store.database import Database
from cio_lang.store.encoding import micros

COUNTED = 200_000
"""Up to so many events of a name are counted; of more, the rest is estimated by their times."""

PEOPLE_A_SECOND = 1_500_000
EVENTS_A_SECOND = 2_500_000
"""How fast rows are looked at on one core of a small machine."""


@record
class Cost:
    """How many rows of people and events are looked at, and about how long that takes."""

    people: int
    events: int
    seconds: float

    def __str__(self) -> str:
        """In words."""
        events = f" and {self.events:,} events" if self.events else ""
        took = "under a tenth of a second"
        if self.seconds >= 0.1:
            took = f"about {self.seconds:,.1f} seconds"
        return f"looks at {self.people:,} people{events}: {took}"


def cost_where(
    database: Database,
    condition: ir.Condition,
    now: datetime,
    segments: Mapping[str, ir.Condition],
) -> Cost:
    """The cost of asking `condition` of everybody at `now`; never more than some milliseconds."""
    everybody = int(database.driver("SELECT coalesce(max(id), 0) FROM people")[0][0])
    asked = names(condition, segments)
    origin = ir.Origin("", "sha256:" + "0" * 64)
    graphs: list[ir.Graph] = [ir.SegmentGraph(1, "segment", "asked", "asked", origin, condition)]
    graphs += [
        ir.SegmentGraph(1, "segment", name, name, origin, where)
        for name, where in segments.items()
        if f"segment='{name}'" in repr(condition)
    ]
    back = reach(graphs)
    looked_at = 0
    for event in asked.events:
        far = back.of(event)
        since = None if far is None else micros(earlier(now, far))
        looked_at += _events(database, event, since)
    if asked.any_event:
        looked_at += _every_event(database)
    seconds = everybody / PEOPLE_A_SECOND + looked_at / EVENTS_A_SECOND
    return Cost(everybody, looked_at, seconds)


def _events(database: Database, name: str, since: int | None) -> int:
    """About how many events of a name there are, from an instant on."""
    window = "" if since is None else " AND at > ?"
    sql = (
        "SELECT count(*), min(at) FROM"
        f" (SELECT at FROM events WHERE name = ?{window}"
        f" ORDER BY at DESC LIMIT {COUNTED}) AS newest"
    )
    given = (name,) if since is None else (name, since)
    count, oldest = database.driver(database.marks(sql), given)[0]
    if count < COUNTED:
        return int(count)
    ends = "SELECT min(at), max(at) FROM events WHERE name = ?"
    first, last = database.driver(database.marks(ends), (name,))[0]
    whole = int(last) - max(int(first), since if since is not None else int(first))
    return round(int(count) * max(1.0, whole / max(1, int(last) - int(oldest))))


def _every_event(database: Database) -> int:
    return int(database.driver("SELECT coalesce(max(id), 0) FROM events")[0][0])
