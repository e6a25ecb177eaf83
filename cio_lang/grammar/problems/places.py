"""What can be wrong with where a line stands, and with its characters."""

from __future__ import annotations

from typing import ClassVar

from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record

QUOTE = '"'


@record(kw_only=True)
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


@record(kw_only=True)
class UnclosedQuote(Problem):
    """Text begins with a quote and does not end with one."""

    code: ClassVar[str] = "unclosed-quote"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This text has no closing quote.",
            'Text begins and ends with `"` on the same line.',
            'write `"` where the text ends; for several lines, put it between `"""`',
        )


@record(kw_only=True)
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


@record(kw_only=True)
class UnsupportedCharacter(Problem):
    """A character that has no meaning here.

    `quoted` is the text in plain quotes that begins with a quote of another kind.
    """

    code: ClassVar[str] = "unsupported-character"
    character: str
    quoted: str = ""

    def report(self) -> Report:
        """What, why, one way out."""
        if self.character in "“”„‟«»":
            return Report(
                f"`{self.character}` is a curly quote.",
                "Text begins and ends with plain quotes; word processors put curly ones in place.",
                f"write `{self.quoted or QUOTE}`",
            )
        if self.character in "'‘’":
            return Report(
                f"`{self.character}` does not begin or end text.",
                "Text is written in double quotes.",
                f"write `{self.quoted or QUOTE}`",
            )
        meant = {"=": "is", ">": "is more than", "<": "is less than", "!": "is not"}
        if self.character in meant:
            return Report(
                f"`{self.character}` has no meaning here.",
                "Comparisons are written in words.",
                f"write `{meant[self.character]}`",
            )
        shown = self.character if self.character.isprintable() else f"U+{ord(self.character):04X}"
        return Report(
            f"`{shown}` has no meaning here.",
            "Outside quotes, a line is made of words, numbers and the marks `( ) , : $ € £`.",
            "remove it, or put the text that it belongs to in quotes",
        )

    def fix(self) -> Fix | None:
        """The text in plain quotes."""
        return Fix(self.span, self.quoted) if self.quoted else None


@record(kw_only=True)
class HiddenDirection(Problem):
    """A character that turns the direction of what follows, and is itself not seen.

    Text with one in it looks otherwise than it is read, so nobody could review it.  Hebrew and
    Arabic need none of them.
    """

    code: ClassVar[str] = "hidden-direction"
    character: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is a character here that is not seen: U+{ord(self.character):04X}.",
            "It turns the direction of what follows, so that the line looks otherwise than it is "
            "read.",
            "take it out; right-to-left text is shown rightly without it",
        )

    def fix(self) -> Fix | None:
        """The text without it."""
        return Fix(self.span, "")


@record(kw_only=True)
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


@record(kw_only=True)
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


@record(kw_only=True)
class GoesOn(Problem):
    """A line begins with `and` or `or`, as if the line above went on."""

    code: ClassVar[str] = "line-goes-on"
    joiner: str
    rest: str
    entry: bool = False

    def report(self) -> Report:
        """What, why, one way out."""
        alone = f", or write `only people where {self.rest}` below it" if self.entry else ""
        return Report(
            f"This line begins with `{self.joiner}`, as if the line above went on.",
            "A line ends where it ends: a condition stands on one line, or its parts stand one on "
            "each line below `all of` or `any of`.",
            f"move `{self.joiner} {self.rest}` to the end of the line above{alone}"
            if self.rest
            else f"take `{self.joiner}` out",
        )


@record(kw_only=True)
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


@record(kw_only=True)
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


@record(kw_only=True)
class StepOutsideJourney(Problem):
    """A line of a journey stands at the left margin."""

    code: ClassVar[str] = "step-outside-journey"
    word: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` is not inside a journey.",
            "Steps, and lines about who enters, belong to the journey they are indented below.",
            'indent it below a line such as `journey "Welcome"`',
        )


@record(kw_only=True)
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


@record(kw_only=True)
class PartBelowSteps(Problem):
    """A line about the whole journey stands after a step or inside a branch."""

    code: ClassVar[str] = "part-below-steps"
    words: str
    here: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` stands among the steps.",
            "It is about the whole journey from the moment of entering, not about this point.",
            f"move it above the first step; {self.here}"
            if self.here
            else "move it above the first step",
        )


@record(kw_only=True)
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


@record(kw_only=True)
class OtherwiseWithoutIf(Problem):
    """An `otherwise` follows no `if` and no wait that it could continue."""

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
        if self.words == "otherwise":
            return Report(
                "This `otherwise` follows nothing that can go in two ways.",
                "It continues an `if`, a `wait until` or an `ask` that is right above it in the "
                "same column.",
                "align it with the line that it belongs to, with no other step between them",
            )
        return Report(
            f"This `{self.words}` has no `if`.",
            f"`{self.words}` continues the `if` that is right above it in the same column.",
            "align it with its `if`, with no other step between them",
        )


@record(kw_only=True)
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
            "write what belongs to it below it, indented by two spaces, or remove it",
        )


@record(kw_only=True)
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


@record(kw_only=True)
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
