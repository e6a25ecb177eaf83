"""What can be wrong with the words of a line."""

from __future__ import annotations

from typing import ClassVar

from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class TotalWithoutEvent(Problem):
    """A total that does not say of which event, or of which property."""

    code: ClassVar[str] = "total-without-event"
    words: str
    missing: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` does not say of which {self.missing}.",
            "A total adds up one property of one event: `total amount of order_placed`.",
            "write the event behind `of`"
            if self.missing == "event"
            else "write the property before `of`",
        )


@record(kw_only=True)
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

    def fix(self) -> Fix | None:
        """The word in lower case."""
        return Fix(self.span, self.word.lower())


@record(kw_only=True)
class UnknownLine(Problem):
    """A line begins with a word that begins no line in this place."""

    code: ClassVar[str] = "unknown-line"
    word: str
    suggestion: str | None
    place: str
    allowed: tuple[str, ...]
    more: bool = False

    def report(self) -> Report:
        """What, why, one way out."""
        *choices, last = (f"`{word}`" for word in self.allowed)
        begins = f"{', '.join(choices)} or {last}" if choices else last
        such_as = "a word such as " if self.more else ""
        return Report(
            f"No line {self.place} begins with `{self.word}`.",
            f"A line here begins with {such_as}{begins}.",
            f"write `{self.suggestion}`" if self.suggestion else "begin the line with one of these",
        )

    def fix(self) -> Fix | None:
        """The word that was probably meant."""
        return None if self.suggestion is None else Fix(self.span, self.suggestion)


@record(kw_only=True)
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


@record(kw_only=True)
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

    def fix(self) -> Fix | None:
        """The same in quotes."""
        return Fix(self.span, f'"{self.words}"')


@record(kw_only=True)
class NotAPerson(Problem):
    """`everyone` or `users` stands where the id of one person is."""

    code: ClassVar[str] = "not-a-person"
    word: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.word}` is nobody's id.",
            "Here stands one person, by id or email address, or `people` and which ones.",
            "write `people where` and a condition, as in `people where did order_placed`"
            if self.word in ("who", "which", "whoever", "what")
            else "name the person; to reach many, write `people where` and a condition",
        )


@record(kw_only=True)
class NobodyToSet(Problem):
    """`set plan to …` outside of a journey does not say whose plan."""

    code: ClassVar[str] = "nobody-to-set"
    attribute: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"It does not say whose `{self.attribute}` is set.",
            "In a journey it is that of the person inside; here somebody has to be named.",
            f"write the person behind `of`: `set {self.attribute} of alice to …`",
        )


@record(kw_only=True)
class UnknownStatement(Problem):
    """A one-liner begins with a word that begins none, and tells nothing of a person."""

    code: ClassVar[str] = "unknown-statement"
    word: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"Nothing begins with `{self.word}`.",
            "A line tells what a person did, or begins with a command: `show`, `count`, `people`, "
            "`email`, `set`, `start`, `preview`, `why` or `forget`.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else "write what somebody did, such as `alice did order_placed`, or a command, such as "
            "`show alice` or `count people`",
        )

    def fix(self) -> Fix | None:
        """The word that was probably meant."""
        return None if self.suggestion is None else Fix(self.span, self.suggestion)


@record(kw_only=True)
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

    def fix(self) -> Fix | None:
        """The type that was probably meant."""
        return None if self.suggestion is None else Fix(self.span, self.suggestion)


@record(kw_only=True)
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


@record(kw_only=True)
class NotNeedsParentheses(Problem):
    """`not` stands before a condition without parentheses."""

    code: ClassVar[str] = "not-needs-parentheses"
    rest: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "What this `not` turns around is not in parentheses.",
            "Without them it is not certain where the `not` ends.",
            f"write `not ({self.rest})`" if " " in self.rest else f"write `{self.rest} is no`",
        )


@record(kw_only=True)
class MomentAsValue(Problem):
    """`now` or `today` stands where a value is.

    Values are written out, so that a journey means the same whenever it is carried out.  When
    something happened is known from events: `track` records one, and conditions ask how long ago
    it was.
    """

    code: ClassVar[str] = "moment-as-value"
    word: str
    asked: bool = False

    def report(self) -> Report:
        """What, why, one way out."""
        why = "A value is written out; what day it is when a line is carried out cannot be one."
        if self.asked:
            return Report(
                f"`{self.word}` is not a value.",
                why,
                "write the day, as in `2026-12-01`, or how far away it is, as in `is in the next "
                "3 days` and `is in the last 1 day`",
            )
        return Report(
            f"`{self.word}` is not a value.",
            why,
            "write the day, as in `2026-12-01`; to keep when it was, write `track` and an event, "
            "and ask for it by `did … in the last 3 days`",
        )


@record(kw_only=True)
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

    def fix(self) -> Fix | None:
        """The word that was probably meant."""
        return None if self.suggestion is None else Fix(self.span, self.suggestion)


@record(kw_only=True)
class AfterTheEnd(Problem):
    """Words follow a line that is complete."""

    code: ClassVar[str] = "after-the-end"
    words: str
    way_out: str = (
        "remove it, put it on a line of its own, or begin it with `#` to make it a comment"
    )

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` is left over.", "The line is complete before it.", self.way_out
        )


@record(kw_only=True)
class NotNeeded(Problem):
    """A word or mark that other languages need and this one does not: `end`, `-` before a step."""

    code: ClassVar[str] = "not-needed"
    words: str
    reason: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(f"`{self.words}` is not needed here.", self.reason, "take it out")

    def fix(self) -> Fix | None:
        """The line without it."""
        return Fix(self.span, "")


@record(kw_only=True)
class EndsTooEarly(Problem):
    """A line stops before it says anything whole."""

    code: ClassVar[str] = "ends-too-early"
    last: str
    expected: str
    whole: str
    otherwise: str = ""

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The line stops after `{self.last}`.",
            f"After it comes {self.expected}.",
            f"complete the line, as in `{self.whole}`{self.otherwise}"
            if self.whole
            else "complete the line",
        )


@record(kw_only=True)
class MissingWord(Problem):
    """The one word or mark that has to come here is not there."""

    code: ClassVar[str] = "missing-word"
    missing: str
    before: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no `{self.missing}` before `{self.before}`.",
            f"At this point comes `{self.missing}`, and nothing else.",
            f"write `{self.missing}`",
        )


@record(kw_only=True)
class HalfCondition(Problem):
    """A value stands behind `and` or `or` as if it were a condition."""

    code: ClassVar[str] = "half-condition"
    joiner: str
    value: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.value}` is not a condition.",
            f"On both sides of `{self.joiner}` stands a whole condition.",
            'to allow several values, write `plan is one of "free", "Pro"`'
            if self.joiner == "or"
            else "say again what is compared with it",
        )


@record(kw_only=True)
class OtherWords(Problem):
    """Something that the language says is said in other words."""

    code: ClassVar[str] = "other-words"
    words: str
    meant: str
    reason: str
    whole: bool = True

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.words}` is not how this is said.",
            self.reason,
            f"write `{self.meant.strip()}`"
            if self.whole
            else f"write for example `{self.meant.strip()}`",
        )

    def fix(self) -> Fix | None:
        """The words of the language, where nothing in them is but an example."""
        return Fix(self.span, self.meant) if self.whole else None
