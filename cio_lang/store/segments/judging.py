"""Who of some people is in a segment, and until when that can stay so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cio_lang.conditions import holds, next_change
from cio_lang.store.database import Database, chunks
from cio_lang.store.encoding import instant, micros
from cio_lang.store.segments.live import Live, Plan
from cio_lang.store.segments.moments import moments

Verdict = tuple[int, bool, int | None]
"""A person, whether they are in, and the next instant at which time alone can change that."""

BATCH = 2_000


def judged(
    database: Database, plan: Plan, live: Live, people: Sequence[int], now: int
) -> Iterator[Verdict]:
    """Each of the people, at `now`; who is not in the store any more is left out."""
    assert live.condition is not None
    for chunk in chunks(people, BATCH):
        for person, moment in moments(database, plan, chunk, live.names, instant(now)):
            until = next_change(live.condition, moment)
            inside = holds(live.condition, moment)
            yield person, inside, None if until is None else micros(until)
