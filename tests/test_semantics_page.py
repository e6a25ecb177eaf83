"""The tables and timelines of docs/semantics.md are what happens."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest

from cio_lang import ir
from cio_lang.calendar_time import add_local, instant_of, parse_duration, zone
from cio_lang.conditions import Event, Moment, holds, next_change
from cio_lang.draw import lot
from cio_lang.grammar import parse_condition
from cio_lang.lower import condition as lower_condition
from cio_lang.schema import Schema
from cio_lang.source import Source

PAGE = (Path(__file__).parent.parent / "docs" / "semantics.md").read_text()
ROWS = re.findall(r"^\| `([^`]+)` \| (?:nothing|`([^`]+)`) \| (yes|no) \|$", PAGE, re.M)
DRAWS = re.findall(r"^\| `(.*draw [^`]+)` \| (alice|bob) \| (yes|no) \|$", PAGE, re.M)
TIMELINES = re.findall(r"^```timeline\n(.*?)^```$", PAGE, re.M | re.S)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def condition(text: str) -> ir.Condition:
    tree, problems = parse_condition(Source("semantics.md", text))
    assert tree is not None and not problems
    return lower_condition(tree, Schema())


def test_the_page_has_its_examples() -> None:
    assert len(ROWS) >= 25
    assert len(TIMELINES) >= 10
    assert len(DRAWS) == 8


@pytest.mark.parametrize(("text", "stored", "answer"), ROWS)
def test_a_row(text: str, stored: str, answer: str) -> None:
    attributes = {text.split()[0]: json.loads(stored)} if stored else {}
    now = datetime(2026, 3, 10, tzinfo=UTC)
    moment = Moment(attributes, (), now, UTC, LONG_AGO)
    assert holds(condition(text), moment) == (answer == "yes")


@pytest.mark.parametrize(("text", "person", "answer"), DRAWS)
def test_who_is_in_a_draw(text: str, person: str, answer: str) -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    moment = Moment({}, (), now, UTC, LONG_AGO, lot=lot(person))
    assert holds(condition(text), moment) == (answer == "yes")


@dataclass
class Timeline:
    """A person, and the answers that are expected of them."""

    condition: ir.Condition
    timezone: tzinfo = UTC
    attributes: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    known_since: datetime = LONG_AGO
    entered_at: datetime | None = None
    answers: list[tuple[datetime, bool]] = field(default_factory=list)

    def at(self, now: datetime) -> Moment:
        return Moment(
            attributes=self.attributes,
            events=self.events,
            now=now,
            timezone=self.timezone,
            known_since=self.known_since,
            entered_at=self.entered_at,
        )


def read(block: str) -> Timeline:
    first, *lines = block.splitlines()
    found = Timeline(condition(first))
    for line in lines:
        if line.startswith("in "):
            found.timezone = zone(line.removeprefix("in "), UTC)
            continue
        at = instant_of(datetime.fromisoformat(line[:16]), found.timezone)
        what = re.sub(r" +\(.*\)$", "", line[16:].strip())
        if what in ("yes", "no"):
            found.answers.append((at, what == "yes"))
        elif what == "becomes known":
            found.known_since = at
        elif what == "enters":
            found.entered_at = at
        elif " becomes " in what:
            name, value = what.split(" becomes ")
            found.attributes[name] = json.loads(value)
        else:
            name, _, given = what.partition(" with ")
            words = given.split()
            properties = {words[0]: json.loads(words[1])} if words else {}
            found.events.append(Event(name, at, properties, f"e{len(found.events)}"))
    return found


@pytest.mark.parametrize("block", TIMELINES, ids=lambda block: block.splitlines()[0])
def test_a_timeline(block: str) -> None:
    timeline = read(block)
    assert {answer for _, answer in timeline.answers} == {True, False}
    for at, answer in timeline.answers:
        assert holds(timeline.condition, timeline.at(at)) == answer, at


@pytest.mark.parametrize("block", TIMELINES, ids=lambda block: block.splitlines()[0])
def test_a_timeline_is_followed_by_asking_at_each_change(block: str) -> None:
    timeline = read(block)
    now, asked = timeline.answers[0]
    for at, answer in timeline.answers:
        while (change := next_change(timeline.condition, timeline.at(now))) and change <= at:
            now, asked = change, holds(timeline.condition, timeline.at(change))
        assert asked == answer, at


WAITS = re.findall(r"^\| (\d+) (\w+?)s? \| (.+?) \| (.+?) \| .*\|$", PAGE, re.M)


@pytest.mark.parametrize(("count", "unit", "start", "end"), WAITS)
def test_a_wait(count: str, unit: str, start: str, end: str) -> None:
    berlin = zone("Europe/Berlin", UTC)
    written = {"day": "P{}D", "hour": "PT{}H", "month": "P{}M"}[unit].format(count)

    def read_time(text: str) -> datetime:
        plain = re.sub(r"^\w{3} (?=\d)", "", text.removesuffix(" in Berlin"))
        plain = plain if " 2024 " in plain else re.sub(r" (?=\d\d:)", " 2024 ", plain)
        return instant_of(datetime.strptime(plain, "%d %B %Y %H:%M"), berlin)

    assert add_local(read_time(start), parse_duration(written), berlin) == read_time(end)


def test_a_wait_over_the_change_is_as_long_as_the_page_says() -> None:
    berlin = zone("Europe/Berlin", UTC)
    start = datetime(2024, 3, 30, 8, tzinfo=UTC)
    assert add_local(start, parse_duration("P1D"), berlin) - start == timedelta(hours=23)
    assert len(WAITS) == 5
