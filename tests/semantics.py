"""The rules of `docs/rules.md`: each a case in `cases/semantics`, told by the reference.

A case says a rule, a journey, what happens, and the story that must come of it.  The page is made
of the cases: `python -m tests.semantics` writes it.

    rule, says     the rule, and more words about it
    zone           the workspace's zone (UTC); `clock`: the zone that times are written in, which
                   is else the person's, else the workspace's
    person, reach  attributes (an email is there unless they say otherwise); channels with address
    known, applied when the person became known, when the journeys were applied (1 June 2026)
    happens        `did … [with] [of] [id]`, `set … to`, `into`/`out of` a segment, `unsubscribes`/
                   `subscribes`, `approves`/`refuses`, `starts`, `winner … of`, `applies [runs]`
    until          how far it is told (60 days after the last thing that happens)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from textwrap import fill
from typing import Any

import yaml

from cio_lang import ir
from cio_lang.calendar_time import instant_of, zone
from cio_lang.compiler import compile_sources
from cio_lang.conditions import Event
from cio_lang.reference import (
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
    Start,
    Story,
    Winner,
    tell,
)
from cio_lang.schema import Settings
from cio_lang.source import Source

FOLDER = Path(__file__).parent / "cases" / "semantics"
PAGE = Path(__file__).parent.parent / "docs" / "rules.md"
SETTINGS = Settings(templates=frozenset({"welcome"}))

CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "Time": (
        "hours-are-exact",
        "days-are-steps-on-the-calendar",
        "a-time-that-does-not-exist",
        "a-time-that-comes-twice",
        "windows-are-exact",
        "days-and-weeks-are-theirs",
        "a-wait-that-has-passed",
        "a-wait-without-its-date",
        "a-date-that-moves",
        "office-hours",
        "the-next-nine-o-clock",
    ),
    "Who starts, and when": (
        "events-are-context",
        "who-matches-already",
        "joining-and-leaving-a-segment",
        "redefining-a-segment",
        "before-a-date",
        "birthdays",
        "by-the-calendar",
        "once-and-when-started",
        "how-often",
        "keys",
        "late-events",
    ),
    "Conditions": (
        "missing-is-a-value",
        "scope-is-spoken",
        "sequences",
        "has-been-for",
        "totals",
        "messages-as-events",
        "draws",
    ),
    "Steps": (
        "nothing-falls-between-two-steps",
        "waiting-for-a-condition",
        "splits-are-sticky",
        "experiments",
        "experiments-under-other-names",
        "repeats",
        "approvals",
        "digests",
        "throttles",
        "what-steps-change-is-seen-at-once",
    ),
    "How runs end": ("exits-act-at-once", "no-longer-matching", "goals"),
    "Sending": (
        "consent-is-read-when-sending",
        "the-channel-that-reaches-them",
        "quiet-hours",
        "caps",
        "caps-by-channel",
        "at-their-best-time",
    ),
    "Versions": ("runs-are-pinned", "moved-runs", "stopped-runs"),
}


@dataclass(frozen=True)
class Case:
    """One rule with its timeline."""

    name: str
    rule: str
    says: str
    journey: str
    happens: tuple[Mapping[str, Any], ...]
    expected: tuple[str, ...]
    zone: tzinfo
    clock: tzinfo
    data: Mapping[str, Any]

    def at(self, written: object) -> datetime:
        """The instant of a time as written in the case."""
        if isinstance(written, datetime):
            written = written.isoformat()
        return instant_of(datetime.fromisoformat(str(written)), self.clock)

    def show(self, at: datetime) -> str:
        """An instant on the clock of the case."""
        return at.astimezone(self.clock).strftime("%Y-%m-%d %H:%M")


def read(name: str) -> Case:
    """The case with that name."""
    data = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    theirs = zone(data.get("zone", "UTC"), UTC)
    own = (data.get("person") or {}).get("timezone")
    return Case(
        name,
        data["rule"],
        data["says"].strip(),
        data["journey"],
        tuple(data["happens"]),
        tuple(data["story"]),
        theirs,
        zone(data.get("clock") or own, theirs),
        data,
    )


def graphs(text: str, name: str) -> tuple[ir.Graph, ...]:
    """The graphs of the text of a case."""
    compiled = compile_sources([Source(f"{name}.journey", text)], SETTINGS)
    wrong = [(one.span.line, one.report().what) for one in compiled.problems]
    assert not compiled.failed, wrong
    return compiled.graphs


def story(case: Case) -> Story:
    """What the reference tells."""
    data = case.data
    applied = case.at(data.get("applied", "2026-06-01 00:00"))
    happenings = [happening(case, number, each) for number, each in enumerate(case.happens)]
    if "applied" not in data:
        applied = min([applied, *(each.at for each in happenings)])
        applied = case.at(f"{case.show(applied)[:10]} 00:00")
    attributes = {"email": "alice@example.com", **(data.get("person") or {})}
    reach = data.get("reach")
    person = Person(
        "alice",
        case.at(data["known"]) if "known" in data else applied,
        {name: plain(value) for name, value in attributes.items()},
        reach=None if reach is None else frozenset(reach),
    )
    last = max([applied, *(each.at for each in happenings)])
    until = case.at(data["until"]) if "until" in data else last + timedelta(days=60)
    return tell(
        person, graphs(case.journey, case.name), happenings, until, applied=applied, tz=case.zone
    )


def plain(value: Any) -> Any:
    """A value as the store would have it."""
    return value.isoformat() if isinstance(value, date) else value


def happening(case: Case, number: int, each: Mapping[str, Any]) -> Happening:
    """One thing that happens, as written in a case."""
    at = case.at(each["at"])
    match each:
        case {"did": name}:
            made = case.at(each["of"]) if "of" in each else at
            properties = each.get("with", {})
            return Did(at, Event(name, made, properties, str(each.get("id", f"e{number}"))))
        case {"set": name, "to": value}:
            return Becomes(at, name, plain(value))
        case {"into": segment}:
            return Member(at, segment, True)
        case {"out of": segment}:
            return Member(at, segment, False)
        case {"unsubscribes": topic}:
            return Consent(at, topic, False)
        case {"subscribes": topic}:
            return Consent(at, topic, True)
        case {"approves": journey}:
            return Answer(at, journey, True)
        case {"refuses": journey}:
            return Answer(at, journey, False)
        case {"starts": journey}:
            return Start(at, journey)
        case {"winner": label, "of": experiment}:
            return Winner(at, experiment, label)
        case {"applies": text}:
            return Apply(at, graphs(text, case.name), each.get("runs", "stay"))
    raise AssertionError(each)


def told(case: Case) -> list[str]:
    """The story in lines: when, what."""
    made, titles = story(case), titles_of(case)
    several = len(titles) > 1
    lines = []
    for decision in made.decisions:
        of = f' "{titles[decision.journey]}"' if several else ""
        text = words(case, decision, of)
        if text is not None:
            lines.append(f"{case.show(decision.at)} {text}")
    return lines


def titles_of(case: Case) -> dict[str, str]:
    """The titles of the journeys by name."""
    return {
        graph.name: graph.title
        for graph in graphs(case.journey, case.name)
        if isinstance(graph, ir.JourneyGraph)
    }


def words(case: Case, decision: Decision, of: str) -> str | None:
    """A decision in words; None for what the other lines show."""
    message = "" if decision.message is None else f"{named(decision.message)}{of and f' of{of}'}"
    match decision.what:
        case "entered":
            return f"enters{of}"
        case "not entered":
            return f"does not enter{of}: {decision.detail}"
        case "joined":
            return f"joins the run{of and f' of{of}'}"
        case "left":
            return f"leaves{of}: {decision.detail}"
        case "finished":
            return f"finishes{of}"
        case "goal":
            return f"reaches the goal{of and f' of{of}'}"
        case "drawn":
            return f'is drawn into "{decision.detail}"'
        case "held out":
            return "is held out"
        case "held":
            assert decision.until is not None
            return f"{message} is held until {case.show(decision.until)}: {decision.detail}"
        case "skipped":
            return f"{message} is skipped: {decision.detail}"
        case "sent":
            return f"gets {message}"
        case "branch":
            return None


def named(message: Message) -> str:
    """A message by its channel and words."""
    channels = message.channel or ", ".join(message.message.channels)
    return f'{channels} "{message.message.template or message.message.text}"'


# ── the page ─────────────────────────────────────────────────────────────────────────────────────

INTRODUCTION = """\
<!-- Written by `python -m tests.semantics` from tests/cases/semantics. Change the cases. -->

