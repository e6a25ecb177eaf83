"""One message per run, step and visit, ever; handed over at most once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from cio_lang.runtime.advance import advance_due, replay
from cio_lang.runtime.dispatch import Dispatched, dispatch_all
from cio_lang.store import open_store
from cio_lang.store.database import IntegrityError
from cio_lang.store.state import NewEvent, PersonChange
from tests.mail_server import MailServer
from tests.one_person import at
from tests.workspace import channel, crowd, filled, send_all, two_mails


def test_doing_the_work_twice_sends_once(store_place: Path | str) -> None:
    with filled(store_place, [two_mails()], crowd(5)) as store, MailServer() as server:
        for _ in range(3):
            replay(store, at(40))
            send_all(store, server.port, at(40))
        assert len(server.ids) == len(set(server.ids)) == 10


def test_the_same_event_again_counts_once(store_place: Path | str) -> None:
    with filled(store_place, [two_mails()], crowd(2)) as store, MailServer() as server:
        replay(store, at(40))
        again = [NewEvent(f"p{n}", "order_placed", at(1), {"n": 1}, f"o-p{n}") for n in range(2)]
        assert store.put_events(again) == 0
        replay(store, at(80))
        send_all(store, server.port, at(80))
        assert len(server.ids) == 4


def test_two_dispatchers_at_once_send_once(store_place: Path | str) -> None:
    with (
        filled(store_place, [two_mails()], crowd(60)) as store,
        MailServer(seconds=0.001) as server,
    ):
        replay(store, at(40))

        async def both() -> list[Dispatched]:
            with open_store(store_place) as other:
                channels = [channel(server.port), channel(server.port)]
                done = await asyncio.gather(
                    dispatch_all(store, [channels[0]], at(40)),
                    dispatch_all(other, [channels[1]], at(40)),
                )
                for each in channels:
                    await each.close()
                return list(done)

        total = sum(done.total for done in asyncio.run(both()))
        assert total == 120 and len(server.ids) == len(set(server.ids)) == 120


def test_two_engines_at_once_step_once(store_place: Path | str) -> None:
    """Both load the same people; the slower one finds them changed and writes nothing."""
    with filled(store_place, [two_mails()], crowd(3)) as store, open_store(store_place) as other:
        ids = other.due_people(at(1), 10)
        other.load_batch(ids)
        advance_due(store, at(1))
        assert other.save_batch([PersonChange(person) for person in ids], at(1)) == ids
        assert store.outbox_counts() == {"queued": 3}


def test_another_message_for_the_same_step_is_refused(store_place: Path | str) -> None:
    """Unique in the table itself, whatever the code above it does."""
    with filled(store_place, [two_mails()], crowd(1)) as store:
        advance_due(store, at(1))
        [row] = store.messages_of(1)
        store.load_batch([1])
        with pytest.raises(IntegrityError):
            store.save_batch([PersonChange(1, outbox=[replace(row, id="another")])], at(1))
        assert len(store.messages_of(1)) == 1
