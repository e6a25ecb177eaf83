"""`cio import` and `cio export`, as they are called, on each database."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli import Cio, cio, workspace
from tests.test_people_commands import acme, said

__all__ = ["acme", "cio", "workspace"]

EXAMPLES = Path(__file__).parent.parent / "examples" / "imports"


def report(cio: Cio, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = cio(*arguments, "--json")
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def shop(acme: Path) -> Path:
    """The workspace with the examples beside it, and nothing declared."""
    for path in EXAMPLES.iterdir():
        shutil.copy(path, acme / path.name)
    for path in (acme / "journeys").iterdir():
        path.unlink()
    return acme


def test_trying_out_tells_the_same_and_stores_nothing(shop: Path, cio: Cio) -> None:
    tried = report(cio, "import", "segment.jsonl", "--dry-run", code=1)
    said(cio, "export", "u-1001", code=2)
    told = report(cio, "import", "segment.jsonl", code=1)
    assert tried | {"dry_run": False} == told
    assert (told["read"], told["events"], told["new_people"]) == (13, 5, 3)
    assert told["conflict_examples"] == [
        {"kind": "email", "value": "ann@example.com", "owner": "u-1001", "claimant": "u-1002"}
    ]
    tried = report(cio, "import", "segment.jsonl", "--dry-run", code=1)
    assert (tried["read"], tried["events"], tried["new_people"]) == (13, 0, 0)


def test_an_import_tells_what_became_of_the_rows(shop: Path, cio: Cio) -> None:
    told = said(cio, "import", "segment.jsonl", code=1)
    assert "13 rows read: 5 events stored, 3 new people, " in told
    assert "1 name of somebody else claimed: `cio conflicts` lists them" in told
    assert "  u-1002 has the email of u-1001: ann@example.com" in told
    assert "rejected rows: segment.jsonl.rejected.csv" in told
    assert "imported already" in said(cio, "import", "segment.jsonl")
    assert "13 rows read: 0 events stored" in said(
        cio, "import", "segment.jsonl", "--again", "--rejected", "bad.csv", code=1
    )
    assert (shop / "bad.csv").exists()


def test_a_mapping_is_suggested_and_used(shop: Path, cio: Cio) -> None:
    suggested = said(cio, "import", "--suggest-mapping", "customerio-activities.json")
    assert 'format = "customerio"' in suggested
    assert 'order_placed = "order_placed"  # 1 row' in suggested
    told = said(cio, "import", "orders.csv", "--mapping", "orders.toml", code=1)
    assert "left out: 1 row of `Storno`" in told
    assert "4 rows read: 2 events stored, 2 new people" in told


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["orders.csv"], "cio import --suggest-mapping orders.csv"),
        (["orders.csv", "--person", "Kunde"], "Say what the rows are"),
        (["orders.csv", "--people", "--mapping", "orders.toml"], "says itself what its rows are"),
        (["segment.jsonl", "--format", "segment", "--event", "x"], "says itself"),
        (["orders.csv", "--people", "--person", "Kunde", "--id", "x"], "are for events"),
        (["orders.csv", "--event", "x", "--person", "Kunde"], "--time COLUMN"),
        (["orders.csv", "--mapping", "nothing.toml"], "there is no such file"),
    ],
)
def test_what_cannot_be_is_told(shop: Path, cio: Cio, options: list[str], words: str) -> None:
    assert words in said(cio, "import", *options, code=2)


def test_people_and_events_are_written_to_files(shop: Path, cio: Cio) -> None:
    said(cio, "import", "segment.jsonl", code=1)
    assert said(cio, "export", "people", "--to", "p.csv") == "3 people written to p.csv\n"
    assert said(cio, "export", "events", "-o", "e.parquet") == "5 events written to e.parquet\n"
    said(cio, "export", "events", "--to", "e.jsonl.gz", "--event", "order_completed")
    (line,) = gzip.decompress((shop / "e.jsonl.gz").read_bytes()).splitlines()
    assert json.loads(line)["person"] == "u-1001"
    with (shop / "p.csv").open(newline="") as file:
        people = list(csv.DictReader(file))
    assert {row["person"] for row in people} == {"u-1001", "u-1002", "77777777-anon"}
    assert {row["attributes.plan"] for row in people} == {"pro", ""}
    for _ in range(2):
        told = report(cio, "import", "e.parquet", "--again")
        assert (told["read"], told["duplicates"]) == (5, 5)


def test_people_are_chosen_by_a_condition(shop: Path, cio: Cio) -> None:
    said(cio, "import", "segment.jsonl", code=1)
    rows = said(cio, "export", "people", "--where", 'plan is "pro"').splitlines()
    assert [json.loads(row)["person"] for row in rows] == ["u-1001"]
    rows = said(cio, "export", "events", "--where", "never did order_completed").splitlines()
    assert [json.loads(row)["person"] for row in rows] == ["77777777-anon"]
    assert "missing-quotes" in said(cio, "export", "people", "--where", "plan is is", code=2)


def test_somebody_may_be_called_people(shop: Path, cio: Cio) -> None:
    (shop / "a.csv").write_text("id\npeople\n")
    said(cio, "import", "a.csv", "--people", "--person", "id")
    assert json.loads(said(cio, "export", "person", "people"))["person"] == "people"
    for wrong in (
        ["alice", "bob"],
        ["people", "--event", "x"],
        ["alice", "--to", "x.json"],
        ["people", "--format", "parquet"],
    ):
        said(cio, "export", *wrong, code=2)
