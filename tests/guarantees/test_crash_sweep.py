"""Killed at every named point and started again, and judged by `checker`: SQL and a journal."""

from __future__ import annotations

import email
import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import pytest

from cio_lang import ir
from cio_lang.crash import Point
from cio_lang.runtime.dispatch import LEASE
from cio_lang.store import open_store
from tests.guarantees.checker import Entry, faults, read_store
from tests.guarantees.test_survives_a_crash import work
from tests.mail_server import MailServer
from tests.one_person import at, journey, mail, wait
from tests.workspace import ORDERED, crowd, filled

PEOPLE = 12
NOW = at(40)
POINTS = [point for point in get_args(Point) if "-" not in point]


def graph() -> ir.JourneyGraph:
    """A message, a wait, a branch, a split, and an exit."""
    nodes: dict[str, Any] = {
        "a": mail("Thanks.", "w"),
        "w": wait("P1D", "b"),
        "b": ir.BranchNode((ir.Case(ir.AttributeTest("name", "is", "P3"), "c"),), "s"),
        "c": mail("You again?"),
        "s": ir.SplitNode((ir.Share(50, "A", "d"), ir.Share(50, "B", "e"))),
        "d": mail("How was it?"),
        "e": mail("Was it good?"),
    }
    return journey(ORDERED, nodes, name="swept", exits=(ir.ExitOnEvent("paid"),))


def _handed(server: MailServer) -> list[Entry]:
    found: list[Entry] = []
    for content in server.received:
        message = email.message_from_bytes(content)
        digest = sha256(content.rstrip()).hexdigest()
        found.append({"handed": message["X-Cio-Outbox"], "to": message["To"], "sha256": digest})
    return found


def swept(place: Path | str, crash_at: str) -> list[Entry]:
    """Fill, kill, let somebody unsubscribe meanwhile, and finish: the journal of all of it."""
    filled(place, [graph()], crowd(PEOPLE)).close()
    journal: list[Entry] = [{"acknowledged": f"o-p{n}"} for n in range(PEOPLE)]
    with MailServer() as server:
        assert work(place, server.port, NOW, crash_at).wait() == (137 if crash_at else 0)
        before = _handed(server)
        journal += before
        with open_store(place) as store:
            store.put_person("p7", {"unsubscribed": True}, NOW)
        journal.append({"unsubscribed": "p7@example.com"})
        later = NOW + LEASE + timedelta(minutes=1)
        assert work(place, server.port, later).wait() == 0
        return journal + _handed(server)[len(before) :]


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("point", POINTS)
def test_every_promise_is_kept(store_place: Path | str, point: str, count: int) -> None:
    count = 1 if point == "claimed" else count  # one claim takes all that there is
    journal = swept(store_place, f"{point}:{count}")
    assert faults(journal, read_store(store_place), floor=2 * PEOPLE - 8) == []


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Entry], Any]:
    """A run that nothing disturbed."""
    place = tmp_path_factory.mktemp("clean") / "cio.db"
    return swept(place, ""), read_store(place)


def _twice(journal: list[Entry], tables: Any) -> None:
    journal.append(next(entry for entry in journal if "handed" in entry))


def _unknown_id(journal: list[Entry], tables: Any) -> None:
    journal.append({"handed": "nobody's", "to": "a@b.example", "sha256": ""})


def _never_came(journal: list[Entry], tables: Any) -> None:
    journal.remove(next(entry for entry in journal if "handed" in entry))


def _lost(journal: list[Entry], tables: Any) -> None:
    journal.append({"acknowledged": "order-lost"})


def _against_will(journal: list[Entry], tables: Any) -> None:
    to = next(entry["to"] for entry in journal if "handed" in entry)
    journal.insert(0, {"unsubscribed": to})


def _other_bytes(journal: list[Entry], tables: Any) -> None:
    tables["outbox"][0]["message"] += b"!"


def _made_twice(journal: list[Entry], tables: Any) -> None:
    tables["outbox"].append(tables["outbox"][0] | {"id": "again"})


def _off_the_path(journal: list[Entry], tables: Any) -> None:
    step = next(row for row in tables["decisions"] if row["what"] == "drawn")
    arm = json.loads(step["detail"])["share"]
    step["detail"] = json.dumps({"share": "B" if arm == "A" else "A"})


def _requeued(journal: list[Entry], tables: Any) -> None:
    tables["outbox"][0]["status"] = "queued"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("doctor", "said"),
    [
        (_twice, "was handed over 2 times"),
        (_unknown_id, "is not in the outbox"),
        (_never_came, "counts as accepted and never came"),
        (_lost, "is stored 0 times"),
        (_against_will, "to who had unsubscribed"),
        (_other_bytes, "not the bytes whose hash was committed"),
        (_made_twice, "has 2 messages for visit 1"),
        (_off_the_path, "comes next"),
        (_requeued, "was left as queued"),
    ],
)
def test_the_checker_can_fail(clean: tuple[list[Entry], Any], doctor: Any, said: str) -> None:
    journal = list(clean[0])
    tables = {name: [dict(row) for row in rows] for name, rows in clean[1].items()}
    assert faults(journal, tables, floor=2 * PEOPLE) == []
    doctor(journal, tables)
    assert any(said in fault for fault in faults(journal, tables, floor=1))
