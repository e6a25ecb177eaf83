"""What can be wrong with a test and the type of what it is about."""

from __future__ import annotations

from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class WrongComparison(Problem):
    """A comparison that its type cannot answer: `plan is more than 5` where `plan` is text.

    `instead` is what was probably meant; a `guess` is nothing to change without asking.
    """

    code = "wrong-comparison"
    name: str
    expected: str
    words: str
    made_for: str
    way_out: str
    instead: str | None = None
    guess: bool = False

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.name}` is {self.expected}, which `{self.words}` does not work on.",
            f"`{self.words}` {self.made_for}.",
            f"write `{self.instead}`" if self.instead else self.way_out,
        )

    def fix(self) -> Fix | None:
        """The comparison that was probably meant."""
        if self.instead is None or self.guess:
            return None
        return Fix(self.span, self.instead)


@record(kw_only=True)
class WrongOperand(Problem):
    """A comparison with a value that it can do nothing with: `is more than "many"`."""

    code = "wrong-operand"
    words: str
    made_for: str
    wanted: str
    written: str
    unquoted: str | None = None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` does not work with {self.written}.",
            f"It {self.made_for}.",
            f"write {self.unquoted} without quotes"
            if self.unquoted
            else f"write {self.wanted} behind it",
        )

    def fix(self) -> Fix | None:
        """The value without its quotes."""
        return None if self.unquoted is None else Fix(self.span, self.unquoted)


@record(kw_only=True)
class EmptyText(Problem):
    """A comparison with text that has no letters."""

    code = "empty-text"
    name: str
    negated: bool

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f'`{self.name}` is never "".',
            "Empty text counts as not being there at all.",
            f"write `{self._known()}`",
        )

    def fix(self) -> Fix | None:
        """The comparison that was probably meant."""
        return Fix(self.span, self._known())

    def _known(self) -> str:
        return f"{self.name} is {'known' if self.negated else 'unknown'}"


@record(kw_only=True)
class BetweenBackwards(Problem):
    """`between` with the larger end first.

    `before` and `after` are the words around the two ends, as far as `span` covers them.
    """

    code = "between-backwards"
    low: str
    high: str
    before: str = ""
    after: str = ""
    wider: str | None = None
    dates: bool = False

    def report(self) -> Report:
        """What, why, one way out."""
        if self.wider is not None:
            return Report(
                f"Nothing is between {self.low} and {self.high}{self.after}.",
                "The two ends are the same, so there is no time between them.",
                f"write `between {self._ends()}{self.after}`",
            )
        return Report(
            f"Nothing is between {self.low} and {self.high}{self.after}.",
            f"`between` takes the {'earlier' if self.dates else 'smaller'} end first.",
            f"write `between {self._ends()}{self.after}`",
        )

    def fix(self) -> Fix | None:
        """The two ends the other way round."""
        return Fix(self.span, f"{self.before}{self._ends()}{self.after}")

    def _ends(self) -> str:
        if self.wider is not None:
            return f"{self.low} and {self.wider}"
        return f"{self.high} and {self.low}"


@record(kw_only=True)
class EndsDiffer(Problem):
    """`between` a number and a date."""

    code = "ends-differ"
    low: str
    high: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`between` cannot take {self.low} and {self.high} together.",
            "One of them is a date and the other is not.",
            "write two numbers or two dates",
        )


@record(kw_only=True)
class NotADate(Problem):
    """A moment is measured from something that is not a date: `3 days before plan`."""

    code = "not-a-date"
    name: str
    declared: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.name}` is {self.declared}, not a date.",
            "A moment can only be measured from a date.",
            f"name an attribute that is a date, or declare `{self.name}` as one",
        )
