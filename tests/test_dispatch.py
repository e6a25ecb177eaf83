"""Dispatch against a real SMTP server: every way a hand-over can end."""

from __future__ import annotations

import asyncio
import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from cio_lang import ir
from cio_lang.mistake import UserMistake
from cio_lang.runtime.advance import replay
from cio_lang.runtime.dispatch import ATTEMPTS, LEASE, dispatch
from cio_lang.store import Store, open_store
from cio_lang.store.state import NewEvent
from tests.mail_server import MailServer, free_port
from tests.one_person import at, journey, mail, wait
from tests.workspace import ORDERED, channel, crowd, filled, send_all, two_mails


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_mail_arrives_as_it_was_stored(store_place: Path | str) -> None:
    with filled(store_place, [two_mails()], crowd(30)) as store, MailServer() as server:
        replay(store, at(30))
        assert send_all(store, server.port, at(30)).counts == {"accepted": 60}
        assert len(set(server.ids)) == 60
        stored = dict(store._database.driver("SELECT id, message FROM outbox"))
        assert {i: c.rstrip() for i, c in zip(server.ids, server.received, strict=True)} == {
            i: c.rstrip() for i, c in stored.items()
        }
        message = read(server.received[0])
        assert message["Message-ID"] == f"<{message['X-Cio-Outbox']}@shop.example>"
        assert message["From"] == "Shop <hi@shop.example>"
        assert message["Date"].datetime in (at(1), at(25))


def test_who_cannot_be_reached_is_skipped_with_a_reason(store_place: Path | str) -> None:
    people = {
        "a": {"email": "a@example.com"},
        "b": {},
        "c": {"email": "not an address"},
        "d": {"email": "d@example.com", "unsubscribed": True},
    }
    graph = journey(ORDERED, {"a": ir.SendNode(ir.Message(("push", "email", "sms"), text="Hi."))})
    with filled(store_place, [graph], people) as store, MailServer() as server:
        replay(store, at(2))
        assert send_all(store, server.port, at(2)).counts == {"accepted": 1, "skipped": 3}
        reasons = {
            store.person(person).key: store.messages_of(person)[0].reason for person in range(1, 5)
        }
        assert reasons == {"a": None, "b": "no address", "c": "bad address", "d": "unsubscribed"}


def test_a_channel_that_is_not_set_up_is_skipped(store_place: Path | str) -> None:
    graph = journey(ORDERED, {"a": ir.SendNode(ir.Message(("sms",), text="Hi."))})
    with filled(store_place, [graph], crowd(1)) as store, MailServer() as server:
        replay(store, at(2))
        send_all(store, server.port, at(2))
        assert store.messages_of(1)[0].reason == "no sms channel is set up"


def test_one_broken_template_does_not_stop_the_others(store_place: Path | str) -> None:
    graph = journey(
        ORDERED,
        {
            "a": ir.SendNode(ir.Message(("email",), template="odd"), next="b"),
            "b": ir.SendNode(ir.Message(("email",), template="gone"), next="c"),
            "c": mail("Fine."),
        },
    )
    templates = {"odd": "---\nsubject: x\n---\n{{ 10 | divided_by: person.zero }}"}
    people = crowd(3)
    people["p1"]["zero"] = 0
    people["p0"]["zero"] = people["p2"]["zero"] = 5
    with filled(store_place, [graph], people, templates) as store, MailServer() as server:
        replay(store, at(2))
        assert send_all(store, server.port, at(2)).counts == {"accepted": 5, "skipped": 4}
        reasons = {row.node: row.reason or "" for row in store.messages_of(2)}
        assert reasons["a"] == "template failed: divided_by: can't divide by 0"
        assert reasons["b"] == "template failed: there is no template `gone`"


@pytest.mark.parametrize(
    ("reply", "status"), [("550 no such user", "rejected"), ("450 mailbox busy", "deferred")]
)
@pytest.mark.parametrize("where", ["at_recipient", "at_end"])
def test_replies(store_place: Path | str, where: str, reply: str, status: str) -> None:
    def rule(recipient: str) -> str | None:
        return reply if recipient.startswith("p1@") else None

    with filled(store_place, [two_mails()], crowd(3)) as store:
        replay(store, at(2))
        with MailServer(**{where: rule}) as server:  # type: ignore[arg-type]
            assert send_all(store, server.port, at(2)).counts == {"accepted": 2, status: 1}
            assert store.messages_of(2)[0].reason == reply
            assert len(server.received) == 2
        with MailServer() as server:
            again = send_all(store, server.port, at(3))
            assert again.counts == ({"accepted": 1} if status == "deferred" else {})


def test_a_deferred_message_keeps_its_bytes_and_is_given_up_at_last(
    store_place: Path | str,
) -> None:
    graph = journey(ORDERED, {"a": mail("Hello {{ person.name }}.")})
    with filled(store_place, [graph], crowd(1)) as store:
        replay(store, at(2))
        with MailServer(at_end=lambda recipient: "451 later") as server:
            for attempt in range(1, ATTEMPTS):
                assert send_all(store, server.port, at(2 + attempt * 8)).counts == {"deferred": 1}
                store.put_person("p0", {"name": "Renamed"}, at(2))
            assert send_all(store, server.port, at(500)).counts == {"rejected": 1}
        [(content, reason)] = store._database.driver("SELECT message, reason FROM outbox")
        assert b"Hello P0." in content and reason.startswith(f"given up after {ATTEMPTS} attempts")


