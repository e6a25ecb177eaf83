"""The command line: every bad input has its message and exit code, and every command does its job.

A case of `tests/cases/cli/bad` is a text: files (`--- path`), things to do (`!lock cio.db`), then
commands with what they print and how they exit.  `UPDATE_CASES=1 pytest tests/test_cli.py` writes
what is printed again; read the diff.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cio_lang.cli import main, stores
from cio_lang.cli.commands import COMMANDS

CASES = Path(__file__).parent / "cases" / "cli" / "bad"
UPDATE = os.environ.get("UPDATE_CASES") == "1"
ROOT = Path(__file__).parent.parent

BASE = {
    "cio.toml": (
        'name = "Acme"\n\n[email]\nfrom = "hello@acme.example"\nhost = "127.0.0.1"\nport = 9\n'
    ),
    "journeys/schema.journey": (
        "event signed_up\n\nevent order_placed\n  amount: money\n\n"
        'attribute plan: one of "free", "Pro"\n\nattribute seats: number\n\n'
        'journey "Welcome"\n  when someone does signed_up\n  once ever\n\n  email "welcome"\n'
    ),
    "templates/welcome.email.md": "---\nsubject: Welcome!\n---\nIt is good to have you.\n",
}

Cio = Callable[..., Result]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "acme"
    write(folder, BASE)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(stores, "WAIT", 0.1)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return folder


@pytest.fixture
def cio() -> Cio:
    def run(*arguments: str, **options: str) -> Result:
        return CliRunner().invoke(main, arguments, prog_name="cio", **options)  # type: ignore[arg-type]

    return run


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


# ── bad input ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", sorted(CASES.glob("*.txt")), ids=lambda path: path.stem)
def test_bad_input_has_its_message_and_exit_code(path: Path, workspace: Path, cio: Cio) -> None:
    written = path.read_text()
    head, *commands = re.split(r"(?m)^(?=[$!] ?)", written)
    for file in re.split(r"(?m)^--- ", head)[1:]:
        name, _, text = file.partition("\n")
        write(workspace, {name: text})
    seen, locks = head, list[sqlite3.Connection]()
    try:
        for each in commands:
            first = each.split("\n")[0]
            seen += f"{first}\n"
            if first.startswith("!"):
                locks += prepare(first[1:].split(), workspace)
            else:
                seen += shown(cio(*shlex.split(first)[2:]), workspace)
    finally:
        for lock in locks:
            lock.close()
    if UPDATE:
        path.write_text(seen)
    assert seen == written


def prepare(words: list[str], folder: Path) -> Iterator[sqlite3.Connection]:
    what, name, *rest = words
    path = folder / name
    if what == "remove":
        for each in sorted([path, *path.rglob("*")], reverse=True):
            each.rmdir() if each.is_dir() else each.unlink()
    elif what == "bytes":
        path.write_bytes(bytes.fromhex(rest[0]))
    elif what == "sql":
        with contextlib.closing(sqlite3.connect(path)) as store:
            store.execute(" ".join(rest))
            store.commit()
    elif what == "damage":
        content = path.read_bytes()
        path.write_bytes(content[:100] + b"?" * (len(content) - 100))
    elif what == "lock":
        lock = sqlite3.connect(path, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        yield lock


def shown(result: Result, folder: Path) -> str:
    text = result.output.replace(str(folder), "/acme")
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "<time>", text)
    return f"{text.rstrip()}\nexit {result.exit_code}\n".lstrip("\n")


def test_no_case_of_bad_input_is_a_mistake_of_cio() -> None:
    for path in CASES.glob("*.txt"):
        text = path.read_text()
        assert "Traceback" not in text and "cio itself" not in text, path
        assert set(re.findall(r"(?m)^exit (\d+)$", text)) <= {"0", "1", "2"}, path


# ── a workspace from the beginning ───────────────────────────────────────────────────────────────


def test_what_init_writes_compiles_lints_and_passes(
    tmp_path: Path, cio: Cio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = cio("init", "My shop, ok")
    assert made.exit_code == 0
    assert "cio compile" in made.stderr
    monkeypatch.chdir(tmp_path / "My shop, ok")
    for command in ("fmt --check", "compile", "compile --check", "lint", "test", "apply"):
        result = cio(*command.split())
        assert result.exit_code == 0, (command, result.output)
    assert (tmp_path / "My shop, ok" / "graphs" / "welcome.yaml").exists()
    assert "4 unchanged" in cio("apply").output


def test_each_kind_of_graph_has_its_place(workspace: Path, cio: Cio) -> None:
    text = """topic "News"
