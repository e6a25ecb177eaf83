"""Why somebody did not get a journey, in English."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cio_lang import ir
from cio_lang.cli import main
from cio_lang.mistake import UserMistake
from cio_lang.runtime.advance import replay
from cio_lang.runtime.control import pause, stop
from cio_lang.store import Store, open_store
from cio_lang.store.state import NewEvent
from cio_lang.why_not import why_not
from tests.mail_server import MailServer
from tests.one_person import START, at, journey, mail, wait
from tests.stores import problem
from tests.test_control import JOURNEY
from tests.workspace import send_all

PAID = ir.EventMatch("paid", where=ir.PropertyTest("amount", "more_than", 50))
PRO = ir.Match(ir.AttributeTest("plan", "is", "Pro"))
ONLY = ir.AttributeTest("plan", "is", "free")

JOURNEYS = [
    journey(PAID, {"a": mail("Thanks."), "w": wait("P1D", "b"), "b": mail("Bye.")}, name="thanks"),
    journey(
        ir.EventMatch("asked"),
        {"w": wait("P1D", "a"), "a": mail("Well?")},
        name="well",
        allow="once",
        only=ONLY,
        exits=(ir.ExitOnEvent("told"),),
    ),
    journey(PRO, {"a": mail("You are a pro.")}, name="pro"),
]


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        opened.put_person("ann", {"plan": "free"}, START - timedelta(days=1))
        opened.put_person("bob", {"plan": "Pro", "email": "bob@example.com"}, START)
        opened.deploy(JOURNEYS, {}, START)
        yield opened


def did(store: Store, who: str, event: str, hours: float, **properties: object) -> None:
    store.put_events([NewEvent(who, event, at(hours), properties, f"{who} {event} {hours}")])
    replay(store, at(hours), UTC)


def why(store: Store, who: str, name: str, hours: float = 100) -> list[str]:
    return list(why_not(store, name, who, at(hours), UTC).lines)


def test_who_never_did_what_starts_it(store: Store) -> None:
    assert why(store, "ann", "thanks") == [
        'ann never came to the beginning of "thanks".',
        "  Starts each time someone does paid (where amount is more than 50).",
        "  ann has never done paid.",
    ]


def test_who_did_it_otherwise_than_it_has_to_be(store: Store) -> None:
    did(store, "ann", "paid", 1, amount=20)
    assert why(store, "ann", "thanks")[-1] == (
        "  ann did paid once on 2026-03-02 10:00, and not as it has to be."
    )


def test_what_was_not_looked_at_yet(store: Store) -> None:
    store.put_events([NewEvent("ann", "paid", at(1), {"amount": 70}, "one")])
    assert "not looked at yet" in why(store, "ann", "thanks")[-1]


def test_who_did_it_before_it_was_in_force(store: Store) -> None:
    did(store, "ann", "paid", -2, amount=70)
    first, told, *_ = why(store, "ann", "thanks")
    assert first == 'ann did not enter "thanks": before this journey was applied.'
    assert told.endswith('did not enter "thanks": before this journey was applied')


def test_history_starts_nobody(store: Store) -> None:
    store.put_events(
        [NewEvent("ann", "paid", at(1), {"amount": 70}, "one", received_at=at(24 * 5))]
    )
    replay(store, at(24 * 6), UTC)
    assert why(store, "ann", "thanks")[-1].endswith("history starts nobody.")


def test_who_was_not_let_in(store: Store) -> None:
    did(store, "bob", "asked", 1)
    first, told = why(store, "bob", "well")
    assert first == 'bob did not enter "well": only people where plan is "free".'
    assert told.startswith("  2026-03-02  10:00  did not enter")


def test_who_was_in_it_before(store: Store) -> None:
    did(store, "ann", "asked", 1)
    did(store, "ann", "told", 2)
    did(store, "ann", "asked", 3)
    first, *told = why(store, "ann", "well")
    assert first == 'ann was in "well", and got nothing of it: did told.'
    assert told[-1].endswith('did not enter "well": entered before, and may only once')


def test_who_still_waits_in_it(store: Store) -> None:
    did(store, "ann", "asked", 1)
    assert why(store, "ann", "well", 2)[0] == (
        'ann is in "well" since 2026-03-02 10:00, and waits until 2026-03-03 10:00.'
    )


def test_what_was_not_sent_has_its_reason(store: Store) -> None:
    did(store, "ann", "paid", 1, amount=70)
    assert "a message waits to be sent" in why(store, "ann", "thanks")[0]
    with MailServer() as server:
        send_all(store, server.port, at(2))
    first, *told = why(store, "ann", "thanks")
    assert first.startswith('ann entered "thanks", and nothing came: ')
    assert any("was not sent email" in line for line in told)


def test_who_did_get_it(store: Store) -> None:
    did(store, "bob", "paid", 1, amount=70)
    with MailServer() as server:
        send_all(store, server.port, at(2))
    answer = why_not(store, "thanks", "bob", at(3), UTC)
    assert answer.got
    assert answer.lines[0] == 'bob did get "thanks": 1 message.'


def test_who_does_not_match_is_told_clause_by_clause(store: Store) -> None:
    replay(store, at(1), UTC)
    assert why(store, "ann", "pro")[-1] == '  no  plan is "Pro": plan is "free"'
    assert any("did not start to be" in line for line in why(store, "bob", "pro"))


def test_what_keeps_everybody_out(store: Store) -> None:
    pause(store, "thanks", at(1))
    assert why(store, "ann", "thanks")[1] == "  It is paused since 2026-03-02 10:00."
    stop(store, "thanks", at(2))
    assert why(store, "ann", "thanks")[1] == "  It is stopped since 2026-03-02 11:00."
    store.deploy(JOURNEYS[:2], {}, at(3))
    assert why(store, "ann", "pro")[1] == "  It is not in force any more."


def test_asking_about_what_is_not_there(store: Store) -> None:
    with pytest.raises(UserMistake) as caught:
        why(store, "ann", "thank")
    assert problem(caught).code == "journey-not-applied"
    with pytest.raises(UserMistake) as caught:
        why(store, "anne", "thanks")
    assert problem(caught).code == "unknown-person"


def cio(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="cio")


def test_it_is_asked_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "journeys").mkdir()
    (tmp_path / "cio.toml").write_text('name = "Acme"\n')
    (tmp_path / "journeys" / "welcome.journey").write_text(JOURNEY)
    cio("apply")
    with open_store(tmp_path / "cio.db") as store:
        store.put_person("alice", {}, START)
    said = cio("say", 'why did alice not get "Welcome"')
    assert said.stdout.splitlines() == [
        'alice never came to the beginning of "Welcome".',
        "  Starts each time someone does signed_up.",
        "  alice has never done signed_up.",
    ]
    assert cio("timeline", "alice", "--why-not", "Welcome").stdout == said.stdout
    data = json.loads(cio("timeline", "alice", "--why-not", "Welcome", "--json").stdout)
    assert (data["got"], data["because"], data["decisions"]) == (
        False,
        said.stdout.splitlines(),
        [],
    )
    answer = json.loads(cio("say", "--json", 'why did alice not get "Welcome"').stdout)
    assert answer["journey"] == "welcome"
