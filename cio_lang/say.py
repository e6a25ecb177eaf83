"""One-line statements: read, checked and carried out on a store.

`read` turns a line into a statement, `carry_out` does or answers it.  The clock is an argument.
Everything that is done is read back in words; asking changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from cio_lang import ast, calendar_time, draw, ir
from cio_lang import format as layout
from cio_lang import text as canonical
from cio_lang.backends import words
from cio_lang.backends.titles import Titles, titled
from cio_lang.check import check_statement
from cio_lang.conditions import Event, Moment, holds
from cio_lang.grammar import parse_statement
from cio_lang.lower import condition as lower_condition
from cio_lang.mistake import UserMistake
from cio_lang.problem import Problem, Report
from cio_lang.query import people_where
from cio_lang.record import record
from cio_lang.schema import Schema, slug
from cio_lang.source import Source
from cio_lang.store import Store
from cio_lang.store.state import NewEvent, PersonRow, Run
from cio_lang.story import moment, said
from cio_lang.values import scalar
from cio_lang.why_not import why_not

__all__ = ["Answer", "Newcomer", "carry_out", "newcomer", "read"]

_SHOWN = 10


@record
class Answer:
    """What a statement came to: lines to read back, and the same as data."""

    statement: str
    lines: tuple[str, ...]
    data: Mapping[str, Any] = field(default_factory=dict)


@record
class Newcomer:
    """A person that a statement would add, and who of those known may have been meant."""

    person: str
    similar: tuple[str, ...]


@record(kw_only=True)
class StatementForLater(Problem):
    """A statement that cio understands and that this version does not carry out yet.

    Nothing was done.
    """

    code = "statement-for-later"
    verb: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.verb} …` is understood, and not carried out yet.",
            "This version of cio can record facts, show people, count them and tell why.",
            "ask with `show`, `count people` or `people where`; nothing was done",
        )


@record
class _Call:
    store: Store
    schema: Schema
    zone: tzinfo
    now: datetime
    dry_run: bool


def read(source: Source, schema: Schema) -> tuple[ast.Statement | None, tuple[Problem, ...]]:
    """The statement of a line, and what is wrong with it; None where an error is."""
    statement, problems = parse_statement(source)
    if statement is None:
        return None, problems
    problems = (*problems, *check_statement(statement, schema))
    if not problems and isinstance(statement, _ForLater):
        problems = (_later(statement),)
    failed = any(problem.severity == "error" for problem in problems)
    return None if failed else statement, problems


def newcomer(statement: ast.Statement, store: Store) -> Newcomer | None:
    """Who would be added if the statement were carried out, or None."""
    if not isinstance(statement, ast.Fact | ast.SetFact):
        return None
    ref = statement.person
    if store.find_person(ref.text, ref.span) is not None:
        return None
    return Newcomer(ref.text, tuple(store.similar_people(ref.text)))


def carry_out(
    statement: ast.Statement,
    store: Store,
    schema: Schema,
    zone: tzinfo,
    now: datetime,
    *,
    dry_run: bool = False,
) -> Answer:
    """Do what a statement says, or answer it.  `dry_run` reads back and changes nothing.

    Raises `UserMistake` for a person who is asked about and not known, or for a store that fails.
    """
    if isinstance(statement, _ForLater):
        raise UserMistake(_later(statement))
    call = _Call(store, schema, zone, now, dry_run)
    match statement:
        case ast.Fact():
            lines, data = _fact(statement, call)
        case ast.SetFact():
            lines, data = _set(statement, call)
        case ast.Show():
            lines, data = _show(statement, call)
        case ast.ShowActivity():
            lines, data = _activity(statement, call)
        case ast.CountPeople():
            lines, data = _count(statement, call)
        case ast.PeopleWhere():
            lines, data = _people(statement, call)
        case ast.Forget():
            lines, data = _forget(statement, call)
        case ast.WhyNot():
            lines, data = _why_not(statement, call)
    written = layout.statement(statement)
    return Answer(written, tuple(lines), {"statement": written, **data})


_ForLater = (
    ast.SendTo
    | ast.StartFor
    | ast.Preview
    | ast.Write
    | ast.Suggest
    | ast.Predict
    | ast.BestTime
    | ast.CompareSubjects
    | ast.Improve
)
"""What is understood and not carried out yet, which is known without any store."""


def _later(statement: _ForLater) -> StatementForLater:
    verb = layout.statement(statement).split()[0]
    return StatementForLater(span=statement.span, verb=verb)


_Result = tuple[list[str], dict[str, Any]]


def _fact(fact: ast.Fact, call: _Call) -> _Result:
    known = call.store.find_person(fact.person.text, fact.person.span)
    key = fact.person.text if known is None else known.key
    properties = {name.text: _stored(scalar(value)) for name, value in fact.properties}
    with nullcontext() if call.dry_run else call.store.transaction():
        lines = _welcome(fact.person.text, known, call)
        if not call.dry_run:
            event = NewEvent(key, fact.event.text, call.now, properties, received_at=call.now)
            call.store.put_events([event])
    told = ", ".join(f"{name} {said(value)}" for name, value in properties.items())
    verb = "Would record" if call.dry_run else "Recorded"
    lines.append(
        f"{verb}: {key} did {fact.event.text}"
        + (f" with {told}" if told else "")
        + f" at {moment(call.now, call.zone)}."
    )
    return lines, {
        "did": "event",
        "person": key,
        "new": known is None,
        "event": fact.event.text,
        "properties": properties,
        "at": call.now.isoformat(),
        "dry_run": call.dry_run,
    }


def _set(fact: ast.SetFact, call: _Call) -> _Result:
    known = call.store.find_person(fact.person.text, fact.person.span)
    key = fact.person.text if known is None else known.key
    name, value = fact.attribute.text, _stored(scalar(fact.value))
    before = None if known is None else known.attributes.get(name)
    with nullcontext() if call.dry_run else call.store.transaction():
        lines = _welcome(fact.person.text, known, call)
        if not call.dry_run:
            call.store.put_person(key, {name: value}, call.now)
    was = "it was not known" if before is None else f"it was {said(before)}"
    verb = "would be" if call.dry_run else "is now"
    lines.append(f"{name} of {key} {verb} {said(value)} ({was}).")
    lines += _claimed(name, key, call)
    return lines, {
        "did": "set",
        "person": key,
        "new": known is None,
        "attribute": name,
        "before": before,
        "value": value,
        "dry_run": call.dry_run,
    }


def _claimed(name: str, key: str, call: _Call) -> list[str]:
    """That the email or phone number is another's already."""
    if call.dry_run or name not in ("email", "phone"):
        return []
    owners = [
        each.owner for each in call.store.conflicts() if each.kind == name and each.claimant == key
    ]
    return [
        f"{owner} has the same {name}; `cio conflicts` lists who claims what." for owner in owners
    ]


