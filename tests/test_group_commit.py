"""Single events, committed together: acknowledged when stored, refused one by one."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event as Signal

import pytest

from cio_lang.mistake import UserMistake
from cio_lang.store import Store, open_store
from cio_lang.store.database import Database
from cio_lang.store.group_commit import GroupCommit, QueueFull
from cio_lang.store.limits import Refused
from cio_lang.store.problems import StoreLocked
from cio_lang.store.state import NewEvent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def did(n: int, **properties: object) -> NewEvent:
    return NewEvent(f"p{n % 3}", "did", NOW + timedelta(seconds=n), properties, id=f"e{n}")


def stored(place: Path | str) -> list[str]:
    """As another process sees it."""
    with open_store(place) as other:
        return sorted(each.id for each in other.every_event(None, None))


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True, wait=0.5) as opened:
        yield opened


@contextmanager
def busy(store: Store) -> Iterator[None]:
    """The writer waits meanwhile."""
    begun, end = Signal(), Signal()

    def hold() -> None:
        with store.transaction():
            begun.set()
            assert end.wait(60)

    with ThreadPoolExecutor(1) as elsewhere:
        holding = elsewhere.submit(hold)
        assert begun.wait(60)
        try:
            yield
        finally:
            end.set()
            holding.result()


def test_what_is_acknowledged_others_see(store: Store, store_place: Path | str) -> None:
    with GroupCommit(store) as commits:
        for n in range(3):
            commits.submit(did(n)).result()
            assert stored(store_place) == [f"e{m}" for m in range(n + 1)]
        commits.submit_person("p0", {"plan": "Pro"}, NOW).result()
        commits.submit(did(0)).result()  # again
    assert stored(store_place) == ["e0", "e1", "e2"]
    assert store.the_person("p0").attributes == {"plan": "Pro"}


def test_what_comes_meanwhile_is_one_transaction(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits_of: list[int] = []
    commit = Database._commit

    def counted(database: Database) -> None:
        commits_of.append(len(list(store.every_event(None, None))))
        commit(database)

    with GroupCommit(store, group=40) as commits, busy(store):
        monkeypatch.setattr(Database, "_commit", counted)
        waiting = [commits.submit(did(n)) for n in range(100)]
    assert [each.result() for each in waiting] == [None] * 100
    # The one that kept it busy, up to one that came first, and groups of 40 at most.
    sizes = [after - before for before, after in pairwise(commits_of)]
    assert len(sizes) <= 4 and sum(sizes) == 100 and max(sizes) == 40


def test_many_threads(store: Store, store_place: Path | str) -> None:
    def submit(first: int) -> None:
        for n in range(first, 200, 8):
            commits.submit(did(n)).result()

    with GroupCommit(store) as commits, ThreadPoolExecutor(8) as threads:
        list(threads.map(submit, range(8)))
    assert stored(store_place) == sorted(f"e{n}" for n in range(200))


def test_a_refused_one_costs_itself(store: Store, store_place: Path | str) -> None:
    with GroupCommit(store) as commits, busy(store):
        good = [commits.submit(did(1)), commits.submit_person("ann", {"a": 1}, NOW)]
        bad = [
            commits.submit(did(2, amount=math.nan)),
            commits.submit(NewEvent("", "did", NOW)),
            commits.submit_person("bob", {"n": 10**16}, NOW),
        ]
        good.append(commits.submit(did(3)))
    for each in bad:
        error = each.exception()
        assert isinstance(error, Refused)
        assert error.problems[0].code == "row-refused"
    assert [each.exception() for each in good] == [None, None, None]
    assert stored(store_place) == ["e1", "e3"]
    assert store.find_person("bob") is None


def test_where_the_store_fails_nothing_is_acknowledged_and_the_next_are_stored(
    store: Store, store_place: Path | str
) -> None:
    with GroupCommit(store) as commits:
        commits.submit_person("p1", {"a": 1}, NOW).result()
        with open_store(store_place) as other, other.transaction():
            other.put_people([("p1", {"a": 2}, NOW)])
            failed = [commits.submit_person("p1", {"a": 3}, NOW), commits.submit(did(1))]
            # One of them may have been a group of its own.
            error = failed[0].exception(60)
            assert isinstance(error, UserMistake)
            assert isinstance(error.problems[0], StoreLocked)
            failed[1].exception(60)
        commits.submit(did(1)).result()
    assert stored(store_place) == ["e1"]
    assert store.the_person("p1").attributes == {"a": 2}


def test_a_full_queue_says_so_and_takes_more_when_there_is_room(
    store: Store, store_place: Path | str
) -> None:
    with GroupCommit(store, group=2, room=3) as commits, ThreadPoolExecutor(1) as patient:
        with busy(store):
            taken: list[Future[None]] = []
            with pytest.raises(QueueFull):
                for n in range(10):
                    taken.append(commits.submit(did(n), 1))
            # Three that wait, and up to a group that is waiting for the store.
            assert 3 <= len(taken) <= 5
            later = patient.submit(commits.submit, did(9))
            with pytest.raises(TimeoutError):
                later.result(0.2)
        later.result(60).result(60)
    assert "e9" in stored(store_place)


def test_closing_stores_what_is_waiting(store: Store, store_place: Path | str) -> None:
    commits = GroupCommit(store)
    with busy(store):
        waiting = [commits.submit(did(n)) for n in range(5)]
        taken_back = waiting.pop()
        cancelled = taken_back.cancel()
    commits.close()
    assert all(each.done() and each.exception() is None for each in waiting)
    assert stored(store_place) == [f"e{n}" for n in range(4 if cancelled else 5)]
    with pytest.raises(RuntimeError, match="closed"):
        commits.submit(did(9))
    commits.close()


def test_from_an_event_loop(store: Store, store_place: Path | str) -> None:
    async def handle(n: int) -> None:
        await asyncio.wrap_future(commits.submit(did(n), 0))

    async def serve() -> None:
        await asyncio.gather(*map(handle, range(100)))

    with GroupCommit(store) as commits:
        asyncio.run(serve())
    assert len(stored(store_place)) == 100
