"""Old events leave the hot store, and nothing of them is lost, seen twice or asked for in vain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from cio_lang import ir
from cio_lang.cli import main
from cio_lang.conditions.reach import Reach, reach
from cio_lang.mistake import UserMistake
from cio_lang.store import Store, open_store
from cio_lang.store.archive.location import Bucket, Folder, open_location
from cio_lang.store.archive.manifest import Archive
from cio_lang.store.archive.moving import move, rewrite_without, sweep
from cio_lang.store.archive.problems import ArchiveDamaged, ArchiveUnreachable
from cio_lang.store.archive.reading import check, events_of, every_tier, stored
from cio_lang.store.archive.rules import Rules, leaves_hot
from cio_lang.store.database import Database, open_database
from cio_lang.store.encoding import micros
from cio_lang.store.merge import merge
from cio_lang.store.state import NewEvent
from cio_lang.store.tables import archives, events, people

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def days_ago(days: float) -> datetime:
    return NOW - days * DAY


@pytest.fixture
def database(store_place: Path | str) -> Iterator[Database]:
    with open_database(store_place, create=True) as database:
        yield database


def fill(database: Database, *, people_count: int = 6, days: int = 120) -> None:
    """One event a day for everybody, by turns `viewed` and `bought`."""
    database.execute(
        insert(people),
        [
            {"id": n, "key": f"p{n}", "lot": 0, "created_at": 0, "updated_at": 0}
            for n in range(1, people_count + 1)
        ],
    )
    database.execute(
        insert(events),
        [
            {
                "person": n,
                "uid": f"e{day}",
                "name": "viewed" if (n + day) % 2 else "bought",
                "at": micros(days_ago(day)) + n,
                "received_at": micros(days_ago(day)) + n,
                "properties": f'{{"n":{day}}}',
                "handled": 1,
            }
            for n in range(1, people_count + 1)
            for day in range(days)
        ],
    )


def archive_of(database: Database, tmp_path: Path, rules: Rules | None = None) -> Archive:
    warm, cold = Folder(tmp_path / "warm"), Folder(tmp_path / "cold")
    return Archive(database, warm, cold, rules or Rules())


def hot(database: Database, person: int) -> list[tuple[str, int]]:
    rows = database.execute(
        select(events.c.uid, events.c.at).where(events.c.person == person).order_by(events.c.at)
    )
    return [tuple(row) for row in rows]


def whole(archive: Archive, person: int) -> list[tuple[str, int]]:
    """A person's history over all tiers."""
    old = [(event.id, micros(event.at)) for event in events_of(archive, [person])]
    return sorted([*old, *hot(archive.database, person)], key=lambda each: each[1])


def test_old_events_move_and_none_is_lost(database: Database, tmp_path: Path) -> None:
    fill(database)
    archive = archive_of(database, tmp_path)
    before = {n: hot(database, n) for n in range(1, 7)}
    done = move(archive, Reach(), NOW)
    assert done.events == 6 * (120 - 31)
    assert {n: whole(archive, n) for n in range(1, 7)} == before
    oldest_hot = min(at for n in range(1, 7) for _, at in hot(database, n))
    assert oldest_hot >= micros(days_ago(30))
    tiers = {row[0] for row in database.execute(select(archives.c.tier))}
    assert tiers == {"warm", "cold"}
    assert move(archive, Reach(), NOW).events == 0
    assert check(archive) == []


def test_what_a_condition_can_look_back_on_stays_hot(database: Database, tmp_path: Path) -> None:
    fill(database, people_count=3)
    archive = archive_of(database, tmp_path)
    move(archive, Reach({"bought": None, "viewed": 60 * DAY}), NOW)
    rows = database.execute(select(events.c.name, events.c.at))
    ages = {
        name: max((micros(NOW) - at) / micros_of_a_day() for each, at in rows if each == name)
        for name in ("bought", "viewed")
    }
    assert ages["bought"] > 110
    assert 58 < ages["viewed"] <= 60


def micros_of_a_day() -> int:
    return DAY // timedelta(microseconds=1)


def test_events_that_nobody_has_looked_at_stay(database: Database, tmp_path: Path) -> None:
    fill(database, people_count=2)
    database.driver("UPDATE events SET handled = 0 WHERE person = 1")
    archive = archive_of(database, tmp_path)
    move(archive, Reach(), NOW)
    assert len(hot(database, 1)) == 120
    assert len(hot(database, 2)) < 40