def _welcome(ref: str, known: PersonRow | None, call: _Call) -> list[str]:
    """Add a person who is not known, and say so."""
    if known is not None:
        return []
    attributes = {"email": ref} if _is_email(ref) else {}
    if not call.dry_run:
        call.store.put_person(ref, attributes, call.now)
    similar = call.store.similar_people(ref)
    meant = f" (similar: {', '.join(name for name in similar if name != ref)})"
    others = [name for name in similar if name != ref]
    verb = "would be new" if call.dry_run else "is new"
    return [f"{ref} {verb}{meant if others else ''}."]


def _forget(forget: ast.Forget, call: _Call) -> _Result:
    person = call.store.the_person(forget.person.text, forget.person.span)
    rows: dict[str, int] = {}
    if not call.dry_run:
        rows = call.store.forget(forget.person.text, call.now, forget.person.span).rows
    verb = "Would forget" if call.dry_run else "Forgot"
    line = f"{verb}: {person.key}, and all that is stored of them."
    return [line], {"did": "forget", "person": person.key, "rows": rows, "dry_run": call.dry_run}


def _show(show: ast.Show, call: _Call) -> _Result:
    person = call.store.the_person(show.person.text, show.person.span)
    (state,) = call.store.load_batch([person.id])
    titles = {each.graph.name: each.graph.title for each in call.store.journeys()}
    segments = call.store.segments()
    here = Moment(
        attributes=person.attributes,
        events=state.events,
        now=call.now,
        timezone=calendar_time.zone(person.attributes.get("timezone"), call.zone),
        known_since=person.created_at,
        segments=segments,
        changed=person.changed,
        members=frozenset(state.members),
        lot=draw.lot(person.key),
    )
    within = [name for name, condition in segments.items() if holds(condition, here)]
    within = sorted({*within, *state.members})
    lines = [f"{person.key}, known since {moment(person.created_at, call.zone)}"]
    lines += [f"  {name}: {said(value)}" for name, value in sorted(person.attributes.items())]
    named = {name: _title(name, call.schema) for name in within}
    lines.append(f"segments: {', '.join(named.values()) or 'none'}")
    runs = sorted(state.runs, key=lambda run: (run.entered_at, run.id))
    lines += [f"journey {_run(run, titles, call.zone)}" for run in runs] or ["journeys: none"]
    events = [event for event in state.events if event.at <= call.now]
    if events:
        lines.append(
            f"{len(events)} event{'s' if len(events) > 1 else ''}, "
            f"the last: {events[-1].name} at {moment(events[-1].at, call.zone)}"
        )
    return lines, {
        "person": person.key,
        "known_since": person.created_at.isoformat(),
        "attributes": person.attributes,
        "segments": within,
        "journeys": [_run_data(run) for run in runs],
        "events": len(events),
    }


def _why_not(asked: ast.WhyNot, call: _Call) -> _Result:
    person, journey = asked.person, asked.journey.text
    found = why_not(call.store, journey, person.text, call.now, call.zone, person.span)
    return list(found.lines), found.data()


