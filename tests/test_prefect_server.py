"""Prefect's server starts here, runs our flows, and is gone afterwards."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from cio_lang.mistake import UserMistake
from cio_lang.runtime.server import PrefectServer
from tests.mail_server import MailServer, free_port
from tests.one_person import at
from tests.workspace import channel, crowd, filled, two_mails

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def is_running(pid: int) -> bool:
    """Whether the process is there and not just waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not is_running(pid):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_it_starts_runs_our_flows_and_stops(tmp_path: Path, store_place: Path | str) -> None:
    if isinstance(store_place, str):
        store_place = store_place.replace("postgres:@", "postgres:secret@", 1)
    before = dict(os.environ)
    with PrefectServer(tmp_path / "prefect") as server:
        pid = server.pid
        assert pid is not None and is_running(pid)
        from cio_lang.runtime.flows import run_replay

        with filled(store_place, [two_mails()], crowd(5)) as store, MailServer() as mail:
            progress: list[int] = []
            done = run_replay(
                server,
                store_place,
                [at(2), at(30)],
                "Europe/Berlin",
                [channel(mail.port)],
                on_advanced=lambda batch: progress.append(batch.people),
            )
            assert done.advanced.messages == 10 and done.dispatched.counts == {"accepted": 10}
            assert progress == [5, 5] and done.flow_runs == 4
            assert len(set(mail.ids)) == 10
            assert store.next_due() is None

        import httpx

        with httpx.Client(trust_env=False) as client:
            filters = {"sort": "START_TIME_ASC"}
            runs = client.post(f"{server.url}/flow_runs/filter", json=filters).json()
        assert [run["state_type"] for run in runs] == ["COMPLETED"] * 4
        told = str([run["parameters"] for run in runs])
        assert "secret" not in told and "@example.com" not in told
    assert gone_within(pid, 1)
    assert dict(os.environ) == before
    gc.collect()  # Prefect leaves sockets to the collector: now, and not in the next test


def test_the_version_is_the_one_that_was_tried() -> None:
    assert version("prefect").startswith("3.8.")


def test_it_does_not_outlive_us(tmp_path: Path) -> None:
    """Not even `kill -9` leaves it behind."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from cio_lang.runtime.server import PrefectServer\n"
        "server = PrefectServer(Path(sys.argv[1])); server.start()\n"
        "print(server.pid, flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "prefect")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert is_running(pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert gone_within(pid, 5)


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    home = tmp_path / "prefect"
    (home / "prefect.db").mkdir(parents=True)
    with pytest.raises(UserMistake) as told:
        PrefectServer(home, time_limit=30).start()
    [problem] = told.value.problems
    report = problem.report()
    assert problem.code == "prefect-did-not-start"
    assert report.what == "Prefect's server did not start within 30 seconds."
    assert "unable to open database file" in report.why
    assert str(home / "server.log") in report.help


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with MailServer() as mail, pytest.raises(UserMistake, match=f"Port {mail.port} is in") as told:
        PrefectServer(tmp_path / "prefect", port=mail.port).start()
    assert told.value.problems[0].code == "port-in-use"


def test_prefect_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cio_lang.runtime.server.find_spec", lambda name: None)
    with pytest.raises(UserMistake) as told:
        PrefectServer(tmp_path / "prefect").start()
    assert told.value.problems[0].code == "prefect-missing"
    assert "pip install" in told.value.problems[0].report().help


def test_the_time_is_limited(tmp_path: Path) -> None:
    server = PrefectServer(tmp_path / "prefect", port=free_port(), time_limit=0.2)
    with pytest.raises(UserMistake, match=r"did not start within"):
        server.start()
    assert server.pid is None
