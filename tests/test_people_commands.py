"""`cio merge`, `conflicts`, `export`, `forget`; and every command on each database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cio_lang.store import open_store
from tests.test_cli import BASE, Cio, cio, workspace, write

__all__ = ["cio", "workspace"]


@pytest.fixture
def acme(workspace: Path, store_place: Path | str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace of the command line's tests, with its store on each database."""
    monkeypatch.setenv("CIO_STORE", str(store_place))
    settings = 'region = "DE"\nstore = "env:CIO_STORE"\n' + BASE["cio.toml"]
    write(workspace, {"cio.toml": settings})
    write(workspace, {"journeys/phone.journey": "attribute phone: text\n"})
    return workspace


def said(cio: Cio, *arguments: str, code: int = 0, **options: str) -> str:
    done = cio(*arguments, **options)
    assert done.exit_code == code, done.output
    return str(done.output)


def test_a_day_of_a_workspace(acme: Path, cio: Cio) -> None:
    said(cio, "apply", "--dry-run")
    said(cio, "export", "alice", code=2)  # trying it out made no store
    assert "1 added" not in said(cio, "apply")
    bring_in = ("import", "people.csv", "--people", "--person", "id")
    bring_in += ("--attributes", "email,phone,plan")
    people = acme / "people.csv"
    people.write_text(
        "id,email,phone,plan\nalice,alice@x.com,0170 1234567,Pro\nbob,ALICE@x.com,,free\n"
    )
    told = said(cio, *bring_in)
    assert "1 name of somebody else claimed: `cio conflicts` lists them" in told
    assert "would forget" in said(cio, "say", "--dry-run", "forget alice").lower()
    said(cio, "say", "alice did signed_up", "bob did order_placed with amount $5")
    assert "alice" in said(cio, "say", "show +491701234567")
    said(cio, "up", "--once", code=2)  # no mail server runs: the message waits
    assert "signed_up" in said(cio, "timeline", "alice")
    assert said(cio, "conflicts") == (
        "email alice@x.com: alice has it, bob claims it\n"
        "If they are one person: cio merge alice bob\n"
    )
    tried = said(cio, "merge", "alice", "bob", "--dry-run")
    assert tried == "bob is now alice: 1 event moved.\nNothing was changed.\n"
    merged = json.loads(said(cio, "merge", "alice", "bob", "--json"))
    assert (merged["kept"], merged["merged"], merged["events"]) == ("alice", "bob", 1)
    assert said(cio, "conflicts") == "No two people claim the same name.\n"
    found = json.loads(said(cio, "export", "bob"))
    assert found["person"] == "alice"
    assert {event["event"] for event in found["events"]} == {"signed_up", "order_placed"}
    assert [message["template"] for message in found["messages"]] == ["welcome"]
    assert found["merged"][0]["before"]["merged"]["attributes"]["plan"] == "free"
    said(cio, "forget", "alice", code=130, input="n\n")
    told = said(cio, "forget", "alice@x.com", "--yes")
    assert told.startswith("alice is forgotten: ") and "2 events" in told and "1 run" in told
    said(cio, *bring_in)
    said(cio, "export", "bob", code=2)
    assert said(cio, "forget") == "Nothing is left to do.\n"
    assert "may be stored again" in said(cio, "forget", "--lift", "bob")
    said(cio, "forget", "--lift", "bob", code=1)


def test_people_are_counted_and_listed(acme: Path, cio: Cio) -> None:
    said(cio, "apply")
    said(cio, "say", "--yes", 'set plan of alice to "Pro"', 'set plan of bob to "free"')
    assert "1 of 2: people whose plan" in said(cio, "say", 'count people where plan is "Pro"')
    assert "alice" in said(cio, "say", 'people where plan is not "free"')


def test_the_region_of_phone_numbers_can_change(acme: Path, cio: Cio) -> None:
    said(cio, "apply")
    said(cio, "say", "--yes", 'set phone of alice to "(415) 555-2671"')
    said(cio, "timeline", "+14155552671", code=2)
    settings = (acme / "cio.toml").read_text().replace('"DE"', '"US"')
    write(acme, {"cio.toml": settings})
    assert "alice" in said(cio, "timeline", "+14155552671")


def test_what_it_is_to_be_forgotten_as_json(acme: Path, cio: Cio, store_place: Path | str) -> None:
    with open_store(store_place, create=True) as store:
        store.put_person("alice", {"plan": "Pro"}, datetime(2026, 3, 1, tzinfo=UTC))
    done = json.loads(said(cio, "forget", "alice", "--json"))
    assert done == {"person": "alice", "rows": {"due": 1}}
    line = json.loads(said(cio, "say", "--json", "--dry-run", "carl did signed_up"))
    assert line["new"] is True
