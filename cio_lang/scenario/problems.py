"""What can be wrong when a scenario is carried out."""

from __future__ import annotations

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class Unmet(Problem):
    """What a scenario expects did not happen."""

    code = "expectation-failed"
    what: str
    instead: tuple[str, ...]
    help: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(self.what, "\n".join(self.instead), self.help)
