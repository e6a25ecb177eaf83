"""What a store is given that no store should be: told, and nothing by half; nothing is lost.

Values and names are in `test_limits.py`, files in `test_import_bad_input.py`; here is the rest.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cio_lang.conditions.reach import Reach
from cio_lang.mistake import UserMistake
from cio_lang.store import Store, open_store
from cio_lang.store.archive.moving import move
from cio_lang.store.archive.problems import ArchiveDamaged
from cio_lang.store.archive.rules import Rules
from cio_lang.store.group_commit import GroupCommit
from cio_lang.store.limits import Refused
from cio_lang.store.problems import DiskFull
from cio_lang.store.state import NewEvent
from tests.stores import problem, schema, server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        yield opened


def names(store: Store, key: str) -> list[str]:
    return [event.name for event in store.events(store.the_person(key).id)]


def test_a_million_attributes_are_refused(store: Store) -> None:
    values = {f"a{n}": n for n in range(1_000_000)}
    with pytest.raises(Refused) as caught:
        store.put_person("ann", values, NOW)
    assert "1,000,000 attributes, and 1,000 fit" in problem(caught).fault
    with pytest.raises(Refused) as caught:
        store.put_events([NewEvent("ann", "did", NOW, values)])
    assert "1,000,000 properties, and 1,000 fit" in problem(caught).fault
    assert store.people_count() == 0


def test_attributes_that_come_bit_by_bit_are_counted_together(store: Store) -> None:
    store.put_person("ann", {f"a{n}": n for n in range(900)}, NOW)
    with pytest.raises(Refused) as caught:
        store.put_person("ann", {f"b{n}": n for n in range(200)}, NOW)
    assert "1,100 attributes" in problem(caught).fault
    assert len(store.the_person("ann").attributes) == 900
    told: list[str] = []
    more = {f"b{n}": n for n in range(200)}
    rows = [("bob", {}, NOW), ("ann", more, NOW), ("cid", {"n": 10**16}, NOW), ("dan", {}, NOW)]
    assert store.put_people(rows, lambda row, _: told.append(row[0])) == 2
    assert sorted(told) == ["ann", "cid"]
    with GroupCommit(store) as commits, store.transaction():
        good = [commits.submit_person(key, {}, NOW) for key in ("eve", "fay")]
        bad = commits.submit_person("ann", more, NOW)
        good.append(commits.submit(NewEvent("ann", "did", NOW)))
    assert isinstance(bad.exception(60), Refused)
    assert [each.exception(60) for each in good] == [None, None, None]
    assert store.people_count() == 5
    store.put_person("ann", {f"a{n}": None for n in range(200)}, NOW + YEAR)
    store.put_person("ann", {f"b{n}": n for n in range(200)}, NOW + YEAR)
    assert len(store.the_person("ann").attributes) == 900


@pytest.mark.parametrize("off", [-50 * YEAR, -3 * YEAR, 3 * YEAR, 50 * YEAR])
def test_a_clock_that_is_years_off(store: Store, off: timedelta) -> None:
    """Events keep the time that they carry, and the others' order is not disturbed."""
    store.put_events([NewEvent("ann", "first", NOW, received_at=NOW)])
    store.put_events([NewEvent("ann", "skewed", NOW + off, received_at=NOW)])
    later = NOW + timedelta(hours=1)
    store.put_events([NewEvent("ann", "last", later, received_at=later)])
    rest = ["first", "last"]
    assert names(store, "ann") == (["skewed", *rest] if off < timedelta() else [*rest, "skewed"])
    ann = store.the_person("ann")
    assert ann.created_at == min(NOW, NOW + off)
    (state,) = store.load_batch([ann.id])
    history = {event.name: old for event, old in state.new_events}
    assert history == {"first": False, "last": False, "skewed": off < timedelta()}


def test_an_attribute_from_a_clock_years_ahead_is_newest_until_then(store: Store) -> None:
    """What is told later with right clocks is not lost: it is history, and can be set again."""
    store.put_person("ann", {"plan": "skewed"}, NOW + 10 * YEAR)
    store.put_person("ann", {"plan": "Pro"}, NOW)
    ann = store.the_person("ann")
    assert (ann.attributes, ann.created_at) == ({"plan": "skewed"}, NOW)
    store.put_person("ann", {"plan": None}, NOW + 10 * YEAR)
    assert store.the_person("ann").attributes == {}