@pytest.mark.parametrize("answer", ["hang up", "accept and hang up"])
def test_a_lost_answer_is_unknown_and_not_sent_again(store_place: Path | str, answer: str) -> None:
    def rule(recipient: str) -> str | None:
        return answer if recipient.startswith("p1@") else None

    with filled(store_place, [two_mails()], crowd(4)) as store:
        replay(store, at(2))
        with MailServer(at_end=rule) as server:
            sent = send_all(store, server.port, at(2))
            assert sent.counts == {"accepted": 3, "unknown": 1}
            assert send_all(store, server.port, at(9)).counts == {}
            assert len(server.received) == (3 if answer == "hang up" else 4)


def test_no_answer_in_time_is_unknown(store_place: Path | str) -> None:
    with filled(store_place, [two_mails()], crowd(1)) as store:
        replay(store, at(2))
        with MailServer(seconds=1.0) as server:
            assert send_all(store, server.port, at(2), timeout=0.3).counts == {"unknown": 1}


def test_without_a_server_nothing_is_lost(store_place: Path | str) -> None:
    with filled(store_place, [two_mails()], crowd(5)) as store:
        replay(store, at(2))
        port = free_port()
        with pytest.raises(UserMistake) as told:
            send_all(store, port, at(2))
        report = told.value.problems[0].report()
        assert report.what == f"No mail server answers at `127.0.0.1:{port}`."
        assert "nothing is lost" in report.why
        assert store.outbox_counts() == {"queued": 5}
        with MailServer() as server:
            assert send_all(store, server.port, at(2)).counts == {"accepted": 5}


def test_what_is_not_begun_in_time_goes_back(
    store_place: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cio_lang.runtime.dispatch.BEGIN_WITHIN", -1.0)
    with filled(store_place, [two_mails()], crowd(3)) as store, MailServer() as server:
        replay(store, at(2))
        assert send_all(store, server.port, at(2)).counts == {}
        assert server.received == []
        monkeypatch.undo()
        assert send_all(store, server.port, at(2)).counts == {"accepted": 3}


def test_a_lease_that_ended_is_unknown_and_old_fences_write_nothing(
    store_place: Path | str,
) -> None:
    """A dispatcher that sleeps longer than its lease finds that its word no longer counts."""
    with filled(store_place, [two_mails()], crowd(1)) as store:
        replay(store, at(2))

        async def sleepy(port: int) -> dict[str, int]:
            def wake_late(recipient: str) -> str | None:
                later = at(2) + LEASE + timedelta(seconds=1)
                with open_store(store_place) as other:
                    assert other.expire_leases(later) == 1
                return None

            with MailServer(at_end=wake_late) as server:
                email_ = channel(server.port)
                done = await dispatch(store, [email_], at(2))
                await email_.close()
                assert len(server.received) == 1
            return dict(done.counts)

        assert asyncio.run(sleepy(0)) == {}
        assert store.outbox_counts() == {"unknown": 1}


LEAVES = journey(
    ORDERED,
    {"a": mail("Pay, please.", "w"), "w": wait("P1D", "b"), "b": mail("Still not?")},
    exits=(ir.ExitOnEvent("paid"),),
)


def paid(store: Store, hours: float) -> None:
    """The first of the crowd pays."""
    store.put_events([NewEvent("p0", "paid", at(hours), {}, f"paid-{hours}")])
    replay(store, at(hours))


def test_what_waits_when_its_run_is_left_is_not_sent(store_place: Path | str) -> None:
    with filled(store_place, [LEAVES], crowd(2)) as store, MailServer() as server:
        replay(store, at(2))
        paid(store, 3)
        assert send_all(store, server.port, at(3)).counts == {"accepted": 1}
        (message,) = store.messages_of(1)
        assert (message.status, message.reason) == ("skipped", "left meanwhile")
        assert read(server.received[0])["To"] == "p1@example.com"


def test_what_is_made_before_an_exit_that_comes_in_the_same_step_is_sent(
    store_place: Path | str,
) -> None:
    with filled(store_place, [LEAVES], crowd(1)) as store, MailServer() as server:
        store.put_events([NewEvent("p0", "paid", at(3), {}, "paid")])
        replay(store, at(4))
        assert send_all(store, server.port, at(4)).counts == {"accepted": 1}


def test_a_retry_is_not_sent_when_its_run_was_left_during_the_first_attempt(
    store_place: Path | str,
) -> None:
    with filled(store_place, [LEAVES], crowd(1)) as store:
        replay(store, at(2))

        def pays(recipient: str) -> str:
            with open_store(store_place) as other:
                paid(other, 3)
            return "451 later"

        with MailServer(at_end=pays) as server:
            assert send_all(store, server.port, at(3)).counts == {"deferred": 1}
            assert send_all(store, server.port, at(9)).counts == {"skipped": 1}
            assert server.received == []
        assert store.messages_of(1)[0].reason == "left meanwhile"


def test_who_unsubscribes_between_claim_and_hand_over_gets_nothing(
    store_place: Path | str,
) -> None:
    """The first message is on the wire when the person of the others unsubscribes."""
    with filled(store_place, [two_mails()], crowd(12)) as store:
        replay(store, at(2))
        told: list[str] = []

        def unsubscribes(recipient: str) -> None:
            if not told:
                told.append(recipient)
                with open_store(store_place) as other:
                    for n in range(12):
                        other.put_person(f"p{n}", {"unsubscribed": True}, at(2))

        with MailServer(at_end=unsubscribes) as server:
            sent = send_all(store, server.port, at(2), connections=1)
            assert sent.counts == {"accepted": 1}
            assert send_all(store, server.port, at(3)).counts == {"skipped": 11}
            assert len(server.received) == 1
        reasons = {row.reason for n in range(1, 13) for row in store.messages_of(n)}
        assert reasons == {None, "unsubscribed"}
