"""What can be wrong with a value, a number or a length of time."""

from __future__ import annotations

from typing import ClassVar

from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class NoSuchDate(Problem):
    """A date that is in no calendar."""

    code: ClassVar[str] = "no-such-date"
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no day `{self.written}`.",
            "Dates are written year-month-day.",
            "write a day such as `2026-12-01`",
        )


@record(kw_only=True)
class NoSuchTime(Problem):
    """A time of day that is on no clock."""

    code: ClassVar[str] = "no-such-time"
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no time of day `{self.written}`.",
            "Times are written with hours from `00` to `23` and minutes from `00` to `59`.",
            "write `00:00` for midnight"
            if self.written.startswith("24:00")
            else "write a time such as `09:00` or `21:30`",
        )


@record(kw_only=True)
class NoSuchShare(Problem):
    """A percentage below 0 or above 100."""

    code: ClassVar[str] = "no-such-share"
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` is no share of anything.",
            "Percentages go from `0%` to `100%`.",
            "write a percentage in that range",
        )


@record(kw_only=True)
class DateInOtherOrder(Problem):
    """A date that does not begin with the year.

    `days` are those that it can be.
    """

    code: ClassVar[str] = "date-in-other-order"
    written: str
    days: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` could be two different days."
            if len(self.days) > 1
            else f"`{self.written}` is not how a date is written.",
            "Dates are written year-month-day, so that every reader takes them for the same day.",
            "write " + " or ".join(f"`{day}`" for day in self.days or ("2026-12-01",)),
        )

    def fix(self) -> Fix | None:
        """The day, where it can be only one."""
        return Fix(self.span, self.days[0]) if len(self.days) == 1 else None


@record(kw_only=True)
class DateWithoutYear(Problem):
    """A day without its year."""

    code: ClassVar[str] = "date-without-year"
    written: str
    month: int
    day: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` does not say in which year.",
            "Dates are written year-month-day, so that every reader takes them for the same day.",
            f"put the year in front, as in `2027-{self.month:02}-{self.day:02}`",
        )


@record(kw_only=True)
class NumberTooLong(Problem):
    """A number with more digits than can be kept."""

    code: ClassVar[str] = "number-too-long"
    longest: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This number has more than {self.longest} digits.",
            "Longer numbers cannot be kept exactly.",
            "write fewer digits; if it is an id and not an amount, put it in quotes",
        )


@record(kw_only=True)
class NotWhole(Problem):
    """A count that is not a whole number; `instead` is the same length in a smaller unit."""

    code: ClassVar[str] = "not-whole"
    instead: str | None = None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This is not a whole number.",
            "Times and lengths of time are counted in whole numbers from 0.",
            f"write `{self.instead}`"
            if self.instead
            else "write a whole number, if need be in a smaller unit: `90 minutes`",
        )

    def fix(self) -> Fix | None:
        """The same length in a smaller unit."""
        return None if self.instead is None else Fix(self.span, self.instead)


@record(kw_only=True)
class TooLongATime(Problem):
    """A length of time past a lifetime."""

    code: ClassVar[str] = "too-long-a-time"
    longest: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This is longer than {self.longest} years.",
            "Nobody would see the end of it.",
            "write a shorter time",
        )


@record(kw_only=True)
class UnknownCurrency(Problem):
    """Three capitals stand where a currency does, and are the code of none."""

    code: ClassVar[str] = "unknown-currency"
    written: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` is not a currency.",
            "A currency is written by its three letters in ISO 4217, such as `USD`, `EUR` or "
            "`JPY`.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else "write the letters of the currency that is meant",
        )

    def fix(self) -> Fix | None:
        """The currency that was probably meant."""
        return None if self.suggestion is None else Fix(self.span, self.suggestion)


@record(kw_only=True)
class UnknownUnit(Problem):
    """A length of time in a unit that there is not."""

    code: ClassVar[str] = "unknown-unit"
    word: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` is not a unit of time.",
            "The units are `seconds`, `minutes`, `hours`, `days`, `weeks`, `months` and `years`.",
            self._way_out(),
        )

    def _way_out(self) -> str:
        if self.word in ("business", "working", "work", "weekdays", "weekday"):
            slot = "wait until between 09:00 and 17:00 on weekdays"
            return f"write `days`; to go on only on a weekday, add a line `{slot}`"
        return f"write `{self.suggestion}`" if self.suggestion else "write one of these units"

    def fix(self) -> Fix | None:
        """The unit that was probably meant."""
        return None if self.suggestion is None else Fix(self.span, self.suggestion)


@record(kw_only=True)
class BareCount(Problem):
    """A number of times without a word for whether more or fewer count too."""

    code: ClassVar[str] = "bare-count"
    times: str

    def report(self) -> Report:
        """What, why, one way out."""
        times = f"{self.times} {'time' if self.times == '1' else 'times'}"
        return Report(
            f"`{times}` could mean exactly so often, or so often and more.",
            "The two pick different people.",
            f"write `at least {times}` or `exactly {times}`",
        )


@record(kw_only=True)
class CurrencyInWords(Problem):
    """An amount of money with its currency as a word."""

    code: ClassVar[str] = "currency-in-words"
    word: str
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` is not how an amount is written.",
            "Amounts have a sign in front, or three capitals behind.",
            f"write `{self.written}`",
        )

    def fix(self) -> Fix | None:
        """The amount with its sign."""
        return Fix(self.span, self.written)
