"""`cio doctor`: each part that is not well is told with why and one way out; nothing is changed."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import threading
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from cio_lang.cli import main
from cio_lang.doctor import CHECKS, machine
from cio_lang.store import Store, open_store
from tests.mail_server import MailServer, free_port
from tests.workspace import crowd, filled, two_mails

NAMES = ["store", "outbox", "disk", "mail", "prefect", "clock", "time zones"]


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def workspace(
    store_place: Path | str, tmp_path: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """One in which all is well, with its store on each database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    write(tmp_path, store_place, mail.port)
    filled(store_place, [two_mails()], crowd(3)).close()
    return tmp_path


def write(folder: Path, store_place: Path | str, port: int) -> None:
    where = "cio.db" if isinstance(store_place, Path) else "env:CIO_TEST_STORE"
    (folder / "cio.toml").write_text(
        f'store = "{where}"\n\n[email]\nfrom = "hi@shop.example"\n'
        f'host = "127.0.0.1"\nport = {port}\n'
    )


@pytest.fixture(autouse=True)
def store_in_environment(store_place: Path | str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIO_TEST_STORE", str(store_place))


def found() -> dict[str, dict[str, Any]]:
    """What is told as JSON; in words it is the same."""
    told = CliRunner().invoke(main, ["doctor", "--json"], prog_name="cio")
    words = CliRunner().invoke(main, ["doctor"], prog_name="cio")
    data = json.loads(told.stdout)
    wrong = [each for each in data if not each["ok"]]
    assert told.exit_code == words.exit_code == (1 if wrong else 0), told.output
    assert words.stdout.count("FAIL") == len(wrong)
    for each in wrong:
        assert each["why"].endswith(".") and each["help"] and each["help"] in words.stdout
    return {each["check"]: each for each in data}


def test_a_workspace_in_which_all_is_well(workspace: Path, store_place: Path | str) -> None:
    before = contents(workspace)
    told = found()
    assert list(told) == NAMES == [check.name for check in CHECKS]
    assert all(each["ok"] for each in told.values()), told
    assert "people: 3, journeys in force: 1" in told["store"]["says"]
    assert contents(workspace) == before
    if isinstance(store_place, str):
        assert "seconds apart" in told["clock"]["says"]


def contents(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.is_file()
    }


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=False)
class TestOneThingIsWrong:
    def test_there_is_no_store(self, workspace: Path) -> None:
        (workspace / "cio.db").unlink()
        told = found()
        assert not told["store"]["ok"] and "cio apply" in told["store"]["help"]
        assert [name for name in told if not told[name]["ok"]] == ["store"]
        assert not (workspace / "cio.db").exists()

    def test_the_tables_are_those_of_before(self, workspace: Path) -> None:
        with sqlite3.connect(workspace / "cio.db") as store:
            store.execute("PRAGMA user_version = 2")
        store.close()
        assert "earlier cio" in found()["store"]["says"]

    def test_messages_are_in_doubt(self, workspace: Path) -> None:
        now = datetime.now(UTC)
        with open_store(workspace / "cio.db") as store:
            from cio_lang.runtime.advance import advance_due
            from cio_lang.store import Attempt

            advance_due(store, now)
            (row, *_) = store.claim_outbox(now, 1, 60)
            store.record_attempt(Attempt(row.row.id, row.fence, "email", "a@b.c", b"x", now))
            assert store.expire_leases(now + timedelta(seconds=61)) == 1
        assert found()["outbox"]["says"] == "Messages in doubt: 1."

    def test_the_disk_is_nearly_full(
        self, workspace: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=12_000_000))
        told = found()["disk"]
        assert not told["ok"] and told["says"].startswith("Only 12.0 MB are free")

    def test_no_mail_server_answers(self, workspace: Path) -> None:
        port = free_port()
        write(workspace, workspace / "cio.db", port)
        told = found()["mail"]
        assert told["says"] == f"No mail server answers at `127.0.0.1:{port}`."

    def test_prefects_server_is_named_and_answers(
        self, workspace: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with healthy() as port:
            monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{port}/api")
            assert "its server answers" in found()["prefect"]["says"]
        told = found()["prefect"]
        assert not told["ok"] and "unset PREFECT_API_URL" in told["help"]

    def test_clocks_are_apart(self, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for hours, word in ((1, "ahead of"), (-1, "behind")):
            later = timedelta(hours=hours)
            monkeypatch.setattr(Store, "server_time", lambda _, by=later: datetime.now(UTC) + by)
            said = found()["clock"]["says"]
            assert said == f"The database's clock is 3,600 seconds {word} this machine's."

    def test_time_zones_are_old_or_missing(
        self, workspace: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rules = workspace / "zoneinfo"
        rules.mkdir()
        (rules / "tzdata.zi").write_text("# version 2019c\n")
        monkeypatch.setattr(zoneinfo, "TZPATH", (str(rules),))
        assert "2019c" in found()["time zones"]["says"]
        monkeypatch.setattr(zoneinfo, "TZPATH", ())
        assert "the package tzdata" in found()["time zones"]["says"]
        monkeypatch.setattr(machine, "find_spec", lambda name: None)
        assert not found()["time zones"]["ok"]


@contextmanager
def healthy() -> Iterator[int]:
    """A server that answers `/api/health`, as Prefect's does."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/api/health" else 404)
            self.end_headers()
            self.wfile.write(b"true")

        def log_message(self, *arguments: Any) -> None:
            """Nothing is told."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
