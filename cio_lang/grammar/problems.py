"""What can be wrong with the way a line is written or where it stands.

Found while reading; what a line *means* is checked later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cio_lang.problem import Problem, Report

# ── characters and rows ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTooLong(Problem):
    """A line is longer than anybody writes."""

    code: ClassVar[str] = "line-too-long"
    longest: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This line has more than {self.longest:,} characters.",
            "No line of a journey is that long, so this is probably not a journey file.",
            'put long messages between `"""` on lines of their own',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclosedQuote(Problem):
    """Text begins with a quote and does not end with one."""

    code: ClassVar[str] = "unclosed-quote"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This text has no closing quote.",
            "Text begins and ends with `\"` on the same line.",
            'write `"` where the text ends; for several lines, put it between `"""`',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclosedBlock(Problem):
    """A block of text begins and does not end."""

    code: ClassVar[str] = "unclosed-block"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            'The text that begins with this `"""` does not end.',
            'Text of several lines ends with `"""` too.',
            'write `"""` on a line of its own below the text',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsupportedCharacter(Problem):
    """A character that has no meaning here."""

    code: ClassVar[str] = "unsupported-character"
    character: str

    def report(self) -> Report:
        """What, why, one way out."""
        if self.character in "“”„‟«»":
            return Report(
                f"`{self.character}` is a curly quote.",
                "Word processors put it in place of the plain quote that text begins and ends with.",
                'write `"`',
            )
        shown = self.character if self.character.isprintable() else f"U+{ord(self.character):04X}"
        return Report(
            f"`{shown}` has no meaning here.",
            "Outside quotes, a line is made of words, numbers and the marks `( ) , : $ € £`.",
            "remove it, or put the text that it belongs to in quotes",
        )


# ── indentation and place ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedIndentation(Problem):
    """Tabs and spaces are both used to indent a file."""

    code: ClassVar[str] = "mixed-indentation"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This file is indented with tabs on some lines and with spaces on others.",
            "What looks aligned in one editor is not in another, so the nesting is not certain.",
            "indent every line with two spaces for each level",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnevenIndentation(Problem):
    """A line is indented less than its neighbours and more than what they stand below."""

    code: ClassVar[str] = "uneven-indentation"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This line is not aligned with any line above it.",
            "Lines that belong together begin in the same column.",
            "align it with the line that it follows",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IndentedTooDeep(Problem):
    """A line is indented below one that holds no others."""

    code: ClassVar[str] = "indented-too-deep"
    above: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This line is indented below `{self.above}`.",
            f"`{self.above}` holds no other lines.",
            f"align this line with `{self.above}`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedTooDeep(Problem):
    """Lines or parentheses are nested past all reading."""

    code: ClassVar[str] = "nested-too-deep"
    deepest: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This is nested more than {self.deepest} levels deep.",
            "Nobody could follow it.",
            "name a part of it as a segment, or split the journey in two",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutsideJourney(Problem):
    """A line of a journey stands at the left margin."""

    code: ClassVar[str] = "step-outside-journey"
    word: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` is not inside a journey.",
            "Steps and the lines about who enters belong to the journey that they are indented below.",
            'indent it below a line such as `journey "Welcome"`',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationIndented(Problem):
    """A declaration stands below another."""

    code: ClassVar[str] = "declaration-indented"
    word: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` is indented.",
            f"A line that begins with `{self.word}` stands for itself and below no other.",
            "begin it at the left margin",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartBelowSteps(Problem):
    """A line about the whole journey stands after a step or inside a branch."""

    code: ClassVar[str] = "part-below-steps"
    words: str
    leaves: bool

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` stands among the steps.",
            "It is about the whole journey from the moment that a person enters, not about this point.",
            "move it above the first step"
            + ("; to end the run at this point, write `if …` with `leave` below" if self.leaves else ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EnglishOutOfPlace(Problem):
    """A line of English stands where no journey is described."""

    code: ClassVar[str] = "english-out-of-place"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This line of English is not at the top of a journey.",
            "A line that begins with `>` says what a whole journey is for.",
            "move it right below the journey's title, or begin it with `#` to make it a comment",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherwiseWithoutIf(Problem):
    """An `otherwise` follows no `if`."""

    code: ClassVar[str] = "otherwise-without-if"
    words: str
    after_otherwise: bool

    def report(self) -> Report:
        """What, why, one way out."""
        if self.after_otherwise:
            return Report(
                f"This `{self.words}` comes after the last branch.",
                "`otherwise` takes everybody who is left, so nothing can follow it.",
                "move it above the `otherwise`, or remove it",
            )
        return Report(
            f"This `{self.words}` has no `if`.",
            f"`{self.words}` continues the `if` that is right above it in the same column.",
            "align it with its `if`, with no other step between them",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingBelow(Problem):
    """A line that needs others below it has none."""

    code: ClassVar[str] = "nothing-below"
    words: str
    needs: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is nothing below `{self.words}`.",
            f"It needs {self.needs}, indented below it.",
            "add a line below it, indented by two spaces, or remove it",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreThanOneLine(Problem):
    """A one-line statement has several lines."""

    code: ClassVar[str] = "more-than-one-line"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "There is a second line.",
            "One line is read at a time.",
            "give each line on its own",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingWritten(Problem):
    """There is no line at all where one is needed."""

    code: ClassVar[str] = "nothing-written"
    example: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "There is nothing to read.",
            "One line is needed.",
            f"write something like `{self.example}`",
        )


