"""What can be wrong with a file to import, with its columns, or with one of its rows."""

from __future__ import annotations

from typing import Literal

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class FileMissing(Problem):
    """There is no such file."""

    code = "import-file-missing"
    path: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no file `{self.path}`.",
            "Nothing was imported.",
            f"write `{self.suggestion}`" if self.suggestion else "check the path",
        )


@record(kw_only=True)
class UnreadableFile(Problem):
    """The file is not rows of text: empty, a folder, binary, in another encoding."""

    code = "import-unreadable-file"
    path: str
    reason: str
    way: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.path}` cannot be imported: {self.reason}.",
            "An import reads CSV with a line of column names, or JSON Lines, in UTF-8; either may"
            " be compressed (`.gz`).",
            self.way,
        )


@record(kw_only=True)
class UnknownColumn(Problem):
    """A column that was asked for is not in the file."""

    code = "import-unknown-column"
    column: str
    columns: tuple[str, ...]
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        there = ", ".join(f"`{name}`" for name in self.columns[:20]) or "none"
        return Report(
            f"There is no column `{self.column}`.",
            f"The columns of the file are {there}.",
            f"write `{self.suggestion}`" if self.suggestion else "write one of these names",
        )


@record(kw_only=True)
class RepeatedColumn(Problem):
    """Two columns have the name that was asked for."""

    code = "import-repeated-column"
    column: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There are two columns called `{self.column}`.",
            "Which one is meant cannot be told.",
            "rename one of them in the first line of the file",
        )


@record(kw_only=True)
class UndeclaredImport(Problem):
    """The workspace does not declare what is to be imported."""

    code = "import-undeclared"
    kind: Literal["event", "attribute", "property"]
    name: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no {self.kind} `{self.name}`.",
            "The workspace declares what it knows, and no journey could name this.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"declare it in a `.journey` file: `{self._line()}`",
        )

    def _line(self) -> str:
        match self.kind:
            case "event":
                return f"event {self.name}"
            case "attribute":
                return f"attribute {self.name}: text"
            case "property":
                return f"{self.name}: text"


@record(kw_only=True)
class RowRejected(Problem):
    """One row could not be stored; the others were."""

    code = "import-row-rejected"
    line: int
    reason: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"Line {self.line} was not imported: {self.reason}.",
            "A row is stored as it is or not at all; every other row was imported.",
            "correct the row and import the same file again: what is stored is not stored twice",
        )


@record(kw_only=True)
class BadMapping(Problem):
    """A mapping file does not say what the columns mean."""

    code = "import-bad-mapping"
    path: str
    reason: str
    way: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The mapping `{self.path}` cannot be used: {self.reason}.",
            "It says which column is who, when and what, and nothing is imported without that.",
            self.way,
        )
