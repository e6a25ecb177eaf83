"""Segments follow what a transaction changed, at its end and inside of it.

Only those (person, segment) pairs are looked at that depend on what changed, and of these only
those that it can change: a purchase cannot take anybody out of those who bought.
"""

from __future__ import annotations

from cio_lang.crash import crash_point
from cio_lang.store.database import Database
from cio_lang.store.segments.direction import Push
from cio_lang.store.segments.judging import judged
from cio_lang.store.segments.live import VIEW, Live, Plan, plan_in_force
from cio_lang.store.segments.narrowing import passing
from cio_lang.store.segments.touched import Cause, Touched
from cio_lang.store.segments.writing import Moves, members_among

_NOBODY: frozenset[int] = frozenset()


def follow(database: Database, touched: Touched) -> None:
    """Bring the segments up to what was changed."""
    now = begin(database, touched.now)
    plan = plan_in_force(database)
    asked = _asked(plan, touched)
    people = sorted(set().union(*(who for groups in asked.values() for who, _, _ in groups)))
    if not people:
        return
    members, moves = members_among(database, people), Moves(database, now)
    for live, groups in sorted(asked.items(), key=lambda each: each[0].name):
        within = members.get(live.name, _NOBODY)
        causes: dict[int, Cause] = {}
        for who, way, cause in groups:
            left = who - within if way is Push.IN else who & within if way is Push.OUT else who
            causes.update(dict.fromkeys(left - causes.keys(), cause))
        for cause in sorted(set(causes.values())):
            of_cause = sorted(person for person, why in causes.items() if why == cause)
            verdicts = judged(database, plan, live, of_cause, now)
            moves.judge(live.name, verdicts, within, cause)
    moves.write()
    crash_point("segments-followed")


def begin(database: Database, now: int) -> int:
    """The instant at which to look: `now`, or the one that was looked at already, if later.

    Until the transaction ends, no other one looks: each sees what those before it wrote.
    """
    lock = "" if database.dialect == "sqlite" else " FOR UPDATE"
    rows = database.driver(database.marks(f"SELECT value FROM meta WHERE name = ?{lock}"), (VIEW,))
    before = int(rows[0][0]) if rows else now
    if before < now or not rows:
        database.keep_setting(VIEW, str(now))
    return max(before, now)


_Group = tuple[set[int], Push, Cause]
"""People, what the change can do to whether they are in, what kind of change it was."""


def _asked(plan: Plan, touched: Touched) -> dict[Live, list[_Group]]:
    """The people to look at, by segment."""
    found: dict[Live, list[_Group]] = {}
    for name, done in touched.events.items():
        ahead = touched.ahead.get(name, set())
        everybody = {person for person, _ in done}
        passed: dict[int, set[int]] = {}
        for live in plan.asked_by(name):
            way = plan.push(live, name)
            who, wheres = everybody, plan.wheres(live, name)
            if wheres is not None:
                for where in wheres:
                    if id(where) not in passed:
                        passed[id(where)] = passing(done, where)
                who = set().union(*(passed[id(where)] for where in wheres))
            if way is not Push.NOTHING and who - ahead:
                found.setdefault(live, []).append((who - ahead, way, "event"))
            if ahead and way is not Push.NOTHING:
                found.setdefault(live, []).append((ahead, Push.EITHER, "event"))
    for name, who in touched.attributes.items():
        for live in plan.by_attribute.get(name, ()):
            found.setdefault(live, []).append((who, Push.EITHER, "attribute"))
    for name, who in touched.members.items():
        for live in plan.by_member.get(name, ()):
            found.setdefault(live, []).append((who, Push.EITHER, "hand"))
    for cause in sorted(set(touched.whole.values())):
        who = {person for person, why in touched.whole.items() if why == cause}
        for live in plan.kept:
            found.setdefault(live, []).append((who, Push.EITHER, cause))
    return found
