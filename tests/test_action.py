"""The GitHub Action and the hooks: their own steps are carried out, against a stand-in for GitHub.

The comment of the example is the one that docs/pull-requests.md shows: `UPDATE_CASES=1` writes it
there anew; read the diff.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from cio_lang.cli.commands import COMMANDS
from tests.github import GitHub, serving

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
PAGE = ROOT / "docs" / "pull-requests.md"

SCHEMA = """event order_placed
event signed_up

attribute plan: one of "free", "Pro"

topic "Product tips"
"""
BEFORE = """journey "Trial"
  when someone does signed_up
  leave when they do order_placed
  once ever
  topic "Product tips"

  email "How is it going so far?"
  wait 3 days
  email "Your trial ends soon."
"""
AFTER = """journey "Trial"
  when someone does signed_up
  leave when they do order_placed
  once ever
  topic "Product tips"

  email "How is it going so far?"
  wait 2 days
  if plan is "free"
    email "YOUR TRIAL ENDS TOMORROW"
  otherwise
    email "Thank you for staying."
  wait 5 days
  push "Tell us how it went."
"""


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


@dataclass
class Job:
    """One job of GitHub Actions, as far as a composite action sees it."""

    place: Path
    hub: GitHub
    base: str
    inputs: dict[str, str] = field(default_factory=dict)
    event: str = "pull_request"
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""

    @property
    def summary(self) -> str:
        return (self.place / "summary.md").read_text()

    def run(self) -> int:
        """The exit code of the first step that fails, or 0."""
        for step in ACTION["runs"]["steps"]:
            # Python and cio are here already.
            if "uses" in step or step["name"] == "Install cio":
                continue
            if "if" in step and not self.value(step["if"]):
                continue
            code = self.step(step)
            if code:
                return code
        return 0

    def step(self, step: Mapping[str, Any]) -> int:
        output = self.place / "output"
        output.write_text("")
        tools = self.place / "bin"
        tools.mkdir(exist_ok=True)
        cio = tools / "cio"
        cio.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cio_lang.cli "$@"\n')
        cio.chmod(0o755)
        python = tools / "python"
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        assert step["shell"] == "bash"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.place / "repository",
            capture_output=True,
            text=True,
            env={
                "PATH": f"{tools}:{os.environ['PATH']}",
                "HOME": os.environ.get("HOME", "/root"),
                "PYTHONPATH": str(ROOT),
                "RUNNER_TEMP": str(self.place),
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_API_URL": self.hub.url,
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "acme/shop",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(self.place / "summary.md"),
                **{name: self.text(value) for name, value in step.get("env", {}).items()},
            },
        )
        self.log += done.stdout + done.stderr
        lines = (line.split("=", 1) for line in output.read_text().splitlines())
        self.outputs[step.get("id", "")] = {name: value for name, value in lines}
        return done.returncode

    def text(self, written: str) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: str(self.value(found[1]) or ""), written)

    def value(self, expression: str) -> Any:
        """The few forms of expressions that the action uses."""
        if " && " in expression:
            return all(self.value(part) for part in expression.split(" && "))
        if " || " in expression:
            first, second = expression.split(" || ")
            return self.value(first) or self.value(second)
        if " == " in expression:
            name, _, text = expression.partition(" == ")
            return self.value(name) == text.strip("'")
        if expression == "github.token":
            return "t0ken"
        pull = {"number": 7, "base": {"sha": self.base}, "head": {"sha": "c0ffee"}}
        event = {"pull_request": pull} if self.event == "pull_request" else {}
        given = {name: self.text(str(each["default"])) for name, each in ACTION["inputs"].items()}
        context: dict[str, Any] = {
            "inputs": given | self.inputs,
            "github": {"sha": "c0ffee", "event": event},
            "steps": {name: {"outputs": made} for name, made in self.outputs.items()},
        }
        found: Any = context
        for part in expression.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with serving() as server:
        yield server


@pytest.fixture
def job(tmp_path: Path, hub: GitHub) -> Job:
    shop = tmp_path / "repository" / "shop"
    (shop / "journeys").mkdir(parents=True)
    (shop / "cio.toml").write_text('name = "Acme"\n')
    (shop / "journeys" / "schema.journey").write_text(SCHEMA)
    (shop / "journeys" / "trial.journey").write_text(BEFORE)
    git(tmp_path, "init", "-q", "-b", "main", "repository")
    git(shop, "add", ".")
    git(shop, "commit", "-qm", "one")
    (shop / "journeys" / "trial.journey").write_text(AFTER)
    return Job(tmp_path, hub, git(shop, "rev-parse", "HEAD"), {"workspace": "shop"})


def test_a_comment_is_written_and_replaced(job: Job) -> None:
    job.hub.add("Looks good!", "a-colleague")
    assert job.run() == 0, job.log
    first = job.hub.comments[1]["body"]
    assert [each["user"]["login"] for each in job.hub.comments] == [
        "a-colleague", "github-actions[bot]",
    ]  # fmt: skip
    assert first.startswith("<!-- cio review -->\n## cio: 1 warning\n")
    assert "```mermaid\n" in first
    assert "shop/journeys/trial.journey#L10" in first
    assert job.summary == first

    trial = job.place / "repository" / "shop" / "journeys" / "trial.journey"
    trial.write_text(BEFORE)
    assert job.run() == 0, job.log
    assert len(job.hub.comments) == 2
    assert job.hub.comments[0]["body"] == "Looks good!"
    assert job.hub.comments[1]["body"].startswith("<!-- cio review -->\n## cio: no problems\n")
    assert "Nothing changes." in job.hub.comments[1]["body"]
    assert [method for method, _ in job.hub.asked] == ["GET", "POST", "GET", "PATCH"]


def test_the_own_comment_is_found_behind_hundreds_of_others(job: Job) -> None:
    for number in range(250):
        job.hub.add(f"Comment {number}", "a-colleague")
    job.hub.add("<!-- cio review -->\nold", "github-actions[bot]")
    assert job.run() == 0, job.log
    assert len(job.hub.comments) == 251
    assert "## cio: 1 warning" in job.hub.comments[-1]["body"]
    assert sum(method == "GET" for method, _ in job.hub.asked) == 3


def test_findings_are_annotations_beside_their_lines(job: Job) -> None:
    assert job.run() == 0
    assert (
        "::warning file=shop/journeys/trial.journey,line=10,endLine=10,title=all-caps-subject,"
        in job.log
    )


def test_errors_fail_the_job_once_the_comment_is_written(job: Job) -> None:
    trial = job.place / "repository" / "shop" / "journeys" / "trial.journey"
    trial.write_text(AFTER.replace("plan is", "plna is"))
    assert job.run() == 1
    assert "## cio: 1 error" in job.hub.comments[0]["body"]
    assert "::error file=shop/journeys/trial.journey,line=9," in job.log


@pytest.mark.parametrize(
    ("fail_on", "text", "code"),
    [
        ("never", AFTER.replace("plan is", "plna is"), 0),
        ("errors", AFTER, 0),
        ("warnings", AFTER, 1),
        ("warnings", BEFORE, 0),
        ("sometimes", BEFORE, 2),
    ],
)
def test_what_fails_the_job_can_be_chosen(job: Job, fail_on: str, text: str, code: int) -> None:
    (job.place / "repository" / "shop" / "journeys" / "trial.journey").write_text(text)
    job.inputs["fail-on"] = fail_on
    assert job.run() == code, job.log


def test_a_fork_has_no_right_to_comment_and_gets_the_summary(job: Job) -> None:
    job.hub.may_write = False
    assert job.run() == 0
    assert "::warning title=cio::The comment cannot be written" in job.log
    assert "## cio: 1 warning" in job.summary
    assert "t0ken" not in job.log


def test_github_that_is_broken_or_away_is_told_of(job: Job) -> None:
    job.hub.broken = True
    assert job.run() == 1
    assert "::error title=cio::GitHub answered 500 to the comment." in job.log
    job.hub.url = "http://127.0.0.1:9"
    assert job.run() == 1
    assert "GitHub cannot be reached" in job.log


def test_without_a_pull_request_there_is_only_the_summary(job: Job) -> None:
    job.event = "push"
    job.inputs["base"] = "HEAD"
    assert job.run() == 0, job.log
    assert job.hub.asked == []
    assert "## What changes: major" in job.summary


def test_the_base_is_fetched_where_it_is_missing(job: Job) -> None:
    origin = job.place / "repository"
    git(origin, "commit", "-qam", "two")
    (job.place / "all").mkdir()
    os.rename(origin, job.place / "all" / "origin")
    source = (job.place / "all" / "origin").as_uri()
    git(job.place / "all" / "origin", "config", "uploadpack.allowReachableSHA1InWant", "true")
    git(job.place, "clone", "-q", "--depth=1", source, "repository")
    assert job.run() == 0, job.log
    assert "## What changes: major" in job.hub.comments[0]["body"]
    job.base = "f" * 40
    assert job.run() == 1
    assert "cannot be fetched: check out with fetch-depth: 0" in job.log


def test_a_comment_that_would_be_too_long_is_cut(job: Job) -> None:
    many = "\n".join(
        AFTER.replace('"Trial"', f'"Trial {n}"').replace("signed_up", "order_placed", 1)
        for n in range(400)
    )
    (job.place / "repository" / "shop" / "journeys" / "trial.journey").write_text(many)
    job.inputs["fail-on"] = "never"
    assert job.run() == 0, job.log
    body = job.hub.comments[0]["body"]
    assert len(body) <= 65_536
    assert body.endswith(": run `cio review --base " + job.base + "`.*\n")
    assert body.count("```") % 2 == 0


def test_the_page_shows_the_comment_of_the_example(job: Job) -> None:
    assert job.run() == 0
    body = job.hub.comments[0]["body"].rstrip("\n")
    begin, end = "<!-- example: begin -->\n", "\n<!-- example: end -->"
    page = PAGE.read_text()
    before, rest = page.split(begin)
    shown, after = rest.split(end)
    if os.environ.get("UPDATE_CASES"):
        PAGE.write_text(f"{before}{begin}{body}{end}{after}")
        shown = body
    assert shown == body


def test_git_shows_changes_in_english(job: Job) -> None:
    """As docs/pull-requests.md sets it up, in a repository with the workspace in a folder."""
    repository = job.place / "repository"
    config, attributes = re.search(
        r"\$ git config diff\.journey\.textconv '(.*)'.*?```text\n(.*?)\n```",
        PAGE.read_text(),
        re.S,
    ).groups()  # type: ignore[union-attr]
    assert config == "cio diff --textconv"
    git(
        repository,
        "config",
        "diff.journey.textconv",
        f"{sys.executable} -m cio_lang.cli diff --textconv",
    )
    (repository / ".gitattributes").write_text(f"{attributes}\n")
    shown = subprocess.run(
        ["git", "diff"],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "-2. Wait 3 days." in shown
    assert "+2. Wait 2 days." in shown
    trial = repository / "shop" / "journeys" / "trial.journey"
    trial.write_text("this is nothing\n")
    shown = subprocess.run(
        ["git", "diff"],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "+this is nothing" in shown and "-2. Wait 3 days." in shown


# ── the action and the hooks themselves ──────────────────────────────────────────────────────────


def test_nothing_of_a_pull_request_is_pasted_into_a_script() -> None:
    """Expressions stand in `env` alone: a title or branch name cannot become a command."""
    assert [step["name"] for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")] == []
    assert all(given.get("description") for given in ACTION["inputs"].values())


def test_the_comment_needs_nothing_but_the_standard_library() -> None:
    text = (ROOT / "action" / "comment.py").read_text()
    imported = set(re.findall(r"^(?:from|import) (\w+)", text, re.M))
    assert imported - {"__future__"} <= sys.stdlib_module_names


def test_every_hook_is_a_command_with_its_options() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in hooks] == ["cio-compile", "cio-lint", "cio-fmt"]
    for hook in hooks:
        _, name, *options = hook["entry"].split()
        (entry,) = [each for each in COMMANDS if each.name == name]
        known = {option for parameter in entry.load().params for option in parameter.opts}
        assert set(options) <= known
        assert re.search(hook["files"], "shop/journeys/trial.journey")
        assert not re.search(hook["files"], "src/app.py")
