"""`kill -9` while single events come in: what was acknowledged is there, once, and so it stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cio_lang.store import open_store
from cio_lang.store.database import open_database

ROOT = Path(__file__).parent.parent.parent
THREADS, EACH = 8, 60


def submitting(place: Path | str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.guarantees.submitting", str(place)]
    return subprocess.Popen(
        [*command, str(THREADS), str(EACH)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def stored(place: Path | str) -> list[str]:
    with open_database(place) as database:
        return sorted(uid for (uid,) in database.driver("SELECT uid FROM events"))


@pytest.mark.parametrize("after", [1, 40, 300])
def test_all_that_was_acknowledged_is_there_once(store_place: Path | str, after: int) -> None:
    open_store(store_place, create=True).close()
    process = submitting(store_place)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(after)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.read().split()
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    found = stored(store_place)
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found)
    # At most one of each thread was stored and not acknowledged.
    assert len(found) <= len(acknowledged) + THREADS

    again = submitting(store_place)
    assert len(again.communicate()[0].split()) == THREADS * EACH
    assert again.returncode == 0
    everything = sorted(f"{thread}-{n}" for thread in range(THREADS) for n in range(EACH))
    assert stored(store_place) == everything
