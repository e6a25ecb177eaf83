"""Prefect's server as a child process: started, waited for, stopped.

Flows would start a hidden server of their own when they find none, once per process and without
anybody to stop it.  So it is started here, in a folder of ours, and every flow is told its address.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report
from cio_lang.record import record

_CHILD = """
import os, runpy, sys, threading
def stop_with_parent():
    while os.read(0, 4096):
        pass
    os._exit(0)
threading.Thread(target=stop_with_parent, daemon=True).start()
sys.argv[0] = "prefect"
runpy.run_module("prefect", run_name="__main__", alter_sys=True)
"""
"""Our end of the child's standard input closes however we die, even by `kill -9`."""

_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_CLI_COLORS": "false",
}


@record(kw_only=True)
class PrefectMissing(Problem):
    """Prefect is not installed."""

    code = "prefect-missing"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "Prefect is not installed here.",
            "Journeys are compiled without it but run by it.",
            'install it: `pip install "cio-lang[runtime]"`',
        )


@record(kw_only=True)
class PrefectDidNotStart(Problem):
    """Prefect's server stopped by itself or did not answer in time."""

    code = "prefect-did-not-start"
    seconds: int
    log: str
    last_lines: str

    def report(self) -> Report:
        """What, why, one way out."""
        said = f"\n{self.last_lines}" if self.last_lines else " It said nothing."
        return Report(
            f"Prefect's server did not start within {self.seconds} seconds.",
            f"Its last words were:{said}" if self.last_lines else f"It was started.{said}",
            f"read `{self.log}`, mend what it names and start again",
        )


@record(kw_only=True)
class PortInUse(Problem):
    """Another program listens where Prefect's server was to."""

    code = "port-in-use"
    port: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"Port {self.port} is in use.",
            "Another program listens there, perhaps a `cio up` that is still running.",
            "stop it, or choose another port",
        )


def environment(home: Path, url: str) -> Mapping[str, str]:
    """What the server and the flows find in their environment: our folder, our server, no talk."""
    # A proxy for the rest of the world must not get what is for this machine.
    no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1,localhost"]))
    return _QUIET | {
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
    }


class PrefectServer:
    """`with PrefectServer(home) as server:` has a server at `server.url` until the block ends.

    `home` is a folder for Prefect's own database, settings and log; it is made where it is missing.
    Raises UserMistake where Prefect is not installed or the server does not answer within
    `time_limit` seconds.  While it runs, this process's environment names it.
    """

    def __init__(
        self, home: Path, *, ui: bool = False, port: int | None = None, time_limit: float = 90
    ) -> None:
        self.home = home.absolute()
        self.log = self.home / "server.log"
        self.port = port if port is not None else _free_port()
        self._ui = ui
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._environment_before: dict[str, str | None] = {}

    @property
    def url(self) -> str:
        """Where the API is: `http://127.0.0.1:PORT/api`."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def dashboard(self) -> str:
        """Where people look at runs, when the server was started with `ui`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and return when it answers."""
        self.launch()
        self.wait_until_healthy()

    def launch(self) -> None:
        """Start the server and return at once, to do other things until `wait_until_healthy`."""
        if find_spec("prefect") is None:
            raise UserMistake(PrefectMissing(span=place(self.home)))
        if not _is_free(self.port):
            raise UserMistake(PortInUse(span=place(f"127.0.0.1:{self.port}"), port=self.port))
        self.home.mkdir(parents=True, exist_ok=True)
        settings = environment(self.home, self.url)
        arguments = ["server", "start", "--host", "127.0.0.1", "--port", str(self.port)]
        arguments += ["--analytics-off", "--ui" if self._ui else "--no-ui"]
        # Its background services schedule deployments and prune; we have none of either.
        arguments += ["--no-services"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _CHILD, *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | settings,
                start_new_session=True,
            )
        self._environment_before = {name: os.environ.get(name) for name in settings}
        os.environ.update(settings)

    def stop(self) -> None:
        """Stop the server, by force if it takes more than a few seconds.  Harmless if it is not."""
        process, self._process = self._process, None
        for name, value in self._environment_before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._environment_before = {}
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdin is not None:
            process.stdin.close()

    def wait_until_healthy(self) -> None:
        """Return when the server answers; where it does not, stop it and raise `UserMistake`."""
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + self._time_limit
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                with opener.open(f"{self.url}/health", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        raise UserMistake(
            PrefectDidNotStart(
                span=place(self.log),
                seconds=round(self._time_limit),
                log=str(self.log),
                last_lines=_last_lines(self.log, 12),
            )
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _last_lines(path: Path, count: int) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join([line.rstrip() for line in lines if line.strip()][-count:])