def test_small_files_are_joined(database: Database, tmp_path: Path) -> None:
    fill(database)
    archive = archive_of(database, tmp_path)
    for day in range(5):
        move(archive, Reach(), NOW + day * DAY)
    rows = database.execute(select(archives.c.tier, archives.c.bucket, archives.c.first_at))
    months = [(tier, bucket, month_of(at)) for tier, bucket, at in rows]
    assert len(months) == len(set(months))
    on_disk = archive.warm.names() | archive.cold.names()
    assert on_disk == {row[0] for row in database.execute(select(archives.c.file))}


def month_of(at: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).strftime("%Y-%m")


def test_rules_throw_away_what_is_too_old(database: Database, tmp_path: Path) -> None:
    fill(database, people_count=4)
    archive = archive_of(database, tmp_path)
    move(archive, Reach(), NOW)
    kept = Archive(database, archive.warm, archive.cold, Rules(keep_days={"viewed": 50, "*": 100}))
    done = move(kept, Reach(), NOW)
    assert done.removed > 0
    for n in range(1, 5):
        names = {event.id: event.name for event in events_of(kept, [n])}
        ages = {uid: int(uid[1:]) for uid in names}
        assert all(ages[uid] <= 50 for uid, name in names.items() if name == "viewed")
        assert max(ages[uid] for uid, name in names.items() if name == "bought") in (99, 100)


def test_a_person_can_be_taken_out_of_every_file(database: Database, tmp_path: Path) -> None:
    fill(database, people_count=18, days=60)
    archive = archive_of(database, tmp_path)
    move(archive, Reach(), NOW)
    beside = whole(archive, 18)  # in the same bucket as person 2
    assert rewrite_without(archive, 2, NOW) > 0
    assert events_of(archive, [2]) == []
    assert whole(archive, 18) == beside
    assert check(archive) == []


def test_an_archived_event_is_known(database: Database, tmp_path: Path) -> None:
    fill(database, people_count=3)
    archive = archive_of(database, tmp_path)
    move(archive, Reach(), NOW)
    old, new = micros(days_ago(90)) + 1, micros(days_ago(1)) + 1
    asked = [(1, "e90", old), (1, "nowhere", old), (1, "e1", new), (2, "e90", old)]
    assert stored(archive, asked) == {(1, "e90"), (2, "e90")}


def test_all_tiers_are_one_table(database: Database, tmp_path: Path) -> None:
    fill(database, people_count=5)
    archive = archive_of(database, tmp_path)
    move(archive, Reach(), NOW)
    with every_tier(archive, None) as connection:
        assert connection.sql("SELECT count(*), count(DISTINCT person) FROM events").fetchall() == [
            (600, 5)
        ]
    with every_tier(archive, ["bought"]) as connection:
        assert connection.sql("SELECT count(*) FROM events").fetchall() == [(300,)]


def test_what_a_crash_left_behind_is_swept(database: Database, tmp_path: Path) -> None:
    fill(database, people_count=2)
    archive = archive_of(database, tmp_path)
    move(archive, Reach(), NOW)
    known = archive.warm.names()
    made = tmp_path / "made"
    made.write_bytes(b"half")
    archive.warm.put(made, "2026-01/00-orphan.parquet")
    assert list(sweep(archive)) == []  # another process may be about to make it known
    long_ago = NOW.timestamp() - 10 * 365 * 86400
    os.utime(tmp_path / "warm" / "2026-01" / "00-orphan.parquet", (long_ago, long_ago))
    assert len(list(sweep(archive))) == 1
    assert archive.warm.names() == known


def test_a_damaged_file_is_named(database: Database, tmp_path: Path) -> None:
    fill(database, people_count=1)
    archive = archive_of(database, tmp_path)
    move(archive, Reach(), NOW)
    name = sorted(archive.warm.names())[0]
    (tmp_path / "warm" / name).write_bytes(b"PAR1 not at all PAR1")
    assert check(archive) == [name]
    with pytest.raises(UserMistake, match="cannot be read") as told:
        events_of(archive, [1])
    assert isinstance(told.value.problems[0], ArchiveDamaged)


def store_with_old_events(place: Path | str, folder: Path) -> Store:
    store = open_store(place, create=True)
    store.keep_archive(folder, Rules())
    store.put_person("ann", {}, days_ago(200))
    store.put_events(
        NewEvent("ann", "viewed", days_ago(day), {"n": day}, id=f"e{day}", received_at=NOW)
        for day in range(100)
    )
    # As the engine does once it has looked at them.
    store.archive.database.driver("UPDATE events SET handled = 1")
    return store


def looks_back(days: int) -> ir.SegmentGraph:
    window = ir.Window(last=f"P{days}D")
    return ir.SegmentGraph(
        1,
        "segment",
        "s",
        "S",
        ir.Origin("s.journey", "sha256:0"),
        ir.EventTest("viewed", window=window),
    )


