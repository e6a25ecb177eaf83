"""What can be wrong with what is asked of a segment."""

from __future__ import annotations

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class SegmentNotApplied(Problem):
    """A segment is named that no `cio apply` has put into force."""

    code = "segment-not-applied"
    segment: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no segment `{self.segment}` in the store.",
            "Segments come from the journey files, with the last `cio apply`.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f'declare it in a journey file, for example `segment "{self.segment}", by hand`,'
            " and run `cio apply`",
        )


@record(kw_only=True)
class SegmentKeepsItself(Problem):
    """Somebody is to be put into a segment, or out of it, that has conditions."""

    code = "segment-keeps-itself"
    segment: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"Nobody can be put into `{self.segment}` or taken out by hand.",
            "It has conditions, and has in it exactly those people who meet them.",
            "change its conditions in the journey file, or declare another segment, `by hand`,"
            " and add people to that",
        )