def _activity(show: ast.ShowActivity, call: _Call) -> _Result:
    person = call.store.the_person(show.person.text, show.person.span)
    zone = calendar_time.zone(person.attributes.get("timezone"), call.zone)
    found = [event for event in call.store.events(person.id) if event.at <= call.now]
    if show.window is not None:
        found = [event for event in found if _inside(event, show.window, call.now, zone)]
    lines = [
        f"{moment(event.at, call.zone)}  {event.name}"
        + "".join(f"  {name} {said(value)}" for name, value in sorted(event.properties.items()))
        for event in found
    ]
    times = f"{len(found)} event{'' if len(found) == 1 else 's'}"
    lines.append(f"{person.key} did {times}." if found else f"{person.key} did nothing then.")
    return lines, {
        "person": person.key,
        "events": [
            {
                "event": event.name,
                "at": event.at.isoformat(),
                "properties": dict(event.properties),
                "id": event.id,
            }
            for event in found
        ],
    }


def _count(count: ast.CountPeople, call: _Call) -> _Result:
    everyone = call.store.people_count()
    if count.condition is None:
        return [f"{_counted(everyone)}."], {"count": everyone, "of": everyone}
    condition = lower_condition(count.condition, call.schema)
    found = call.store.count_where(condition, call.now, call.zone)
    whom = words.people(titled(condition, Titles.of_schema(call.schema)))
    lines = [f"{found} of {everyone}: {whom}."]
    return lines, {"count": found, "of": everyone}


def _people(people: ast.PeopleWhere, call: _Call) -> _Result:
    query = people_where(
        call.store, lower_condition(people.condition, call.schema), call.now, call.zone
    )
    if call.dry_run:
        cost = query.cost()
        return [f"Would look for {query}.", f"It {cost}."], {
            "cost": {"people": cost.people, "events": cost.events, "seconds": cost.seconds}
        }
    first, count, whom = query.preview(_SHOWN), query.count(), str(query)
    lines = [f"{count} {'person' + whom.removeprefix('people') if count == 1 else whom}."]
    lines += [f"  {_in_short(person)}" for person in first]
    if count > len(first):
        lines.append(f"  … and {count - len(first)} more")
    return lines, {
        "count": count,
        "people": [{"person": each.key, "attributes": each.attributes} for each in first],
    }


def _inside(event: Event, window: ast.Window, now: datetime, zone: tzinfo) -> bool:
    match window:
        case ast.Last():
            return now - _length(window.duration) < event.at <= now
        case ast.BetweenAgo():
            far, near = (ast.Duration(n, window.unit) for n in (window.far, window.near))
            return now - _length(far) <= event.at < now - _length(near)
        case ast.Calendar():
            start, end = calendar_time.calendar_window(_WORDS[window.word], now, zone)
            return start <= event.at < end
        case ast.SinceDate():
            return calendar_time.start_of_day(window.date.value, zone) <= event.at
        case ast.BetweenDates():
            end = calendar_time.start_of_day(window.last.value + timedelta(days=1), zone)
            return calendar_time.start_of_day(window.first.value, zone) <= event.at < end
        case ast.SinceEntering():
            return True


_WORDS: Mapping[str, ir.CalendarWord] = {
    "today": "today",
    "yesterday": "yesterday",
    "this week": "this_week",
    "last week": "last_week",
    "this month": "this_month",
    "last month": "last_month",
    "this year": "this_year",
    "last year": "last_year",
}


def _length(duration: ast.Duration) -> timedelta:
    return calendar_time.exact(calendar_time.parse_duration(calendar_time.iso(duration)))


def _run(run: Run, titles: Mapping[str, str], zone: tzinfo) -> str:
    name = canonical.quoted(titles.get(run.journey, run.journey))
    since = f"{name}: entered {moment(run.entered_at, zone)}"
    if run.status == "live":
        until = "" if run.due is None else f", until {moment(run.due, zone)}"
        return f"{since}, at {run.node}{until}"
    ended = "" if run.finished_at is None else f" {moment(run.finished_at, zone)}"
    return f"{since}, left{ended} ({run.reason})"


def _run_data(run: Run) -> dict[str, Any]:
    return {
        "journey": run.journey,
        "entered_at": run.entered_at.isoformat(),
        "status": run.status,
        "node": run.node,
        "due": None if run.due is None else run.due.isoformat(),
        "reason": run.reason,
        "goal_at": None if run.goal_at is None else run.goal_at.isoformat(),
    }


def _title(name: str, schema: Schema) -> str:
    return next((title for title in schema.segments if slug(title) == name), name)


def _in_short(person: PersonRow) -> str:
    shown = [f"{name} {said(value)}" for name, value in sorted(person.attributes.items())[:4]]
    return f"{person.key}  {', '.join(shown)}".rstrip()


def _counted(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _stored(value: ir.Scalar) -> Any:
    if isinstance(value, ir.Money):
        return {"amount": value.amount, "currency": value.currency}
    return value


def _is_email(ref: str) -> bool:
    name, _, host = ref.partition("@")
    return bool(name) and "." in host and "@" not in host and not ref.count(" ")
