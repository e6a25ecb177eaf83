"""Why somebody is in a segment, or is not: clause by clause, in words, with what was found.

Person and segment in, a tree of clauses out.  The words of a clause are those that the segment is
read back in; beside each stands what was found of the person.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from cio_lang import draw, ir, text
from cio_lang.backends import words
from cio_lang.conditions import Event, Moment, holds, next_change
from cio_lang.conditions.counting import at_of
from cio_lang.conditions.evaluate import ADDRESS, OURS, UNSUBSCRIBED, aggregate, counted
from cio_lang.record import record
from cio_lang.story import moment as written
from cio_lang.story import said

if TYPE_CHECKING:
    from cio_lang.store import Store

__all__ = ["Clause", "Why", "as_data", "explained", "lines", "why"]

_STEPS = 500
"""How many instants are looked at for the next real change."""


@record
class Clause:
    """One clause: what it says, whether it holds, what was found, and the clauses inside."""

    says: str
    holds: bool
    found: str = ""
    parts: tuple[Clause, ...] = ()


@record
class Why:
    """Whether a person is in a segment at `at`, and what makes it so.

    `since`: when they came in, or last went out (None: never).  `until`: the next instant at which
    it is otherwise if nothing else happens (None: it stays so).  `until_at_least`: so far it was
    looked.  `clause` is None where the segment is kept by hand.
    """

    person: str
    segment: str
    title: str
    inside: bool
    at: datetime
    since: datetime | None
    until: datetime | None
    clause: Clause | None


def why(store: Store, segment: str, person: str, now: datetime) -> Why:
    """Why a person is, or is not, in a segment at `now`.

    Raises `UserMistake` for a segment that is not applied and a person who is not known.
    """
    live = store.live.find(segment)
    row = store.the_person(person)
    kept = store.live.membership(live.name, row.id)
    if live.condition is None:
        return Why(row.key, live.name, live.title, kept.inside, now, kept.since, None, None)
    here = store.live.moment(row.id, live, now)
    titles = store.live.titles()
    inside = holds(live.condition, here)
    return Why(
        row.key,
        live.name,
        live.title,
        inside,
        now,
        kept.since if kept.inside is inside else None,
        _until(live.condition, here, inside),
        _clause(live.condition, _Look(here, titles)),
    )


def lines(answer: Why, zone: tzinfo) -> list[str]:
    """The answer in words: the whole in one line, then each clause with what was found."""
    title = text.quoted(answer.title)
    if answer.inside:
        since = "" if answer.since is None else f" since {written(answer.since, zone)}"
        head = f"{answer.person} is in {title}{since}"
    else:
        went = "" if answer.since is None else f"; they left {written(answer.since, zone)}"
        head = f"{answer.person} is not in {title}{went}"
    if answer.clause is None:
        by_hand = "were put into it by hand" if answer.inside else "are not on the list"
        return [f"{head}: it is kept by hand, and they {by_hand}."]
    if answer.until is not None:
        becomes = "they leave on" if answer.inside else "they come in on"
        head += f"; if nothing else happens, {becomes} {written(answer.until, zone)}"
    return [f"{head}.", *_tree(answer.clause, 1)]


def explained(condition: ir.Condition, here: Moment, titles: Mapping[str, str]) -> list[str]:
    """Any condition clause by clause, with what was found; `titles` are those of segments."""
    return list(_tree(_clause(condition, _Look(here, dict(titles))), 1))


def as_data(answer: Why) -> dict[str, Any]:
    """The answer as JSON."""
    return {
        "person": answer.person,
        "segment": answer.segment,
        "title": answer.title,
        "inside": answer.inside,
        "at": answer.at.isoformat(),
        "since": None if answer.since is None else answer.since.isoformat(),
        "until": None if answer.until is None else answer.until.isoformat(),
        "clause": None if answer.clause is None else _data(answer.clause),
    }


def _data(clause: Clause) -> dict[str, Any]:
    found: dict[str, Any] = {"says": clause.says, "holds": clause.holds}
    if clause.found:
        found["found"] = clause.found
    if clause.parts:
        found["parts"] = [_data(part) for part in clause.parts]
    return found


def _tree(clause: Clause, depth: int) -> Iterator[str]:
    mark = "yes" if clause.holds else "no "
    found = f": {clause.found}" if clause.found else ""
    yield f"{'  ' * depth}{mark} {clause.says}{found}"
    for part in clause.parts:
        yield from _tree(part, depth + 1)


def _until(condition: ir.Condition, here: Moment, inside: bool) -> datetime | None:
    """The first instant at which time alone makes it otherwise."""
    at = here
    for _ in range(_STEPS):
        change = next_change(condition, at)
        if change is None:
            return None
        at = replace(at, now=change)
        if holds(condition, at) is not inside:
            return change
    return None


@record
class _Look:
    """A person at an instant, the titles of segments, and the segments that are open."""

    here: Moment
    titles: dict[str, str]
    inside: tuple[str, ...] = ()

    @property
    def zone(self) -> tzinfo:
        return self.here.timezone


def _clause(condition: ir.Condition, look: _Look) -> Clause:
    met = holds(condition, look.here)
    match condition:
        case ir.All():
            parts = tuple(_clause(part, look) for part in condition.all)
            return Clause("all of these", met, parts=parts)
        case ir.Any_():
            parts = tuple(_clause(part, look) for part in condition.any)
            return Clause("at least one of these", met, parts=parts)
        case ir.Not(ir.SegmentTest(segment)):
            part = _segment(segment, look)
            title = text.quoted(look.titles.get(segment, segment))
            return Clause(f"not in segment {title}", met, part.found, part.parts)
        case ir.Not():
            return Clause("not this", met, parts=(_clause(condition.not_, look),))
        case ir.SegmentTest():
            return _segment(condition.segment, look)
        case (
            ir.AttributeTest() | ir.PropertyTest() | ir.EntryTest() | ir.EventTest()
            | ir.AggregateTest() | ir.SequenceTest() | ir.HeldTest() | ir.InactiveTest()
            | ir.SubscribedTest() | ir.ReachTest() | ir.ChurnTest() | ir.LikelyTest()
            | ir.TopTest() | ir.DrawTest()
        ):  # fmt: skip
            return Clause(words.condition(condition), met, _found(condition, look))


def _segment(segment: str, look: _Look) -> Clause:
    met = holds(ir.SegmentTest(segment), look.here)
    says = f"in segment {text.quoted(look.titles.get(segment, segment))}"
    condition = look.here.segments.get(segment)
    if condition is None or segment in look.inside:
        return Clause(says, met, "on the list" if met else "not on the list, which is kept by hand")
    within = _Look(look.here, look.titles, (*look.inside, segment))
    return Clause(says, met, parts=(_clause(condition, within),))


_Leaf = (
    ir.AttributeTest | ir.PropertyTest | ir.EntryTest | ir.EventTest | ir.AggregateTest
    | ir.SequenceTest | ir.HeldTest | ir.InactiveTest | ir.SubscribedTest | ir.ReachTest
    | ir.ChurnTest | ir.LikelyTest | ir.TopTest | ir.DrawTest
)  # fmt: skip


def _found(test: _Leaf, look: _Look) -> str:
    here = look.here
    match test:
        case ir.AttributeTest():
            return _attribute(test.attribute, look)
        case ir.HeldTest():
            since = here.changed.get(test.attribute)
            known = _attribute(test.attribute, look)
            return known if since is None else f"{known}, since {written(since, look.zone)}"
        case ir.EventTest():
            return _event(test, look)
        case ir.AggregateTest():
            made = aggregate(test, here, ())
            events = list(counted(test.of.event, test.of.where, test.of.window, here, ()))
            of = f"of {_times(len(events), 'event')}{_last(events, look)}"
            return f"there is none, {of}" if made is None else f"it is {said(made)}, {of}"
        case ir.SequenceTest():
            return _sequence(test, look)
        case ir.InactiveTest():
            theirs = [event for event in _past(here) if not event.name.startswith(OURS)]
            known = f"known since {written(here.known_since, look.zone)}"
            if not theirs:
                return f"{known}, and never did anything"
            return f"{known}, last did {theirs[-1].name} {written(theirs[-1].at, look.zone)}"
        case ir.SubscribedTest():
            return _attribute(UNSUBSCRIBED, look)
        case ir.ReachTest():
            address = ADDRESS[test.can_receive]
            wanted = _attribute(UNSUBSCRIBED, look)
            if address is None:
                return f"no address for it is kept; {wanted}"
            return f"{_attribute(address, look)}; {wanted}"
        case ir.DrawTest():
            if here.lot is None:
                return "not in the draw"
            return f"drawn at {100 * draw.place(test.draw, here.lot) / draw.LOTS:.2f}%"
        case ir.ChurnTest() | ir.LikelyTest() | ir.TopTest():
            return "there is no prediction"
        case ir.PropertyTest() | ir.EntryTest():
            return "there is no such event here"


def _attribute(name: str, look: _Look) -> str:
    value = look.here.attributes.get(name)
    return f"{name} is not known" if value is None else f"{name} is {said(value)}"


def _past(here: Moment) -> Sequence[Event]:
    return here.events[: bisect_right(here.events, here.now, key=at_of)]


def _event(test: ir.EventTest, look: _Look) -> str:
    here = look.here
    events = list(counted(test.event, test.where, test.window, here, ()))
    if events:
        return f"{_times(len(events), 'time')}{_last(events, look)}"
    ever = [event for event in _past(here) if event.name == test.event]
    if not ever:
        return "never"
    such = [event for event in ever if test.where is None or _passes(test, event, here)]
    other = "the last" if such else "the last of any kind"
    return f"not once; {other} was {written((such or ever)[-1].at, look.zone)}"


def _passes(test: ir.EventTest, event: Event, here: Moment) -> bool:
    alone = replace(here, events=(event,), now=max(here.now, event.at + timedelta(microseconds=1)))
    return any(True for _ in counted(test.event, test.where, None, alone, ()))


def _sequence(test: ir.SequenceTest, look: _Look) -> str:
    here = look.here
    firsts = list(counted(test.first.event, test.first.where, None, here, ()))
    if not firsts:
        return f"never did {test.first.event}"
    seconds = list(counted(test.then.event, test.then.where, None, here, ()))
    first = firsts[-1]
    found = f"did {test.first.event}{_last(firsts, look)}"
    after = [event for event in seconds if event.at > first.at]
    if after:
        return f"{found}, and {test.then.event} {written(after[0].at, look.zone)}"
    return f"{found}, and no {test.then.event} since"


def _times(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _last(events: Sequence[Event], look: _Look) -> str:
    return f", the last {written(events[-1].at, look.zone)}" if events else ""
