"""What a batch of rows says, into the store: inside one transaction, all of it or nothing.

A row that the store does not take is set aside, and the others are stored.  Who has a key is who
they are; who has none is found by their other names, in the store or in the same batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, TypeVar

from cio_lang.importing.facts import Fact, Happened, Known, Same, Who
from cio_lang.importing.lines import Row
from cio_lang.store import Store
from cio_lang.store.encoding import instant, micros
from cio_lang.store.events import EventRow, check_row, derived_uid
from cio_lang.store.identity import Kind
from cio_lang.store.limits import Refused, check_id, check_instant
from cio_lang.store.linking import Link
from cio_lang.store.people_writing import check_person
from cio_lang.store.problems import RowRefused
from cio_lang.store.refusing import put_others

AUTHOR = "import"
"""Who merged people that turned out to be one."""

ReceivedAs = Literal["now", "event time"]
"""When imported events count as received: now (old ones are then history and start no journey), or
when the file says, else at the time they carry, as if they had come in live."""

_LOOKED_UP: tuple[Kind, ...] = ("alias", "anonymous", "email")

_T = TypeVar("_T")


@dataclass(slots=True)
class Outcome:
    """What became of a batch; rows that are not counted here were known already."""

    stored: int = 0
    events: int = 0
    merged: int = 0
    forgotten: int = 0
    rejected: list[tuple[Row, str]] = field(default_factory=list)


class _Said(NamedTuple):
    """A fact, who it is about, and the row that says it."""

    row: Row
    key: str
    fact: Fact


def store_rows(
    store: Store,
    rows: Sequence[tuple[Row, Sequence[Fact]]],
    now: datetime,
    received_as: ReceivedAs,
) -> Outcome:
    """Store what rows say, inside a transaction."""
    outcome = Outcome()
    said = _without_forgotten(store, _resolved(store, rows), outcome)
    at_import = micros(now)
    people = [each for each in said if isinstance(each.fact, Known)]
    links = _links(said, at_import) if any(each.fact.who.names for each in said) else []
    there = store.ids_of({link[0] for link in links}) if links else {}
    new = _put_people(store, people, now, outcome)
    outcome.stored += new
    if links:
        _link(store, [link for link in links if link[0] in there], outcome)
    events = [each for each in said if isinstance(each.fact, Happened)]
    if events:
        outcome.events = _put_events(store, events, at_import, received_as, outcome)
        outcome.stored += outcome.events
    if links:
        _link(store, [link for link in links if link[0] not in there], outcome)
    for each in said:
        if isinstance(each.fact, Same):
            _make_one(store, each, each.fact, outcome)
    outcome.stored += outcome.merged
    return outcome


def check_names(facts: Iterable[Fact]) -> None:
    """Look at what people are called, before anybody is looked up.  Raises `Refused`."""
    for fact in facts:
        who = fact.who
        if who.key is not None:
            check_id(who.key, "key")
        for kind, value in who.names:
            check_id(value, kind, who.key)


def _resolved(store: Store, rows: Sequence[tuple[Row, Sequence[Fact]]]) -> list[_Said]:
    """Who each fact is about."""
    if all(fact.who.key is not None for _, facts in rows for fact in facts):
        return [_Said(row, fact.who.key or "", fact) for row, facts in rows for fact in facts]
    nameless: dict[Kind, set[str]] = {}
    here: dict[tuple[Kind, str], str] = {}
    for _, facts in rows:
        for fact in facts:
            who = fact.who
            if who.key is None:
                for kind, value in who.names:
                    nameless.setdefault(kind, set()).add(value)
            elif who.names:
                for name in who.names:
                    here.setdefault(name, who.key)
    found = {
        kind: store.people_named(kind, nameless[kind]) for kind in _LOOKED_UP if kind in nameless
    }

    def key_of(who: Who) -> str:
        if who.key is not None:
            return who.key
        for kind, value in who.names:
            key = found.get(kind, {}).get(value) or here.get((kind, value))
            if key is not None:
                return key
        return who.first

    return [_Said(row, key_of(fact.who), fact) for row, facts in rows for fact in facts]


def _without_forgotten(store: Store, said: list[_Said], outcome: Outcome) -> list[_Said]:
    names = {each.key for each in said}
    for each in said:
        if isinstance(each.fact, Known):
            email = each.fact.attributes.get("email")
            if isinstance(email, str):
                names.add(email)
    gone = store.forgotten_among(names)
    if not gone:
        return said
    passed = {
        id(each.row)
        for each in said
        if each.key in gone
        or (isinstance(each.fact, Known) and each.fact.attributes.get("email") in gone)
    }
    outcome.forgotten += len(passed)
    return [each for each in said if id(each.row) not in passed]


def _links(said: Iterable[_Said], now: int) -> list[Link]:
    """Names to give: those that somebody was only looked up by are none."""
    return [
        (each.key, kind, value, now if each.fact.at is None else each.fact.at, each.fact.who.before)
        for each in said
        if each.fact.who.names
        for kind, value in each.fact.who.names
        if kind != "email"
    ]


def _link(store: Store, links: Sequence[Link], outcome: Outcome) -> None:
    if links:
        outcome.merged += store.link(links, AUTHOR).merged


def _put_people(store: Store, people: list[_Said], now: datetime, outcome: Outcome) -> int:
    def put(chosen: Sequence[_Said]) -> int:
        return store.put_people(
            [(each.key, fact.attributes, _at(fact, now)) for each, fact in _facts(chosen, Known)]
        )

    def check(each: _Said) -> None:
        assert isinstance(each.fact, Known)
        check_person((each.key, each.fact.attributes, _at(each.fact, now)))

    return _put(people, put, check, outcome)[1] if people else 0


def _at(fact: Known, now: datetime) -> datetime:
    return now if fact.at is None else instant(fact.at)


def _facts(said: Iterable[_Said], kind: type[_T]) -> list[tuple[_Said, _T]]:
    return [(each, each.fact) for each in said if isinstance(each.fact, kind)]


def _put(
    said: list[_Said],
    put: Callable[[Sequence[_Said]], int],
    check: Callable[[_Said], None],
    outcome: Outcome,
) -> tuple[Sequence[_Said], int]:
    """Store all that the store takes; all that a row says, or nothing of it."""

    def set_aside(each: _Said, refused: Refused) -> None:
        outcome.rejected.append((each.row, reason(refused)))

    return put_others(said, put, check, set_aside, lambda each: id(each.row))


def reason(refused: Refused) -> str:
    """Why the store does not take a row."""
    (problem,) = refused.problems
    assert isinstance(problem, RowRefused)
    return problem.fault


def _put_events(
    store: Store, said: list[_Said], now: int, received_as: ReceivedAs, outcome: Outcome
) -> int:
    def encoded(each: _Said, fact: Happened) -> EventRow:
        if received_as == "now":
            received = now
        else:
            received = fact.at if fact.received is None else fact.received
        uid = fact.uid
        if uid is None:
            uid = derived_uid(fact.name, fact.at, fact.properties)
        return each.key, uid, fact.name, fact.at, received, fact.properties

    def put(chosen: Sequence[_Said]) -> int:
        found = _facts(chosen, Happened)
        return store.put_event_rows([encoded(each, fact) for each, fact in found])

    def check(each: _Said) -> None:
        assert isinstance(each.fact, Happened)
        check_row(encoded(each, each.fact))

    kept, stored = _put(_once_each(said, outcome), put, check, outcome)
    if stored < len(kept):
        _reject_contradictions(store, kept, outcome)
    return stored


def _once_each(said: list[_Said], outcome: Outcome) -> list[_Said]:
    """Of the rows of a batch that have one id, the first; one that says otherwise is set aside."""
    first: dict[tuple[str, str], tuple[str, int, str]] = {}
    kept = []
    for each, fact in _facts(said, Happened):
        if fact.uid is not None:
            content = fact.name, fact.at, fact.properties
            known = first.setdefault((each.key, fact.uid), content)
            if known is not content:
                if known != content:
                    outcome.rejected.append((each.row, _otherwise(fact.uid)))
                continue
        kept.append(each)
    return kept


def _reject_contradictions(store: Store, said: Sequence[_Said], outcome: Outcome) -> None:
    """Rows with the id of an event that is stored and says otherwise."""
    named = [(each, fact) for each, fact in _facts(said, Happened) if fact.uid is not None]
    if not named:
        return
    ids = store.ids_of({each.key for each, _ in named})
    known = store.stored_events(
        (ids[each.key], fact.uid) for each, fact in named if fact.uid and each.key in ids
    )
    for each, fact in named:
        stored = known.get((ids.get(each.key, 0), fact.uid or ""))
        if stored is None:
            continue
        name, at, text = stored
        same = text == fact.properties or json.loads(text) == json.loads(fact.properties)
        if (name, at) != (fact.name, fact.at) or not same:
            outcome.rejected.append((each.row, _otherwise(fact.uid or "")))


def _otherwise(uid: str) -> str:
    return f"another row has the id `{uid[:40]}` and says otherwise"


def _make_one(store: Store, each: _Said, same: Same, outcome: Outcome) -> None:
    """Two who are one: the other name leads to the person from now on."""
    try:
        check_id(same.other, "key", each.key)
        check_instant(each.key, same.at)
    except Refused as refused:
        outcome.rejected.append((each.row, reason(refused)))
        return
    if same.other == each.key:
        return
    ids = store.ids_of([each.key, same.other])
    if each.key not in ids:
        outcome.stored += store.put_people([(each.key, {}, instant(same.at))])
    if same.other not in ids:
        # Whoever comes with the other name later is this person.
        store.link([(each.key, "key", same.other, same.at, ())], AUTHOR)
    elif ids[same.other] != ids.get(each.key):
        store.merge(each.key, same.other, instant(same.at), AUTHOR)
        outcome.merged += 1
