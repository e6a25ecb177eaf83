"""An import that was stopped goes on; what two runs store is what one would have."""

from __future__ import annotations

import csv
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cio_lang.importing import (
    EventMapping,
    ImportMapping,
    ImportResult,
    PeopleMapping,
    export_mapping,
    import_file,
)
from cio_lang.importing import run as running
from cio_lang.mistake import UserMistake
from cio_lang.schema import Schema
from cio_lang.store import Store, open_store

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ROWS = 12_000
SEGMENT = export_mapping(Schema(), "segment")
EVENTS = EventMapping("bought", "customer", "at", repeats="each")


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        yield opened


def orders(path: Path, rows: int = ROWS) -> Path:
    """Rows of which some stand there twice, and some cannot be read."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "at", "amount"])
        for n in range(rows):
            day = "never" if n % 997 == 5 else f"2026-03-{n % 28 + 1:02}"
            writer.writerow([f"p{n % 311}", day, n % 7])
    return path


def bring(store: Store, path: Path, how: ImportMapping = EVENTS, **options: Any) -> ImportResult:
    return import_file(store, path, how, now=NOW, currency="USD", **options)


def everything(store: Store) -> list[Any]:
    """All that was stored, whatever its ids are."""
    people = [
        (each.key, each.known_since, dict(each.names), each.attributes, dict(each.history))
        for each in store.every_person(None)
    ]
    events = [
        (each.person, each.name, each.id, each.at, each.received_at, dict(each.properties))
        for each in store.every_event(None, None)
    ]
    return [sorted(people, key=repr), sorted(events, key=repr)]


class _Stopped(BaseException):
    pass


def stop_after(batches: int) -> Any:
    left = [batches]

    def progress(*_: int) -> None:
        left[0] -= 1
        if not left[0]:
            raise _Stopped

    return progress


@pytest.mark.parametrize("batches", [1, 2])
def test_an_import_goes_on_where_it_stopped(tmp_path: Path, store: Store, batches: int) -> None:
    path = orders(tmp_path / "a.csv")
    with pytest.raises(_Stopped):
        bring(store, path, progress=stop_after(batches))
    result = bring(store, path)
    assert result.before is not None and result.before.done == batches * running.BATCH
    assert result.read == ROWS - batches * running.BATCH
    assert result.duplicates == 0
    set_aside = result.rejected_file
    assert set_aside is not None
    with open_store(tmp_path / "one.db", create=True) as other:
        whole = shutil.copy(path, tmp_path / "b.csv")
        once = bring(other, Path(whole))
        assert everything(store) == everything(other)
        assert once.rejected_file is not None
        # The rows that both runs set aside are in the one file, each once.
        assert set_aside.read_text() == once.rejected_file.read_text()


def test_what_is_done_is_not_done_again_unless_told(tmp_path: Path, store: Store) -> None:
    path = orders(tmp_path / "a.csv")
    first = bring(store, path)
    before = everything(store)
    second = bring(store, path)
    assert second.before is not None and second.before.finished
    assert (second.read, second.stored, second.rejected) == (0, 0, 0)
    third = bring(store, path, again=True)
    assert (third.read, third.stored) == (ROWS, 0)
    assert third.rejected == first.rejected
    assert everything(store) == before


def test_a_file_that_was_changed_is_another(tmp_path: Path, store: Store) -> None:
    path = orders(tmp_path / "a.csv")
    bring(store, path)
    path.write_text(path.read_text().replace("never", "2026-03-09"))
    result = bring(store, path)
    assert result.before is None
    assert (result.stored, result.rejected) == (ROWS // 997 + 1, 0)


def test_another_mapping_is_another_import(tmp_path: Path, store: Store) -> None:
    path = orders(tmp_path / "a.csv", 10)
    bring(store, path)
    assert bring(store, path, PeopleMapping("customer")).before is None
    assert bring(store, path, received_as="event time").before is None
    moved = Path(shutil.move(path, tmp_path / "b.csv"))
    assert bring(store, moved).before is not None


def test_a_file_of_names_only_is_done(tmp_path: Path, store: Store) -> None:
    path = orders(tmp_path / "a.csv", 0)
    assert bring(store, path).read == 0
    again = bring(store, path)
    assert again.before is not None and again.before.finished


def test_two_who_import_one_file_do_not_both_go_on(tmp_path: Path, store_place: Any) -> None:
    path = orders(tmp_path / "a.csv")
    with open_store(store_place, create=True) as store, open_store(store_place) as other:

        def meanwhile(*_: int) -> None:
            if other.people_count() and not done:
                done.append(bring(other, path, rejected_to=tmp_path / "other.csv"))

        done: list[ImportResult] = []
        with pytest.raises(UserMistake) as caught:
            bring(store, path, progress=meanwhile)
        assert caught.value.problems[0].code == "import-under-way"
        assert done[0].read == ROWS - running.BATCH
        counts = sum(1 for _ in store.every_event(None, None))
        assert counts == ROWS - (ROWS // 997 + 1)


def test_a_batch_that_fails_leaves_nothing(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows, how far the import is, and the links of names: all of a batch or nothing."""
    path = orders(tmp_path / "a.csv")

    def failing(*_: Any) -> None:
        raise RuntimeError("the machine stops here")

    with monkeypatch.context() as patched:
        patched.setattr(store, "keep_import_state", failing)
        with pytest.raises(RuntimeError):
            bring(store, path)
    assert everything(store) == [[], []]
    result = bring(store, path)
    assert (result.before, result.read) == (None, ROWS)


