"""What the language means when it runs: the definition, for one person, with no store and no speed.

`tell` takes a person, the graphs in force, all that happens, and says what comes of it up to an
instant.  The engine is held equal to it by tests, and `docs/rules.md` is made of what it tells.
Conditions have their meaning from `cio_lang.conditions`, lengths of time from
`cio_lang.calendar_time`, times of day from `cio_lang.wall_clock`, chance from `cio_lang.draw`.

Read in this order: `story` (what goes in and comes out), `life` (an instant: happenings, entries,
exits), `steps` (a run from step to step), `sending` (a message from made to sent).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from cio_lang import ir
from cio_lang.reference.life import Life
from cio_lang.reference.story import (
    Answer,
    Apply,
    Becomes,
    Consent,
    Decision,
    Did,
    Happening,
    Member,
    Message,
    Person,
    Run,
    Start,
    Story,
    Winner,
)

__all__ = [
    "Answer",
    "Apply",
    "Becomes",
    "Consent",
    "Decision",
    "Did",
    "Happening",
    "Member",
    "Message",
    "Person",
    "Run",
    "Start",
    "Story",
    "Winner",
    "tell",
]


def tell(
    person: Person,
    graphs: Sequence[ir.Graph],
    happenings: Sequence[Happening],
    until: datetime,
    *,
    applied: datetime,
    tz: tzinfo = UTC,
) -> Story:
    """The story of a person up to and with `until`.

    `graphs` come into force at `applied`, before all else at that instant; `tz` is the zone of the
    workspace.  Happenings at one instant come in the order given.
    """
    life = Life(person, tz)
    life.live([Apply(applied, tuple(graphs)), *happenings], until)
    return life.story
