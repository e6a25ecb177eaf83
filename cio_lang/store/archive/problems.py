"""What can be wrong with the files of archived events."""

from __future__ import annotations

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class ArchiveUnreachable(Problem):
    """The folder or bucket of archived events does not answer."""

    code = "archive-unreachable"
    where: str
    detail: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The archive `{self.where}` cannot be used.",
            f"It answered: {self.detail}. Events that are still in the store are not touched.",
            "check `archive` in `cio.toml`, the network and the credentials (`AWS_…` in the"
            " environment), then run this again",
        )


@record(kw_only=True)
class ArchiveDamaged(Problem):
    """A file of archived events is not what was written."""

    code = "archive-damaged"
    where: str
    detail: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"A file of the archive `{self.where}` cannot be read.",
            f"It says: {self.detail}. The other files and the store are not touched.",
            "put the file back from a copy; `cio archive --check` names every file that differs"
            " from what was written",
        )