# The rules of journeys, each with its story

Each rule below has an example that is carried out: the reference interpreter (`cio_lang.reference`,
a few hundred lines without store or speed) tells its story, and the tests compare it with what
stands here. The engine, in turn, is held equal to the reference. What conditions mean, comparison
by comparison, stands at the top of `cio_lang/conditions/__init__.py`; all of them are carried out
twice, for one person and in SQL for everybody, and tests hold the two equal.

At one instant things come in this order: what the person does ends runs, then counts goals, then
starts runs. Then, until nothing is left to do at that instant: whoever starts to match enters,
exits by condition act, and the run that entered first walks to its next wait or its end. When no
run can walk, messages go out. The first column is the person's clock.
"""


CLOSING = """\
## Promised elsewhere

- An unknown name, a comparison that can never hold, an empty condition: `cio compile` refuses them,
  so that nothing is dropped and nobody is added without a word.
- A step commits what it did and its message together, and nothing is sent twice for one visit of
  one step: `tests/guarantees` holds the runtime to it through crashes.
- Each entry, refusal, branch, draw, hold, skip and end is recorded with its reason: the stories on
  this page are nothing but these records.
"""


def page() -> str:
    """The whole of `docs/rules.md`."""
    parts = [INTRODUCTION]
    for chapter, names in CHAPTERS.items():
        parts.append(f"## {chapter}\n")
        for name in names:
            case = read(name)
            parts.append(f"### {case.rule}\n")
            parts.append(fill(case.says, 100, break_on_hyphens=False) + "\n")
            parts.append(f"```journey\n{case.journey.rstrip()}\n```\n")
            parts.append("| when | what happens | what comes of it |\n|---|---|---|")
            parts.append("\n".join(rows(case)) + "\n")
    parts.append(CLOSING)
    return "\n".join(parts)


def rows(case: Case) -> Iterator[str]:
    """The timeline: what happens on the left, what comes of it on the right."""
    left = [(case.show(case.at(each["at"])), in_words(case, each)) for each in case.happens]
    right = [(line[:16], line[17:]) for line in case.expected]
    for at in sorted({at for at, _ in left} | {at for at, _ in right}):
        mine = [text for when, text in left if when == at]
        theirs = [text for when, text in right if when == at]
        for number in range(max(len(mine), len(theirs))):
            first = at if number == 0 else ""
            done = mine[number] if number < len(mine) else ""
            came = theirs[number] if number < len(theirs) else ""
            yield f"| {first} | {done} | {came} |"


def in_words(case: Case, each: Mapping[str, Any]) -> str:
    """What happens, for a reader."""
    match each:
        case {"did": name}:
            about = [f"{prop} {shown(value)}" for prop, value in each.get("with", {}).items()]
            late = [f"at {case.show(case.at(each['of']))}"] if "of" in each else []
            same = [f"id {each['id']}"] if "id" in each else []
            details = ", ".join([*about, *late, *same])
            return f"does `{name}`" + (f" ({details})" if details else "")
        case {"set": name, "to": value}:
            return f"`{name}` becomes {shown(value)}"
        case {"into": segment}:
            return f"is put into `{segment}`"
        case {"out of": segment}:
            return f"is taken out of `{segment}`"
        case {"unsubscribes": topic}:
            return f"unsubscribes from `{topic}`"
        case {"subscribes": topic}:
            return f"subscribes to `{topic}`"
        case {"approves": _}:
            return "somebody approves"
        case {"refuses": _}:
            return "somebody refuses"
        case {"starts": journey}:
            return f"`{journey}` is started"
        case {"winner": label}:
            return f'"{label}" is found to be better'
        case {"applies": text}:
            how = f", runs {each['runs']}" if "runs" in each else ""
            lines = "<br>".join(f"`{line.strip()}`" for line in text.splitlines() if line.strip())
            return f"is applied{how}: {lines}"
    raise AssertionError(each)


def shown(value: Any) -> str:
    """A value for a reader."""
    if isinstance(value, dict):
        return f"{value['amount']} {value['currency']}"
    if value in (None, ""):
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
