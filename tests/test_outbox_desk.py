"""Messages that need somebody: seen, shown, settled by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cio_lang.cli import main
from cio_lang.mistake import UserMistake
from cio_lang.runtime.advance import replay
from cio_lang.store import Attempt, Store, open_store
from cio_lang.store.desk import EVERY, Outcome
from cio_lang.store.state import OutboxStatus
from tests.mail_server import MailServer
from tests.one_person import at
from tests.stores import problem
from tests.test_control import JOURNEY
from tests.workspace import crowd, filled, send_all, two_mails


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    """Three messages: one is unknown, one was refused, one waits."""
    with filled(store_place, [two_mails()], crowd(3)) as opened:
        replay(opened, at(1), UTC)
        first, second, _ = opened.claim_outbox(at(2), 3, 0.0)
        for each in (first, second):
            attempt = Attempt(each.row.id, each.fence, "email", "x@example.com", b"Hi", at(3))
            assert opened.record_attempt(attempt)
        assert opened.settle(second.row.id, second.fence, "rejected", at(2), reason="550 no")
        assert opened.expire_leases(at(4)) == 1
        yield opened


def one(store: Store, status: OutboxStatus) -> str:
    (found,) = store.desk.messages([status])
    return found.id


def test_what_needs_somebody_is_listed(store: Store) -> None:
    assert sorted(each.status for each in store.desk.messages()) == ["rejected", "unknown"]
    assert len(store.desk.messages(EVERY)) == 3
    assert len(store.desk.messages(EVERY, "two-mails", limit=2)) == 2
    assert store.desk.messages(EVERY, "another") == []
    person = store.the_person("p1").id
    assert [each.person for each in store.desk.messages(EVERY, person=person)] == ["p1"]


@pytest.mark.parametrize(
    ("status", "outcome", "becomes"),
    [
        ("unknown", "sent", "accepted"),
        ("unknown", "failed", "rejected"),
        ("unknown", "resend", "queued"),
        ("rejected", "resend", "queued"),
        ("queued", "failed", "skipped"),
    ],
)
def test_a_message_is_settled(
    store: Store, status: OutboxStatus, outcome: Outcome, becomes: OutboxStatus
) -> None:
    message = one(store, status)
    (done,) = store.desk.settle([message[:8]], outcome, at(5), "ann")
    assert (done.id, done.status) == (message, becomes)
    person = store.the_person(done.person).id
    (told,) = [each for each in store.decisions_of(person) if each.what == "settled"]
    assert dict(told.detail) == {"message": message, "was": status, "as": outcome, "by": "ann"}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("rejected", "sent"), ("queued", "sent"), ("rejected", "failed"), ("queued", "resend")],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    store: Store, status: OutboxStatus, outcome: Outcome
) -> None:
    before = {each.id: each.status for each in store.desk.messages(EVERY)}
    with pytest.raises(UserMistake) as caught:
        store.desk.settle([one(store, "unknown"), one(store, status)], outcome, at(5), "ann")
    assert problem(caught).code == "message-not-open"
    assert before == {each.id: each.status for each in store.desk.messages(EVERY)}


def test_the_same_bytes_go_again_where_it_is_unknown_and_new_ones_otherwise(store: Store) -> None:
    store.desk.settle([one(store, "unknown"), one(store, "rejected")], "resend", at(5), "ann")
    with MailServer() as server:
        assert dict(send_all(store, server.port, at(6)).counts) == {"accepted": 3}
        thanked = [b"Thanks." in message for message in server.received]
    assert sorted(thanked) == [False, True, True]  # what was unknown said `Hi`


def test_who_claimed_it_before_writes_nothing(store: Store) -> None:
    (claimed,) = store.claim_outbox(at(5), 1, 60.0)
    store.desk.settle([claimed.row.id], "failed", at(5), "ann")
    attempt = Attempt(claimed.row.id, claimed.fence, "email", "x@example.com", b"Hi", at(9))
    assert not store.record_attempt(attempt)


def test_an_id_has_to_be_one(store: Store) -> None:
    for wrong, several in (("zzz", False), ("", False), ("%", False)):
        with pytest.raises(UserMistake) as caught:
            store.desk.find(wrong)
        assert problem(caught).several is several
    ids = [each.id for each in store.desk.messages(EVERY)]
    shared = {each[:1] for each in ids if sum(other[:1] == each[:1] for other in ids) > 1}
    for begin in shared:
        with pytest.raises(UserMistake) as caught:
            store.desk.find(begin)
        assert problem(caught).several


# ── the commands ─────────────────────────────────────────────────────────────────────────────────


def cio(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="cio")


@pytest.fixture
def message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a message that is unknown."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "journeys").mkdir()
    (tmp_path / "cio.toml").write_text('name = "Acme"\n')
    (tmp_path / "journeys" / "welcome.journey").write_text(JOURNEY)
    cio("apply")
    cio("say", "--yes", "ann@example.com did signed_up")
    now = datetime.now(UTC)
    with open_store(tmp_path / "cio.db") as store:
        replay(store, now, UTC)
        (claimed,) = store.claim_outbox(now, 1, 0.0)
        store.record_attempt(
            Attempt(claimed.row.id, claimed.fence, "email", "ann@example.com", b"Subject: a", now)
        )
        store.expire_leases(now + timedelta(seconds=1))
        return claimed.row.id


def test_the_outbox_is_seen_shown_and_settled(message: str) -> None:
    listed = cio("outbox").stdout
    assert listed.startswith(message[:12])
    assert "unknown  email  ann@example.com  welcome email-welcome" in listed
    assert listed.endswith("1 unknown.\n")
    shown = cio("outbox", "show", message[:6]).stdout
    assert "status:      unknown\n" in shown and shown.endswith("\n\nSubject: a\n")
    data = json.loads(cio("outbox", "show", message, "--json").stdout)
    assert (data["status"], data["content"]) == ("unknown", "Subject: a")
    assert cio("outbox", "--status", "lost").exit_code == 2
    assert cio("outbox", "settle", message, "lost").exit_code == 2
    settled = cio("outbox", "settle", message, "sent", "--author", "ann").stdout
    assert settled == f"{message[:12]} to ann@example.com: accepted\n"
    assert cio("outbox").stdout == "1 accepted.\n"
    (row,) = json.loads(cio("outbox", "--all", "--json").stdout)["messages"]
    assert (row["status"], row["reason"]) == ("accepted", "settled by ann")
    story = cio("timeline", "ann@example.com").stdout
    assert 'ann says of a message of "Welcome": it was sent' in story


def test_the_outbox_of_one_person_and_journey(message: str) -> None:
    assert message[:12] in cio("outbox", "--journey", "Welcome").stdout
    assert message[:12] in cio("outbox", "--person", "ann@example.com").stdout
    assert cio("outbox", "--journey", "Wellcome").exit_code == 2
    assert message[:12] not in cio("outbox", "--status", "held").stdout
    done = json.loads(cio("outbox", "settle", message, "resend", "--json").stdout)
    assert done["messages"][0]["status"] == "queued"
