"""What can be wrong with what stands below what, and with the lines of one declaration."""

from __future__ import annotations

from typing import ClassVar

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class LineOutOfPlace(Problem):
    """A line stands below something else than what lines of its kind belong to."""

    code: ClassVar[str] = "line-out-of-place"
    words: str
    owner: str

    def report(self) -> Report:
        """What, why, one way out."""
        article = "an" if self.owner[0] in "aeiou" else "a"
        if self.owner == "event":
            return Report(
                f"`{self.words}` is not below {article} `{self.owner}`.",
                "What belongs to an event is indented below it.",
                "put two spaces before it, below the line that begins with `event`",
            )
        return Report(
            f"`{self.words}` is not below {article} `{self.owner}`.",
            f"A line of this kind belongs to {article} `{self.owner}`, and says nothing anywhere "
            "else.",
            f"move it below a line that begins with `{self.owner}`, indented by two spaces",
        )


@record(kw_only=True)
class ShareOutsideSplit(Problem):
    """A share of people, or a line about an experiment, stands among steps."""

    code: ClassVar[str] = "share-outside-split"
    words: str
    owner: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` is not below {self.owner}.",
            "It says how people are divided, and nothing here divides them.",
            f"put {self.owner} above it, and indent it below that",
        )


@record(kw_only=True)
class StepBetweenShares(Problem):
    """A step stands where the shares of a split do."""

    code: ClassVar[str] = "step-between-shares"
    words: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` belongs to no share.",
            "Here people are divided; what each share gets stands below its own line.",
            'indent it below a share, such as `50% "discount"`',
        )


@record(kw_only=True)
class NotInSplit(Problem):
    """`hold out` or `pick the winner` below a split."""

    code: ClassVar[str] = "not-in-split"
    words: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` stands below `split`.",
            "A split only divides people: nothing is measured, so there is no winner and nobody "
            "to compare with.",
            'write `experiment "Subject" on order_placed` in place of `split`, or take this out',
        )


@record(kw_only=True)
class SaidTwice(Problem):
    """A line that there can be one of is there twice."""

    code: ClassVar[str] = "said-twice"
    words: str
    owner: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is a second `{self.words}` below this `{self.owner}`.",
            "Only one of them could count.",
            "remove the one that is not meant",
        )


@record(kw_only=True)
class NoBody(Problem):
    """A template does not say anything."""

    code: ClassVar[str] = "no-body"
    template: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The template `{self.template}` has no `body`.",
            "A message with nothing in it cannot be sent.",
            'add a line `body "…"` below it, or `body` and the text between `"""`',
        )


@record(kw_only=True)
class OtherwiseNeverNeeded(Problem):
    """An `otherwise` stands below a wait that always ends in the same way."""

    code: ClassVar[str] = "otherwise-never-needed"
    words: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "Nobody would ever get to this `otherwise`.",
            f"`{self.words}` ends for everybody in the same way.",
            "remove it, or wait for something that may not come: "
            "`wait until they do order_placed, up to 3 days`",
        )


@record(kw_only=True)
class BlockInLine(Problem):
    """`any of` stands where no lines of conditions can stand below."""

    code: ClassVar[str] = "block-in-line"
    words: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` cannot stand here.",
            "Below this line stands what happens, so its condition has to fit into the line.",
            "join the conditions by "
            f"`{'or' if self.words == 'any of' else 'and'}`, or give them a name with `segment`",
        )