def test_a_store_reads_over_all_tiers_and_stores_nothing_twice(
    store_place: Path | str, tmp_path: Path
) -> None:
    with store_with_old_events(store_place, tmp_path) as store:
        ann = store.the_person("ann").id
        before = store.events(ann)
        assert move(store.archive, store.reach(), NOW).events == 69
        assert store.events(ann) == before
        assert store.events(ann, days_ago(50)) == [e for e in before if e.at >= days_ago(50)]
        again = [NewEvent("ann", "viewed", days_ago(80), {"n": 80}, id="e80", received_at=NOW)]
        new = [NewEvent("ann", "viewed", days_ago(80), {"n": 80}, id="late", received_at=NOW)]
        assert store.put_events(again) == 0
        assert store.put_events([*again, *new]) == 1
        assert len(store.events(ann)) == 101


def test_what_a_new_condition_looks_back_on_comes_back(
    store_place: Path | str, tmp_path: Path
) -> None:
    with store_with_old_events(store_place, tmp_path) as store:
        ann = store.the_person("ann").id
        before = store.events(ann)
        move(store.archive, store.reach(), NOW)
        assert len(hot(store.archive.database, ann)) == 31
        store.deploy([looks_back(60)], {}, NOW)
        assert len(hot(store.archive.database, ann)) >= 60
        assert store.events(ann) == before
        assert move(store.archive, store.reach(), NOW).events == 0
        assert store.events(ann) == before
        store.deploy([], {}, NOW)
        assert move(store.archive, store.reach(), NOW).events == 30
        assert store.events(ann) == before


def test_who_matches_is_asked_of_all_tiers(store_place: Path | str, tmp_path: Path) -> None:
    """Archiving changes no answer, however far back a question looks."""
    often = ir.EventTest("viewed", times=ir.Times("at_least", 80), window=ir.Window(last="P90D"))
    conditions: list[ir.Condition] = [
        often,
        ir.Not(often),
        ir.EventTest("viewed", times=ir.Times("exactly", 100)),
        ir.EventTest("viewed", ir.PropertyTest("n", "at_least", 70), ir.NOT_ONCE),
        ir.EventTest("viewed", window=ir.Window(last="P5D")),
        ir.AggregateTest(ir.Aggregate("total", "viewed", "n"), "is", 4950),
        ir.InactiveTest("P60D"),
    ]
    with store_with_old_events(store_place, tmp_path) as store:
        store.put_person("bob", {}, days_ago(200))

        def answers() -> list[tuple[int, list[str]]]:
            return [
                (
                    store.count_where(each, NOW, UTC),
                    [person.key for person in store.people_where(each, NOW, UTC)],
                )
                for each in conditions
            ]

        before = answers()
        assert [count for count, _ in before] == [1, 1, 1, 1, 1, 1, 1]
        assert move(store.archive, store.reach(), NOW).events == 69
        assert answers() == before


def test_merged_people_have_one_history_over_all_tiers(
    store_place: Path | str, tmp_path: Path
) -> None:
    with store_with_old_events(store_place, tmp_path) as store:
        store.put_events(
            NewEvent("bob", "viewed", days_ago(day), {}, id=f"b{day}", received_at=NOW)
            for day in (80, 70)
        )
        store.put_events([NewEvent("bob", "viewed", days_ago(60), {}, id="e60", received_at=NOW)])
        store.archive.database.driver("UPDATE events SET handled = 1")
        move(store.archive, store.reach(), NOW)
        merge(store.archive.database, "ann", "bob", NOW)
        ann = store.the_person("ann").id
        ids = [event.id for event in store.events(ann)]
        assert len(ids) == len(set(ids)) == 102
        with every_tier(store.archive, None) as connection:
            rows = connection.sql("SELECT count(*), count(DISTINCT uid), min(person) FROM events")
            assert rows.fetchall() == [(102, 102, ann)]
        store.deploy([looks_back(90)], {}, NOW)
        assert len(store.events(ann)) == 102


def test_an_id_is_never_given_out_twice(store_place: Path | str, tmp_path: Path) -> None:
    with store_with_old_events(store_place, tmp_path) as store:
        move(store.archive, store.reach(), NOW)
        store.archive.database.driver("DELETE FROM people")
        store.put_person("eve", {}, NOW)
        assert store.events(store.the_person("eve").id) == []


KILLED = """
import sys
from pathlib import Path
from cio_lang.store.archive import old_events
from tests import test_archive as t
where = sys.argv[1]
old_events.BATCH = 150
database = t.open_database(where if where.startswith("postgres") else Path(where))
t.move(t.archive_of(database, Path(sys.argv[2])), t.Reach(), t.NOW)
"""


