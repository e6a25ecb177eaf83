"""Who enters, and who leaves at once: what must hold to enter in, problems out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cio_lang import ast
from cio_lang.check import contradictions
from cio_lang.check.exclusion import Literal, Together, conjuncts, exclude, literals
from cio_lang.check.scope import ITEMS
from cio_lang.check.wording import words
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema

_AT_ENTRY = ast.Last(ast.Duration(73, "hour"))
"""When the event happened at the earliest, seen from entering: with 72 hours it is history."""


@record(kw_only=True)
class NobodyEnters(Problem):
    """`only people where` leaves out everybody who does what starts the journey.

    The event that starts a journey has happened when `only people where` is asked, so nobody "never
    did" it then.  Who does it for the first time `did … exactly 1 time`.
    """

    code = "nobody-enters"
    event: str
    written: str
    instead: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "Nobody enters this journey.",
            f"It starts when they do `{self.event}`, which has happened by the time that "
            f"`{self.written}` is asked.",
            "change this condition, or take it out"
            if self.instead is None
            else f"write `{self.instead}`, for those who do it for the first time",
        )


@record(kw_only=True)
class LeavesAtOnce(Problem):
    """`leave when …` holds for everybody at the very moment they enter.

    Conditions look at all of history: an event that starts a journey has happened by then.  `since
    entering` leaves it out, and `leave when they do …` waits for the next one.
    """

    code = "leaves-at-once"
    written: str
    event: str | None
    """The event that starts the journey, where the condition is about that one."""

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "Everybody leaves this journey as soon as they enter.",
            f"Whoever enters meets `{self.written}` already, so nobody ever gets to a step.",
            "change this condition, or take the line out"
            if self.event is None
            else f"write `leave when they do {self.event}`, for the next time that they do it",
        )


def check(entry: ast.OnEvent, only: ast.Condition, schema: Schema) -> Iterator[Problem]:
    """The event and the line must hold together; both are without problems of their own."""
    happened, *carried = _happened(entry)
    for literal in literals(only):
        together = Together(schema)
        together.add(Literal(happened))
        if together.add(literal) is not None and Together(schema).add(literal) is None:
            yield NobodyEnters(
                span=literal.place.span,
                event=entry.event.text,
                written=words(literal.place),
                instead=_first_time(literal),
            )
            return
    if carried:
        yield from contradictions.check(ast.And((*carried, only)), schema)


def leaving(
    entry: ast.Entry, meets: Sequence[ast.Condition], exit_: ast.LeaveWhere, schema: Schema
) -> Iterator[LeavesAtOnce]:
    """Somebody has to be able to stay.  `meets` holds for whoever enters, and `exit_` is sound."""
    entered = [*meets, *(_happened(entry) if isinstance(entry, ast.OnEvent) else ())]
    asked = exit_.condition
    stays = ast.Not(asked)
    if exclude(*entered, schema=schema) or exclude(stays, schema=schema):
        return
    if exclude(*entered, stays, schema=schema):
        own = entry.event if isinstance(entry, ast.OnEvent) else None
        again = own is not None and isinstance(asked, ast.Did) and asked.event == own
        event = own.text if own is not None and again else None
        yield LeavesAtOnce(span=asked.span, written=words(asked), event=event)


def carried(journey: ast.Journey) -> Iterator[Literal]:
    """What is so of the event that has started a run, for as long as the run lasts."""
    entry = next((part for part in journey.parts if isinstance(part, ast.Entry)), None)
    if not isinstance(entry, ast.OnEvent):
        return
    _, *asked = _happened(entry)
    for part in journey.parts:
        if isinstance(part, ast.OnlyWhere):
            asked += [each.condition for each in conjuncts(part.condition) if each.holding]
    for each in asked:
        if _keeps(each):
            yield Literal(each)


def _keeps(asked: ast.Condition) -> bool:
    """Whether a condition is about the event alone, and no length of time.

    Below `collect`, `event.items` is another thing by the same name.
    """
    return (
        isinstance(asked, ast.Comparison)
        and isinstance(asked.subject, ast.EntryProperty)
        and asked.subject.name.text != ITEMS
        and isinstance(asked.test, ast.Compare | ast.OneOf | ast.Between | ast.Known)
    )


def _happened(entry: ast.OnEvent) -> Iterator[ast.Condition]:
    """That the event has happened, and what it carries: so at the moment of entering."""
    asked = () if entry.where is None else tuple(_lasting(entry.where))
    yield ast.Did(entry.event, ast.And(asked), None, _AT_ENTRY)
    for part in asked:
        yield replace(part, subject=_of_the_event(part))


def _first_time(literal: Literal) -> str | None:
    """For the first time, where the condition says never."""
    asked = literal.place
    if not isinstance(asked, ast.Never | ast.DidNot) or asked.where is not None:
        return None
    window = asked.window if isinstance(asked, ast.DidNot) else None
    return words(ast.Did(asked.event, None, ast.Count("exactly", 1), window, asked.key))


def _lasting(where: ast.Condition) -> Iterator[ast.Comparison]:
    """What `where` asks of the event that is still so when people enter.

    Lengths of time are left out: from a late event to entering some time has gone by.
    """
    for part in conjuncts(where):
        about = part.condition
        if (
            part.holding
            and isinstance(about, ast.Comparison)
            and isinstance(about.subject, ast.Property)
            and isinstance(about.test, ast.Compare | ast.OneOf | ast.Between | ast.Known)
        ):
            yield about


def _of_the_event(asked: ast.Comparison) -> ast.Subject:
    """The property as it is asked for once somebody has entered."""
    about = asked.subject
    return (
        ast.EntryProperty(about.name, span=about.span) if isinstance(about, ast.Property) else about
    )
