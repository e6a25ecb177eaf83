"""What can be wrong with a file to export to."""

from __future__ import annotations

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class ExportNotWritten(Problem):
    """The file could not be written; one that was there is as it was."""

    code = "export-not-written"
    path: str
    reason: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.path}` was not written.",
            f"The system says: {self.reason}. A file that was there before is as it was.",
            "name a file in a folder where there is room and that you may write to",
        )


@record(kw_only=True)
class TooManyColumns(Problem):
    """A table would have more columns than a table is good for."""

    code = "export-too-many-columns"
    columns: int
    most: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"A table of this would have {self.columns:,} columns.",
            "Each name of an attribute or property is one, and a table is written with"
            f" {self.most:,} at most.",
            "export it as JSON Lines: `--format jsonl`",
        )
