"""Conditions and blocks that say nothing."""

from __future__ import annotations

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class EmptyCondition(Problem):
    """A segment without conditions, or a condition without parts.

    It would hold for everybody, and nothing may widen without being said.
    """

    code = "empty-condition"
    what: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"{self.what} is empty.",
            "With nothing to meet, it would take in everybody or nobody.",
            "write at least one condition, as in `email is known`",
        )


@record(kw_only=True)
class EmptyBlock(Problem):
    """A policy, guarantee, scenario, split or loop with nothing in it."""

    code = "empty-block"
    what: str
    way_out: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(f"{self.what} is empty.", "It would do nothing at all.", self.way_out)
