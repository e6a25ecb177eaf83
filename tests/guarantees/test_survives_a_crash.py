"""Killed anywhere, started again: nothing is lost, nothing is repeated, what nobody saw is visible.

The process is a real one, the SMTP server is a real one in another process's eyes, and its log is
the witness: it is compared with what the same people got without any crash.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from cio_lang.crash import Point
from cio_lang.runtime.dispatch import LEASE
from cio_lang.store import Store, open_store
from tests.guarantees.story import everything_about
from tests.mail_server import MailServer
from tests.one_person import at
from tests.workspace import crowd, filled, two_mails

ROOT = Path(__file__).parent.parent.parent
PEOPLE = 12
NOW = at(40)
POINTS = [point for point in get_args(Point) if "-" not in point]
"""Those that this work comes to; those of segments and archives have tests of their own."""

BEFORE_SENDING = {"save", "saved", "claimed"}
ON_THE_WIRE = 3 * 2
"""How many messages a crash may leave in doubt: those in hand of two connections."""


def work(place: Path | str, port: int, now: datetime, crash_at: str = "") -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "tests.guarantees.work",
        str(place),
        str(port),
        now.isoformat(),
    ]
    environment = os.environ | {"CRASH_AT": crash_at}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True)


def fresh(place: Path | str) -> None:
    filled(place, [two_mails()], crowd(PEOPLE)).close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, set[str]]:
    """What happens when nothing happens."""
    path = tmp_path_factory.mktemp("undisturbed") / "cio.db"
    fresh(path)
    with MailServer() as server:
        assert work(path, server.port, NOW).wait() == 0
        assert len(server.ids) == 2 * PEOPLE
        with open_store(path) as store:
            return everything_about(store), set(server.ids)


def check(store: Store, server: MailServer, undisturbed: tuple[object, set[str]]) -> set[str]:
    """Every promise; returns the ids whose hand-over nobody saw end."""
    story, ids = undisturbed
    assert everything_about(store) == story
    assert len(server.ids) == len(set(server.ids)), "a message came twice"
    ends = {row.id: row.status for n in range(1, PEOPLE + 1) for row in store.messages_of(n)}
    assert set(ends) == ids
    assert set(ends.values()) <= {"accepted", "unknown"}
    unknown = {row_id for row_id, status in ends.items() if status == "unknown"}
    assert ids - unknown <= set(server.ids) <= ids, "a message that counts as accepted never came"
    return unknown


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("point", POINTS)
def test_killed_at(
    store_place: Path | str, undisturbed: tuple[object, set[str]], point: str, count: int
) -> None:
    fresh(store_place)
    with MailServer() as server:
        assert work(store_place, server.port, NOW, f"{point}:{count}").wait() in {0, 137}
        after = NOW + LEASE + timedelta(minutes=1)
        assert work(store_place, server.port, after).wait() == 0
        with open_store(store_place) as store:
            unknown = check(store, server, undisturbed)
    assert len(unknown) <= (0 if point in BEFORE_SENDING else ON_THE_WIRE)


@pytest.mark.slow
def test_killed_again_and_again(
    store_place: Path | str, undisturbed: tuple[object, set[str]]
) -> None:
    """`kill -9` in the middle of the work, three times over, at no particular instruction."""
    fresh(store_place)
    now = NOW
    with MailServer(seconds=0.02) as server:
        for count in (3, 9, 15):
            process = work(store_place, server.port, now)
            server.wait_for(count)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
            now += LEASE + timedelta(minutes=1)
        server.seconds = 0
        assert work(store_place, server.port, now).wait() == 0
        with open_store(store_place) as store:
            assert len(check(store, server, undisturbed)) <= 3 * ON_THE_WIRE
