"""One-line statements on a real store, with the clock as an argument."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cio_lang.compiler import Compiled, compile_sources
from cio_lang.mistake import UserMistake
from cio_lang.runtime.advance import advance_due
from cio_lang.say import Answer, carry_out, newcomer, read
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.store import Store, open_store
from cio_lang.story import story

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)

JOURNEYS = """
event signed_up
  plan: one of "free", "Pro"

event order_placed
  amount: money
  items: number

attribute email: text
attribute name: text
attribute plan: one of "free", "Pro"
attribute budget: money
attribute seats: number

segment "Buyers"
  did order_placed

journey "Welcome"
  when someone does signed_up

  email "Welcome aboard, it is good to have you."
  wait 1 day
  email "How was your first day with us?"
"""


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    made = compile_sources([Source("a.journey", JOURNEYS)], Settings(timezone="Europe/Berlin"))
    assert made.problems == ()
    return made


@pytest.fixture
def store(store_place: Path | str, compiled: Compiled) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        opened.deploy(compiled.graphs, {}, NOW - timedelta(days=100))
        yield opened


class Workspace:
    def __init__(self, store: Store, compiled: Compiled) -> None:
        self.store = store
        self.schema = compiled.checked.schema
        self.now = NOW

    def __call__(self, line: str, *, dry_run: bool = False) -> Answer:
        statement, problems = read(Source("<say>", line), self.schema)
        assert statement is not None, [problem.report().what for problem in problems]
        return carry_out(statement, self.store, self.schema, BERLIN, self.now, dry_run=dry_run)

    def code(self, line: str) -> str:
        statement, problems = read(Source("<say>", line), self.schema)
        assert statement is None
        return problems[0].code


@pytest.fixture
def say(store: Store, compiled: Compiled) -> Workspace:
    return Workspace(store, compiled)


def test_a_fact_is_recorded_and_read_back(say: Workspace) -> None:
    answer = say("alice did order_placed with amount $99 and items 3")
    assert answer.lines == (
        "alice is new.",
        "Recorded: alice did order_placed with amount $99, items 3 at 2026-03-08 10:00.",
    )
    person = say.store.find_person("alice")
    assert person is not None and person.created_at == NOW
    (event,) = say.store.events(person.id)
    assert (event.name, event.at) == ("order_placed", NOW)
    assert dict(event.properties) == {"amount": {"amount": 99, "currency": "USD"}, "items": 3}


def test_a_known_person_is_not_new(say: Workspace) -> None:
    say("alice did order_placed")
    say.now += timedelta(minutes=1)
    assert len(say("alice did order_placed").lines) == 1
    assert say.store.people_count() == 1
    assert len(say.store.events(1)) == 2


def test_an_email_address_is_the_email_of_who_is_new(say: Workspace) -> None:
    say("Alice@Example.com did signed_up")
    assert say.store.person(1).attributes == {"email": "Alice@Example.com"}
    say("alice@example.com did order_placed")
    assert say.store.people_count() == 1


def test_a_new_name_close_to_a_known_one_is_pointed_out(say: Workspace) -> None:
    say("alice did signed_up")
    assert "similar: alice" in say("alcie did signed_up").lines[0]
    statement, _ = read(Source("<say>", "alicee did signed_up"), say.schema)
    assert statement is not None
    new = newcomer(statement, say.store)
    assert new is not None and new.person == "alicee" and "alice" in new.similar
    statement, _ = read(Source("<say>", "show alice"), say.schema)
    assert statement is not None and newcomer(statement, say.store) is None


def test_setting_reads_back_what_was(say: Workspace) -> None:
    assert say('set plan of alice to "Pro"').lines == (
        "alice is new.",
        'plan of alice is now "Pro" (it was not known).',
    )
    assert say('set plan of alice to "free"').lines[-1] == (
        'plan of alice is now "free" (it was "Pro").'
    )
    say("set budget of alice to $50")
    assert say.store.person(1).attributes["budget"] == {"amount": 50, "currency": "USD"}


def test_a_dry_run_changes_nothing(say: Workspace) -> None:
    first = say("alice did order_placed with amount $5", dry_run=True)
    second = say('set plan of alice to "Pro"', dry_run=True)
    assert first.lines[0] == "alice would be new."
    assert first.lines[1].startswith("Would record: ")
    assert "would be" in second.lines[1]
    assert say.store.people_count() == 0


def test_people_are_counted_and_listed(say: Workspace) -> None:
    for number in range(12):
        say(f'set plan of p{number:02} to "{"Pro" if number else "free"}"')
    assert say("count people").lines == ("12 people.",)
    assert say('count people where plan is "Pro"').data == {
        "statement": 'count people where plan is "Pro"',
        "count": 11,
        "of": 12,
    }
    answer = say('people where plan is "Pro"')
    assert answer.lines[0] == '11 people whose plan is "Pro".'
    assert answer.lines[1].startswith("  p01")
    assert answer.lines[-1] == "  … and 1 more"
    assert len(answer.data["people"]) == 10


def test_missing_values_are_read_back(say: Workspace) -> None:
    say("alice did signed_up")
    answer = say('count people where plan is not "Pro"')
    assert answer.data["count"] == 1
    assert "no plan" in answer.lines[0] or "without" in answer.lines[0]


def test_a_segment_can_be_asked_for(say: Workspace) -> None:
    say("alice did order_placed")
    say("bob did signed_up")
    assert say('count people where in segment "Buyers"').data["count"] == 1


def test_show_tells_attributes_segments_and_journeys(say: Workspace) -> None:
    say('set plan of alice to "Pro"')
    say("alice did order_placed")
    say("alice did signed_up")
    advance_due(say.store, say.now, timezone=BERLIN)
    answer = say("show alice")
    text = "\n".join(answer.lines)
    assert '  plan: "Pro"' in answer.lines
    assert "segments: Buyers" in answer.lines
    assert 'journey "Welcome": entered 2026-03-08 10:00, at ' in text
    assert ", until 2026-03-09 10:00" in text
    assert "2 events, the last: " in text
    assert answer.data["segments"] == ["buyers"]


def test_activity_in_a_window(say: Workspace) -> None:
    say("alice did signed_up")
    say.now += timedelta(days=10)
    say("alice did order_placed with amount $5")
    assert len(say("show activity of alice").data["events"]) == 2
    assert len(say("show activity of alice in the last 5 days").data["events"]) == 1
    assert len(say("show activity of alice today").data["events"]) == 1
    assert say("show activity of alice yesterday").lines == ("alice did nothing then.",)
    assert len(say("show activity of alice between 9 and 11 days ago").data["events"]) == 1
    assert say("show activity of alice in the last 1 day").lines[0] == (
        "2026-03-18 10:00  order_placed  amount $5"
    )


def test_today_is_the_workspaces_day(say: Workspace) -> None:
    say.now = datetime(2026, 3, 8, 23, 30, tzinfo=UTC)  # past midnight in Berlin
    say("alice did signed_up")
    say.now += timedelta(hours=1)
    assert len(say("show activity of alice today").data["events"]) == 1


def test_an_unknown_person_is_asked_back(say: Workspace) -> None:
    say("alice did signed_up")
    with pytest.raises(UserMistake) as caught:
        say("show alcie")
    (problem,) = caught.value.problems
    assert (problem.code, problem.span.column) == ("unknown-person", 6)
    assert "alice" in problem.report().help


def test_a_statement_is_checked_against_the_workspace(say: Workspace) -> None:
    assert say.code("alice did signed_upp") == "unknown-event"
    assert say.code('alice did order_placed with amount "much"') == "wrong-type"
    assert say.code('set plna of alice to "Pro"') == "unknown-attribute"
    assert say.code('set plan of alice to "pro plus"') == "not-one-of"
    assert say.code('count people where in segment "Buyer"') == "unknown-segment"
    assert say.code('people where plan is "Pro" and plan is "free"') == "never-holds"


def test_facts_start_journeys_and_become_a_story(say: Workspace) -> None:
    say('set email of alice to "alice@example.com"')
    say("alice did signed_up")
    advance_due(say.store, say.now, timezone=BERLIN)
    say.now += timedelta(days=1)
    advance_due(say.store, say.now, timezone=BERLIN)
    assert story(say.store, 1, BERLIN) == [
        "2026-03-08  10:00  did signed_up",
        '            10:00  entered "Welcome": did signed_up',
        '            10:00  is to get email "Welcome aboard, it is good to have you."',
        '            10:00  waits in "Welcome" until 2026-03-09 10:00',
        '2026-03-09  10:00  is to get email "How was your first day with us?"',
        '            10:00  came to the end of "Welcome"',
    ]