# ── values ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWhole(Problem):
    """A count that is not a whole number."""

    code: ClassVar[str] = "not-whole"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This is not a whole number.",
            "Times and lengths of time are counted in whole numbers from 0.",
            "write a whole number, in a smaller unit if need be: `90 minutes` for an hour and a half",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
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


# ── sentences ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenInCapitals(Problem):
    """A word of the language is written with capitals."""

    code: ClassVar[str] = "written-in-capitals"
    word: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` is written with a capital.",
            "The words of the language are in lower case; only names and text have capitals.",
            f"write `{self.word.lower()}`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownLine(Problem):
    """A line begins with a word that begins no line in this place."""

    code: ClassVar[str] = "unknown-line"
    word: str
    suggestion: str | None
    place: str
    allowed: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        choices = ", ".join(f"`{word}`" for word in self.allowed)
        return Report(
            f"No line {self.place} begins with `{self.word}`.",
            f"A line here begins with {choices}.",
            f"write `{self.suggestion}`" if self.suggestion else "begin the line with one of these",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedAndOr(Problem):
    """`and` and `or` are mixed without parentheses."""

    code: ClassVar[str] = "mixed-and-or"
    word: str
    other: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` follows `{self.other}` without parentheses.",
            "It could be read in two ways, and they pick different people.",
            "put parentheses around the conditions that belong together: `a and (b or c)`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingQuotes(Problem):
    """Words that are text or a name stand without quotes."""

    code: ClassVar[str] = "missing-quotes"
    words: str
    name: bool

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` is not in quotes.",
            "A name of several words is written in quotes, so that its end is certain."
            if self.name
            else "Text is written in quotes, so that its end is certain.",
            f'write `"{self.words}"`',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownUnit(Problem):
    """A length of time in a unit that there is not."""

    code: ClassVar[str] = "unknown-unit"
    word: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` is not a unit of time.",
            "Time is counted in `seconds`, `minutes`, `hours`, `days`, `weeks`, `months` or `years`.",
            f"write `{self.suggestion}`" if self.suggestion else "write one of these units",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownType(Problem):
    """A declaration with a type that there is not."""

    code: ClassVar[str] = "unknown-type"
    word: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` is not a type.",
            "The types are `text`, `number`, `money`, `date`, `time`, `yes/no`, `list` and "
            '`one of "…", "…"`.',
            f"write `{self.suggestion}`" if self.suggestion else "write one of these types",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInWhere(Problem):
    """A `where` asks about something else than the event."""

    code: ClassVar[str] = "not-in-where"
    word: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` cannot stand inside `where`.",
            "Behind an event, `where` looks only at that event's own details.",
            "move this condition out of the `where`, joined by `and`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNeedsParentheses(Problem):
    """`not` stands before a condition without parentheses."""

    code: ClassVar[str] = "not-needs-parentheses"
    rest: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "What this `not` turns around is not in parentheses.",
            "Without them it is not certain where the `not` ends.",
            f"write `not ({self.rest})`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexpectedWord(Problem):
    """A word that cannot follow what is before it."""

    code: ClassVar[str] = "unexpected-word"
    word: str
    suggestion: str | None
    expected: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` cannot stand here.",
            f"At this point comes {self.expected}.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"replace `{self.word}`, or remove it",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterTheEnd(Problem):
    """Words follow a line that is complete."""

    code: ClassVar[str] = "after-the-end"
    words: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` is left over.",
            "The line is complete before it.",
            "remove it, put it on a line of its own, or begin it with `#` to make it a comment",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsTooEarly(Problem):
    """A line stops before it says anything whole."""

    code: ClassVar[str] = "ends-too-early"
    last: str
    expected: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The line stops after `{self.last}`.",
            f"After it comes {self.expected}.",
            "complete the line",
        )
