"""Whoever did not enter, did not get a message or left: the reason is written down."""

from __future__ import annotations

from pathlib import Path

from cio_lang import ir
from cio_lang.runtime.advance import replay
from cio_lang.store.state import NewEvent
from tests.mail_server import MailServer
from tests.one_person import at, journey, mail
from tests.workspace import ORDERED, crowd, filled, send_all


def test_every_refusal_has_its_reason(store_place: Path | str) -> None:
    graph = journey(
        ORDERED,
        {"a": mail("x")},
        allow="after",
        after="P1D",
        only=ir.AttributeTest("country", "is", "US"),
    )
    people = crowd(3)
    people["p0"]["country"] = people["p1"]["country"] = "US"
    del people["p1"]["email"]
    with filled(store_place, [graph], people) as store, MailServer() as server:
        store.put_events([NewEvent("p0", "order_placed", at(2), {}, "again")])
        replay(store, at(5))
        send_all(store, server.port, at(5))
        told = {
            store.person(n).key: [
                (made.what, made.detail.get("reason"))
                for made in store.decisions_of(n)
                if made.what in {"entered", "not_entered"}
            ]
            for n in (1, 2, 3)
        }
        assert told["p0"] == [("entered", None), ("not_entered", "entered too recently")]
        assert told["p1"] == [("entered", None)]
        [(what, reason)] = told["p2"]
        assert what == "not_entered" and reason.startswith("only people where ")
        assert [(row.status, row.reason) for row in store.messages_of(2)] == [
            ("skipped", "no address")
        ]
        # The run went on all the same.
        assert store.load_batch([2])[0].runs[0].reason == "finished"