# killed at any moment


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from cio_lang.importing import EventMapping, export_mapping, import_file, run
from cio_lang.schema import Schema
from cio_lang.store import open_store
run.BATCH = 400
how = {
    "csv": EventMapping("bought", "customer", "at", repeats="each"),
    "segment": export_mapping(Schema(), "segment"),
}[sys.argv[3]]
path = Path(sys.argv[2])
with open_store(sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])) as store:
    print("begin", flush=True)
    import_file(store, path, how, now=datetime(2026, 6, 1, tzinfo=UTC), currency="USD")
"""


def calls(path: Path, rows: int) -> Path:
    """Visitors who are seen before and after they say who they are."""
    lines = []
    for n in range(rows):
        visitor, at = n % 97, f"2026-03-{n % 28 + 1:02}T00:00:{n % 60:02}Z"
        start = f'{{"timestamp":"{at}","messageId":"m{n}","anonymousId":"a{visitor}"'
        if n % 50 == 49:
            lines.append(f'{start},"type":"identify","userId":"u{visitor}","traits":{{"n":{n}}}}}')
        else:
            lines.append(f'{start},"type":"track","event":"Viewed"}}')
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize("kind", ["csv", "segment"])
def test_kills_at_any_moment_lose_nothing_and_repeat_nothing(
    tmp_path: Path, store_place: Path | str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 400)
    made = orders if kind == "csv" else calls
    path = made(tmp_path / "a", 6_000)
    how: ImportMapping = EVENTS if kind == "csv" else SEGMENT
    with open_store(store_place, create=True):
        pass
    moments = random.Random(kind)
    kills = 0
    for attempt in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(store_place), str(path), kind],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        ) as child:
            assert child.stdout is not None and child.stdout.readline() == "begin\n"
            time.sleep(0.03 * attempt * moments.random())
            child.send_signal(signal.SIGKILL)
        kills += child.returncode == -signal.SIGKILL
    assert kills
    with open_store(store_place) as store, open_store(tmp_path / "b.db", create=True) as other:
        result = bring(store, path, how)
        assert result.rejected_file is None or result.rejected_file.exists()
        whole = bring(other, Path(shutil.copy(path, tmp_path / "b")), how)
        assert everything(store) == everything(other)
        state = store.import_state(result.before.id) if result.before is not None else None
        if state is not None:
            assert (state.done, state.finished) == (6_000, True)
            assert (state.stored, state.rejected) == (whole.stored, whole.rejected)
            if kind == "csv":
                set_aside = tmp_path / "a.rejected.csv"
                assert set_aside.read_text() == (tmp_path / "b.rejected.csv").read_text()