def test_a_key_that_is_the_email_of_another_is_a_person_of_its_own(store: Store) -> None:
    store.put_people([("ann", {"email": "ann@x.com"}, NOW), ("bob", {}, NOW)])
    store.put_events([NewEvent("ann@x.com", "did", NOW)])
    store.put_people([("ann@x.com", {"plan": "Pro"}, NOW)])
    assert store.people_count() == 3
    assert names(store, "ann") == []
    assert names(store, "ann@x.com") == ["did"]
    assert store.the_person("ann").attributes == {"email": "ann@x.com"}
    assert store.merge("ann", "ann@x.com", NOW).events == 1
    assert names(store, "ann@x.com") == names(store, "ann") == ["did"]


def test_an_archived_file_that_is_damaged_lets_nothing_in_by_half(
    store: Store, tmp_path: Path
) -> None:
    """Whether an old event is there already cannot be told: its batch is not stored."""
    old = NOW - timedelta(days=100)
    store.keep_archive(tmp_path / "archive", Rules())
    store.put_events([NewEvent("ann", "did", old, id="1", received_at=NOW)])
    store.archive.database.driver("UPDATE events SET handled = 1")
    assert move(store.archive, Reach(), NOW).events == 1
    (path,) = (tmp_path / "archive").rglob("*.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    batch = [NewEvent("ann", "did", NOW, id="2"), NewEvent("ann", "did", old, id="1")]
    with pytest.raises(UserMistake) as caught:
        store.put_events(batch)
    assert isinstance(problem(caught), ArchiveDamaged)
    with GroupCommit(store) as commits:
        assert isinstance(commits.submit(batch[1]).exception(60), UserMistake)
        assert commits.submit(batch[0]).exception(60) is None
    path.write_bytes(whole)
    assert store.put_events(batch) == 0
    assert len(names(store, "ann")) == 2


# full disks


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 8 MB that everybody may write to; skips where none can be made."""
    with tempfile.TemporaryDirectory(prefix="cio-small") as folder:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m,mode=777", "tmpfs", folder], capture_output=True
        )
        if made.returncode:
            pytest.skip("a small file system cannot be mounted here")
        Path(folder).chmod(0o777)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


@contextmanager
def place_on(disk: Path, dialect: str) -> Iterator[Path | str]:
    """A store whose tables lie there."""
    if dialect == "sqlite":
        yield disk / "cio.db"
        return
    import psycopg

    with psycopg.connect(server(), autocommit=True) as connection:
        folder = disk / "tables"
        folder.mkdir()
        owner = Path(connection.execute("SHOW data_directory").fetchone()[0]).stat()  # type: ignore[index]
        os.chown(folder, owner.st_uid, owner.st_gid)
        name = f"small_{os.getpid()}"
        connection.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
        try:
            with schema() as address:
                yield f"{address}&options=-c%20default_tablespace%3D{name}"
        finally:
            connection.execute(f"DROP TABLESPACE {name}")


def test_a_full_disk_acknowledges_nothing_that_is_not_there(dialect: str, small_disk: Path) -> None:
    """Batches and single events alike; what was acknowledged can still be read."""
    with place_on(small_disk, dialect) as place:
        acknowledged = 0
        with open_store(place, create=True) as store:
            with pytest.raises(UserMistake) as caught:
                for first in range(0, 100_000, 500):
                    store.put_events(
                        NewEvent("ann", "did", NOW, {"t": "x" * 300}, id=str(n))
                        for n in range(first, first + 500)
                    )
                    acknowledged += 500
            assert isinstance(problem(caught), DiskFull)
            with GroupCommit(store) as commits:
                single = {
                    n: commits.submit(NewEvent("bob", "did", NOW, {"t": "x" * 9_000}, id=str(n)))
                    for n in range(500)
                }
            full = [each.exception() for each in single.values()]
        assert any(full)
        assert {type(error) for error in full} <= {UserMistake, type(None)}
        with open_store(place) as store:
            assert len(names(store, "ann")) == acknowledged > 0
            bob = store.find_person("bob")
            found = set() if bob is None else {each.id for each in store.events(bob.id)}
            assert found == {str(n) for n, each in single.items() if each.exception() is None}