policy
  at most 2 emails per day
template "Hi" for email
  subject "Hi"
  body "Hello there."
segment "Big"
  seats is more than 9
journey "Policy"
  when someone joins segment "Big"
  topic "News"
  email "Hi"
"""
    for path in workspace.glob("journeys/*.journey"):
        path.unlink()
    write(workspace, {"journeys/a.journey": "event a\n", "journeys/b.journey": text})
    said = cio("compile").output
    made = {path.relative_to(workspace).as_posix() for path in workspace.glob("graphs/**/*.yaml")}
    assert made >= {
        "graphs/policy.yaml",
        "graphs/policy_.yaml",
        "graphs/segments/big.yaml",
        "graphs/templates/hi.yaml",
        "graphs/topics/news.yaml",
    }
    assert "1 segment, 1 topic, 1 template and 1 policy" in said
    assert cio("compile", "--check").exit_code == 0
    (workspace / "journeys" / "b.journey").unlink()
    said = cio("compile").output
    for name in made:
        assert f"{name} removed" in said
        assert not (workspace / name).exists()


def test_compile_writes_only_what_changed(workspace: Path, cio: Cio) -> None:
    write(
        workspace,
        {"journeys/b.journey": 'segment "Big"\n  seats is more than 9\n', "graphs/notes.yaml": "x"},
    )
    assert "compiled 1 journey and 1 segment, 0 unchanged" in cio("compile").output
    graph = workspace / "graphs" / "welcome.yaml"
    before = graph.stat().st_mtime_ns
    assert "2 unchanged" in cio("compile").output
    assert graph.stat().st_mtime_ns == before
    (workspace / "journeys" / "b.journey").unlink()
    assert "graphs/segments/big.yaml removed" in cio("compile").output
    assert not (workspace / "graphs" / "segments" / "big.yaml").exists()
    assert (workspace / "graphs" / "notes.yaml").read_text() == "x"


def test_compile_from_inside_and_of_one_file(
    workspace: Path, cio: Cio, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(workspace, {"journeys/b.journey": 'segment "Big"\n  seats is more than 9\n'})
    monkeypatch.chdir(workspace / "journeys")
    assert cio("compile", "b.journey").exit_code == 0
    assert [path.name for path in (workspace / "graphs").rglob("*.yaml")] == ["big.yaml"]
    write(workspace, {"journeys/b.journey": 'segment "Big"\n  seets is more than 9\n'})
    result = cio("compile")
    assert result.stderr.startswith("b.journey:2:3: error[unknown-attribute]")


def test_a_file_outside_of_any_workspace_is_printed(
    tmp_path: Path, cio: Cio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = 'journey "Alone"\n  when someone does anything\n\n  email "some-template"\n'
    write(tmp_path, {"alone.journey": text})
    result = cio("compile", "alone.journey")
    assert result.exit_code == 0
    assert result.stdout.startswith("cio: 1\nkind: journey\nname: alone\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alone.journey"]
    assert cio("compile", "--check", "alone.journey").exit_code == 0


@pytest.mark.parametrize("form", ["tokens", "ast", "graph", "yaml", "mermaid", "english"])
def test_compile_emits(form: str, workspace: Path, cio: Cio) -> None:
    result = cio("compile", "--emit", form)
    assert result.exit_code == 0
    assert result.stdout.strip()
    assert not (workspace / "graphs").exists()
    if form == "graph":
        assert json.loads(result.stdout)[0]["name"] == "welcome"
    if form == "ast":
        assert json.loads(cio("compile", "--emit", "ast", "--json").stdout)["is"] == "File"


def test_tokens_are_those_of_scenarios_too(workspace: Path, cio: Cio) -> None:
    write(workspace, {"scenarios/a.scenario": 'scenario "A"\n  expect no message to alice\n'})
    assert "scenarios/a.scenario:2\tEXPECT\t'expect'" in cio("compile", "--emit", "tokens").stdout
    named = cio("compile", "--emit", "tokens", "scenarios").stdout
    assert {line.split(":")[0] for line in named.splitlines()} == {"scenarios/a.scenario"}


def test_diff_tells_what_is_wrong_with_scenarios_and_compares(workspace: Path, cio: Cio) -> None:
    git(workspace.parent, "init", "-q", "-b", "main")
    write(workspace, {"scenarios/a.scenario": 'scenario "A"\n  expect nothing at all\n'})
    git(workspace.parent, "add", "-A")
    git(workspace.parent, "commit", "-qm", "one")
    path = workspace / "journeys" / "schema.journey"
    path.write_text(
        path.read_text().replace('  email "welcome"', '  wait 1 day\n  email "welcome"')
    )
    told = cio("diff")
    assert told.exit_code == 0
    assert "wait-1-day" in told.stdout
    assert "scenarios/a.scenario:2" in told.stderr
    path.write_text(path.read_text() + '\njourney "B"\n  when\n')
    assert "does-not-compile" in cio("diff").stderr


def test_fmt_changes_the_layout_only(workspace: Path, cio: Cio) -> None:
    path = workspace / "journeys" / "schema.journey"
    path.chmod(0o640)
    before = path.read_text()
    path.write_text(before.replace("  once ever\n\n", "  once   ever\n"))
    assert cio("fmt").output.startswith("journeys/schema.journey formatted")
    assert path.read_text() == before
    assert path.stat().st_mode & 0o777 == 0o640
    assert cio("fmt", "-", input='journey   "A"\n  when someone does x\n  leave\n').stdout == (
        'journey "A"\n  when someone does x\n\n  leave\n'
    )


def test_lint_in_other_forms(workspace: Path, cio: Cio) -> None:
    text = 'journey "B, c"\n  when someone does signed_upp\n\n  leave\n'
    write(workspace, {"journeys/b.journey": text})
    found = json.loads(cio("lint", "--json").stdout)
    assert {each["code"] for each in found} >= {"unknown-event"}
    sarif = json.loads(cio("lint", "--format", "sarif").stdout)
    (run,) = sarif["runs"]
    assert sarif["version"] == "2.1.0"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert {result["ruleId"] for result in run["results"]} == set(rules)
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "journeys/b.journey"
    assert place["region"]["startLine"] >= 1
    line = cio("lint", "--format", "github").stdout.splitlines()[-1]
    assert re.match(
        r"::error file=journeys/b\.journey,line=2,endLine=2,.*,col=21,.*::There is no event", line
    )


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_diff_of_revisions_files_and_the_working_tree(workspace: Path, cio: Cio) -> None:
    git(workspace.parent, "init", "-q", "-b", "main")
    git(workspace.parent, "add", "-A")
    git(workspace.parent, "commit", "-qm", "one")
    assert "No change" in cio("diff").stderr
    path = workspace / "journeys" / "schema.journey"
    old = path.read_text()
    path.write_text(old.replace('  email "welcome"', '  wait 1 day\n  email "welcome"'))
    assert "wait-1-day" in cio("diff").stdout
    git(workspace.parent, "commit", "-qam", "two")
    assert cio("diff").stdout == ""
    assert "wait-1-day" in cio("diff", "HEAD~1", "HEAD").stdout
    assert "wait-1-day" in cio("diff", "HEAD~1").stdout
    changes = json.loads(cio("diff", "HEAD~1", "--json").stdout)
    assert changes and {change["graph"] for change in changes} == {"journey welcome"}
    assert "```mermaid" in cio("diff", "HEAD~1", "--markdown").stdout
    assert cio("diff", "HEAD~1", "--exit-code").exit_code == 1
    write(workspace, {"old.journey": old, "new.journey": path.read_text()})
    assert "wait-1-day" in cio("diff", "old.journey", "new.journey").stdout
    cio("compile")
    assert "No change" in cio("diff", "graphs", "graphs").stderr
    assert cio("diff", "--", "--output=x", "HEAD").exit_code == 2
    assert not (workspace / "x").exists()


def test_test_prints_results_as_json(workspace: Path, cio: Cio) -> None:
    write(
        workspace,
        {
            "scenarios/a.scenario": (
                'scenario "Yes"\n  given a with email "a@example.com"\n'
                '  when a does signed_up\n  expect email "welcome" to a\n'
            )
        },
    )
    result = cio("test", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["passed"] == 1
    assert cio("test", "scenarios/a.scenario").stdout == "passed  Yes\n1 passed, 0 failed\n"


def test_import_dry_run_stores_nothing(workspace: Path, cio: Cio) -> None:
    write(workspace, {"people.csv": "id,plan\nalice,Pro\nbob,free\n"})
    options = ["import", "people.csv", "--people", "--person", "id"]
    assert "2 new people would be stored" in cio(*options, "--dry-run").stdout
    assert not (workspace / "cio.db").exists()
    assert "2 new people stored" in cio(*options).stdout
    assert "imported already" in cio(*options).stdout
    again = json.loads(cio(*options, "--again", "--json").stdout)
    assert (again["read"], again["new_people"], again["duplicates"]) == (2, 0, 2)
    assert "1 of 2" in cio("say", 'count people where plan is "Pro"').stdout


def test_apply_dry_run_applies_nothing(workspace: Path, cio: Cio) -> None:
    assert "would be added: journey welcome" in cio("apply", "--dry-run").stdout
    assert not (workspace / "cio.db").exists()
    assert json.loads(cio("apply", "--json", "--note", "first").stdout)["added"]
    assert json.loads(cio("apply", "--json", "--dry-run").stdout)["added"] == []


def test_plan_tells_what_apply_then_does(workspace: Path, cio: Cio) -> None:
    empty = cio("plan")
    assert "journey welcome: added, would be version 1" in empty.stdout
    assert not (workspace / "cio.db").exists()
    assert cio("plan", "--exit-code").exit_code == 1
    cio("apply", "--author", "ann")
    assert "`cio apply` would change nothing." in cio("plan", "--exit-code").stdout
    assert cio("plan", "--exit-code").exit_code == 0
    path = workspace / "journeys" / "schema.journey"
    path.write_text(
        path.read_text().replace('  email "welcome"', '  wait 1 day\n  email "welcome"')
    )
    cio("apply")
    cio("say", "--yes", "alice@example.com did signed_up")
    cio("up", "--once")
    path.write_text(path.read_text().replace("  wait 1 day\n", ""))
    (welcome,) = (
        part
        for part in json.loads(cio("plan", "--json").stdout)["parts"]
        if part["part"] == "journey welcome"
    )
    assert (welcome["version"], welcome["magnitude"]) == (3, "major")
    (inside,) = welcome["inside"]
    assert (inside["version"], inside["step"], inside["people"]) == (2, "wait-1-day", 1)
    assert inside["some"] == ["alice@example.com"]
    assert inside["move"] == {"step": "email-welcome", "fresh": True}
    assert cio("apply", "--move", "--stop").exit_code == 2
    tried = cio("apply", "--move", "--dry-run").stdout
    assert "would be: journey welcome: 1 person moved" in tried
    done = json.loads(cio("apply", "--move", "--json").stdout)
    assert [(each["from"], each["to"]) for each in done["moved"]] == [
        ("wait-1-day", "email-welcome")
    ]
    story = cio("timeline", "alice@example.com").stdout
    assert 'goes on in a newer version of "Welcome", at email-welcome' in story


def test_say_reads_lines_from_standard_input(workspace: Path, cio: Cio) -> None:
    cio("apply")
    result = cio("say", "--json", input="# facts\nalice did signed_up\n\ncount people\n")
    assert result.exit_code == 0
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["person"], first["new"], second["count"]) == ("alice", True, 1)


def test_nothing_is_done_when_a_line_has_a_mistake(workspace: Path, cio: Cio) -> None:
    cio("apply")
    result = cio("say", "alice did signed_up", "alice did signed_upp")
    assert result.exit_code == 2
    assert "<line 2>:1:11: error[unknown-event]" in result.stderr
    assert cio("say", "count people").stdout == "0 people.\n"


def test_timeline_tells_a_story(workspace: Path, cio: Cio) -> None:
    cio("apply")
    cio("say", "alice@example.com did signed_up")
    cio("up", "--once")
    result = cio("timeline", "alice@example.com")
    assert result.exit_code == 0
    assert 'entered "Welcome": did signed_up' in result.stdout
    data = json.loads(cio("timeline", "alice@example.com", "--json").stdout)
    assert [event["event"] for event in data["events"]] == ["signed_up"]
    assert data["messages"][0]["template"] == "welcome"


def test_explain_has_a_page_for_each_code(cio: Cio) -> None:
    page = cio("explain", "unknown-event")
    assert page.exit_code == 0
    assert page.stdout.startswith("error[unknown-event]\n\n")
    assert len(cio("explain").stdout.splitlines()) > 50


# ── the door itself ──────────────────────────────────────────────────────────────────────────────


def test_help_lists_every_command(cio: Cio) -> None:
    result = cio("--help")
    for entry in COMMANDS:
        assert f"  {entry.name} " in result.stdout
        assert entry.summary in " ".join(result.stdout.split())


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_a_command_has_help_that_begins_with_its_summary(entry: object, cio: Cio) -> None:
    name, summary = entry.name, entry.summary  # type: ignore[attr-defined]
    result = cio(name, "--help")
    assert result.exit_code == 0
    assert summary in " ".join(result.stdout.split())


def test_version(cio: Cio) -> None:
    assert re.fullmatch(r"cio \d+\.\d+\.\d+\S*\n", cio("--version").stdout)


def test_a_mistake_of_cio_is_an_apology_and_a_trace_only_on_demand(
    workspace: Path, cio: Cio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cio_lang.cli import compiling

    def fail(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(compiling, "build", fail)
    result = cio("compile")
    assert result.exit_code == 70
    assert result.stderr.startswith("cio itself went wrong: ZeroDivisionError: by zero\nSorry")
    assert isinstance(cio("--debug", "compile").exception, ZeroDivisionError)
    monkeypatch.setenv("CIO_DEBUG", "1")
    assert isinstance(cio("compile").exception, ZeroDivisionError)


def test_what_is_not_installed_is_said(
    workspace: Path, cio: Cio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cio_lang.cli import compiling

    def fail(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'prefect'", name="prefect")

    monkeypatch.setattr(compiling, "build", fail)
    result = cio("compile")
    assert result.exit_code == 2
    assert "error[not-installed]" in result.stderr
    assert 'pip install "cio-lang[runtime]"' in result.stderr


def process(*arguments: str, cwd: Path, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cio_lang.cli", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,  # type: ignore[call-overload]
    )


def test_a_real_process_compiles_without_heavy_imports(workspace: Path) -> None:
    code = (
        "import sys\n"
        "from cio_lang.cli import main\n"
        "main(['compile'], standalone_mode=False)\n"
        "heavy = {'prefect', 'pydantic', 'rich', 'liquid', 'aiosmtplib', 'sqlite3', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_imports_no_command(workspace: Path) -> None:
    code = (
        "import sys\n"
        "from cio_lang.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "some = ('lark', 'yaml', 'cio_lang.cli.c')\n"
        "print(sorted(name for name in sys.modules if name.startswith(some)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "['cio_lang.cli.commands', 'cio_lang.cli.console']"


def test_a_closed_pipe_is_no_failure(workspace: Path) -> None:
    running = process("explain", cwd=workspace)
    assert running.stdout is not None and running.stderr is not None
    running.stdout.close()
    assert running.stderr.read() == ""
    assert running.wait(30) == 0
    running.stderr.close()


def test_ctrl_c_exits_130(workspace: Path) -> None:
    running = process("say", cwd=workspace, stdin=subprocess.PIPE)
    time.sleep(1.5)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_up_sends_what_another_terminal_says_and_stops_when_told(
    workspace: Path,
    cio: Cio,
    number: signal.Signals,
    store_place: Path | str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from aiosmtpd.controller import Controller

    arrived: list[tuple[float, list[str]]] = []

    class Inbox:
        async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
            arrived.append((time.monotonic(), envelope.rcpt_tos))
            return "250 thank you"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    inbox = Controller(Inbox(), hostname="127.0.0.1", port=port)
    inbox.start()
    try:
        settings = workspace / "cio.toml"
        text = settings.read_text().replace("port = 9", f"port = {port}")
        settings.write_text(f'store = "env:CIO_STORE"\n{text}')
        monkeypatch.setenv("CIO_STORE", str(store_place))
        assert cio("apply").exit_code == 0
        running = process("up", cwd=workspace)
        assert running.stderr is not None
        for line in running.stderr:
            if line.startswith("running;"):
                break
        said = time.monotonic()
        assert cio("say", "alice@example.com did signed_up").exit_code == 0
        deadline = time.monotonic() + 20
        while not arrived and time.monotonic() < deadline:
            time.sleep(0.05)
        running.send_signal(number)
        out, err = running.communicate(timeout=30)
    finally:
        inbox.stop()
    assert [people for _, people in arrived] == [["alice@example.com"]]
    assert arrived[0][0] - said < 10
    assert running.returncode == 0
    assert "1 accepted" in out
    assert err.endswith("stopping: what was begun is finished, all else stays queued\n")


def test_colour_only_on_a_terminal(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    write(workspace, {"journeys/b.journey": "nonsense\n"})
    running = process("compile", cwd=workspace)
    _, err = running.communicate(timeout=30)
    assert "error[" in err and "\x1b" not in err
    assert "\x1b[1;31m" in on_a_terminal(workspace)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in on_a_terminal(workspace)


def on_a_terminal(folder: Path) -> str:
    import pty

    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "cio_lang.cli", "compile"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 4096):
            seen += piece
    except OSError:
        pass
    running.wait(30)
    os.close(ours)
    return seen.decode()


def test_segments_are_listed_explained_and_kept_by_hand(workspace: Path, cio: Cio) -> None:
    write(
        workspace,
        {
            "journeys/segments.journey": (
                'segment "VIP", by hand\n\nsegment "Pro users"\n  plan is "Pro"\n'
            )
        },
    )
    assert cio("apply").exit_code == 0
    cio("say", "--yes", "alice did signed_up", 'set plan of bob to "Pro"')
    people = workspace / "people.txt"
    people.write_text("alice\n\nbob\n")
    added = cio("segments", "add", "VIP", "--file", str(people))
    assert added.output == "VIP: 2 added, 0 removed; 2 people.\n"
    listed = cio("segments").output.splitlines()
    assert [line.split("  ")[0] for line in listed] == ["segment", "Pro users", "VIP"]
    assert listed[2].endswith("by hand")
    found = json.loads(cio("segments", "--json").output)["segments"]
    assert [(each["title"], each["size"], each["growth_7_days"]) for each in found] == [
        ("Pro users", 1, 1),
        ("VIP", 2, 2),
    ]
    why = cio("segments", "explain", "Pro users", "alice").output
    assert why == 'alice is not in "Pro users".\n  no  plan is "Pro": plan is not known\n'
    data = json.loads(cio("segments", "explain", "pro-users", "bob", "--json").output)
    assert (data["inside"], data["clause"]["found"]) == (True, 'plan is "Pro"')
    assert json.loads(cio("segments", "clear", "VIP", "--json").output)["removed"] == 2
    story = cio("timeline", "alice").output
    assert 'came into segment "VIP", by hand' in story
    assert 'went out of segment "VIP", by hand' in story
    refused = cio("segments", "remove", "VIP")
    assert refused.exit_code == 2
