"""Mistakes about a workspace's folder and its settings."""

from __future__ import annotations

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class NoWorkspace(Problem):
    """A command that needs a workspace is run outside of one.

    A workspace is a folder with a `cio.toml`.  Commands look for it in the folder where they are
    run and upwards from there.
    """

    code = "no-workspace"
    folder: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.folder}` is not in a workspace.",
            "Neither it nor a folder above it has a `cio.toml`.",
            "make a workspace with `cio init`, or go to its folder first",
        )


@record(kw_only=True)
class UnreadableFile(Problem):
    """A file that a command is to read cannot be read."""

    code = "unreadable-file"
    file: str
    reason: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.file}` cannot be read.",
            f"When opening it: {self.reason}.",
            "check the path, and that you may read the file",
        )


@record(kw_only=True)
class NotText(Problem):
    """A file is not UTF-8 text: it holds something else, or was saved in an old encoding."""

    code = "not-text"
    file: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.file}` is not UTF-8 text.",
            "A byte at this place belongs to no letter in UTF-8, so the words cannot be known.",
            "save the file as UTF-8 in your editor",
        )


@record(kw_only=True)
class BadSettings(Problem):
    """`cio.toml` is not written as TOML is."""

    code = "bad-settings"
    complaint: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "The settings cannot be read.",
            f"This is not how TOML is written: {self.complaint}.",
            'write settings as `name = "value"`, one on each line',
        )


@record(kw_only=True)
class UnknownSetting(Problem):
    """`cio.toml` has a setting that does not exist, often a misspelt one."""

    code = "unknown-setting"
    setting: str
    known: tuple[str, ...]
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no setting `{self.setting}`.",
            "It would have no effect, and the one that was meant would keep its default.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"use one of {', '.join(f'`{name}`' for name in self.known)}, or remove it",
        )


@record(kw_only=True)
class WrongSetting(Problem):
    """A setting in `cio.toml` has a value that cannot be used."""

    code = "wrong-setting"
    setting: str
    written: str
    expected: str
    example: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.setting}` cannot be {self.written}.",
            f"It is {self.expected}.",
            f"write `{self.setting.split('.')[-1]} = {self.example}`",
        )


@record(kw_only=True)
class NoJourneys(Problem):
    """A workspace has no `.journey` file, so there is nothing to compile."""

    code = "no-journeys"
    folder: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There are no journeys in `{self.folder}`.",
            "A workspace keeps them there, in files that end in `.journey`.",
            "write one, for example `journeys/welcome.journey`",
        )


@record(kw_only=True)
class NoScenarios(Problem):
    """A workspace has no `.scenario` file, so there is nothing to test."""

    code = "no-scenarios"
    folder: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There are no scenarios in `{self.folder}`.",
            "A workspace keeps them there, in files that end in `.scenario`.",
            "write one, for example `scenarios/welcome.scenario`",
        )


@record(kw_only=True)
class PasswordInSettings(Problem):
    """The address of the store holds a password, in a file that is kept in git."""

    code = "password-in-settings"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "`store` holds a password.",
            "`cio.toml` is kept in git, where everybody who reads the journeys reads it.",
            'write `store = "env:CIO_STORE"`, and the address into `CIO_STORE` in the environment',
        )