@pytest.mark.parametrize("point", ["archive-written:3", "archive-moved:2", "archive-joined:2"])
def test_killed_while_moving_nothing_is_lost_or_doubled(
    store_place: Path | str, tmp_path: Path, point: str
) -> None:
    with open_database(store_place, create=True) as database:
        fill(database)
        before = {n: hot(database, n) for n in range(1, 7)}
    environment = {**os.environ, "CRASH_AT": point}
    command = [sys.executable, "-c", KILLED, str(store_place), str(tmp_path)]
    assert subprocess.run(command, env=environment).returncode == 137
    with open_database(store_place) as database:
        archive = archive_of(database, tmp_path)
        assert {n: whole(archive, n) for n in range(1, 7)} == before
        move(archive, Reach(), NOW)
        assert {n: whole(archive, n) for n in range(1, 7)} == before
        assert check(archive) == []


def test_reach_is_as_far_as_a_condition_looks() -> None:
    graph = ir.SegmentGraph(
        1,
        "segment",
        "s",
        "S",
        ir.Origin("s.journey", "sha256:0"),
        ir.All(
            (
                ir.EventTest("viewed", window=ir.Window(last="P30D")),
                ir.EventTest("viewed", window=ir.Window(calendar="last_month")),
                ir.Not(ir.EventTest("bought", where=ir.PropertyTest("n", "is", 1))),
                ir.EventTest("clicked", window=ir.Window(since="entering")),
                ir.InactiveTest("P10D"),
            )
        ),
    )
    found = reach([graph])
    assert found.of("viewed") == timedelta(days=65)
    assert found.of("bought") is None
    assert found.of("clicked") == timedelta(days=10)
    assert found.since_entering == {"clicked"}
    entered = days_ago(200)
    assert leaves_hot("clicked", Rules(), found, NOW, entered) == entered
    assert leaves_hot("clicked", Rules(), found, NOW, None) == days_ago(30)
    assert leaves_hot("bought", Rules(), found, NOW, None) is None


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A real server that speaks S3 (moto's), with an empty bucket."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_the_archive_can_be_in_a_bucket(
    database: Database, tmp_path: Path, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    name = f"events-{os.getpid()}-{database.dialect}"
    boto3.client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    fill(database, people_count=3)
    warm = open_location(f"s3://{name}/cio", tmp_path)
    assert isinstance(warm, Bucket)
    archive = Archive(database, warm, warm, Rules())
    before = {n: hot(database, n) for n in (1, 2, 3)}
    move(archive, Reach(), NOW)
    assert {n: whole(archive, n) for n in (1, 2, 3)} == before
    # Another machine has no copies yet.
    elsewhere = open_location(f"s3://{name}/cio", tmp_path / "elsewhere")
    there = Archive(database, elsewhere, elsewhere, Rules())
    assert {n: whole(there, n) for n in (1, 2, 3)} == before
    assert rewrite_without(there, 1, NOW) > 0
    assert events_of(there, [1]) == []
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    away = open_location(f"s3://{name}/cio", tmp_path / "away")
    with pytest.raises(UserMistake, match="cannot be used") as told:
        events_of(Archive(database, away, away, Rules()), [2])
    assert isinstance(told.value.problems[0], ArchiveUnreachable)


def test_the_command_moves_tells_and_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cio.toml").write_text('name = "shop"\n\n[archive]\nhot_days = 10\n')
    with store_with_old_events(tmp_path / "cio.db", tmp_path):
        pass
    monkeypatch.chdir(tmp_path)

    def cio(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["archive", *arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "of 100 would move; those of the last 10 days stay" in cio("--dry-run")
    assert not (tmp_path / "archive").exists()
    told = json.loads(cio("--json"))
    assert told["moved"]["events"] == sum(tier["events"] for tier in told["tiers"][1:]) > 0
    assert "0 events moved" in cio()
    assert cio("--check") == "every file is whole\n"
    file = sorted((tmp_path / "archive").rglob("*.parquet"))[0]
    file.write_bytes(b"PAR1")
    assert CliRunner().invoke(main, ["archive", "--check"]).exit_code == 1


def test_files_come_whole_from_another_file_system(tmp_path: Path) -> None:
    """The temporary folder is often in memory, and the archive is not."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one file system")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        made = Path(folder) / "made"
        made.write_bytes(b"whole")
        kept = Folder(tmp_path)
        kept.put(made, "month/a.parquet")
    assert (tmp_path / "month" / "a.parquet").read_bytes() == b"whole"
    assert kept.names() == {"month/a.parquet"}
    (tmp_path / "month" / "b.parquet.part").write_bytes(b"wh")
    assert "month/b.parquet.part" in kept.names()  # the next sweep removes it
